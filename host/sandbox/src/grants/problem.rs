//! What is wrong with a grant, said all at once.

/// One thing that is wrong with a grant as written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
#[error("grant `{at}`: {message}")]
pub struct GrantProblem {
    at: String,
    message: String,
    #[help]
    help: Option<String>,
}

impl GrantProblem {
    /// Where it was written, as a key path below `grants`, such as `http.health.methods`.
    #[must_use]
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is wrong, in one line, without where.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it, where that is not plain from the message.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// Where the checks of one grant leave what they find.
pub(super) struct Problems<'a> {
    all: &'a mut Vec<GrantProblem>,
    grant: String,
}

impl<'a> Problems<'a> {
    pub(super) fn of(all: &'a mut Vec<GrantProblem>, interface: &str, name: &str) -> Self {
        Self { all, grant: format!("{interface}.{name}") }
    }

    pub(super) fn push(&mut self, field: &str, message: impl Into<String>) {
        self.add(field, message.into(), None);
    }

    pub(super) fn push_with_help(&mut self, field: &str, message: impl Into<String>, help: &str) {
        self.add(field, message.into(), Some(help.to_owned()));
    }

    fn add(&mut self, field: &str, message: String, help: Option<String>) {
        let at = if field.is_empty() { self.grant.clone() } else { format!("{}.{field}", self.grant) };
        self.all.push(GrantProblem { at, message, help });
    }
}
