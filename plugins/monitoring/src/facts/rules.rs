//! The fact `alert_rule`: one row for each alert rule of the server, and one for each required one that it has not.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary};

use super::{Seen, population};
use crate::parse::rule::{AlertRule, RawGroup, Rule, read};
use crate::parse::{Unread, answer, pairs};
use crate::settings::Settings;
use crate::source::{Question, ask};
use crate::unread::Unreadable;

const COLUMNS: [&str; 17] = [
    "name",
    "required",
    "exists",
    "file",
    "group",
    "query",
    "holds_for",
    "severity",
    "summary",
    "runbook",
    "labels",
    "health",
    "last_error",
    "last_evaluation",
    "state",
    "firing",
    "active_since",
];

/// Why a rule of the answer is no row.
const EXCLUSION_RULE: &str = "recording rules";

/// What is gathered while rules are read.
struct Rules<'h, 's> {
    settings: &'s Settings,
    facts: Facts<'h>,
    receipt: Receipt,
    total: u64,
    recording: u64,
    seen: Seen,
    unread: Unreadable,
    /// The required rules that no rule had the name of yet.
    missing: BTreeSet<&'s str>,
    newest: Option<Datetime>,
}

/// Reads the alert rules.
///
/// # Errors
/// As the host's; `unavailable` and `invalid` where the answer is none, or goes on in another one.
pub(crate) fn collect(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let answer = ask(host, settings, Question::Rules)?;
    let mut rules = Rules {
        settings,
        facts: host.fact("alert_rule", &COLUMNS),
        receipt: answer.receipt(),
        total: 0,
        recording: 0,
        seen: Seen::default(),
        unread: Unreadable::new("rule"),
        missing: settings.required_rules.iter().map(String::as_str).collect(),
        newest: None,
    };
    let envelope = answer.settled(answer::read(answer.blob.reader(), "groups", |group| rules.take(group)))?;
    if envelope.goes_on {
        let message = "the answer has a part of the groups only: ask without `group_limit`";
        return Err(Failure::invalid(message).shown_by(answer.receipt()));
    }
    rules.finish(summary)
}

impl Rules<'_, '_> {
    fn take(&mut self, group: RawGroup) -> Result<(), Failure> {
        for rule in read(group) {
            self.total += 1;
            let alerting = match rule {
                Ok(Rule::Recording) => {
                    self.recording += 1;
                    continue;
                }
                Ok(Rule::Alerting(rule)) => self.seen.take(&rule.id).map(|()| rule),
                Err(unread) => Err(unread),
            };
            match alerting {
                Ok(rule) => self.emit(*rule)?,
                Err(Unread(why)) => self.unread.add(self.total, &why),
            }
        }
        Ok(())
    }

    fn emit(&mut self, rule: AlertRule) -> Result<(), Failure> {
        self.missing.remove(rule.name.as_str());
        self.newest = self.newest.max(rule.last_evaluation);
        let text = |names: &[&str]| rule.annotation(names).map(str::to_owned);
        let (summary, runbook) = (text(&["summary", "description", "message"]), text(&["runbook_url", "runbook"]));
        let severity = rule.labels.get("severity").filter(|severity| !severity.trim().is_empty()).cloned();
        self.facts
            .row(rule.id, &[self.receipt])
            .set("name", rule.name.as_str())
            .set("required", self.settings.required_rules.contains(&rule.name))
            .set("exists", true)
            .set("file", rule.file)
            .set("group", rule.group)
            .set("query", rule.query)
            .set("holds_for", rule.holds_for)
            .set("severity", severity)
            .set("summary", summary)
            .set("runbook", runbook)
            .set("labels", pairs(&rule.labels))
            .set("health", rule.health)
            .set("last_error", rule.last_error)
            .set("last_evaluation", rule.last_evaluation)
            .set("state", rule.state)
            .set("firing", rule.firing)
            .set("active_since", rule.active_since)
            .push()
    }

    fn finish(mut self, summary: Summary) -> Result<Summary, Failure> {
        // One that cannot be read may be a required one: that it is missing is not known then.
        let missing = if self.unread.count() == 0 { std::mem::take(&mut self.missing) } else { BTreeSet::new() };
        for name in &missing {
            let id = format!("not there: {name}");
            if let Err(Unread(why)) = self.seen.take(&id) {
                return Err(Failure::invalid(format!("required rule `{name}`: {why}")).shown_by(self.receipt));
            }
            self.facts.row(id, &[self.receipt]).set("name", *name).set("required", true).set("exists", false).push()?;
        }
        let total = self.total + missing.len() as u64;
        let mut claim: Population = population(total, self.receipt, self.newest);
        if self.recording > 0 {
            claim = claim.excluding(self.recording, EXCLUSION_RULE);
        }
        Ok(self.unread.note(summary.population(self.facts.finish(claim)?)))
    }
}
