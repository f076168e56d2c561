//! The operator's settings, checked before anything is read.
//!
//! A setting that has no effect beside the others is refused: it would look as if it had one.

use std::collections::BTreeSet;

use tickmark_collector::logs::Layout;
use tickmark_collector::time::UtcOffset;
use tickmark_collector::{Duration, Failure, Host, Value, time};

use crate::parse::access::{FIELDS, Shape};
use crate::parse::year::LastYear;

/// Longest name of a log or a service, in bytes: it stands in a row's id.
const NAME_BYTES: usize = 900;

#[derive(Debug)]
pub(crate) struct Settings {
    /// Nothing where access logs are not looked at.
    pub access: Option<Access>,
    /// Nothing where logins are not looked at.
    pub logins: Option<Logins>,
    /// Longer than nothing.
    pub window: Duration,
}

#[derive(Debug)]
pub(crate) struct Access {
    pub layout: Layout,
    /// Exactly one where the grant is a file.
    pub expected: BTreeSet<String>,
    pub shape: Shape,
}

#[derive(Debug)]
pub(crate) struct Logins {
    pub source: LoginSource,
    /// At least one.
    pub services: BTreeSet<String>,
}

/// Where logins are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LoginSource {
    /// With what dates lines without year and offset.
    AuthLog(Layout, Option<(LastYear, UtcOffset)>),
    /// By running the granted command.
    Journal,
    /// From a granted file with its output.
    JournalFile,
}

const DAY: Duration = Duration(86_400_000);
const LONGEST: Duration = Duration(36_500 * DAY.0);

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let offset = match host.setting("utc_offset").as_text() {
            None => None,
            Some(text) => Some(
                UtcOffset::parse(text)
                    .ok_or_else(|| wrong("utc_offset", text, "an offset from -23:59 to +23:59 such as +01:00"))?,
            ),
        };
        let window = host.setting("window").as_duration().unwrap_or(DAY);
        if window <= Duration(0) || window > LONGEST {
            return Err(wrong("window", &time::span(window), "more than 0ms and at most 36500d"));
        }
        let (access, logins) = (access(host, offset)?, logins(host, offset)?);
        if access.is_none() && logins.is_none() {
            return Err(Failure::invalid(
                "settings `access_source` and `login_source` are missing, expected one at least",
            ));
        }
        let dates = access.is_some() || matches!(logins, Some(Logins { source: LoginSource::AuthLog(..), .. }));
        if offset.is_some() && !dates {
            return Err(Failure::invalid("setting `utc_offset` has no meaning for the journal"));
        }
        Ok(Self { access, logins, window })
    }
}

fn wrong(setting: &str, value: &str, known: &str) -> Failure {
    Failure::invalid(format!("setting `{setting}` is `{value}`, expected {known}"))
}

/// Refuses settings that mean something only beside another one.
fn refuse(host: &dyn Host, settings: &[&str], without: &str) -> Result<(), Failure> {
    match settings.iter().find(|setting| host.setting(setting) != Value::Absent) {
        Some(setting) => Err(Failure::invalid(format!("setting `{setting}` has no meaning without {without}"))),
        None => Ok(()),
    }
}

fn access(host: &dyn Host, offset: Option<UtcOffset>) -> Result<Option<Access>, Failure> {
    let (layout, default) = match host.setting("access_source").as_text() {
        None => {
            let settings = ["access_prefix", "expected_streams", "field_names", "placeholders"];
            return refuse(host, &settings, "`access_source`").map(|()| None);
        }
        Some("file") => {
            refuse(host, &["access_prefix"], "access_source `folder`")?;
            (Layout::File, vec!["access".to_owned()])
        }
        Some("folder") => (folder(host, "access_prefix", "access")?, vec![]),
        Some(other) => return Err(wrong("access_source", other, "file or folder")),
    };
    let expected = names(host, "expected_streams")?.unwrap_or_else(|| default.into_iter().collect());
    if layout == Layout::File && expected.len() != 1 {
        let count = expected.len();
        let message = format!("setting `expected_streams` has {count} names, a file is one log: expected one");
        return Err(Failure::invalid(message));
    }
    Ok(Some(Access { layout, expected, shape: shape(host, offset)? }))
}

fn shape(host: &dyn Host, offset: Option<UtcOffset>) -> Result<Shape, Failure> {
    let mut shape = Shape { offset, ..Shape::default() };
    if let Value::SetOf(_) = host.setting("placeholders") {
        shape.placeholders = host.setting("placeholders").texts().into_iter().map(str::to_owned).collect();
    }
    let mut renamed = BTreeSet::new();
    for entry in host.setting("field_names").texts() {
        let known = FIELDS.join(", ");
        let expected = format!("a field, `=` and a name, each field once; the fields are {known}");
        let refuse = || wrong("field_names", entry, &expected);
        let (field, name) = entry.split_once('=').ok_or_else(refuse)?;
        let place = FIELDS.iter().position(|known| *known == field).ok_or_else(refuse)?;
        if name.is_empty() || !renamed.insert(place) {
            return Err(refuse());
        }
        if let Some(place) = shape.names.get_mut(place) {
            name.clone_into(place);
        }
    }
    let distinct: BTreeSet<&String> = shape.names.iter().collect();
    if distinct.len() < shape.names.len() {
        return Err(Failure::invalid("setting `field_names` gives two fields the same name"));
    }
    Ok(shape)
}

fn logins(host: &dyn Host, offset: Option<UtcOffset>) -> Result<Option<Logins>, Failure> {
    let source = host.setting("login_source");
    let auth_log = |layout| Ok(LoginSource::AuthLog(layout, dating(host, offset)?));
    let source = match source.as_text() {
        None => {
            let settings = ["login_prefix", "login_services", "year"];
            return refuse(host, &settings, "`login_source`").map(|()| None);
        }
        Some("auth-log-folder") => {
            if host.setting("year").as_text().is_some_and(|year| year != "latest") {
                return Err(Failure::invalid(
                    "setting `year` is one year, and the files of a folder may have several: expected latest",
                ));
            }
            auth_log(folder(host, "login_prefix", "auth.log")?)
        }
        Some("auth-log") => {
            refuse(host, &["login_prefix"], "login_source `auth-log-folder`").and_then(|()| auth_log(Layout::File))
        }
        Some(other @ ("journal" | "journal-file")) => {
            refuse(host, &["login_prefix", "year"], "login_source `auth-log` or `auth-log-folder`")?;
            Ok(if other == "journal" { LoginSource::Journal } else { LoginSource::JournalFile })
        }
        Some(other) => Err(wrong("login_source", other, "auth-log, auth-log-folder, journal or journal-file")),
    };
    let services = names(host, "login_services")?.unwrap_or_else(|| BTreeSet::from(["sshd".to_owned()]));
    if services.is_empty() {
        return Err(Failure::invalid("setting `login_services` is empty, expected at least one name"));
    }
    Ok(Some(Logins { source: source?, services }))
}

/// What dates times without year and offset: both or nothing.
fn dating(host: &dyn Host, offset: Option<UtcOffset>) -> Result<Option<(LastYear, UtcOffset)>, Failure> {
    let year = host.setting("year");
    let year = match year.as_text() {
        None => return Ok(None),
        Some("latest") => LastYear::Latest,
        Some(text) => match text.parse::<i32>() {
            Ok(year) if (1..=9_999).contains(&year) => LastYear::Is(year),
            _ => return Err(wrong("year", text, "latest, or a year from 1 to 9999")),
        },
    };
    match offset {
        Some(offset) => Ok(Some((year, offset))),
        None => Err(Failure::invalid("setting `year` has no meaning without `utc_offset`: such times have neither")),
    }
}

fn folder(host: &dyn Host, setting: &str, default: &str) -> Result<Layout, Failure> {
    match host.setting(setting).as_text().unwrap_or(default) {
        "" => Err(Failure::invalid(format!("setting `{setting}` is empty, expected how the names of the files begin"))),
        prefix => Ok(Layout::Folder { prefix: prefix.to_owned() }),
    }
}

/// Nothing where the setting is absent.
fn names(host: &dyn Host, setting: &str) -> Result<Option<BTreeSet<String>>, Failure> {
    let value = host.setting(setting);
    if value == Value::Absent {
        return Ok(None);
    }
    let names: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    match names.iter().find(|name| !(1..=NAME_BYTES).contains(&name.len())) {
        Some(name) => {
            let len = name.len();
            Err(Failure::invalid(format!(
                "setting `{setting}` holds a name of {len} bytes, expected 1 to {NAME_BYTES}"
            )))
        }
        None => Ok(Some(names)),
    }
}
