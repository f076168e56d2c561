//! Why a host call or a collection did not give what was asked for.

use std::fmt;

use crate::host::Receipt;

/// The documented codes of a [`Failure`]. The vocabulary is open: a host may add to it.
pub mod code {
    /// Not granted.
    pub const DENIED: &str = "denied";
    /// What was asked for is not there.
    pub const NOT_FOUND: &str = "not-found";
    /// A bound was reached.
    pub const LIMIT: &str = "limit";
    /// No answer in time.
    pub const TIMEOUT: &str = "timeout";
    /// The other side cannot be reached or used.
    pub const UNAVAILABLE: &str = "unavailable";
    /// What was asked for, or what came back, cannot be read.
    pub const INVALID: &str = "invalid";
    /// A fault of the program itself.
    pub const INTERNAL: &str = "internal";
}

/// Why a host call or a collection did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One of [`code`], or a code of the host's.
    pub code: String,
    /// One line for people, with value and bound.
    pub message: String,
    /// Whether trying again later may help.
    pub retryable: bool,
    /// The recorded response that shows it.
    pub receipt: Option<Receipt>,
}

impl Failure {
    /// A failure of the given code that trying again does not help.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), retryable: false, receipt: None }
    }

    /// What came back, or what was set, cannot be read.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(code::INVALID, message)
    }

    /// The same failure, shown by a recorded response.
    #[must_use]
    pub fn shown_by(mut self, receipt: Receipt) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Whether what was asked for is simply not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code == code::NOT_FOUND
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Failure {}
