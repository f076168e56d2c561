//! What is reviewed, and which facts show it.

use serde_json::Value;

use super::item::Attributes;

/// The plugin whose facts are about reviews.
pub(super) const PLUGIN: &str = "review";

/// What is reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReviewKind {
    /// Accounts and what they may do.
    Access,
    /// The firewall's rules and chains.
    Firewall,
}

impl ReviewKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Access, Self::Firewall];

    /// The word in records.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Firewall => "firewall",
        }
    }

    /// The kind of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The fact of the plugin `review` that is about such reviews.
    pub(super) fn fact(self) -> &'static str {
        match self {
            Self::Access => "access_review",
            Self::Firewall => "firewall_review",
        }
    }

    /// The kinds of entity that are its items, whichever collector provides them.
    pub(crate) fn entity_kinds(self) -> &'static [&'static str] {
        match self {
            Self::Access => &["Iam::Account", "Mfa::User"],
            Self::Firewall => &["Firewall::Chain", "Firewall::Rule"],
        }
    }

    /// The kinds of entity that are shown with its items and are none themselves.
    pub(super) fn shown_kinds(self) -> &'static [&'static str] {
        match self {
            Self::Access => &["Iam::AccessKey"],
            Self::Firewall => &[],
        }
    }

    /// Whether what was decided to be changed is: of a rule anything, of an account that it lost a right. Roles and groups
    /// are lost where one is missing, administration where it was there and is not; what it gained since is no answer, and
    /// neither is what the source does not say any more. Keys are none: one that is replaced as usual would pass for a right
    /// that was taken away.
    pub(super) fn is_changed(self, then: &Attributes, now: &Attributes) -> bool {
        match self {
            Self::Access => RIGHTS.iter().any(|right| is_less(then.get(*right), now.get(*right))),
            Self::Firewall => then != now,
        }
    }
}

/// The attributes of accounts that say what they may do. Whether one is enabled at all is judged apart.
const RIGHTS: [&str; 4] = ["admin", "groups", "privileged", "roles"];

/// Whether a set lacks something that it had, or a boolean is no longer true.
fn is_less(then: Option<&Value>, now: Option<&Value>) -> bool {
    match (then, now) {
        (Some(Value::Array(then)), Some(Value::Array(now))) => then.iter().any(|it| !now.contains(it)),
        (Some(Value::Bool(then)), Some(Value::Bool(now))) => *then && !*now,
        _ => false,
    }
}

impl std::fmt::Display for ReviewKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
