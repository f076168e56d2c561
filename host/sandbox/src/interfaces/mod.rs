//! The real access behind the host interfaces: files, commands, HTTP and SQL as plain functions of a grant.
//!
//! **Invariant:** a grant says what may be reached and the guest only fills in what the grant leaves open.
//! **Invariant:** every answer is complete and within [`Limits`](crate::limits::Limits), or it is a [`Refusal`].
//! **Absent on purpose:** wasmtime, recording, and whether a need is granted at all.

pub(crate) mod command;
pub(crate) mod files;
pub(crate) mod http;
pub(crate) mod sql;

use std::fmt;

use tickmark_model::{CedarType, Scalar};

use crate::grants::{Timeout, Written};
use crate::limits::Limits;

/// Longest timeout that is ever set, in milliseconds: a day, which fits any clock and the databases' own settings.
const MAX_TIMEOUT_MS: u64 = 86_400_000;

/// How long one access may take, in milliseconds: as its grant says, otherwise `usual`, and no longer than the run has
/// left. At least 1, because some take 0 for none.
///
/// # Errors
/// `invalid` where the grant's own timeout cannot be read.
fn timeout_ms(granted: Option<&Written<Timeout>>, usual: u64, limits: &Limits) -> Result<u64, Refusal> {
    let timeout = match granted {
        Some(granted) => granted.get().map_err(Refusal::invalid)?.ms(),
        None => usual,
    };
    Ok(timeout.min(limits.wall_time_ms).clamp(1, MAX_TIMEOUT_MS))
}

/// Why an interface did not give what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Not within the grant.
    Denied,
    /// Nothing has that name.
    NotFound,
    /// A bound was reached.
    Limit,
    /// No answer in time.
    Timeout,
    /// The other side cannot be reached or used.
    Unavailable,
    /// The question or the answer cannot be read.
    Invalid,
    /// A fault of the host itself.
    Internal,
}

impl Code {
    /// The contract's word for it, as in `wit/`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::Limit => "limit",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Invalid => "invalid",
            Self::Internal => "internal",
        }
    }

    /// The failure that the contract calls `word`.
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        use Code::{Denied, Internal, Invalid, Limit, NotFound, Timeout, Unavailable};
        [Denied, NotFound, Limit, Timeout, Unavailable, Invalid, Internal]
            .into_iter()
            .find(|code| code.as_str() == word)
    }
}

/// A refused or failed access, in the contract's shape but without a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What kind of failure it is.
    pub code: Code,
    /// One line for people, with value and bound; it may quote the grant but never a secret.
    pub message: String,
    /// Whether trying again later may help.
    pub retryable: bool,
}

impl Refusal {
    /// A refusal that trying again does not change, except for timeouts, which are retryable.
    pub(crate) fn new(code: Code, message: impl fmt::Display) -> Self {
        Self { code, message: one_line(&message.to_string()), retryable: code == Code::Timeout }
    }

    pub(crate) fn denied(message: impl fmt::Display) -> Self {
        Self::new(Code::Denied, message)
    }

    pub(crate) fn not_found(message: impl fmt::Display) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// `what` is more than `bound`, both in `unit`; the real amount is not known because reading stopped there.
    pub(crate) fn limit(what: impl fmt::Display, bound: u64, unit: &str) -> Self {
        Self::new(Code::Limit, format_args!("{what} is more than {bound} {unit}"))
    }

    pub(crate) fn timeout(what: impl fmt::Display, bound_ms: u64) -> Self {
        Self::new(Code::Timeout, format_args!("{what} took more than {bound_ms} ms"))
    }

    pub(crate) fn unavailable(message: impl fmt::Display) -> Self {
        Self::new(Code::Unavailable, message)
    }

    pub(crate) fn invalid(message: impl fmt::Display) -> Self {
        Self::new(Code::Invalid, message)
    }

    pub(crate) fn internal(message: impl fmt::Display) -> Self {
        Self::new(Code::Internal, message)
    }

    /// The same refusal, which may pass by itself.
    pub(crate) fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)
    }
}

/// Whether a collector's parameter is of the type that the grant declares for it.
fn has_type(value: &Scalar, ty: CedarType) -> bool {
    matches!(
        (value, ty),
        (Scalar::Boolean(_), CedarType::Boolean)
            | (Scalar::Long(_), CedarType::Long)
            | (Scalar::Text(_), CedarType::Text)
            | (Scalar::Decimal(_), CedarType::Decimal)
            | (Scalar::Ip(_), CedarType::Ip)
            | (Scalar::Datetime(_), CedarType::Datetime)
            | (Scalar::Duration(_), CedarType::Duration)
    )
}

/// Other programs' messages come in several lines and with control characters; a failure has one line.
fn one_line(message: &str) -> String {
    let words: Vec<&str> =
        message.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line() {
        let refusal = Refusal::unavailable("connection refused\n\tIs the server\x1b[31m running?\n");
        assert_eq!(refusal.to_string(), "unavailable: connection refused Is the server [31m running?");
    }

    #[test]
    fn no_access_takes_longer_than_the_run_has_left() {
        let limits = Limits { wall_time_ms: 500, ..Limits::default() };
        let check = |granted: Option<&str>, usual| timeout_ms(granted.map(Written::new).as_ref(), usual, &limits);
        assert_eq!(check(Some("1h"), 10), Ok(500));
        assert_eq!(check(Some("20ms"), 10), Ok(20));
        assert_eq!(check(None, 10), Ok(10));
        assert_eq!(check(None, 1_000), Ok(500));
        assert_eq!(check(None, 0), Ok(1));
        assert_eq!(check(Some("2h"), 10).unwrap_err().message, "timeout `2h` is outside 1ms to 1h");
        let endless = Limits { wall_time_ms: u64::MAX, ..Limits::default() };
        assert_eq!(timeout_ms(None, u64::MAX, &endless), Ok(86_400_000));
    }

    #[test]
    fn only_timeouts_are_retryable_by_themselves() {
        assert!(Refusal::timeout("query", 5).retryable);
        assert!(!Refusal::limit("file", 5, "bytes").retryable);
        assert!(Refusal::unavailable("busy").retryable().retryable);
    }
}
