//! The fact `mover`: a row for each change of a person's roles within the window, or of which old roles are left.

use std::collections::BTreeSet;

use tickmark_collector::given::Given;
use tickmark_collector::{Claim, Failure, Host};

use super::{Joined, population};
use crate::people::small;

const COLUMNS: &[&str] =
    &["employee_number", "name", "effective_at", "lost", "accounts", "left_count", "left", "removed_at"];

/// Why others are left out.
const OTHERS: &str = "changes of roles before the window of which no old role is left, and changes that are to come";

pub(super) fn emit(host: &dyn Host, joined: &Joined<'_>, moves: &Given, whole: bool) -> Result<Claim, Failure> {
    let mut rows = host.fact("mover", COLUMNS);
    let mut receipts = joined.receipts.clone();
    receipts.push(moves.receipt);
    let mut others = 0_u64;
    let several = moves.sources.len() > 1;
    for row in &moves.rows {
        // One that does not say who or when is in the total, and no row.
        let (Some(number), Some(effective_at)) = (row.text("employee_number"), row.datetime("effective_at")) else {
            continue;
        };
        if effective_at > joined.as_of {
            others += 1;
            continue;
        }
        let new: BTreeSet<String> = row.texts("new_roles").into_iter().map(small).collect();
        let lost: Vec<&str> = row.texts("old_roles").into_iter().filter(|role| !new.contains(&small(role))).collect();
        let is_lost = |role: &str| lost.iter().any(|lost| small(lost) == small(role));
        let (mut accounts, mut left, mut removed_at) = (0_i64, Vec::new(), None);
        for (account, _) in joined.of(number.trim()) {
            accounts += 1;
            if account.enabled {
                let roles = account.roles.iter().filter(|role| is_lost(role));
                left.extend(roles.map(|role| format!("{}: {role}", account.title())));
            }
            let removals = joined.events.of(&account.place).iter();
            let removals = removals.filter(|event| event.removes.as_deref().is_some_and(is_lost));
            removed_at = removed_at.max(removals.map(|event| event.at).max());
        }
        if effective_at < joined.since && left.is_empty() {
            others += 1;
            continue;
        }
        let id = match moves.sources.get(row.source).filter(|_| several) {
            Some(source) => format!("{}/{}/{}", source.system, source.collector, row.id),
            None => row.id.clone(),
        };
        rows.row(id, &receipts)
            .set("employee_number", number.trim())
            .set("name", joined.people.name_of(number.trim()).map(str::to_owned))
            .set("effective_at", effective_at)
            .set("lost", lost.into_iter().map(str::to_owned).collect::<Vec<_>>())
            .set("accounts", accounts)
            .set("left_count", i64::try_from(left.len()).unwrap_or(i64::MAX))
            .set("left", left)
            .set("removed_at", removed_at)
            .push()?;
    }
    let population = population(moves.rows.len() as u64, joined, whole);
    rows.finish(if others > 0 { population.excluding(others, OTHERS) } else { population })
}
