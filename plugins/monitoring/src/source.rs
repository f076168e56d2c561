//! The only module that asks the host: the answer of a server, or a saved one, with the receipt that shows it.

use tickmark_collector::{Blob, Datetime, Failure, Host, Receipt, Request, code};

use crate::parse::answer::{Envelope, Reply};
use crate::settings::{Settings, Source};

/// Which answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question<'s> {
    Targets,
    Rules,
    /// A query by its name, with its text.
    Capacity(&'s str, &'s str),
}

impl Question<'_> {
    /// Path and query of the HTTP API, version v1.
    fn path_and_query(self, as_of: Datetime) -> String {
        match self {
            Self::Targets => "/api/v1/targets?state=active".to_owned(),
            Self::Rules => "/api/v1/rules?type=alert".to_owned(),
            Self::Capacity(_, query) => {
                format!("/api/v1/query?query={}&time={}", percent_encoded(query), seconds(as_of.0))
            }
        }
    }

    /// The file that it is saved in.
    fn file(self) -> String {
        match self {
            Self::Targets => "targets.json".to_owned(),
            Self::Rules => "rules.json".to_owned(),
            Self::Capacity(name, _) => format!("capacity-{name}.json"),
        }
    }
}

/// An answer, not read yet.
#[derive(Debug)]
pub(crate) struct Answer {
    pub blob: Blob,
    /// Nothing for a saved one.
    status: Option<u16>,
}

/// Asks the server, or opens the file.
///
/// # Errors
/// As the host's.
pub(crate) fn ask(host: &dyn Host, settings: &Settings, question: Question<'_>) -> Result<Answer, Failure> {
    match settings.source {
        Source::PrometheusFile => Ok(Answer { blob: host.open("prometheus", &question.file())?, status: None }),
        Source::Prometheus => {
            let request = Request::get("prometheus", &question.path_and_query(host.as_of()));
            let response = host.send(&request)?;
            Ok(Answer { blob: response.body, status: Some(response.status) })
        }
    }
}

impl Answer {
    /// The recorded response.
    pub fn receipt(&self) -> Receipt {
        self.blob.receipt()
    }

    /// What the document says of itself, or the failure that it is. A server's refusal is a document too, with the
    /// reason.
    ///
    /// # Errors
    /// `unavailable` where the server was busy, otherwise `invalid`; both shown by the answer.
    pub fn settled(&self, read: Result<Reply, Failure>) -> Result<Envelope, Failure> {
        let failure = match (self.status, read) {
            (None | Some(200), Ok(Reply::Success(envelope))) => return Ok(envelope),
            (None, Ok(Reply::Refused(why))) => Failure::invalid(format!("the saved answer is an error: {why}")),
            (None | Some(200), Err(failure)) => failure,
            (Some(status), reply) => {
                let why = if let Ok(Reply::Refused(why)) = reply { format!(": {why}") } else { String::new() };
                let busy = matches!(status, 429 | 500..=599);
                let code = if busy { code::UNAVAILABLE } else { code::INVALID };
                let failure = Failure::new(code, format!("prometheus answered with status {status}{why}"));
                Failure { retryable: busy, ..failure }
            }
        };
        Err(failure.shown_by(self.receipt()))
    }
}

/// Milliseconds as decimal seconds, without a fraction where there is none.
fn seconds(ms: i64) -> String {
    let sign = if ms < 0 { "-" } else { "" };
    let (whole, rest) = (ms.unsigned_abs() / 1_000, ms.unsigned_abs() % 1_000);
    if rest == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest:03}") }
}

/// RFC 3986: everything but unreserved characters is written as `%` and two hexadecimal digits.
fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_asked_at_the_judged_instant() {
        let question = Question::Capacity("disk", "1 - a{b=\"c\"} / d");
        let query = "query=1%20-%20a%7Bb%3D%22c%22%7D%20%2F%20d&time=1795165200.250";
        assert_eq!(question.path_and_query(Datetime(1_795_165_200_250)), format!("/api/v1/query?{query}"));
        assert_eq!(question.file(), "capacity-disk.json");
    }
}
