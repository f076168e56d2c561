//! Users of Okta: an export, or the API.

use serde_json::Value;
use tickmark_collector::{Failure, Host, Receipt, Summary};

use super::pages::{self, NotThere, encoded};
use crate::facts::accounts::Accounts;
use crate::facts::events::Lifecycle;
use crate::parse::okta::refusal;
use crate::parse::okta::user::{self, Read};
use crate::record::{Account, Unread};
use crate::settings::Settings;
use crate::stream;

/// A list without a filter leaves deprovisioned users out; the search brings them in.
const LISTS: [&str; 2] =
    ["/api/v1/users?limit=200", "/api/v1/users?limit=200&search=status%20eq%20%22DEPROVISIONED%22"];

/// Since when an account is disabled: by the events, else by when its status changed last. A user who was suspended
/// and later deprovisioned was disabled at first.
fn dated(mut account: Account, lifecycle: &Lifecycle) -> Account {
    account.disabled_at = lifecycle.disabled_at(&account.id).or(account.disabled_at);
    account
}

/// # Errors
/// As the host's; `invalid` where the export is no list, or has an id twice.
pub(super) fn file(
    host: &dyn Host,
    settings: &Settings,
    lifecycle: &Lifecycle,
    summary: Summary,
) -> Result<Summary, Failure> {
    let blob = host.open("okta-users", "")?;
    let receipt = blob.receipt();
    let mut accounts = Accounts::new(host, settings, "okta export, user", false);
    stream::list(blob.reader(), "an Okta export of users", refusal, &mut |item| {
        let read = user::read(item, &settings.employee_attribute, &settings.service_types).and_then(|read| {
            let told = read.has_roles || read.deprovisioned;
            if told {
                Ok(dated(read.account, lifecycle))
            } else {
                Err(Unread("it does not say which `roles`".to_owned()))
            }
        });
        accounts.take(read, &[receipt])
    })
    .map_err(|failure| failure.shown_by(receipt))?;
    accounts.finish([receipt, receipt], None, summary)
}

/// # Errors
/// As the host's; `unavailable` where Okta refuses; `invalid` where an answer is no list, or an id is there twice.
pub(super) fn http(
    host: &dyn Host,
    settings: &Settings,
    lifecycle: &Lifecycle,
    summary: Summary,
) -> Result<Summary, Failure> {
    let mut accounts = Accounts::new(host, settings, "okta, user", false);
    let mut last = None;
    for list in LISTS {
        let shown = pages::each(host, list, "Okta's list of users", &mut |item, receipt| {
            let mut receipts = vec![receipt];
            let read = match user::read(item, &settings.employee_attribute, &settings.service_types) {
                Ok(read) => with_roles(host, settings, read, &mut receipts)?,
                Err(why) => Err(why),
            };
            accounts.take(read.map(|account| dated(account, lifecycle)), &receipts)
        })?;
        let Ok(receipt) = shown else {
            return Err(Failure::new(tickmark_collector::code::UNAVAILABLE, "Okta has no list of users: status 404"));
        };
        last = Some(receipt);
    }
    let shown = last.ok_or_else(|| Failure::new(tickmark_collector::code::INTERNAL, "no list was asked for"))?;
    accounts.finish([shown, shown], None, summary)
}

/// Asks for what the list of users does not say.
fn with_roles(
    host: &dyn Host,
    settings: &Settings,
    read: Read,
    receipts: &mut Vec<Receipt>,
) -> Result<Result<Account, Unread>, Failure> {
    let Read { mut account, has_roles, deprovisioned } = read;
    if deprovisioned {
        return Ok(Ok(account));
    }
    let id = encoded(&account.id);
    if !has_roles {
        match all(host, &format!("/api/v1/users/{id}/roles"), "Okta's list of a user's roles", receipts)? {
            Ok(items) => {
                if let Err(why) = user::roles(&mut account, items) {
                    return Ok(Err(why));
                }
            }
            Err(NotThere) => return Ok(Err(Unread("it has no list of roles: status 404".to_owned()))),
        }
    }
    if settings.okta_groups {
        match all(host, &format!("/api/v1/users/{id}/groups"), "Okta's list of a user's groups", receipts)? {
            Ok(items) => {
                if let Err(why) = user::groups(&mut account, items) {
                    return Ok(Err(why));
                }
            }
            Err(NotThere) => return Ok(Err(Unread("it has no list of groups: status 404".to_owned()))),
        }
    }
    Ok(Ok(account))
}

fn all(
    host: &dyn Host,
    path: &str,
    what: &str,
    receipts: &mut Vec<Receipt>,
) -> Result<Result<Vec<Value>, NotThere>, Failure> {
    let mut items = Vec::new();
    let mut seen = Vec::new();
    let last = pages::each(host, path, what, &mut |item, receipt| {
        items.push(item);
        if seen.last() != Some(&receipt) {
            seen.push(receipt);
        }
        Ok(())
    })?;
    Ok(last.map(|last| {
        // An empty page shows something too.
        if seen.last() != Some(&last) {
            seen.push(last);
        }
        receipts.extend(seen);
        items
    }))
}
