//! An act that cannot be recorded.

use std::fmt;

/// Why nothing was recorded: all that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    what: &'static str,
    problems: Vec<String>,
}

impl Refused {
    /// Everything that is wrong.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "{} cannot be recorded: {one}", self.what),
            several => {
                write!(f, "{} cannot be recorded, for {} reasons", self.what, several.len())?;
                several.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// Nothing where there is no problem.
///
/// # Errors
/// [`Refused`] with all of them.
pub(crate) fn refuse<P: fmt::Display>(
    what: &'static str,
    problems: impl IntoIterator<Item = P>,
) -> Result<(), Refused> {
    let problems: Vec<String> = problems.into_iter().map(|problem| problem.to_string()).collect();
    if problems.is_empty() { Ok(()) } else { Err(Refused { what, problems }) }
}

/// A name without the blanks around it, or what is wrong with it.
pub(crate) fn name<'a>(what: &str, name: &'a str) -> Result<&'a str, String> {
    let name = name.trim();
    if name.is_empty() { Err(format!("{what} has no name")) } else { Ok(name) }
}
