//! The fact `event`: one row for each account that an event is about, and since when accounts are disabled by them.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary};

use super::Notes;
use crate::parse::okta::log::Read;
use crate::record::{Event, Unread};
use crate::settings::Settings;

/// When each account was disabled (`true`) and enabled (`false`), in any order.
#[derive(Debug, Default)]
pub(crate) struct Lifecycle(BTreeMap<String, Vec<(Datetime, bool)>>);

impl Lifecycle {
    fn note(&mut self, event: &Event) {
        let disables = event.kind.disables().filter(|_| event.succeeded);
        if let Some((disables, target)) = disables.zip(event.target.as_ref()) {
            self.0.entry(target.id.clone()).or_default().push((event.time, disables));
        }
    }

    /// Since when the account is disabled: the first time after it was last enabled. Nothing where the events do not say.
    pub fn disabled_at(&self, account: &str) -> Option<Datetime> {
        let changes = self.0.get(account)?;
        let enabled = changes.iter().filter(|(_, disables)| !disables).map(|(at, _)| *at).max();
        changes.iter().filter(|(at, disables)| *disables && Some(*at) >= enabled).map(|(at, _)| *at).min()
    }
}

/// The ids that were seen; most are UUIDs, which take little memory.
#[derive(Debug, Default)]
struct Seen {
    uuids: BTreeSet<u128>,
    others: BTreeSet<String>,
}

impl Seen {
    /// Whether it is new.
    fn insert(&mut self, id: &str) -> bool {
        // Only the one spelling of a UUID, so that no two ids are taken for one.
        let spelled = |uuid: u128| {
            let hex = format!("{uuid:032x}");
            let mut with_dashes = String::with_capacity(36);
            for (at, digit) in hex.chars().enumerate() {
                if [8, 12, 16, 20].contains(&at) {
                    with_dashes.push('-');
                }
                with_dashes.push(digit);
            }
            with_dashes
        };
        let uuid = if id.len() == 36 { u128::from_str_radix(&id.replace('-', ""), 16).ok() } else { None };
        match uuid.filter(|uuid| spelled(*uuid) == id) {
            Some(uuid) => self.uuids.insert(uuid),
            None => self.others.insert(id.to_owned()),
        }
    }
}

/// Emits events one at a time.
pub(crate) struct Events<'h, 's> {
    facts: Facts<'h>,
    settings: &'s Settings,
    seen: Seen,
    /// Of the source: what was read, what was not, and what is of other types.
    total: u64,
    others: u64,
    /// When the oldest and the newest event that could be read were.
    pub span: Option<(Datetime, Datetime)>,
    pub lifecycle: Lifecycle,
    notes: Notes,
}

impl<'h, 's> Events<'h, 's> {
    pub fn new(host: &'h dyn Host, settings: &'s Settings) -> Self {
        let columns = [
            "system",
            "kind",
            "event_type",
            "time",
            "actor",
            "actor_login",
            "actor_kind",
            "target",
            "target_login",
            "privilege",
            "grants",
            "by_oneself",
            "succeeded",
        ];
        Self {
            facts: host.fact("event", &columns),
            settings,
            seen: Seen::default(),
            total: 0,
            others: 0,
            span: None,
            lifecycle: Lifecycle::default(),
            notes: Notes::on("events cannot be read"),
        }
    }

    /// Takes the next element of the log. One that cannot be read counts in the total and nowhere else.
    ///
    /// # Errors
    /// `invalid`, where its id was there before; otherwise as the host's `emit`.
    pub fn take(&mut self, read: Result<Read, Unread>, receipt: Receipt) -> Result<(), Failure> {
        let events = match read {
            Ok(Read::Events(events)) => events,
            Ok(Read::Other) => {
                self.total += 1;
                self.others += 1;
                return Ok(());
            }
            Err(Unread(why)) => {
                self.total += 1;
                self.notes.add(format!("okta log, event {} cannot be read: {why}", self.total));
                return Ok(());
            }
        };
        for event in events {
            self.total += 1;
            if let Some(why) = event.trouble() {
                self.notes.add(format!("okta log, event {} cannot be read: {why}", self.total));
                continue;
            }
            if !self.seen.insert(&event.id) {
                return Err(Failure::invalid(format!(
                    "okta log, event {} has id `{}`, as another has",
                    self.total, event.id
                )));
            }
            let (oldest, newest) = self.span.unwrap_or((event.time, event.time));
            self.span = Some((oldest.min(event.time), newest.max(event.time)));
            self.lifecycle.note(&event);
            self.emit(event, receipt)?;
        }
        Ok(())
    }

    fn emit(&mut self, event: Event, receipt: Receipt) -> Result<(), Failure> {
        let by_oneself = event.by_oneself();
        let (actor, target) = (event.actor, event.target);
        let kind = actor.as_ref().map(|actor| if actor.person { "person" } else { "program" });
        let (actor, actor_login) = actor.map(|actor| (actor.id, actor.login)).unzip();
        let (target, target_login) = target.map(|target| (target.id, target.login)).unzip();
        self.facts
            .row(event.id, &[receipt])
            .set("system", self.settings.system.as_str())
            .set("kind", event.kind.word())
            .set("event_type", event.event_type)
            .set("time", event.time)
            .set("actor", actor)
            .set("actor_login", actor_login.flatten())
            .set("actor_kind", kind)
            .set("target", target)
            .set("target_login", target_login.flatten())
            .set("privilege", event.privilege)
            .set("grants", event.kind.grants())
            .set("by_oneself", by_oneself)
            .set("succeeded", event.succeeded)
            .push()
    }

    /// Claims the population: what the log covers, and as of when it was exported, where that is known.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub fn finish(
        self,
        receipt: Receipt,
        covers: Option<(Datetime, Datetime)>,
        observed_at: Option<Datetime>,
        summary: Summary,
    ) -> Result<(Summary, Lifecycle), Failure> {
        let mut population = Population { observed_at, ..Population::of(self.total, receipt) };
        if self.others > 0 {
            population =
                population.excluding(self.others, "the event's type says nothing about accounts and their rights");
        }
        if let Some((from, to)) = covers {
            population = population.covering(from, to);
        }
        let summary = self.notes.into(summary.population(self.facts.finish(population)?));
        Ok((summary, self.lifecycle))
    }
}
