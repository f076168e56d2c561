//! Login windows: the counts of each log over one window, and how far back the logs reach.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Failure};

/// What a query says about one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// Which log; nothing where the query does not say.
    pub source: Option<String>,
    /// Logins tried in the window.
    pub attempts: i64,
    /// Those that failed.
    pub failures: i64,
    /// The oldest record of the log, in the window or not; nothing where the log is empty.
    pub oldest: Option<Datetime>,
}

/// The counts of one log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Logins tried in the window.
    pub attempts: i64,
    /// Those that failed.
    pub failures: i64,
}

/// All logs that are expected or seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Windows {
    /// The counts by log; an expected one that the query does not name has zeros.
    pub counts: BTreeMap<String, Counts>,
    /// From when on every one of the logs has records; nothing where one of them is empty or not named: zero failures
    /// of it prove nothing.
    pub covers_from: Option<Datetime>,
}

/// Longest name of a log, in bytes: it stands in the row's id beside the window.
const SOURCE_BYTES: usize = 900;

impl Windows {
    /// Puts the rows of the query beside the logs that are expected.
    ///
    /// # Errors
    /// `invalid`, where a row names no log and not exactly one is expected, a log is there twice, or its name is empty
    /// or too long.
    pub fn of(logins: Vec<Login>, expected: &BTreeSet<String>) -> Result<Self, Failure> {
        let mut counts: BTreeMap<String, Counts> = BTreeMap::new();
        let mut oldest: Vec<Option<Datetime>> = Vec::new();
        for Login { source, attempts, failures, oldest: first } in logins {
            let source = match (source, expected.first()) {
                (Some(source), _) => source,
                (None, Some(only)) if expected.len() == 1 => only.clone(),
                _ => {
                    let expected = expected.len();
                    let message =
                        format!("query `logins` names no source, and {expected} are expected: add a column `source`");
                    return Err(Failure::invalid(message));
                }
            };
            if counts.insert(source.clone(), Counts { attempts, failures }).is_some() {
                return Err(Failure::invalid(format!("query `logins` has source `{source}` twice")));
            }
            oldest.push(first);
        }
        for source in expected {
            if !counts.contains_key(source) {
                counts.insert(source.clone(), Counts::default());
                oldest.push(None);
            }
        }
        if let Some(bad) = counts.keys().find(|source| !(1..=SOURCE_BYTES).contains(&source.len())) {
            let len = bad.len();
            return Err(Failure::invalid(format!("a log's name of {len} bytes, expected 1 to {SOURCE_BYTES}")));
        }
        let covers_from = oldest.into_iter().collect::<Option<Vec<Datetime>>>().and_then(|all| all.into_iter().max());
        Ok(Self { counts, covers_from })
    }
}
