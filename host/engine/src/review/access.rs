//! Accounts: their departments, who reviews them, and how long they were not used.
//!
//! **Invariant:** nobody is named to review their own account, or another one with the same employee number.
//! **Invariant:** an account without department or reviewer is an item like any other. It is counted, and never left out.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_model::{Instant, parse_instant};

use super::blob::Department;
use super::item::{Idle, Item, Since, same_name};
use crate::site::AccessReview;

const DAY_MS: i64 = 86_400_000;

/// Accounts with all that a review needs of them.
pub(super) struct Accounts {
    pub(super) items: Vec<Item>,
    /// All departments, those of accounts that were left out too.
    pub(super) departments: Vec<Department>,
    /// Whether accounts are reviewed by department.
    pub(super) by_department: bool,
}

/// Gives every account its department, its reviewers and its age, and leaves out those of other departments than `only`,
/// where it names some. `general` review what nobody else may.
pub(super) fn accounts(
    mut items: Vec<Item>,
    site: &AccessReview,
    only: &[String],
    general: &[String],
    as_of: Instant,
) -> Accounts {
    let mut departments: BTreeMap<Option<String>, u64> = BTreeMap::new();
    // Of all accounts, those that are left out below too.
    let by_number = reviewers_by_number(&items, site, general);
    for item in &mut items {
        item.own_of = own_of(item, &by_number);
        item.department = department(item, site);
        item.idle = idle(item, site.inactive_after_ms, as_of);
        item.reviewers = reviewers(item, site, general);
        *departments.entry(item.department.clone()).or_default() += 1;
    }
    items.retain(|item| {
        let of = |department: &String| item.department.as_ref().is_some_and(|own| same_name(own, department));
        only.is_empty() || only.iter().any(of)
    });
    let department = |(name, accounts)| Department { accounts, name };
    Accounts {
        items,
        departments: departments.into_iter().map(department).collect(),
        by_department: !site.reviewers.is_empty() || !only.is_empty(),
    }
}

/// As the source names it, otherwise as the site does for this account.
fn department(item: &Item, site: &AccessReview) -> Option<String> {
    let named = item.text("department").map(str::trim).filter(|name| !name.is_empty());
    let mapped = || site.department_of.iter().find(|(account, _)| item.is_called(account));
    named.map(str::to_owned).or_else(|| mapped().map(|(_, department)| department.trim().to_owned()))
}

/// Everybody who may be named, by the employee numbers of their accounts.
fn reviewers_by_number(items: &[Item], site: &AccessReview, general: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let named: BTreeSet<&str> = site.reviewers.values().flatten().chain(general).map(|name| name.trim()).collect();
    let mut by_number: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (item, number) in items.iter().filter_map(|item| Some((item, number(item)?))) {
        let own = named.iter().filter(|name| item.may_be(name)).map(|name| (*name).to_owned());
        by_number.entry(number).or_default().extend(own);
    }
    by_number
}

/// The reviewers of the same employee number, but for those whom the account itself names.
fn own_of(item: &Item, by_number: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let same = number(item).and_then(|number| by_number.get(&number));
    same.into_iter().flatten().filter(|name| !item.is_own(name)).cloned().collect()
}

/// The employee number, where the source has it.
fn number(item: &Item) -> Option<String> {
    item.text("employee").map(|number| number.trim().to_lowercase()).filter(|number| !number.is_empty())
}

/// Those of its department but for its owner, otherwise the general ones but for its owner.
fn reviewers(item: &Item, site: &AccessReview, general: &[String]) -> Vec<String> {
    let department = item.department.as_deref().unwrap_or_default();
    let of_department = site.reviewers.iter().find(|(name, _)| same_name(name, department)).map(|(_, names)| names);
    let others = |names: &[String]| -> Vec<String> {
        let others: BTreeSet<&String> = names.iter().filter(|name| !item.is_own(name)).collect();
        others.into_iter().cloned().collect()
    };
    let own = others(of_department.map_or(&[], Vec::as_slice));
    if own.is_empty() { others(general) } else { own }
}

/// From the last login or the last use of a key, or from its creation where nobody ever used it.
fn idle(item: &Item, inactive_after_ms: i64, as_of: Instant) -> Option<Idle> {
    let time = |attribute: &str| parse_instant(item.text(attribute)?).ok();
    let (from, since) = match (time("last_login"), time("last_active"), time("created_at")) {
        (login, Some(used), _) if login.is_none_or(|login| used > login) => (used, Since::LastUse),
        (Some(login), _, _) => (login, Since::LastLogin),
        (None, _, Some(created)) => (created, Since::Created),
        (None, _, None) => return None,
    };
    let ms = as_of.ms().saturating_sub(from.ms()).max(0);
    Some(Idle { days: ms / DAY_MS, inactive: ms > inactive_after_ms, since })
}

#[cfg(test)]
mod tests;
