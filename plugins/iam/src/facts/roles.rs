//! The fact `role`: one row for each role that principals can take on.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary, Value};

use super::Notes;
use crate::record::{Role, Unread};
use crate::settings::Settings;

/// Emits roles one at a time.
pub(crate) struct Roles<'h, 's> {
    facts: Facts<'h>,
    settings: &'s Settings,
    seen: BTreeMap<String, u64>,
    total: u64,
    notes: Notes,
}

impl<'h, 's> Roles<'h, 's> {
    pub fn new(host: &'h dyn Host, settings: &'s Settings) -> Self {
        let columns = [
            "system",
            "name",
            "privileged",
            "provider_owned",
            "policies",
            "trusts",
            "trusts_anyone",
            "outside_accounts",
            "created_at",
            "last_used",
        ];
        let notes = Notes::on("roles cannot be read");
        Self { facts: host.fact("role", &columns), settings, seen: BTreeMap::new(), total: 0, notes }
    }

    /// Takes the next role. One that cannot be read counts in the total and nowhere else.
    ///
    /// # Errors
    /// `invalid`, where its id was there before; otherwise as the host's `emit`.
    pub fn take(&mut self, read: Result<Role, Unread>, receipt: Receipt) -> Result<(), Failure> {
        self.total += 1;
        let role = match read.and_then(|role| role.trouble().map_or(Ok(role), |why| Err(Unread(why)))) {
            Ok(role) => role,
            Err(Unread(why)) => {
                self.notes.add(format!("authorization details, role {} cannot be read: {why}", self.total));
                return Ok(());
            }
        };
        if let Some(first) = self.seen.insert(role.id.clone(), self.total) {
            let message = format!("authorization details, role {} has id `{}`, as {first} has", self.total, role.id);
            return Err(Failure::invalid(message));
        }
        let texts = |items: BTreeSet<String>| Value::from(items.into_iter().collect::<Vec<String>>());
        let by_name = |name: &String| self.settings.privileged_roles.contains(&name.to_lowercase());
        let privileged = role.privileged || role.policies.iter().any(by_name);
        let outside = role.accounts.difference(&self.settings.trusted_accounts).cloned().collect();
        self.facts
            .row(role.id, &[receipt])
            .set("system", self.settings.system.as_str())
            .set("name", role.name)
            .set("privileged", privileged)
            .set("provider_owned", role.provider_owned)
            .set("policies", texts(role.policies))
            .set("trusts", texts(role.trusts))
            .set("trusts_anyone", role.trusts_anyone)
            .set("outside_accounts", texts(outside))
            .set("created_at", role.created_at)
            .set("last_used", role.last_used)
            .push()
    }

    /// Claims the population.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub fn finish(self, receipt: Receipt, observed_at: Option<Datetime>, summary: Summary) -> Result<Summary, Failure> {
        let population = Population { observed_at, ..Population::of(self.total, receipt) };
        Ok(self.notes.into(summary.population(self.facts.finish(population)?)))
    }
}
