//! The operator's settings, checked before anything is asked for.
//!
//! A setting that has no meaning beside the others is refused: it would look as if it had an effect.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Failure, Host, Value};

/// What openssl's output is had from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// By running the granted command.
    Command,
    /// From granted files.
    File,
}

/// Where volumes are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Volumes {
    Lsblk,
    LsblkFile,
    Ec2,
    Rds,
}

/// An endpoint that must answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub name: String,
    pub port: u16,
    /// `host:port` to connect to.
    pub connect: String,
}

#[derive(Debug)]
pub(crate) struct Tls {
    pub channel: Channel,
    /// By id, `NAME:PORT`.
    pub endpoints: BTreeMap<String, Endpoint>,
    pub probe_legacy: bool,
}

#[derive(Debug)]
pub(crate) struct Storage {
    pub sources: BTreeSet<Volumes>,
    pub expected: BTreeSet<String>,
    pub out_of_scope: BTreeSet<String>,
    /// Whether the operator wrote that set.
    pub scope_is_set: bool,
}

#[derive(Debug)]
pub(crate) struct Settings {
    pub tls: Option<Tls>,
    pub storage: Option<Storage>,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let settings = Self { tls: Tls::read(host)?, storage: Storage::read(host)? };
        if settings.tls.is_none() && settings.storage.is_none() {
            return Err(Failure::invalid("neither setting `tls` nor `volumes` is there: nothing is looked at"));
        }
        Ok(settings)
    }
}

impl Tls {
    fn read(host: &dyn Host) -> Result<Option<Self>, Failure> {
        let entries = texts(host, "endpoints")?;
        let probe = host.setting("probe_legacy");
        let channel = match host.setting("tls").as_text() {
            Some("openssl") => Channel::Command,
            Some("file") => Channel::File,
            Some(other) => {
                let message = format!("setting `tls` is `{}`, expected openssl or file", other.escape_debug());
                return Err(Failure::invalid(message));
            }
            None if entries.is_empty() && probe == Value::Absent => return Ok(None),
            None => {
                let message = "settings `endpoints` and `probe_legacy` have no meaning without `tls`";
                return Err(Failure::invalid(message));
            }
        };
        if entries.is_empty() {
            return Err(Failure::invalid(
                "setting `endpoints` is missing, expected at least one such as `example.com:443`",
            ));
        }
        let mut endpoints = BTreeMap::new();
        for entry in &entries {
            let endpoint = endpoint(entry).ok_or_else(|| {
                let rule = "expected `NAME:PORT` or `NAME:PORT=ADDRESS:PORT`";
                Failure::invalid(format!("setting `endpoints` has `{}`, {rule}", entry.escape_debug()))
            })?;
            let Endpoint { name, port, .. } = &endpoint;
            let id = if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") };
            if endpoints.insert(id.clone(), endpoint).is_some() {
                return Err(Failure::invalid(format!("setting `endpoints` has `{id}` twice")));
            }
        }
        Ok(Some(Self { channel, endpoints, probe_legacy: probe.as_boolean().unwrap_or(false) }))
    }
}

/// The name is kept in lower case: names of hosts have none.
fn endpoint(entry: &str) -> Option<Endpoint> {
    let (own, connect) = entry.split_once('=').unwrap_or((entry, entry));
    let (name, port) = address(own)?;
    address(connect)?;
    let name = name.trim_matches(['[', ']']).to_ascii_lowercase();
    Some(Endpoint { name, port, connect: connect.to_owned() })
}

/// Host and port: a name, an IPv4 address, or an IPv6 address in brackets.
fn address(text: &str) -> Option<(&str, u16)> {
    let (host, port) = text.rsplit_once(':')?;
    let port = port.bytes().all(|byte| byte.is_ascii_digit()).then(|| port.parse::<u16>().ok()).flatten()?;
    let is_name = (1..=253).contains(&host.len())
        && !host.starts_with(['-', '.'])
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    let is_v6 = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|address| address.parse::<std::net::Ipv6Addr>().is_ok());
    (port > 0 && (is_name || is_v6)).then_some((host, port))
}

impl Storage {
    fn read(host: &dyn Host) -> Result<Option<Self>, Failure> {
        let words = texts(host, "volumes")?;
        let expected = texts(host, "expected_volumes")?;
        let out_of_scope = texts(host, "out_of_scope")?;
        if words.is_empty() {
            if expected.is_empty() && out_of_scope.is_empty() {
                return Ok(None);
            }
            let message = "settings `expected_volumes` and `out_of_scope` have no meaning without `volumes`";
            return Err(Failure::invalid(message));
        }
        let source = |word: &String| match word.as_str() {
            "lsblk" => Ok(Volumes::Lsblk),
            "lsblk-file" => Ok(Volumes::LsblkFile),
            "aws-volumes" => Ok(Volumes::Ec2),
            "aws-databases" => Ok(Volumes::Rds),
            other => Err(Failure::invalid(format!(
                "setting `volumes` has `{}`, expected lsblk, lsblk-file, aws-volumes or aws-databases",
                other.escape_debug()
            ))),
        };
        let sources: BTreeSet<Volumes> = words.iter().map(source).collect::<Result<_, _>>()?;
        if sources.contains(&Volumes::Lsblk) && sources.contains(&Volumes::LsblkFile) {
            return Err(Failure::invalid("setting `volumes` has both `lsblk` and `lsblk-file`, expected one"));
        }
        if let Some(both) = expected.intersection(&out_of_scope).next() {
            let both = both.escape_debug();
            return Err(Failure::invalid(format!("settings `expected_volumes` and `out_of_scope` both have `{both}`")));
        }
        let scope_is_set = !out_of_scope.is_empty();
        // What is expected is in scope, whatever is usual.
        let usual =
            || ["/boot", "/boot/efi", "/efi"].map(str::to_owned).into_iter().filter(|it| !expected.contains(it));
        let out_of_scope = if scope_is_set { out_of_scope } else { usual().collect() };
        Ok(Some(Self { sources, expected, out_of_scope, scope_is_set }))
    }
}

/// A set of texts. An empty one, or an empty text in it, is a mistake.
fn texts(host: &dyn Host, name: &str) -> Result<BTreeSet<String>, Failure> {
    const BYTES: usize = 900;
    let value = host.setting(name);
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    if value != Value::Absent && texts.is_empty() {
        return Err(Failure::invalid(format!("setting `{name}` is empty")));
    }
    match texts.iter().find(|text| !(1..=BYTES).contains(&text.len())) {
        Some(text) => {
            let len = text.len();
            Err(Failure::invalid(format!("setting `{name}` has a text of {len} bytes, expected 1 to {BYTES}")))
        }
        None => Ok(texts),
    }
}
