//! The operator's settings, checked before anything is read.

use std::collections::BTreeSet;

use tickmark_collector::{Duration, Failure, Host, Value, time};

/// Where the users are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    Sql,
    AwsCredentialReport,
    Okta,
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub source: Source,
    /// In lower case.
    pub admin_roles: BTreeSet<String>,
    pub admin_users: BTreeSet<String>,
    pub service_accounts: BTreeSet<String>,
    /// Nothing where logins are not looked at.
    pub logins: Option<Logins>,
}

#[derive(Debug)]
pub(crate) struct Logins {
    /// Longer than nothing.
    pub window: Duration,
    /// At least one.
    pub sources: BTreeSet<String>,
}

const DAY: Duration = Duration(86_400_000);

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let source = match host.setting("source").as_text().unwrap_or_default() {
            "sql" => Source::Sql,
            "aws-credential-report" => Source::AwsCredentialReport,
            "okta" => Source::Okta,
            other => return Err(wrong("source", other, "sql, aws-credential-report or okta")),
        };
        let defaults = ["admin", "administrator", "root", "owner", "superuser"];
        let admin_roles = texts(host, "admin_roles")?.unwrap_or_else(|| defaults.map(str::to_owned).into());
        Ok(Self {
            source,
            admin_roles: admin_roles.iter().map(|role| role.to_lowercase()).collect(),
            admin_users: texts(host, "admin_users")?.unwrap_or_default(),
            service_accounts: texts(host, "service_accounts")?.unwrap_or_default(),
            logins: Logins::read(host)?,
        })
    }
}

impl Logins {
    fn read(host: &dyn Host) -> Result<Option<Self>, Failure> {
        let window = host.setting("login_window");
        let sources = texts(host, "login_sources")?;
        match host.setting("login_source").as_text() {
            Some("sql") => {}
            Some(other) => return Err(wrong("login_source", other, "sql")),
            None if window == Value::Absent && sources.is_none() => return Ok(None),
            None => {
                let message = "settings `login_window` and `login_sources` have no meaning without `login_source`";
                return Err(Failure::invalid(message));
            }
        }
        let window = window.as_duration().unwrap_or(DAY);
        let longest = Duration(36_500 * DAY.0);
        if window <= Duration(0) || window > longest {
            return Err(wrong("login_window", &time::span(window), "more than 0ms and at most 36500d"));
        }
        let sources = sources.unwrap_or_else(|| BTreeSet::from(["auth_log".to_owned()]));
        if sources.is_empty() {
            return Err(Failure::invalid("setting `login_sources` is empty, expected at least one name"));
        }
        Ok(Some(Self { window, sources }))
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

/// Nothing where the setting is absent. An empty text can name no user and no role.
fn texts(host: &dyn Host, setting: &str) -> Result<Option<BTreeSet<String>>, Failure> {
    let value = host.setting(setting);
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    match value {
        Value::Absent => Ok(None),
        Value::SetOf(_) if !texts.contains("") => Ok(Some(texts)),
        _ => Err(Failure::invalid(format!("setting `{setting}` is no set of texts of at least 1 byte"))),
    }
}
