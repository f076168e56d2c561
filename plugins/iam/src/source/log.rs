//! Okta's System Log: an export, or the API.
//!
//! Okta keeps events for 90 days. What was asked for from further back is not there, so that the log covers no more.

use serde_json::Value;
use tickmark_collector::time::{self, rfc3339};
use tickmark_collector::{Datetime, Failure, Host, Summary};

use super::pages::{self, encoded};
use crate::facts::events::{Events, Lifecycle};
use crate::parse::okta::{log, refusal};
use crate::settings::{self, OKTA_KEEPS, Settings};
use crate::stream::{self, Shape, Sink};

const WHAT: &str = "an export of Okta's System Log";

/// # Errors
/// As the host's; `unavailable` where Okta refuses; `invalid` where an answer is not of its format, has an id twice, or an
/// event outside of what was asked for.
pub(super) fn collect(
    host: &dyn Host,
    settings: &Settings,
    events: settings::Events,
) -> Result<(Summary, Lifecycle), Failure> {
    match events {
        settings::Events::File => file(host, settings),
        settings::Events::Http(window) => {
            let until = host.as_of();
            http(host, settings, Datetime(until.0.saturating_sub(window.0)), until)
        }
    }
}

fn http(
    host: &dyn Host,
    settings: &Settings,
    since: Datetime,
    until: Datetime,
) -> Result<(Summary, Lifecycle), Failure> {
    let types: Vec<String> = log::TYPES.iter().map(|(name, _)| format!("eventType eq \"{name}\"")).collect();
    let path = format!(
        "/api/v1/logs?since={}&until={}&sortOrder=ASCENDING&limit=1000&filter={}",
        encoded(&time::text(since)),
        encoded(&time::text(until)),
        encoded(&types.join(" or "))
    );
    let mut events = Events::new(host, settings);
    let shown =
        pages::each(host, &path, "Okta's System Log", &mut |item, receipt| events.take(log::read(item), receipt))?;
    let Ok(receipt) = shown else {
        return Err(Failure::new(tickmark_collector::code::UNAVAILABLE, "Okta has no System Log: status 404"));
    };
    within(&events, since, until).map_err(|failure| failure.shown_by(receipt))?;
    events.finish(receipt, Some((since, until)), None, Summary::new())
}

/// Refuses events outside of what the log is said to hold: then it is not what it is said to be.
fn within(events: &Events<'_, '_>, since: Datetime, until: Datetime) -> Result<(), Failure> {
    let Some((oldest, newest)) = events.span else { return Ok(()) };
    match [oldest, newest].into_iter().find(|at| !(since..=until).contains(at)) {
        Some(at) => {
            let (at, since, until) = (time::text(at), time::text(since), time::text(until));
            Err(Failure::invalid(format!("okta log has an event of {at}, expected {since} to {until}")))
        }
        None => Ok(()),
    }
}

fn file(host: &dyn Host, settings: &Settings) -> Result<(Summary, Lifecycle), Failure> {
    let blob = host.open("okta-log", "")?;
    let receipt = blob.receipt();
    let at = |failure: Failure| failure.shown_by(receipt);
    let mut export =
        Export { events: Events::new(host, settings), receipt, fields: serde_json::Map::new(), began: false };
    let shape = stream::read(blob.reader(), WHAT, &mut export).map_err(at)?;
    let Export { events, fields, began, .. } = export;
    let mut summary = Summary::new();
    let (covers, observed_at) = match shape {
        Shape::List => {
            summary =
                summary.note("the okta log does not say what it covers: taken are its oldest and its newest event");
            (events.span, events.span.map(|(_, newest)| newest))
        }
        Shape::Object => {
            let fields = Value::Object(fields);
            if let Some(said) = refusal(&fields) {
                return Err(at(Failure::invalid(format!("not {WHAT}: {said}"))));
            }
            if !began {
                return Err(at(Failure::invalid(format!("not {WHAT}: no `events`"))));
            }
            let said = Said::of(&fields).map_err(|why| at(Failure::invalid(format!("not {WHAT}: {why}"))))?;
            within(&events, said.since, said.until).map_err(at)?;
            let covers = said.covers();
            let kept = Datetime(said.exported_at.0.saturating_sub(OKTA_KEEPS.0));
            if said.since < kept {
                let (since, kept) = (time::text(said.since), time::text(kept));
                summary = summary
                    .note(format!("the okta log was asked for from {since} on, and Okta has kept it since {kept}"));
            }
            (covers, Some(said.exported_at))
        }
    };
    events.finish(receipt, covers, observed_at, summary)
}

/// What an export says about itself.
struct Said {
    since: Datetime,
    until: Datetime,
    exported_at: Datetime,
}

impl Said {
    fn of(fields: &Value) -> Result<Self, String> {
        let instant = |name: &str| match fields.get(name) {
            Some(Value::String(text)) => rfc3339(text).ok_or_else(|| {
                let text: String = text.chars().take(100).collect();
                format!("`{name}` is `{}`, expected RFC 3339", text.escape_debug())
            }),
            Some(_) => Err(format!("`{name}` is no text")),
            None => Err(format!("no `{name}`")),
        };
        let said = Self { since: instant("since")?, until: instant("until")?, exported_at: instant("exported_at")? };
        if said.since > said.until {
            return Err(format!("`since` is {}, after `until`, {}", time::text(said.since), time::text(said.until)));
        }
        Ok(said)
    }

    /// No more than Okta had at the time, and nothing that had not happened yet.
    fn covers(&self) -> Option<(Datetime, Datetime)> {
        let from = self.since.max(Datetime(self.exported_at.0.saturating_sub(OKTA_KEEPS.0)));
        let to = self.until.min(self.exported_at);
        (from <= to).then_some((from, to))
    }
}

struct Export<'h, 's> {
    events: Events<'h, 's>,
    receipt: tickmark_collector::Receipt,
    fields: serde_json::Map<String, Value>,
    began: bool,
}

impl Sink for Export<'_, '_> {
    fn is_list(&self, name: &str) -> bool {
        name == "events"
    }

    fn is_wanted(&self, name: &str) -> bool {
        ["since", "until", "exported_at", "errorCode", "errorSummary"].contains(&name)
    }

    fn begin(&mut self, _: &str) {
        self.began = true;
    }

    fn element(&mut self, _: &str, element: Value) -> Result<(), Failure> {
        self.events.take(log::read(element), self.receipt)
    }

    fn field(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }
}
