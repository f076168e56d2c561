//! The operator's settings, checked before anything is read.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Duration, Failure, Host, Value, time};

/// Where the accounts are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Aws,
    Okta,
    OktaHttp,
    Sql,
}

/// Where the events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Events {
    /// An export.
    File,
    /// The API, as far back as this.
    Http(Duration),
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub source: Source,
    /// What the system is called.
    pub system: String,
    pub approved_admins: BTreeSet<String>,
    /// Owners by account.
    pub service_accounts: BTreeMap<String, String>,
    /// In lower case.
    pub privileged_roles: BTreeSet<String>,
    pub employee_attribute: String,
    /// In lower case.
    pub service_types: BTreeSet<String>,
    /// In lower case.
    pub disabled_statuses: BTreeSet<String>,
    pub okta_groups: bool,
    /// Whether the query `keys` is asked.
    pub sql_keys: bool,
    pub trusted_accounts: BTreeSet<String>,
    /// Nothing where events are not looked at.
    pub events: Option<Events>,
}

/// How long Okta keeps its System Log.
pub(crate) const OKTA_KEEPS: Duration = Duration(90 * 86_400_000);

const DISABLED: [&str; 6] = ["disabled", "inactive", "suspended", "deprovisioned", "deleted", "terminated"];

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let (source, name) = match text(host, "source")?.as_deref().unwrap_or_default() {
            "aws" => (Source::Aws, "aws"),
            "okta" => (Source::Okta, "okta"),
            "okta-http" => (Source::OktaHttp, "okta"),
            "sql" => (Source::Sql, "sql"),
            other => return Err(wrong("source", other, "aws, okta, okta-http or sql")),
        };
        let lower = |texts: BTreeSet<String>| texts.iter().map(|text| text.to_lowercase()).collect();
        let admins = ["admin", "administrator", "root", "owner", "superuser"];
        Ok(Self {
            source,
            system: text(host, "system")?.unwrap_or_else(|| name.to_owned()),
            approved_admins: texts(host, "approved_admins", &[])?,
            service_accounts: register(host)?,
            privileged_roles: lower(texts(host, "privileged_roles", &admins)?),
            employee_attribute: text(host, "employee_attribute")?.unwrap_or_else(|| "employeeNumber".to_owned()),
            service_types: lower(texts(host, "service_types", &["service"])?),
            disabled_statuses: lower(texts(host, "disabled_statuses", &DISABLED)?),
            okta_groups: okta_groups(host, source)?,
            sql_keys: sql_keys(host, source)?,
            trusted_accounts: trusted(host)?,
            events: events(host, source)?,
        })
    }
}

/// The register of service accounts.
fn register(host: &dyn Host) -> Result<BTreeMap<String, String>, Failure> {
    let mut register = BTreeMap::new();
    for entry in texts(host, "service_accounts", &[])? {
        let parts = entry.rsplit_once('=').map(|(account, owner)| (account.trim(), owner.trim()));
        let Some((account, owner)) = parts.filter(|(account, owner)| !account.is_empty() && !owner.is_empty()) else {
            return Err(wrong("service_accounts", &entry, "an account, `=` and its owner"));
        };
        if let Some(first) = register.insert(account.to_owned(), owner.to_owned()) {
            let message = format!("setting `service_accounts` gives `{account}` two owners, `{first}` and `{owner}`");
            return Err(Failure::invalid(message));
        }
    }
    Ok(register)
}

fn okta_groups(host: &dyn Host, source: Source) -> Result<bool, Failure> {
    match (host.setting("okta_groups"), source) {
        (Value::Absent, _) => Ok(false),
        (value, Source::OktaHttp) => {
            value.as_boolean().ok_or_else(|| Failure::invalid("setting `okta_groups` is no truth value"))
        }
        _ => Err(Failure::invalid("setting `okta_groups` has no meaning without source `okta-http`")),
    }
}

fn sql_keys(host: &dyn Host, source: Source) -> Result<bool, Failure> {
    match (text(host, "key_source")?.as_deref(), source) {
        (None, _) => Ok(false),
        (Some("sql"), Source::Sql) => Ok(true),
        (Some("sql"), _) => Err(Failure::invalid("setting `key_source` has no meaning without source `sql`")),
        (Some(other), _) => Err(wrong("key_source", other, "sql")),
    }
}

fn trusted(host: &dyn Host) -> Result<BTreeSet<String>, Failure> {
    let accounts = texts(host, "trusted_accounts", &[])?;
    match accounts.iter().find(|id| id.len() != 12 || !id.bytes().all(|byte| byte.is_ascii_digit())) {
        Some(bad) => Err(wrong("trusted_accounts", bad, "the 12 digits of an AWS account")),
        None => Ok(accounts),
    }
}

fn events(host: &dyn Host, source: Source) -> Result<Option<Events>, Failure> {
    let window = host.setting("event_window");
    let meaningless = || Failure::invalid("setting `event_window` has no meaning without event_source `okta-http`");
    let of_okta = matches!(source, Source::Okta | Source::OktaHttp);
    match text(host, "event_source")?.as_deref() {
        // The rows would be said to be of another system.
        Some("okta" | "okta-http") if !of_okta => {
            Err(Failure::invalid("setting `event_source` has no meaning without source `okta` or `okta-http`"))
        }
        Some("okta-http") => {
            let window = if window == Value::Absent { OKTA_KEEPS } else { window.as_duration().unwrap_or(Duration(0)) };
            if window <= Duration(0) || window > OKTA_KEEPS {
                return Err(wrong("event_window", &time::span(window), "more than 0ms and at most 90d"));
            }
            Ok(Some(Events::Http(window)))
        }
        Some("okta") if window == Value::Absent => Ok(Some(Events::File)),
        None if window == Value::Absent => Ok(None),
        Some("okta") | None => Err(meaningless()),
        Some(other) => Err(wrong("event_source", other, "okta or okta-http")),
    }
}

fn wrong(setting: &str, value: &str, expected: &str) -> Failure {
    let value: String = value.chars().take(200).collect();
    Failure::invalid(format!("setting `{setting}` is `{}`, expected {expected}", value.escape_debug()))
}

/// Nothing where the setting is absent.
fn text(host: &dyn Host, setting: &str) -> Result<Option<String>, Failure> {
    match host.setting(setting) {
        Value::Absent => Ok(None),
        value => match value.as_text() {
            Some(text) if !text.is_empty() => Ok(Some(text.to_owned())),
            _ => Err(Failure::invalid(format!("setting `{setting}` is no text of at least 1 byte"))),
        },
    }
}

/// The default where the setting is absent. An empty text can name nobody.
fn texts(host: &dyn Host, setting: &str, default: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let value = host.setting(setting);
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    match value {
        Value::Absent => Ok(default.iter().map(|text| (*text).to_owned()).collect()),
        Value::SetOf(items)
            if items.len() >= texts.len() && !texts.contains("") && (items.is_empty() || !texts.is_empty()) =>
        {
            Ok(texts)
        }
        _ => Err(Failure::invalid(format!("setting `{setting}` is no set of texts of at least 1 byte"))),
    }
}
