//! The one record that all sources of users are read into.

use std::collections::BTreeSet;

use tickmark_collector::Datetime;

/// Longest id, in bytes, of a user and of a role: the contract's bound.
const ID_BYTES: usize = 1_024;
/// Longest name, email, department and manager, in bytes: the contract's bound for texts.
const TEXT_BYTES: usize = 65_536;
/// Most roles, and most factors, of one user: the contract's bound for parents.
const ITEMS: usize = 1_000;

/// One account, as its source describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// The source's own id, which does not change when the user is renamed.
    pub id: String,
    /// The name to log in with.
    pub name: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The roles and groups.
    pub roles: BTreeSet<String>,
    /// Whether the source itself says that it administers it, whatever its roles are called.
    pub admin: bool,
    /// Whether the source itself says that a program uses it.
    pub service: bool,
    /// Whether it can log in.
    pub enabled: bool,
    /// Whether a second factor is enrolled; nothing where the source does not say.
    pub mfa_enabled: Option<bool>,
    /// The enrolled factors.
    pub factors: BTreeSet<String>,
    /// Whether it has a password.
    pub password_enabled: Option<bool>,
    /// When it last logged in.
    pub last_login: Option<Datetime>,
    /// When it was created.
    pub created_at: Option<Datetime>,
    /// The department of the person.
    pub department: Option<String>,
    /// The person's manager.
    pub manager: Option<String>,
    /// Active access keys; nothing where the source has no such thing.
    pub access_keys: Option<i64>,
}

impl User {
    /// Why it cannot be a subject, if it cannot: what the contract's bounds would refuse, said before the host does.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        let bytes = |what: &str, text: &str, least: usize, most: usize| {
            let len = text.len();
            (!(least..=most).contains(&len)).then(|| format!("{what} of {len} bytes, expected {least} to {most}"))
        };
        let many = |what: &str, items: &BTreeSet<String>| {
            let count = items.len();
            (count > ITEMS).then(|| format!("{count} {what}, limit is {ITEMS}"))
        };
        bytes("id", &self.id, 1, ID_BYTES)
            .or_else(|| self.name.as_ref().and_then(|name| bytes("name", name, 0, TEXT_BYTES)))
            .or_else(|| self.email.as_ref().and_then(|email| bytes("email", email, 0, TEXT_BYTES)))
            .or_else(|| self.department.as_ref().and_then(|text| bytes("department", text, 0, TEXT_BYTES)))
            .or_else(|| self.manager.as_ref().and_then(|text| bytes("manager", text, 0, TEXT_BYTES)))
            .or_else(|| many("roles", &self.roles))
            .or_else(|| many("factors", &self.factors))
            .or_else(|| self.roles.iter().find_map(|role| bytes("role", role, 1, ID_BYTES)))
    }
}
