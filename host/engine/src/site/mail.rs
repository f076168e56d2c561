//! How notices are sent: `[mail]`.
//!
//! **Invariant:** a password is named, not held, and is never sent to another machine without TLS.

use std::fmt;
use std::path::{Path, PathBuf};

use lettre::message::Mailbox;
use serde::Deserialize;
use toml::Spanned;
use toml::de::DeValue;

use super::read::{optional, refuse_rest, required, table};
use crate::problem::Source;

/// A mail server and who writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the connection is protected.
    pub tls: MailTls,
    /// Whom the mail is from.
    pub from: Mailbox,
    /// Who logs in, and with what; nobody where the server asks for nobody.
    pub login: Option<(String, Password)>,
    /// Further root certificates.
    pub ca_file: Option<PathBuf>,
    /// How many days before the due date a reminder is sent.
    pub remind_days: i64,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// From its beginning.
    Tls,
    /// After asking for it; without it, nothing is sent.
    Starttls,
    /// Not at all.
    None,
}

impl MailTls {
    fn port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::Starttls => 587,
            Self::None => 25,
        }
    }
}

/// Where a password is to be found. One that is written into the file itself is refused, and not repeated.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "Named")]
pub enum Password {
    /// In an environment variable.
    Env(String),
    /// In a file, without the line end at its end.
    File(PathBuf),
}

/// A password as it is named. What it is told apart by says nothing of what else was written.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "expected { env = \"NAME\" } or { file = \"path\" }")]
enum Named {
    Env { env: String },
    File { file: PathBuf },
}

impl From<Named> for Password {
    fn from(named: Named) -> Self {
        match named {
            Named::Env { env } => Self::Env(env),
            Named::File { file } => Self::File(file),
        }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment variable `{name}`"),
            Self::File(path) => write!(f, "file `{}`", path.display()),
        }
    }
}

impl Password {
    /// Reads it now.
    ///
    /// # Errors
    /// Where it is not there or empty; never with what it is.
    pub fn read(&self) -> anyhow::Result<String> {
        let text = match self {
            Self::Env(name) => std::env::var(name).ok(),
            Self::File(path) => std::fs::read_to_string(path).ok(),
        };
        let text = text.map(|text| text.trim_end_matches(['\r', '\n']).to_owned()).filter(|text| !text.is_empty());
        text.ok_or_else(|| anyhow::anyhow!("the password for mail cannot be read from {self:?}"))
    }
}

pub(super) fn read(value: Spanned<DeValue<'_>>, base: &Path, source: &mut Source) -> Option<Mail> {
    let mut it = table(value, "mail", source)?;
    let span = it.span();
    let server: Option<Spanned<String>> = required(&mut it, "server", source);
    let tls = optional(&mut it, "tls", source).unwrap_or(MailTls::Starttls);
    let from: Option<Spanned<String>> = required(&mut it, "from", source);
    let user: Option<String> = optional(&mut it, "user", source);
    let password: Option<Password> = optional(&mut it, "password", source);
    let ca_file: Option<PathBuf> = optional(&mut it, "ca_file", source);
    let remind_days: Option<Spanned<i64>> = optional(&mut it, "remind_days", source);
    refuse_rest(&it, &["server", "tls", "from", "user", "password", "ca_file", "remind_days"], source);
    let login = match (user, password) {
        (Some(user), Some(Password::File(path))) => Some((user, Password::File(base.join(path)))),
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            source.report("`user` and `password` go together, and one is missing", Some(span.clone()), None);
            None
        }
    };
    if let Some(days) = remind_days.as_ref().filter(|days| !(0..=366).contains(days.get_ref())) {
        source.report(format!("`remind_days` is {}, expected 0 to 366", days.get_ref()), Some(days.span()), None);
    }
    let from = from.and_then(|from| {
        let read = from.get_ref().parse::<Mailbox>();
        read.map_err(|_| source.report(format!("`{}` is no mail address", from.get_ref()), Some(from.span()), None))
            .ok()
    });
    let (host, port) = server.and_then(|server| {
        let read = host_and_port(server.get_ref(), tls.port());
        if read.is_none() {
            let help = "write a name or an address, and perhaps a port: `mail.example.com:587`".to_owned();
            source.report(format!("`{}` is no server", server.get_ref()), Some(server.span()), Some(help));
        }
        read
    })?;
    if tls == MailTls::None && login.is_some() && !is_this_machine(&host) {
        let help = "use tls = \"starttls\" or \"tls\"".to_owned();
        source.report("a password would go to another machine without TLS", Some(span), Some(help));
    }
    let remind_days = remind_days.map_or(7, Spanned::into_inner);
    let ca_file = ca_file.map(|path| base.join(path));
    Some(Mail { host, port, tls, from: from?, login, ca_file, remind_days })
}

/// `name`, `name:port`, `[::1]` or `[::1]:port`.
fn host_and_port(text: &str, default: u16) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, if port.is_empty() { None } else { Some(port.strip_prefix(':')?) })
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let sound = |c: char| c.is_ascii_alphanumeric() || ".-:_".contains(c);
    let port = port.map_or(Some(default), |port| port.parse().ok().filter(|port| *port > 0))?;
    (!host.is_empty() && host.chars().all(sound)).then(|| (host.to_owned(), port))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_a_host_and_perhaps_a_port() {
        let check = |text: &str| host_and_port(text, 587).map(|(host, port)| format!("{host} {port}"));
        for (text, expected) in [
            ("mail.example.com", "mail.example.com 587"),
            ("mail.example.com:25", "mail.example.com 25"),
            ("127.0.0.1:2525", "127.0.0.1 2525"),
            ("[::1]:2525", "::1 2525"),
            ("[::1]", "::1 587"),
        ] {
            assert_eq!(check(text).as_deref(), Some(expected));
        }
        for bad in ["", ":25", "mail:", "mail:0", "mail:99999", "smtp://mail", "me@mail", "::1", "[mail]:25", "[::1]25"]
        {
            assert_eq!(check(bad), None, "{bad}");
        }
    }
}
