//! The fact `leaver`: a row for each employment that ended within the window, or whose accounts are not all closed.

use std::collections::BTreeSet;

use tickmark_collector::{Claim, Datetime, Duration, Failure, Host};

use super::{Joined, population};
use crate::accounts::Account;
use crate::events::{Place, closed_since};
use crate::matching::By;
use crate::people::Employment;

const COLUMNS: &[&str] = &[
    "employee_number",
    "name",
    "employment_type",
    "ended_at",
    "left_at",
    "recorded_at",
    "entered_late",
    "accounts",
    "open",
    "undated",
    "gone",
    "by_email",
    "still_open",
    "last_closed_at",
    "took",
    "rehired_at",
];

/// Why old ones are left out.
const OLD: &str = "employments that ended before the window, with no account that is open";

/// What became of one account.
enum Fate {
    Open,
    Closed(Datetime),
    /// Closed, and nothing shows since when.
    Undated,
    /// It is not about this employment: it was made for the next one.
    Later,
}

/// What became of all accounts of a person for one employment.
#[derive(Default)]
struct Tally {
    accounts: i64,
    undated: i64,
    gone: i64,
    by_email: i64,
    open: Vec<String>,
    last: Option<Datetime>,
}

pub(super) fn emit(host: &dyn Host, joined: &Joined<'_>, whole: bool) -> Result<Claim, Failure> {
    let mut rows = host.fact("leaver", COLUMNS);
    let (mut total, mut old) = (0_u64, 0_u64);
    for (number, employments) in joined.people.iter() {
        for (at, employment) in employments.iter().enumerate() {
            let (Some(ended_at), Some(left_at)) = (employment.ended_at, employment.left_at) else { continue };
            if left_at > joined.as_of {
                continue;
            }
            total += 1;
            let next = employments.get(at + 1);
            let tally = tally(joined, number, employment, next);
            if left_at < joined.since && tally.open.is_empty() {
                old += 1;
                continue;
            }
            let took = tally.last.map(|last| Duration(last.0.saturating_sub(left_at.0)));
            let entered = employment.recorded_at.map(|at| at.0.saturating_sub(left_at.0)).filter(|late| *late > 0);
            rows.row(employment.id.as_str(), &joined.receipts)
                .set("employee_number", number)
                .set("name", employment.name.clone())
                .set("employment_type", employment.employment_type.clone())
                .set("ended_at", ended_at)
                .set("left_at", left_at)
                .set("recorded_at", employment.recorded_at)
                .set("entered_late", entered.map(Duration))
                .set("accounts", tally.accounts)
                .set("open", i64::try_from(tally.open.len()).unwrap_or(i64::MAX))
                .set("undated", tally.undated)
                .set("gone", tally.gone)
                .set("by_email", tally.by_email)
                .set("still_open", tally.open)
                .set("last_closed_at", tally.last)
                .set("took", took)
                .set("rehired_at", next.map(|next| next.started_at))
                .push()?;
        }
    }
    let population = population(total, joined, whole);
    rows.finish(if old > 0 { population.excluding(old, OLD) } else { population })
}

fn tally(joined: &Joined<'_>, number: &str, employment: &Employment, next: Option<&Employment>) -> Tally {
    let mut tally = Tally::default();
    for (account, by) in joined.of(number) {
        let fate = fate(joined, account, employment, next);
        if matches!(fate, Fate::Later) {
            continue;
        }
        tally.accounts += 1;
        tally.by_email += i64::from(by == By::Email);
        match fate {
            Fate::Open => tally.open.push(account.title()),
            Fate::Closed(at) => tally.last = tally.last.max(Some(at)),
            Fate::Undated => tally.undated += 1,
            Fate::Later => {}
        }
    }
    for closed in gone(joined, number, employment, next) {
        tally.accounts += 1;
        tally.gone += 1;
        match closed {
            Some(at) => tally.last = tally.last.max(Some(at)),
            None => tally.undated += 1,
        }
    }
    tally
}

fn fate(joined: &Joined<'_>, account: &Account, employment: &Employment, next: Option<&Employment>) -> Fate {
    let until = next.map(|next| next.started_at);
    let left_at = employment.left_at.unwrap_or(employment.started_at);
    if until.is_some() && account.created_at.is_some_and(|created| created >= left_at) {
        return Fate::Later;
    }
    let events = joined.events.of(&account.place);
    let by_events = closed_since(events, employment.started_at, until.or(Some(after(joined.as_of))));
    match (account.enabled, until) {
        (true, None) => Fate::Open,
        // It was opened again for the next employment; whether it was closed between, only events say.
        (true, Some(_)) => by_events.map_or(Fate::Open, Fate::Closed),
        (false, until) => {
            let own = account.disabled_at.filter(|at| until.is_none_or(|until| *at < until));
            match own.or(by_events) {
                Some(at) => Fate::Closed(at),
                // Closed later than the next employment began, and nothing says that it had been before.
                None if until.is_some() && account.disabled_at.is_some() => Fate::Open,
                None => Fate::Undated,
            }
        }
    }
}

fn after(at: Datetime) -> Datetime {
    Datetime(at.0.saturating_add(1))
}

/// Accounts that no source has any more and that events of this employment know by the person's address: when each was closed,
/// or nothing where no event shows that.
fn gone(
    joined: &Joined<'_>,
    number: &str,
    employment: &Employment,
    next: Option<&Employment>,
) -> Vec<Option<Datetime>> {
    let (from, until) = (employment.started_at, next.map_or(after(joined.as_of), |next| next.started_at));
    let emails = joined.people.emails_of(number);
    let places: BTreeSet<&Place> = emails.flat_map(|email| joined.events.with_login(email)).collect();
    let gone = places.into_iter().filter(|place| !joined.places.contains(place));
    let events = gone.map(|place| joined.events.of(place));
    let of_it = events.filter(|events| events.iter().any(|event| event.at >= from && event.at < until));
    of_it.map(|events| closed_since(events, from, Some(until))).collect()
}
