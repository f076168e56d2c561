//! One of `groups` of `/api/v1/rules`, with the rules in it.
//!
//! Format: "HTTP API", "Rules": a group has `name`, `file` and `rules`; a rule has `type` (`alerting` or `recording`),
//! `name`, `query`, `duration` in seconds, `labels`, `annotations`, `alerts`, `health` (`ok`, `err`, `unknown`),
//! `lastError`, `lastEvaluation` and `state` (`inactive`, `pending`, `firing`).

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use tickmark_collector::records::Leaf;
use tickmark_collector::{Datetime, Duration};

use super::{Labels, Unread, fits, instant, with_labels};

/// A group as it stands in the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawGroup {
    name: Leaf,
    file: Leaf,
    rules: RawRules,
}

/// Most rules of a group: they are held until the whole group is read, because its name may stand after them.
const RULES: usize = 10_000;

#[derive(Debug, Default)]
struct RawRules(Vec<RawRule>);

/// A rule as it stands in the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RawRule {
    #[serde(rename = "type")]
    kind: Leaf,
    name: Leaf,
    query: Leaf,
    duration: Leaf,
    labels: Leaf,
    annotations: Leaf,
    alerts: Alerts,
    health: Leaf,
    last_error: Leaf,
    last_evaluation: Leaf,
    state: Leaf,
}

/// The alerts of a rule, counted while they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Alerts {
    firing: i64,
    active_since: Option<Datetime>,
    /// What is wrong with the first that cannot be read.
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawAlert {
    state: Leaf,
    active_at: Leaf,
}

/// A rule of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It records a series.
    Recording,
    /// It alerts.
    Alerting(Box<AlertRule>),
}

/// An alert rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// File, group, name and labels.
    pub id: String,
    /// The alert's name.
    pub name: String,
    /// The rule file.
    pub file: String,
    /// The group.
    pub group: String,
    /// The expression.
    pub query: String,
    /// How long it must hold.
    pub holds_for: Duration,
    /// The labels.
    pub labels: Labels,
    /// The annotations.
    pub annotations: Labels,
    /// `ok`, `err` or `unknown`.
    pub health: String,
    /// Why the last evaluation failed.
    pub last_error: Option<String>,
    /// When it was last evaluated.
    pub last_evaluation: Option<Datetime>,
    /// `inactive`, `pending` or `firing`.
    pub state: Option<String>,
    /// Its alerts that are firing.
    pub firing: i64,
    /// Since when the oldest of its alerts is active.
    pub active_since: Option<Datetime>,
}

/// Reads the rules of a group, in order. Where a group has no name or file, none of its rules can be read.
#[must_use]
pub fn read(group: RawGroup) -> Vec<Result<Rule, Unread>> {
    let place = group.name.some_text("name").and_then(|name| Ok((name, group.file.some_text("file")?)));
    let rules = group.rules.0.into_iter();
    rules
        .map(|rule| match &place {
            Ok((name, file)) => read_one(rule, name, file),
            Err(why) => Err(Unread(format!("of its group: {why}"))),
        })
        .collect()
}

fn read_one(raw: RawRule, group: &str, file: &str) -> Result<Rule, Unread> {
    let kind = raw.kind.some_text("type")?;
    match kind.as_str() {
        "recording" => return Ok(Rule::Recording),
        "alerting" => {}
        other => return Err(Unread(format!("type `{}` is not known", other.escape_debug()))),
    }
    let name = raw.name.some_text("name")?;
    let health = word(raw.health.some_text("health")?, "health", &["ok", "err", "unknown"])?;
    let state = raw.state.text("state")?.map(|state| word(state, "state", &["inactive", "pending", "firing"]));
    let labels = raw.labels.texts("labels")?;
    if let Some(wrong) = raw.alerts.wrong {
        return Err(Unread(format!("an alert of it: {wrong}")));
    }
    // The file's own name: where the folder is mounted says nothing about the rule.
    let file_name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let rule = AlertRule {
        id: with_labels(&format!("{file_name}/{group}/{name}"), &labels),
        name,
        file: file.to_owned(),
        group: group.to_owned(),
        query: raw.query.some_text("query")?,
        holds_for: Duration(raw.duration.seconds("duration")?.unwrap_or(0)),
        annotations: raw.annotations.texts("annotations")?,
        health,
        last_error: raw.last_error.text("lastError")?,
        last_evaluation: instant("lastEvaluation", raw.last_evaluation.text("lastEvaluation")?)?,
        state: state.transpose()?,
        firing: raw.alerts.firing,
        active_since: raw.alerts.active_since,
        labels,
    };
    let texts = [rule.file.as_str(), &rule.group, &rule.query, rule.last_error.as_deref().unwrap_or_default()];
    let pairs = rule.labels.iter().map(|(name, value)| name.len() + value.len() + 1);
    if let Some(len) = pairs.max().filter(|len| *len > super::TEXT_BYTES) {
        return Err(Unread(format!("a label of it has {len} bytes, at most {} fit", super::TEXT_BYTES)));
    }
    fits(&rule.id, &rule.labels, texts.into_iter().chain(rule.annotations.values().map(String::as_str)))?;
    Ok(Rule::Alerting(Box::new(rule)))
}

fn word(text: String, field: &str, known: &[&str]) -> Result<String, Unread> {
    if known.contains(&text.as_str()) {
        return Ok(text);
    }
    Err(Unread(format!("{field} `{}` is not known", text.escape_debug())))
}

impl AlertRule {
    /// The first of these annotations that says something.
    #[must_use]
    pub fn annotation(&self, names: &[&str]) -> Option<&str> {
        names
            .iter()
            .filter_map(|name| self.annotations.get(*name))
            .map(|text| text.trim())
            .find(|text| !text.is_empty())
    }
}

impl<'de> Deserialize<'de> for RawRules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bounded;
        impl<'de> Visitor<'de> for Bounded {
            type Value = RawRules;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of rules")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<RawRules, A::Error> {
                let mut rules = Vec::new();
                while let Some(rule) = seq.next_element()? {
                    if rules.len() >= RULES {
                        return Err(A::Error::custom(format!("a group has more than {RULES} rules")));
                    }
                    rules.push(rule);
                }
                Ok(RawRules(rules))
            }
        }
        deserializer.deserialize_seq(Bounded)
    }
}

impl<'de> Deserialize<'de> for Alerts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Count)
    }
}

struct Count;

impl<'de> Visitor<'de> for Count {
    type Value = Alerts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of alerts")
    }

    fn visit_unit<E>(self) -> Result<Alerts, E> {
        Ok(Alerts::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Alerts, A::Error> {
        let mut alerts = Alerts::default();
        while let Some(raw) = seq.next_element::<RawAlert>()? {
            if let Err(Unread(why)) = alerts.count(raw) {
                alerts.wrong.get_or_insert(why);
            }
        }
        Ok(alerts)
    }
}

impl Alerts {
    fn count(&mut self, raw: RawAlert) -> Result<(), Unread> {
        let state = word(raw.state.some_text("state")?, "state", &["inactive", "pending", "firing"])?;
        let active = instant("activeAt", raw.active_at.text("activeAt")?)?;
        self.firing += i64::from(state == "firing");
        self.active_since = self.active_since.into_iter().chain(active).min();
        Ok(())
    }
}
