//! The open exceptions of each system, as a collector reads them: one JSON document.
//!
//! **Invariant:** the same ledger and instant give the same bytes.
//! **Invariant:** it says how many evaluations it rests on, also where nothing is open. Its total counts those that nobody can
//! follow any more, and no row stands for them: whoever reads it knows that it is not the whole.
//! **Absent on purpose:** what is closed, and what people say. Judging needs when each is overdue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tickmark_ledger::canonical_json;
use tickmark_model::{Instant, Severity};
use tickmark_operations::Episode;

use super::find::{Evaluations, KnownRemediations, episode_id, remediations};
use crate::acts::log;
use crate::site::Site;

/// The id of the row about the ledger itself.
const LEDGER: &str = "ledger";

#[derive(Serialize)]
struct Document {
    as_of: Instant,
    remediations: Vec<Row>,
    total: u64,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Row {
    Ledger(LedgerRow),
    Open(Box<OpenRow>),
}

#[derive(Serialize)]
struct LedgerRow {
    evaluations: u64,
    id: &'static str,
}

#[derive(Serialize)]
struct OpenRow {
    control: String,
    due_at: Instant,
    historical: bool,
    id: String,
    name: String,
    severity: Severity,
    since: Instant,
    state: &'static str,
    subject: String,
}

/// The open exceptions of each of `systems` as of `as_of`. The log is read once for all of them.
///
/// # Errors
/// Where the log or a blob that is there cannot be read.
pub(crate) fn states(
    site: &Site,
    systems: &BTreeSet<&str>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<String, Arc<[u8]>>> {
    let log = log(&site.ledger)?;
    let known = log.map(|log| remediations(&log, &site.engagement.time_zone, Some(as_of))).transpose()?;
    documents(known.as_ref(), systems, as_of)
}

fn documents(
    known: Option<&KnownRemediations>,
    systems: &BTreeSet<&str>,
    as_of: Instant,
) -> anyhow::Result<BTreeMap<String, Arc<[u8]>>> {
    let mut open: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    let episodes = known.into_iter().flat_map(|known| known.remediations.episodes());
    for episode in episodes.filter(|it| it.closed.is_none()) {
        if systems.contains(episode.key.system.as_str()) {
            open.entry(episode.key.system.as_str()).or_default().push(Row::Open(Box::new(row(episode)?)));
        }
    }
    let mut states = BTreeMap::new();
    for system in systems {
        let evaluations = known.and_then(|known| known.evaluations.get(*system)).copied();
        let Evaluations { followed, lost } = evaluations.unwrap_or_default();
        let mut remediations = vec![Row::Ledger(LedgerRow { evaluations: followed, id: LEDGER })];
        remediations.extend(open.remove(system).unwrap_or_default());
        let total = remediations.len() as u64 + lost;
        let bytes = canonical_json(&Document { as_of, remediations, total })?;
        states.insert((*system).to_owned(), bytes.into());
    }
    Ok(states)
}

fn row(episode: &Episode) -> anyhow::Result<OpenRow> {
    let (control, subject) = (episode.key.control.clone(), episode.key.subject.to_string());
    Ok(OpenRow {
        due_at: episode.due_end,
        historical: episode.historical,
        id: episode_id(episode)?,
        name: format!("{subject} of {control}"),
        severity: episode.severity,
        since: episode.since,
        state: match episode.acts.is_empty() {
            _ if episode.corrected().is_some() => "corrected",
            true => "open",
            false => "planned",
        },
        control,
        subject,
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use jiff::tz::TimeZone;
    use tickmark_model::{Subject, parse_instant};
    use tickmark_operations::{Failing, Place, Remediations, Seen};

    use super::*;

    const AS_OF: &str = "2026-11-20T09:00:00Z";

    /// What an evaluation of a system sees of the control on second factors, whose failing users are these.
    fn seen(index: u64, system: &str, failing: &[&str]) -> Seen {
        let at = parse_instant("2026-11-01T09:00:00Z").unwrap();
        let subject =
            |id: &str| Subject { collector: "mfa".to_owned(), id: id.to_owned(), kind: "Mfa::User".to_owned() };
        let failing =
            failing.iter().map(|id| Failing { subject: subject(id), severity: Severity::Critical, first_seen: None });
        Seen {
            place: Place { index, recorded_at: at },
            at,
            control: "CC6.3-mfa-for-admins".to_owned(),
            system: system.to_owned(),
            historical: false,
            passes: false,
            complete: true,
            failing: failing.collect(),
            undecided: BTreeSet::new(),
            observed: Some(BTreeSet::new()),
        }
    }

    #[test]
    fn a_system_has_its_own_open_exceptions_and_what_nobody_can_follow_is_missing() {
        let mut known = KnownRemediations {
            remediations: Remediations::new(TimeZone::UTC),
            acts: BTreeMap::new(),
            waiting: BTreeMap::new(),
            lost: vec![4],
            evaluations: BTreeMap::from([("web".to_owned(), Evaluations { followed: 2, lost: 1 })]),
        };
        for it in [seen(2, "web", &["2", "3"]), seen(3, "web", &["2"]), seen(5, "db", &["7"])] {
            known.remediations.see(&it);
        }
        let systems = BTreeSet::from(["lab", "web"]);
        let documents = documents(Some(&known), &systems, parse_instant(AS_OF).unwrap()).unwrap();
        let text = |(system, bytes): (&String, &Arc<[u8]>)| {
            let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
            format!("{system}: {value:#}\n")
        };
        expect![[r#"
            lab: {
              "as_of": "2026-11-20T09:00:00Z",
              "remediations": [
                {
                  "evaluations": 0,
                  "id": "ledger"
                }
              ],
              "total": 1
            }
            web: {
              "as_of": "2026-11-20T09:00:00Z",
              "remediations": [
                {
                  "evaluations": 2,
                  "id": "ledger"
                },
                {
                  "control": "CC6.3-mfa-for-admins",
                  "due_at": "2026-12-02T00:00:00Z",
                  "historical": false,
                  "id": "r-996c91a48829",
                  "name": "Mfa::User::\"2\" of CC6.3-mfa-for-admins",
                  "severity": "critical",
                  "since": "2026-11-01T09:00:00Z",
                  "state": "open",
                  "subject": "Mfa::User::\"2\""
                }
              ],
              "total": 3
            }
        "#]]
        .assert_eq(&documents.iter().map(text).collect::<String>());
    }

    #[test]
    fn before_the_first_record_there_is_the_ledger_and_no_evaluation() {
        let documents = documents(None, &BTreeSet::from(["web"]), parse_instant(AS_OF).unwrap()).unwrap();
        expect![[r#"{"as_of":"2026-11-20T09:00:00Z","remediations":[{"evaluations":0,"id":"ledger"}],"total":1}"#]]
            .assert_eq(std::str::from_utf8(&documents["web"]).unwrap());
    }
}
