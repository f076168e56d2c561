//! The operator's settings, checked before anything is asked for.
//!
//! A setting that has no meaning beside the others is refused: it would look as if it had an effect.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Decimal, Failure, Host, Value};

use crate::exact::{self, Round};

/// Longest name, in bytes: it stands in a row's id.
const NAME_BYTES: usize = 256;
/// Longest query, in bytes: it stands in a request's first line.
const QUERY_BYTES: usize = 4_096;

/// Where the answers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Asked of a server.
    Prometheus,
    /// Saved in a folder.
    PrometheusFile,
}

/// A bound on what a query gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Limit {
    pub limit: Decimal,
    /// Whether it is the most; otherwise the least.
    pub at_most: bool,
    /// The PromQL; empty for saved answers.
    pub query: String,
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub source: Source,
    pub expected_systems: BTreeSet<String>,
    pub system_label: String,
    /// Least targets by job.
    pub replicas: BTreeMap<String, i64>,
    pub required_rules: BTreeSet<String>,
    pub capacity: BTreeMap<String, Limit>,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let source = match host.setting("source").as_text().unwrap_or_default() {
            "prometheus" => Source::Prometheus,
            "prometheus-file" => Source::PrometheusFile,
            other => return Err(wrong("source", other, "prometheus or prometheus-file")),
        };
        let label = host.setting("system_label");
        let settings = Self {
            source,
            expected_systems: names(host, "expected_systems")?,
            system_label: label.as_text().unwrap_or("instance").to_owned(),
            replicas: replicas(host)?,
            required_rules: names(host, "required_rules")?,
            capacity: capacity(host, source)?,
        };
        if !is_label(&settings.system_label) {
            return Err(wrong("system_label", &settings.system_label, "the name of a label"));
        }
        if label != Value::Absent && settings.expected_systems.is_empty() && settings.capacity.is_empty() {
            let rule = "has no meaning without `expected_systems` or `capacity`";
            return Err(Failure::invalid(format!("setting `system_label` {rule}")));
        }
        if !settings.reads_targets() && settings.required_rules.is_empty() && settings.capacity.is_empty() {
            let known = "`expected_systems`, `replicas`, `required_rules` and `capacity`";
            return Err(Failure::invalid(format!("none of the settings {known} is there: nothing is looked at")));
        }
        Ok(settings)
    }

    /// Whether targets are looked at.
    pub fn reads_targets(&self) -> bool {
        !self.expected_systems.is_empty() || !self.replicas.is_empty()
    }

    /// The system that a target or a series with these labels belongs to.
    pub fn system(&self, labels: &BTreeMap<String, String>) -> Option<String> {
        let value = labels.get(&self.system_label).filter(|value| !value.is_empty())?;
        let host = match value.rsplit_once(':') {
            Some((host, port)) if self.system_label == "instance" && is_port(port) && is_host(host) => host,
            _ => value,
        };
        Some(host.to_owned())
    }
}

fn is_port(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An IPv6 address stands in brackets where a port follows it.
fn is_host(text: &str) -> bool {
    !text.is_empty() && (!text.contains(':') || text.starts_with('[') && text.ends_with(']'))
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{}`, expected {known}", value.escape_debug()))
}

fn has(setting: &str, entry: &str, rule: &str) -> Failure {
    let entry: String = entry.chars().take(200).collect();
    Failure::invalid(format!("setting `{setting}` has `{}`, expected {rule}", entry.escape_debug()))
}

/// A set of texts. An empty one is a mistake: it would look like a population of nothing.
fn texts(host: &dyn Host, name: &str) -> Result<BTreeSet<String>, Failure> {
    let value = host.setting(name);
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    if value != Value::Absent && texts.is_empty() {
        return Err(Failure::invalid(format!("setting `{name}` is empty")));
    }
    Ok(texts)
}

fn names(host: &dyn Host, setting: &str) -> Result<BTreeSet<String>, Failure> {
    let names = texts(host, setting)?;
    match names.iter().find(|name| !(1..=NAME_BYTES).contains(&name.len())) {
        Some(name) => Err(has(setting, name, &format!("a name of 1 to {NAME_BYTES} bytes"))),
        None => Ok(names),
    }
}

fn replicas(host: &dyn Host) -> Result<BTreeMap<String, i64>, Failure> {
    let mut replicas = BTreeMap::new();
    for entry in texts(host, "replicas")? {
        let read = entry.rsplit_once('=').and_then(|(job, least)| {
            let plain = least.bytes().all(|byte| byte.is_ascii_digit());
            let least = least.parse::<i64>().ok().filter(|least| plain && (1..=10_000).contains(least))?;
            (1..=NAME_BYTES).contains(&job.len()).then_some((job, least))
        });
        let Some((job, least)) = read else {
            return Err(has("replicas", &entry, "a job and a number from 1 to 10000, such as `web=2`"));
        };
        if replicas.insert(job.to_owned(), least).is_some() {
            return Err(Failure::invalid(format!("setting `replicas` has job `{job}` twice")));
        }
    }
    Ok(replicas)
}

fn capacity(host: &dyn Host, source: Source) -> Result<BTreeMap<String, Limit>, Failure> {
    let mut queries = BTreeMap::new();
    for entry in texts(host, "capacity_queries")? {
        let read = entry.split_once('=').filter(|(name, query)| {
            is_name(name) && (1..=QUERY_BYTES).contains(&query.len()) && !query.trim().is_empty()
        });
        let Some((name, query)) = read else {
            let rule = format!("a name and a query of 1 to {QUERY_BYTES} bytes, such as `disk=1 - avail / size`");
            return Err(has("capacity_queries", &entry, &rule));
        };
        if queries.insert(name.to_owned(), query.trim().to_owned()).is_some() {
            return Err(Failure::invalid(format!("setting `capacity_queries` has `{name}` twice")));
        }
    }
    if source == Source::PrometheusFile && !queries.is_empty() {
        return Err(Failure::invalid("setting `capacity_queries` has no meaning for source `prometheus-file`"));
    }
    let mut capacity = BTreeMap::new();
    for entry in texts(host, "capacity")? {
        let Some((name, at_most, limit)) = bound(&entry) else {
            let rule = "a name, `<=` or `>=`, and a number with at most 4 digits after the point, such as `disk<=0.9`";
            return Err(has("capacity", &entry, rule));
        };
        let query = match queries.remove(name) {
            Some(query) => query,
            None if source == Source::PrometheusFile => String::new(),
            None => return Err(Failure::invalid(format!("setting `capacity_queries` lacks `{name}` of `capacity`"))),
        };
        if capacity.insert(name.to_owned(), Limit { limit, at_most, query }).is_some() {
            return Err(Failure::invalid(format!("setting `capacity` has `{name}` twice")));
        }
    }
    match queries.keys().next() {
        Some(name) => Err(Failure::invalid(format!("setting `capacity` lacks `{name}` of `capacity_queries`"))),
        None => Ok(capacity),
    }
}

fn bound(entry: &str) -> Option<(&str, bool, Decimal)> {
    let (name, at_most, limit) = match (entry.split_once("<="), entry.split_once(">=")) {
        (Some((name, limit)), _) => (name, true, limit),
        (None, Some((name, limit))) => (name, false, limit),
        (None, None) => return None,
    };
    // What two roundings agree on has no more digits than fit.
    let units = exact::units(limit, Round::Down).ok()?;
    let exact = exact::units(limit, Round::Up) == Ok(units);
    (is_name(name) && exact).then_some((name, at_most, Decimal(units)))
}

/// `[a-z][a-z0-9-]*`, at most 64 bytes: it stands in a file's name.
fn is_name(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase();
    (1..=64).contains(&name.len())
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit() || byte == b'-')
}

/// Prometheus: `[a-zA-Z_][a-zA-Z0-9_]*`.
fn is_label(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    name.bytes().next().is_some_and(letter) && name.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use tickmark_collector::testing::TestHost;

    use super::*;

    #[test]
    fn a_system_is_its_instance_without_the_port() {
        let host = TestHost::new().with_setting("source", "prometheus").with_setting("expected_systems", vec!["a"]);
        let settings = Settings::read(&host).unwrap();
        let check = |instance: &str, system: Option<&str>| {
            let labels = BTreeMap::from([("instance".to_owned(), instance.to_owned())]);
            assert_eq!(settings.system(&labels).as_deref(), system, "{instance}");
        };
        check("db-1:9100", Some("db-1"));
        check("db-1", Some("db-1"));
        check("[fd00::1]:9100", Some("[fd00::1]"));
        check("fd00::1", Some("fd00::1"));
        check("https://web.example.com/health", Some("https://web.example.com/health"));
        check(":9100", Some(":9100"));
        check("db-1:http", Some("db-1:http"));
        check("", None);
        assert_eq!(settings.system(&BTreeMap::new()), None);
    }

    #[test]
    fn another_label_is_taken_as_it_is() {
        let host = TestHost::new()
            .with_setting("source", "prometheus")
            .with_setting("expected_systems", vec!["a"])
            .with_setting("system_label", "host");
        let labels =
            BTreeMap::from([("host".to_owned(), "rack:7".to_owned()), ("instance".to_owned(), "x:1".to_owned())]);
        assert_eq!(Settings::read(&host).unwrap().system(&labels).as_deref(), Some("rack:7"));
    }
}
