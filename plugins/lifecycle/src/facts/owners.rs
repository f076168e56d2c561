//! The fact `owner`: a row for each account, and whose it is.

use tickmark_collector::{Claim, Failure, Host};

use super::{Joined, population};
use crate::matching::By;

const COLUMNS: &[&str] = &[
    "system",
    "collector",
    "account",
    "login",
    "enabled",
    "kind",
    "matched",
    "employee_number",
    "person",
    "employed",
    "owner",
    "owner_employed",
];

pub(super) fn emit(host: &dyn Host, joined: &Joined<'_>, whole: bool) -> Result<Claim, Failure> {
    let mut rows = host.fact("owner", COLUMNS);
    for (account, (by, number)) in joined.accounts.iter().zip(&joined.owners) {
        let employed = number.and_then(|number| joined.people.employed(number, joined.as_of));
        let owner = account.owner.as_deref();
        let owner_employed = owner.and_then(|owner| {
            let number = joined.people.number(owner).or(match joined.people.with_email(owner).as_slice() {
                [number] => Some(*number),
                _ => None,
            });
            joined.people.employed(number?, joined.as_of)
        });
        let by = if account.service { By::Nothing } else { *by };
        rows.row(account.id.as_str(), &joined.receipts)
            .set("system", account.system.as_str())
            .set("collector", account.collector.as_str())
            .set("account", account.account.as_str())
            .set("login", account.login.clone())
            .set("enabled", account.enabled)
            .set("kind", if account.service { "service" } else { "person" })
            .set("matched", by.as_str())
            .set("employee_number", number.map(str::to_owned))
            .set("person", number.and_then(|number| joined.people.name_of(number)).map(str::to_owned))
            .set("employed", employed.map_or("unknown", crate::people::Employed::as_str))
            .set("owner", owner.map(str::to_owned))
            .set("owner_employed", owner_employed.map(|it| it.as_str().to_owned()))
            .push()?;
    }
    rows.finish(population(joined.accounts.len() as u64, joined, whole))
}
