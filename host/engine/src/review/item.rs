//! What is to be decided: one item for each row of a population, frozen with all that the source says of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tickmark_model::{Collection, FactTable};

use super::keys::AccessKey;

/// Longest subject that an item is called by, in bytes.
const MAX_SUBJECT: usize = 512;

/// What the source says of one subject, by attribute.
pub(super) type Attributes = BTreeMap<String, Value>;

/// One item of a review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What the source says of it.
    pub attributes: BTreeMap<String, Value>,
    /// The instance of the collector that read it.
    pub collector: String,
    /// The department of an account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The fact that it is a row of.
    pub fact: String,
    /// Collector, fact and subject, such as `mfa/user/7`.
    pub id: String,
    /// How long an account was not used, where the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle: Option<Idle>,
    /// The access keys of an account, by id; nothing where the source does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<AccessKey>>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Reviewers who have another account with the same employee number, so that this one is their own as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_of: Vec<String>,
    /// Who is to decide it, any one of them; empty where nobody was named.
    pub reviewers: Vec<String>,
    /// Its id at the source.
    pub subject: String,
}

/// How long an account was not used when its review was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    /// Whole days.
    pub days: i64,
    /// Whether that is longer than the review allows.
    pub inactive: bool,
    /// Since what.
    pub since: Since,
}

/// What an account ages from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Since {
    /// Its last login.
    LastLogin,
    /// The last use of it or of one of its keys, where that is later than its last login.
    LastUse,
    /// Its creation, because nobody ever logged in.
    Created,
}

impl Item {
    /// The text of an attribute.
    #[must_use]
    pub fn text(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).and_then(Value::as_str)
    }

    /// Whether `name` means the owner of this account: the account itself, another one of the same person, or who answers for it.
    /// A rule has no owner.
    #[must_use]
    pub fn is_own(&self, name: &str) -> bool {
        self.may_be(name)
            || self.text("owner").is_some_and(|owner| same_person(owner, name))
            || self.own_of.iter().any(|reviewer| same_name(reviewer, name))
    }

    /// Whether `name` may mean the person of this account, by email, login, name or id: rather one too many than somebody who
    /// reviews themselves.
    #[must_use]
    pub(super) fn may_be(&self, name: &str) -> bool {
        let own = [self.text("email"), self.text("login"), self.text("name"), Some(self.subject.as_str())];
        own.into_iter().flatten().any(|own| same_person(own, name))
    }

    /// Whether the site means this account by `name`: by email, login, name or id, in any case. Where the source has no email, an
    /// address that begins with the account's login or name means it, too.
    #[must_use]
    pub(super) fn is_called(&self, name: &str) -> bool {
        let (email, own_names) = (self.text("email"), [self.text("login"), self.text("name")]);
        let local = name.split_once('@').map(|(local, _)| local).filter(|_| email.is_none());
        let same = |own: Option<&str>, name: &str| own.is_some_and(|own| same_name(own, name));
        same(email, name)
            || same_name(&self.subject, name)
            || own_names.into_iter().any(|own| same(own, name) || local.is_some_and(|local| same(own, local)))
    }
}

/// Whether two names are the same but for case and blanks around them.
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.trim().to_lowercase();
    !a.trim().is_empty() && plain(a) == plain(b)
}

/// Whether two names may mean the same person: an address and a name that is none do where the address begins with the name, two
/// addresses and two other names where they are the same.
fn same_person(a: &str, b: &str) -> bool {
    match (a.split_once('@'), b.split_once('@')) {
        (Some((local, _)), None) => same_name(local, b),
        (None, Some((local, _))) => same_name(a, local),
        _ => same_name(a, b),
    }
}

/// The rows of `fact`, in the order of their ids, without reviewers.
pub(super) fn of_fact(collection: &Collection, fact: &str) -> Vec<Item> {
    let Some(table) = collection.tables.get(fact) else { return Vec::new() };
    let collector = &collection.id.instance;
    let rows = table.sorted();
    let item = |row: usize| {
        let subject = table.id(row)?.to_owned();
        let attributes = attributes(table, row)?;
        let login = || attributes.get("login").and_then(Value::as_str);
        Some(Item {
            name: table.display_name(row).or_else(login).map(str::to_owned),
            attributes,
            collector: collector.clone(),
            department: None,
            fact: fact.to_owned(),
            id: id(collector, fact, &subject),
            idle: None,
            keys: None,
            own_of: Vec::new(),
            reviewers: Vec::new(),
            subject,
        })
    };
    rows.iter().filter_map(item).collect()
}

/// Collector, fact and subject; of a long one the digest, because ids of other things are made of it.
fn id(collector: &str, fact: &str, subject: &str) -> String {
    if subject.len() <= MAX_SUBJECT {
        return format!("{collector}/{fact}/{subject}");
    }
    format!("{collector}/{fact}/{}", tickmark_ledger::sha256(subject.as_bytes()))
}

/// What the source says of one row, in the JSON of records.
pub(super) fn attributes(table: &FactTable, row: usize) -> Option<Attributes> {
    let observation = table.observation(row)?;
    let json =
        |(name, value): (&str, tickmark_model::Value)| Some((name.to_owned(), serde_json::to_value(value).ok()?));
    observation.attributes.into_iter().map(json).collect()
}
