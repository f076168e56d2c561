//! What `aws iam get-account-authorization-details` prints: users, groups, roles and managed policies.
//!
//! Format: the output of that command in the AWS CLI reference. It is read twice: first [`Rights`], what each group and
//! policy gives, and then users and roles against them. The command prints the pages of the API as one; a document that
//! says that it was cut off (`IsTruncated`, `NextToken`) is refused.
//!
//! **Invariant:** a user or role with a policy or a group that the document does not hold is not read: nobody could tell
//! what it may do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde::Deserialize;
use serde_json::Value;
use tickmark_collector::{Failure, code};

use super::policy;
use super::wire::{Attached, Group, Inline, Managed, RoleDetail, User};
use crate::parse::time;
use crate::record::{Account, Role, Unread};
use crate::stream::{self, Shape, Sink};

const USERS: &str = "UserDetailList";
const GROUPS: &str = "GroupDetailList";
const ROLES: &str = "RoleDetailList";
const POLICIES: &str = "Policies";

/// Most elements of a list: ten times as many users, and more of all else, as AWS allows in an account.
const MOST: u64 = 50_000;

/// Most notes on groups and policies that are kept.
const NOTES: usize = 20;

/// The AWS managed policy that gives everything, whatever the partition.
const ADMINISTRATOR: &str = ":iam::aws:policy/AdministratorAccess";

/// What policies a group, user or role has, by name; and whether one gives everything, or why that cannot be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Given {
    names: BTreeSet<String>,
    everything: bool,
    unknown: Option<String>,
}

impl Given {
    fn add(&mut self, name: &str, everything: Result<bool, String>) {
        self.names.insert(name.to_owned());
        match everything {
            Ok(everything) => self.everything |= everything,
            Err(why) => self.unknown = self.unknown.take().or_else(|| Some(format!("policy `{name}`: {why}"))),
        }
    }

    fn inline(&mut self, policies: Vec<Inline>) {
        for Inline { policy_name, policy_document } in policies {
            self.add(&policy_name, policy::gives_everything(&policy_document));
        }
    }

    /// With what else gives everything beyond doubt, a doubt does not matter.
    fn told(self) -> Result<(BTreeSet<String>, bool), Unread> {
        match self.unknown {
            Some(why) if !self.everything => Err(Unread(why)),
            _ => Ok((self.names, self.everything)),
        }
    }
}

/// What groups and managed policies give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    groups: BTreeMap<String, Given>,
    /// By ARN.
    policies: BTreeMap<String, Result<bool, String>>,
}

impl Rights {
    /// Reads what groups and policies give, with the first that cannot be read of them, for people.
    ///
    /// # Errors
    /// `invalid`, where it is no such document, was cut off, or has a group or policy twice; `limit`.
    pub fn read(input: impl BufRead) -> Result<(Self, Vec<String>), Failure> {
        let mut first = First::default();
        whole(input, &mut first, |first| &first.seen)?;
        let First { groups, policies, mut unread, .. } = first;
        let mut rights = Self { groups: BTreeMap::new(), policies };
        for (number, name, mut given, attached) in groups {
            rights.give(&mut given, Vec::new(), &attached);
            if let Some(why) = given.unknown.as_ref().filter(|_| !given.everything) {
                note(&mut unread, format!("group {number} (`{name}`): {why}"));
            }
            if rights.groups.insert(name.clone(), given).is_some() {
                return Err(Failure::invalid(format!("authorization details: group `{name}` is there twice")));
            }
        }
        Ok((rights, unread))
    }

    fn give(&self, given: &mut Given, inline: Vec<Inline>, attached: &[Attached]) {
        given.inline(inline);
        for Attached { policy_name, policy_arn } in attached {
            let known = self.policies.get(policy_arn).cloned();
            let everything = match known {
                _ if policy_arn.ends_with(ADMINISTRATOR) => Ok(true),
                Some(known) => known,
                None => Err("the document does not hold it".to_owned()),
            };
            given.add(policy_name, everything);
        }
    }

    fn member(&self, given: &mut Given, group: &str) {
        match self.groups.get(group) {
            Some(group) => {
                given.names.extend(group.names.iter().cloned());
                given.everything |= group.everything;
                given.unknown = given.unknown.take().or_else(|| group.unknown.clone());
            }
            None => given.unknown = Some(format!("the document does not hold group `{group}`")),
        }
    }

    fn user(&self, item: Value, employee_tag: &str) -> Result<Account, Unread> {
        let user = User::deserialize(item).map_err(|error| error.to_string())?;
        let mut given = Given::default();
        user.group_list.iter().for_each(|group| self.member(&mut given, group));
        self.give(&mut given, user.user_policy_list, &user.attached_managed_policies);
        let (roles, privileged) = given.told()?;
        // Tags differ in the case of letters only where they are the same.
        let tag = |name: &str| {
            let tag = user.tags.iter().find(|tag| tag.key.eq_ignore_ascii_case(name));
            tag.map(|tag| tag.value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        Ok(Account {
            employee: tag(employee_tag),
            email: tag("email"),
            department: tag("department"),
            created_at: time(Some(&user.create_date))?,
            groups: user.group_list.into_iter().collect(),
            id: user.arn,
            login: user.user_name,
            privileged,
            roles,
            ..Account::default()
        })
    }

    fn role(&self, item: Value) -> Result<Role, Unread> {
        let role = RoleDetail::deserialize(item).map_err(|error| error.to_string())?;
        let trust = policy::trusts(&role.assume_role_policy_document)?;
        let mut given = Given::default();
        self.give(&mut given, role.role_policy_list, &role.attached_managed_policies);
        let (policies, privileged) = given.told()?;
        let last_used = role.role_last_used.and_then(|used| used.last_used_date);
        let mut accounts = trust.accounts;
        accounts.remove(&policy::account(&role.arn));
        Ok(Role {
            id: role.arn,
            name: role.role_name,
            privileged,
            provider_owned: role.path.starts_with("/aws-service-role/"),
            policies,
            trusts: trust.principals,
            trusts_anyone: trust.anyone,
            accounts,
            created_at: time(Some(&role.create_date))?,
            last_used: time(last_used.as_deref())?,
        })
    }
}

/// One user or role of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A user, without password and keys, which another document has; and its ARN, which may be there where nothing else is.
    User(Option<String>, Result<Account, Unread>),
    /// A role.
    Role(Result<Role, Unread>),
}

/// Hands every user and role to `take`, in the order of the document.
///
/// # Errors
/// As [`Rights::read`], and whatever `take` returns.
pub fn items(
    input: impl BufRead,
    rights: &Rights,
    employee_tag: &str,
    take: &mut dyn FnMut(Item) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut second = Second { counts: Counts::default(), rights, employee_tag, take, seen: Seen::default() };
    whole(input, &mut second, |second| &second.seen)
}

/// Reads it to its end, and refuses what is not all of it.
fn whole<S: Sink>(input: impl BufRead, sink: &mut S, seen: impl Fn(&S) -> &Seen) -> Result<(), Failure> {
    const WHAT: &str = "what `aws iam get-account-authorization-details` prints";
    let shape = stream::read(input, WHAT, sink)?;
    let seen = seen(sink);
    if shape == Shape::List {
        return Err(Failure::invalid(format!("not {WHAT}: a list")));
    }
    if let Some(missing) = [USERS, GROUPS, ROLES, POLICIES].iter().find(|list| !seen.lists.contains(**list)) {
        return Err(Failure::invalid(format!("not {WHAT}: no `{missing}`")));
    }
    match &seen.cut {
        Some(field) => {
            Err(Failure::invalid(format!("authorization details are cut off: `{field}` says that there are more")))
        }
        None => Ok(()),
    }
}

/// How many elements each list has had so far.
#[derive(Default)]
struct Counts(BTreeMap<String, u64>);

impl Counts {
    fn next(&mut self, list: &str) -> Result<u64, Failure> {
        if !self.0.contains_key(list) {
            self.0.insert(list.to_owned(), 0);
        }
        let count = self.0.get_mut(list).map_or(0, |count| {
            *count += 1;
            *count
        });
        if count > MOST {
            let message = format!("authorization details with more than {MOST} elements in `{list}`");
            return Err(Failure::new(code::LIMIT, message));
        }
        Ok(count)
    }
}

/// Keeps the first notes: one for each element of a hostile list would be too many.
fn note(notes: &mut Vec<String>, note: String) {
    if notes.len() < NOTES {
        notes.push(note);
    }
}

#[derive(Default)]
struct Seen {
    lists: BTreeSet<String>,
    cut: Option<String>,
}

impl Seen {
    /// Notes a list as soon as its name is there: it may be empty.
    fn is_list(name: &str) -> bool {
        [USERS, GROUPS, ROLES, POLICIES].contains(&name)
    }

    fn field(&mut self, name: &str, value: &Value) {
        let more = match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(token) => !token.is_empty(),
            _ => true,
        };
        if more {
            self.cut = Some(name.to_owned());
        }
    }
}

fn is_wanted(name: &str) -> bool {
    ["IsTruncated", "Marker", "NextToken"].contains(&name)
}

#[derive(Default)]
struct First {
    /// Number, name, what its own policies give, and which others it has.
    groups: Vec<(u64, String, Given, Vec<Attached>)>,
    policies: BTreeMap<String, Result<bool, String>>,
    counts: Counts,
    unread: Vec<String>,
    seen: Seen,
}

impl Sink for First {
    fn is_list(&self, name: &str) -> bool {
        Seen::is_list(name)
    }

    fn is_wanted(&self, name: &str) -> bool {
        is_wanted(name)
    }

    fn begin(&mut self, list: &str) {
        self.seen.lists.insert(list.to_owned());
    }

    fn element(&mut self, list: &str, element: Value) -> Result<(), Failure> {
        let number = self.counts.next(list)?;
        match list {
            GROUPS => match Group::deserialize(element) {
                Ok(group) => {
                    let mut given = Given::default();
                    given.inline(group.group_policy_list);
                    self.groups.push((number, group.group_name, given, group.attached_managed_policies));
                }
                Err(error) => note(&mut self.unread, format!("group {number} cannot be read: {error}")),
            },
            POLICIES => match Managed::deserialize(element) {
                Ok(Managed { arn, policy_version_list }) => {
                    let default = policy_version_list.iter().find(|version| version.is_default_version);
                    let gives = match default {
                        Some(version) => policy::gives_everything(&version.document),
                        None => Err("it has no default version".to_owned()),
                    };
                    if self.policies.insert(arn.clone(), gives).is_some() {
                        let message = format!("authorization details: policy `{arn}` is there twice");
                        return Err(Failure::invalid(message));
                    }
                }
                Err(error) => note(&mut self.unread, format!("policy {number} cannot be read: {error}")),
            },
            _ => {}
        }
        Ok(())
    }

    fn field(&mut self, name: &str, value: Value) {
        self.seen.field(name, &value);
    }
}

struct Second<'a> {
    counts: Counts,
    rights: &'a Rights,
    employee_tag: &'a str,
    take: &'a mut dyn FnMut(Item) -> Result<(), Failure>,
    seen: Seen,
}

impl Sink for Second<'_> {
    fn is_list(&self, name: &str) -> bool {
        Seen::is_list(name)
    }

    fn is_wanted(&self, name: &str) -> bool {
        is_wanted(name)
    }

    fn begin(&mut self, list: &str) {
        self.seen.lists.insert(list.to_owned());
    }

    fn element(&mut self, list: &str, element: Value) -> Result<(), Failure> {
        self.counts.next(list)?;
        match list {
            USERS => {
                let arn = element.get("Arn").and_then(Value::as_str).map(str::to_owned);
                (self.take)(Item::User(arn, self.rights.user(element, self.employee_tag)))
            }
            ROLES => (self.take)(Item::Role(self.rights.role(element))),
            _ => Ok(()),
        }
    }

    fn field(&mut self, name: &str, value: Value) {
        self.seen.field(name, &value);
    }
}
