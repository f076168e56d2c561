//! The records that all sources are read into: accounts with their keys, roles, and events.

use std::collections::BTreeSet;

use tickmark_collector::Datetime;

/// Longest id of an account, in bytes: a key's id is longer, and the contract's bound is 1,024.
const ID_BYTES: usize = 900;
/// Longest text, in bytes: the contract's bound.
const TEXT_BYTES: usize = 65_536;
/// Most items of a set: the contract's bound.
const ITEMS: usize = 10_000;

/// Why one record cannot be read, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread(pub String);

impl From<String> for Unread {
    fn from(why: String) -> Self {
        Self(why)
    }
}

/// One account, as its source describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The source's own id, which does not change when the account is renamed.
    pub id: String,
    /// The name to log in with.
    pub login: String,
    /// What it is called.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The employee number.
    pub employee: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// Whether it is an AWS account's own.
    pub root: bool,
    /// Whether the source itself says that a program uses it.
    pub service: bool,
    /// Whether it can log in, or a key of it works.
    pub enabled: bool,
    /// Whether the source itself says that it administers it.
    pub privileged: bool,
    /// Roles, or policies.
    pub roles: BTreeSet<String>,
    /// Groups.
    pub groups: BTreeSet<String>,
    /// When it was created.
    pub created_at: Option<Datetime>,
    /// When somebody last logged in.
    pub last_login: Option<Datetime>,
    /// Since when it is disabled.
    pub disabled_at: Option<Datetime>,
    /// Its access keys; nothing where the source does not say.
    pub keys: Option<Vec<Key>>,
}

/// One access key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// What tells it from the account's other keys.
    pub name: String,
    /// Whether it works.
    pub active: bool,
    /// When it was created or last replaced.
    pub created_at: Option<Datetime>,
    /// When it was last used.
    pub last_used: Option<Datetime>,
}

impl Account {
    /// When it or one of its keys was last used.
    #[must_use]
    pub fn last_active(&self) -> Option<Datetime> {
        self.keys.iter().flatten().filter_map(|key| key.last_used).chain(self.last_login).max()
    }

    /// Why it cannot be a subject, if it cannot: what the contract's bounds would refuse, said before the host does.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let texts = [
            ("name", &self.name),
            ("email", &self.email),
            ("employee number", &self.employee),
            ("department", &self.department),
        ];
        bytes("id", &self.id, 1, ID_BYTES)
            .or_else(|| bytes("login", &self.login, 1, TEXT_BYTES))
            .or_else(|| texts.iter().find_map(|(what, text)| bytes(what, text.as_deref()?, 0, TEXT_BYTES)))
            .or_else(|| set("roles", &self.roles))
            .or_else(|| set("groups", &self.groups))
            .or_else(|| self.keys.iter().flatten().find_map(|key| bytes("key", &key.name, 1, 100)))
    }
}

/// One role that principals can take on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Role {
    /// Its ARN.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Whether it administers the system.
    pub privileged: bool,
    /// Whether AWS made it for a service of its own.
    pub provider_owned: bool,
    /// Its policies.
    pub policies: BTreeSet<String>,
    /// Who may take it on.
    pub trusts: BTreeSet<String>,
    /// Whether everybody may.
    pub trusts_anyone: bool,
    /// The AWS accounts among `trusts`.
    pub accounts: BTreeSet<String>,
    /// When it was created.
    pub created_at: Option<Datetime>,
    /// When it was last taken on.
    pub last_used: Option<Datetime>,
}

impl Role {
    /// As [`Account::trouble`].
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        bytes("id", &self.id, 1, ID_BYTES)
            .or_else(|| bytes("name", &self.name, 1, TEXT_BYTES))
            .or_else(|| set("policies", &self.policies))
            .or_else(|| set("principals", &self.trusts))
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words of the column `kind`")]
pub enum Kind {
    Create,
    Activate,
    Reactivate,
    Suspend,
    Unsuspend,
    Deactivate,
    Delete,
    Grant,
    Revoke,
    GroupAdd,
    GroupRemove,
}

impl Kind {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Activate => "activate",
            Self::Reactivate => "reactivate",
            Self::Suspend => "suspend",
            Self::Unsuspend => "unsuspend",
            Self::Deactivate => "deactivate",
            Self::Delete => "delete",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::GroupAdd => "group_add",
            Self::GroupRemove => "group_remove",
        }
    }

    /// Whether it gives rights.
    #[must_use]
    pub fn grants(self) -> bool {
        matches!(self, Self::Grant | Self::GroupAdd)
    }

    /// Whether it disables (`true`) or enables (`false`) the account; nothing where it does neither.
    #[must_use]
    pub fn disables(self) -> Option<bool> {
        match self {
            Self::Suspend | Self::Deactivate | Self::Delete => Some(true),
            Self::Activate | Self::Reactivate | Self::Unsuspend => Some(false),
            _ => None,
        }
    }
}

/// Who did something, or whom it was done to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// The source's own id.
    pub id: String,
    /// The login, or a name.
    pub login: Option<String>,
    /// Whether it is a person's or a service's account, and not the system itself.
    pub person: bool,
}

/// One event about one account or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The source's own id.
    pub id: String,
    /// What happened.
    pub kind: Kind,
    /// The source's own word.
    pub event_type: String,
    /// When.
    pub time: Datetime,
    /// Who did it.
    pub actor: Option<Party>,
    /// Whom it was done to.
    pub target: Option<Party>,
    /// The role or group.
    pub privilege: Option<String>,
    /// Whether it took effect.
    pub succeeded: bool,
}

impl Event {
    /// Whether who did it is whom it was done to.
    #[must_use]
    pub fn by_oneself(&self) -> bool {
        matches!((&self.actor, &self.target), (Some(actor), Some(target)) if actor.id == target.id)
    }

    /// As [`Account::trouble`].
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let parties = [&self.actor, &self.target];
        let logins = parties.into_iter().flatten().filter_map(|party| party.login.as_ref());
        bytes("id", &self.id, 1, 1_024)
            .or_else(|| bytes("privilege", self.privilege.as_deref()?, 0, TEXT_BYTES))
            .or_else(|| {
                parties.into_iter().flatten().find_map(|party| bytes("id of a party", &party.id, 1, TEXT_BYTES))
            })
            .or_else(|| logins.into_iter().find_map(|login| bytes("login of a party", login, 0, TEXT_BYTES)))
    }
}

fn bytes(what: &str, text: &str, least: usize, most: usize) -> Option<String> {
    let len = text.len();
    (!(least..=most).contains(&len)).then(|| format!("{what} of {len} bytes, expected {least} to {most}"))
}

fn set(what: &str, items: &BTreeSet<String>) -> Option<String> {
    let count = items.len();
    let long = || items.iter().find_map(|item| bytes(&format!("one of the {what}"), item, 1, TEXT_BYTES));
    if count > ITEMS { Some(format!("{count} {what}, limit is {ITEMS}")) } else { long() }
}
