//! The fact `joiner`: a row for each account of a person that was created within the window.

use std::collections::BTreeMap;

use tickmark_collector::given::{Given, Row};
use tickmark_collector::{Claim, Datetime, Failure, Host};

use super::{Joined, population};
use crate::accounts::Account;
use crate::people::small;

const COLUMNS: &[&str] = &[
    "system",
    "login",
    "employee_number",
    "created_at",
    "requested",
    "request",
    "approved_by",
    "approved_at",
    "approved_before",
    "self_approved",
];

/// Why old ones are left out.
const OLD: &str = "accounts that were created before the window";

pub(super) fn emit(host: &dyn Host, joined: &Joined<'_>, requests: &Given, whole: bool) -> Result<Claim, Failure> {
    let mut rows = host.fact("joiner", COLUMNS);
    let mut of: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
    for row in &requests.rows {
        for column in ["employee_number", "account"] {
            if let Some(text) = row.text(column) {
                of.entry(small(text)).or_default().push(row);
            }
        }
    }
    let mut receipts = joined.receipts.clone();
    receipts.push(requests.receipt);
    let (mut total, mut old) = (0_u64, 0_u64);
    for (account, (_, number)) in joined.accounts.iter().zip(&joined.owners).filter(|(account, _)| !account.service) {
        total += 1;
        // One that does not say when it was created is in the total, and no row.
        let Some(created_at) = account.created_at else { continue };
        if created_at < joined.since {
            old += 1;
            continue;
        }
        let mut names: Vec<String> =
            [*number, account.login.as_deref(), account.email.as_deref(), Some(&account.account)]
                .into_iter()
                .flatten()
                .map(small)
                .collect();
        let asked = names.iter().filter_map(|name| of.get(name)).flatten().copied();
        let request = best(asked.filter(|row| is_for(row, account)), created_at);
        names.extend(number.map(|number| joined.people.emails_of(number)).into_iter().flatten().map(str::to_owned));
        names.extend(number.and_then(|number| joined.people.name_of(number)).map(small));
        let approved_by = request.and_then(|row| row.text("approved_by"));
        let approved_at = request.and_then(|row| row.datetime("approved_at"));
        rows.row(account.id.as_str(), &receipts)
            .set("system", account.system.as_str())
            .set("login", account.login.clone())
            .set("employee_number", number.map(str::to_owned))
            .set("created_at", created_at)
            .set("requested", request.is_some())
            .set("request", request.map(|row| row.id.clone()))
            .set("approved_by", approved_by.map(str::to_owned))
            .set("approved_at", approved_at)
            .set("approved_before", approved_at.is_some_and(|at| at <= created_at))
            .set("self_approved", approved_by.is_some_and(|by| names.contains(&small(by))))
            .push()?;
    }
    let population = population(total, joined, whole);
    rows.finish(if old > 0 { population.excluding(old, OLD) } else { population })
}

/// Whether a request is about the account's system; one that names none is about all.
fn is_for(row: &Row, account: &Account) -> bool {
    row.text("system").is_none_or(|system| small(system) == small(&account.system))
}

/// The last request that was approved before `created_at`, otherwise the first one of all.
fn best<'r>(requests: impl Iterator<Item = &'r Row>, created_at: Datetime) -> Option<&'r Row> {
    let mut requests: Vec<&Row> = requests.collect();
    requests
        .sort_by_key(|row| (row.datetime("approved_at").unwrap_or(Datetime(i64::MAX)), row.source, row.id.as_str()));
    let in_time = requests.iter().rev().find(|row| row.datetime("approved_at").is_some_and(|at| at <= created_at));
    in_time.or(requests.first()).copied()
}
