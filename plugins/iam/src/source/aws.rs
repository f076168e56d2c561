//! AWS: the authorization details say what users may do, the credential report which passwords and keys they have.
//!
//! The two are joined by ARN. AWS makes a report at most every four hours, so that a user who was created or deleted in
//! between stands in one of them only: what the other one would say is then not known, and missing from the count.

use std::collections::BTreeMap;

use tickmark_collector::{Failure, Host, Summary};

use crate::facts::accounts::Accounts;
use crate::facts::roles::Roles;
use crate::parse::aws::details::{self, Item, Rights};
use crate::parse::aws::report::{self, Credentials};
use crate::record::Account;
use crate::settings::Settings;

/// # Errors
/// As the host's; `invalid` where a document is not of its format, or has an ARN twice.
pub(super) fn collect(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let blob = host.open("credential-report", "")?;
    let report = blob.receipt();
    let mut accounts = Accounts::new(host, settings, "authorization details, user", true);
    let mut credentials: BTreeMap<String, Credentials> = BTreeMap::new();
    let mut line = 0_u64;
    let generated = report::read(blob.reader(), blob.size(), &mut |read| {
        line += 1;
        match read {
            Ok(user) => {
                let arn = user.arn.clone();
                if credentials.insert(arn.clone(), user).is_some() {
                    return Err(Failure::invalid(format!(
                        "credential report, user {line} has arn `{arn}`, as another has"
                    )));
                }
            }
            Err(why) => accounts.missing(format!("credential report, user {line} cannot be read: {}", why.0)),
        }
        Ok(())
    })
    .map_err(|failure| failure.shown_by(report))?;

    let blob = host.open("authorization-details", "")?;
    let receipt = blob.receipt();
    let at = |failure: Failure| failure.shown_by(receipt);
    let (rights, unread) = Rights::read(blob.reader()).map_err(at)?;
    let mut roles = Roles::new(host, settings);
    details::items(blob.reader(), &rights, &settings.employee_attribute, &mut |item| match item {
        Item::User(arn, read) => {
            let credentials = arn.and_then(|arn| credentials.remove(&arn));
            accounts.take(read.map(|account| joined(account, credentials)), &[report, receipt])
        }
        Item::Role(read) => roles.take(read, receipt),
    })
    .map_err(at)?;

    let mut root = false;
    for (arn, user) in credentials {
        if user.root {
            root = true;
            accounts.take(Ok(self::root(user)), &[report])?;
        } else {
            accounts.missing(format!("credential report: user `{arn}` is not in the authorization details"));
        }
    }
    if !root {
        accounts.missing("credential report: the account's root user is not in it".to_owned());
    }
    let summary = accounts.finish([receipt, report], generated, summary)?;
    let summary = roles.finish(receipt, generated, summary)?;
    let notes = unread.into_iter().map(|note| format!("authorization details, {note}"));
    Ok(notes.fold(summary, Summary::note))
}

/// A user with what the report says. One that the report does not have counts as enabled, and its keys are not known.
fn joined(account: Account, credentials: Option<Credentials>) -> Account {
    let Some(credentials) = credentials else { return Account { enabled: true, ..account } };
    let active = credentials.keys.iter().any(|key| key.active);
    Account {
        service: !credentials.password && active && account.employee.is_none(),
        enabled: credentials.password || active,
        last_login: credentials.password_last_used,
        keys: Some(credentials.keys),
        ..account
    }
}

fn root(user: Credentials) -> Account {
    Account {
        id: user.arn,
        login: user.user,
        root: true,
        enabled: user.password || user.keys.iter().any(|key| key.active),
        privileged: true,
        created_at: user.created_at,
        last_login: user.password_last_used,
        keys: Some(user.keys),
        ..Account::default()
    }
}
