//! What is reviewed, and which facts show it.

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

    /// The attributes that a decision to change can be about, of whichever kind its item is; nothing means any. Keys are none:
    /// one that is replaced as usual would pass for a right that was taken away.
    pub(super) fn changeable(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Access => Some(&["admin", "enabled", "groups", "privileged", "roles"]),
            Self::Firewall => None,
        }
    }
}

impl std::fmt::Display for ReviewKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
