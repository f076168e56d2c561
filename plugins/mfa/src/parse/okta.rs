//! An Okta export: a JSON array of users as `/api/v1/users` gives them, each with a `factors` array as
//! `/api/v1/users/{id}/factors` gives it, and optionally `roles` and `groups` as those endpoints do.
//!
//! Only factors with status ACTIVE count. A security question is knowledge as a password is, so that alone it leaves
//! `mfa_enabled` false; it is listed among the factors all the same. `roles` of that endpoint are administrator roles,
//! so an active one makes an administrator. Okta does not tell service accounts apart.

use serde::Deserialize;
use serde_json::Value;
use tickmark_collector::time::rfc3339;
use tickmark_collector::{Datetime, Failure};

use super::Unread;
use crate::user::User;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    id: String,
    status: String,
    created: Option<String>,
    last_login: Option<String>,
    profile: Profile,
    factors: Option<Vec<Factor>>,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Profile {
    login: String,
    email: Option<String>,
    department: Option<String>,
    manager: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Factor {
    factor_type: String,
    status: String,
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

/// What Okta answers instead of a list.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refusal {
    error_code: String,
    error_summary: String,
}

/// Reads the users, in order.
///
/// # Errors
/// `invalid`, where `bytes` are no JSON array, with Okta's own words where they are its error.
pub fn parse(bytes: &[u8]) -> Result<Vec<Result<User, Unread>>, Failure> {
    if let Ok(Refusal { error_code, error_summary }) = serde_json::from_slice(bytes) {
        return Err(Failure::invalid(format!("an error of Okta's and no export: {error_code}, {error_summary}")));
    }
    let items: Vec<Value> =
        serde_json::from_slice(bytes).map_err(|error| Failure::invalid(format!("not an Okta export: {error}")))?;
    Ok(items.into_iter().map(read).collect())
}

fn read(item: Value) -> Result<User, Unread> {
    let account = Account::deserialize(item).map_err(|error| error.to_string())?;
    let Account { id, status, created, last_login, profile, factors, roles, groups } = account;
    let enabled = match status.as_str() {
        "ACTIVE" | "PASSWORD_EXPIRED" | "LOCKED_OUT" | "RECOVERY" => true,
        "STAGED" | "PROVISIONED" | "SUSPENDED" | "DEPROVISIONED" => false,
        other => return Err(format!("status `{other}` is not known").into()),
    };
    let said = factors.is_some();
    let active: Vec<&'static str> = factors
        .iter()
        .flatten()
        .filter(|factor| factor.status == "ACTIVE")
        .map(|factor| kind(&factor.factor_type))
        .collect();
    let administers: Vec<Role> =
        roles.into_iter().filter(|role| role.status.as_deref().is_none_or(|status| status == "ACTIVE")).collect();
    let admin = !administers.is_empty();
    let names = administers.into_iter().map(|role| match role.label {
        Some(label) if role.kind == "CUSTOM" => label,
        _ => role.kind,
    });
    Ok(User {
        id,
        name: Some(profile.login),
        email: profile.email,
        roles: names.chain(groups.into_iter().map(|group| group.profile.name)).collect(),
        admin,
        service: false,
        enabled,
        mfa_enabled: said.then(|| active.iter().any(|factor| *factor != "question")),
        factors: active.into_iter().map(str::to_owned).collect(),
        password_enabled: None,
        last_login: time(last_login)?,
        created_at: time(created)?,
        department: profile.department,
        manager: profile.manager,
        access_keys: None,
    })
}

fn time(text: Option<String>) -> Result<Option<Datetime>, Unread> {
    text.map(|text| rfc3339(&text).ok_or_else(|| Unread(format!("time `{text}` is not RFC 3339")))).transpose()
}

/// Our word for Okta's `factorType`.
fn kind(factor_type: &str) -> &'static str {
    match factor_type {
        "token:software:totp" => "totp",
        "webauthn" | "u2f" => "webauthn",
        "sms" => "sms",
        "call" => "call",
        "email" => "email",
        "push" => "push",
        "token" | "token:hardware" | "token:hotp" | "hotp" => "hardware",
        "question" => "question",
        _ => "other",
    }
}
