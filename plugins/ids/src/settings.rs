//! The operator's settings, checked before anything is read.
//!
//! A setting that has no effect beside the others is refused: it would look as if it had one.

use std::collections::BTreeSet;

use tickmark_collector::logs::Layout;
use tickmark_collector::{Duration, Failure, Host, Scalar, Value, time};

use crate::sensor::NAME_BYTES;

/// Where the answers are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Responses {
    Sql,
    File,
}

/// Where the list of Wazuh's agents is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Agents {
    File,
    Http,
}

#[derive(Debug)]
pub(crate) struct Settings {
    /// At least one, unless agents are looked at alone.
    pub expected_sensors: BTreeSet<String>,
    pub layout: Layout,
    /// Longer than nothing, as all durations here.
    pub window: Duration,
    pub count_gaps_over: Duration,
    /// Nothing where alerts are not looked at.
    pub responses: Option<Responses>,
    pub alert_window: Duration,
    /// At least one.
    pub alert_severities: BTreeSet<i64>,
    /// Nothing where agents are not looked at.
    pub agents: Option<Agents>,
    /// At least one where they are.
    pub expected_agents: BTreeSet<String>,
}

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Longest duration: a century keeps every instant within the contract's years.
const LONGEST: Duration = Duration(36_500 * DAY);

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let responses = match host.setting("responses").as_text() {
            None => None,
            Some("sql") => Some(Responses::Sql),
            Some("file") => Some(Responses::File),
            Some(other) => return Err(wrong("responses", other, "sql or file")),
        };
        for setting in ["alert_window", "alert_severities"] {
            if responses.is_none() && host.setting(setting) != Value::Absent {
                return Err(Failure::invalid(format!("setting `{setting}` has no meaning without `responses`")));
            }
        }
        let agents = match host.setting("agents").as_text() {
            None => None,
            Some("file") => Some(Agents::File),
            Some("http") => Some(Agents::Http),
            Some(other) => return Err(wrong("agents", other, "file or http")),
        };
        let expected_agents = match (agents, host.setting("expected_agents")) {
            (None, Value::Absent) => BTreeSet::new(),
            (None, _) => return Err(Failure::invalid("setting `expected_agents` has no meaning without `agents`")),
            (Some(_), names) => expected("expected_agents", &names)?,
        };
        // Agents alone need no log.
        let expected_sensors = match host.setting("expected_sensors") {
            Value::Absent if agents.is_some() => only_agents(host)?,
            names => expected("expected_sensors", &names)?,
        };
        Ok(Self {
            agents,
            expected_agents,
            expected_sensors,
            layout: layout(host)?,
            window: duration(host, "window", Duration(DAY))?,
            count_gaps_over: duration(host, "count_gaps_over", Duration(10 * MINUTE))?,
            responses,
            alert_window: duration(host, "alert_window", Duration(2 * DAY))?,
            alert_severities: severities(&host.setting("alert_severities"))?,
        })
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

fn layout(host: &dyn Host) -> Result<Layout, Failure> {
    let prefix = host.setting("prefix");
    match host.setting("source").as_text() {
        None | Some("file") if prefix == Value::Absent => Ok(Layout::File),
        None | Some("file") => Err(Failure::invalid("setting `prefix` has no meaning without source `folder`")),
        Some("folder") => match prefix.as_text().unwrap_or("eve") {
            "" => Err(Failure::invalid("setting `prefix` is empty, expected how the names of the files begin")),
            prefix => Ok(Layout::Folder { prefix: prefix.to_owned() }),
        },
        Some(other) => Err(wrong("source", other, "file or folder")),
    }
}

fn duration(host: &dyn Host, setting: &str, default: Duration) -> Result<Duration, Failure> {
    let duration = host.setting(setting).as_duration().unwrap_or(default);
    if duration <= Duration(0) || duration > LONGEST {
        return Err(wrong(setting, &time::span(duration), "more than 0ms and at most 36500d"));
    }
    Ok(duration)
}

/// No sensors, and nothing that is said about them.
fn only_agents(host: &dyn Host) -> Result<BTreeSet<String>, Failure> {
    let about = ["source", "prefix", "window", "count_gaps_over", "responses", "alert_window", "alert_severities"];
    match about.into_iter().find(|setting| host.setting(setting) != Value::Absent) {
        Some(setting) => {
            Err(Failure::invalid(format!("setting `{setting}` has no meaning without `expected_sensors`")))
        }
        None => Ok(BTreeSet::new()),
    }
}

fn expected(setting: &str, value: &Value) -> Result<BTreeSet<String>, Failure> {
    let names: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    match names.iter().find(|name| !(1..=NAME_BYTES).contains(&name.len())) {
        _ if names.is_empty() => {
            Err(Failure::invalid(format!("setting `{setting}` names none, expected at least one")))
        }
        Some(name) => {
            let len = name.len();
            let message = format!("setting `{setting}` holds a name of {len} bytes, expected 1 to {NAME_BYTES}");
            Err(Failure::invalid(message))
        }
        None => Ok(names),
    }
}

fn severities(setting: &Value) -> Result<BTreeSet<i64>, Failure> {
    let Value::SetOf(items) = setting else {
        return Ok(BTreeSet::from([1, 2]));
    };
    let longs = items.iter().filter_map(|item| match item {
        Scalar::Long(number) => Some(*number),
        _ => None,
    });
    let severities: BTreeSet<i64> = longs.collect();
    match severities.iter().find(|severity| !(1..=255).contains(*severity)) {
        Some(bad) => Err(wrong("alert_severities", &bad.to_string(), "numbers from 1 to 255")),
        None if severities.is_empty() => {
            Err(Failure::invalid("setting `alert_severities` is empty, expected at least one number"))
        }
        None => Ok(severities),
    }
}
