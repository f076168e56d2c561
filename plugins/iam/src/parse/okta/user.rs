//! One user as `/api/v1/users` gives it, with `roles` and `groups` as `/api/v1/users/{id}/roles` and `.../groups` do.
//!
//! Format: "Users" and "Role assignments" in the Okta API reference. Roles of that endpoint are administrator roles,
//! whether they were given to the user or to a group of the user's, so that an active one makes a privileged account.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::parse::time;
use crate::record::{Account, Unread};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct User {
    id: String,
    status: String,
    created: Option<String>,
    last_login: Option<String>,
    status_changed: Option<String>,
    profile: Map<String, Value>,
    roles: Option<Vec<Value>>,
    groups: Option<Vec<Value>>,
}

#[derive(Deserialize)]
struct Role {
    #[serde(rename = "type")]
    kind: String,
    label: Option<String>,
    status: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    profile: GroupProfile,
}

#[derive(Deserialize)]
struct GroupProfile {
    name: String,
}

/// What a user is, before its roles and groups are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The account, with the roles and groups that the record itself has.
    pub account: Account,
    /// Whether the record says which roles it has.
    pub has_roles: bool,
    /// Whether Okta gave the account up: it then has no roles.
    pub deprovisioned: bool,
}

/// Reads one user.
///
/// # Errors
/// Why it cannot be read.
pub fn read(item: Value, employee_attribute: &str, service_types: &BTreeSet<String>) -> Result<Read, Unread> {
    let user = User::deserialize(item).map_err(|error| error.to_string())?;
    let enabled = match user.status.as_str() {
        "ACTIVE" | "PASSWORD_EXPIRED" | "LOCKED_OUT" | "RECOVERY" => true,
        "STAGED" | "PROVISIONED" | "SUSPENDED" | "DEPROVISIONED" => false,
        other => return Err(Unread(format!("status `{}` is not known", other.escape_debug()))),
    };
    let field = |name: &str| match user.profile.get(name) {
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let name: Vec<String> = ["firstName", "lastName"].into_iter().filter_map(field).collect();
    let stopped = matches!(user.status.as_str(), "SUSPENDED" | "DEPROVISIONED");
    let mut account = Account {
        login: field("login").ok_or_else(|| Unread("profile without `login`".to_owned()))?,
        name: Some(name.join(" ")).filter(|name| !name.is_empty()),
        email: field("email"),
        employee: field(employee_attribute),
        department: field("department"),
        service: field("userType").is_some_and(|kind| service_types.contains(&kind.to_lowercase())),
        enabled,
        created_at: time(user.created.as_deref())?,
        last_login: time(user.last_login.as_deref())?,
        disabled_at: if stopped { time(user.status_changed.as_deref())? } else { None },
        id: user.id,
        ..Account::default()
    };
    let has_roles = user.roles.is_some();
    roles(&mut account, user.roles.unwrap_or_default())?;
    groups(&mut account, user.groups.unwrap_or_default())?;
    Ok(Read { account, has_roles, deprovisioned: user.status == "DEPROVISIONED" })
}

/// Adds role assignments.
///
/// # Errors
/// Why one cannot be read: a role that is not understood may be one that administers.
pub fn roles(account: &mut Account, items: Vec<Value>) -> Result<(), Unread> {
    for item in items {
        let role = Role::deserialize(item).map_err(|error| format!("role: {error}"))?;
        if role.status.as_deref().is_none_or(|status| status == "ACTIVE") {
            account.privileged = true;
            account.roles.insert(match role.label {
                Some(label) if role.kind == "CUSTOM" => label,
                _ => role.kind,
            });
        }
    }
    Ok(())
}

/// Adds groups.
///
/// # Errors
/// Why one cannot be read.
pub fn groups(account: &mut Account, items: Vec<Value>) -> Result<(), Unread> {
    for item in items {
        let group = Group::deserialize(item).map_err(|error| format!("group: {error}"))?;
        account.groups.insert(group.profile.name);
    }
    Ok(())
}
