//! The facts `account` and `access_key`: one row for each account, and one for each of its keys or for having none.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary, Value};

use super::Notes;
use crate::record::{Account, Key, Unread};
use crate::settings::Settings;

const DAY_MS: i64 = 86_400_000;

/// Emits accounts one at a time, so that a large source needs no memory.
pub(crate) struct Accounts<'h, 's> {
    accounts: Facts<'h>,
    /// Nothing where the source says nothing about keys.
    keys: Option<Facts<'h>>,
    settings: &'s Settings,
    as_of: Datetime,
    /// What an account is called in notes, before its number.
    place: &'static str,
    /// Where each id was first seen.
    seen: BTreeMap<String, u64>,
    /// Entries of the settings that no account has matched yet.
    unmatched: BTreeSet<(&'static str, &'s str)>,
    /// Records that were taken, for their numbers.
    taken: u64,
    total: u64,
    key_total: u64,
    notes: Notes,
}

impl<'h, 's> Accounts<'h, 's> {
    pub fn new(host: &'h dyn Host, settings: &'s Settings, place: &'static str, keys: bool) -> Self {
        let columns = [
            "system",
            "login",
            "name",
            "email",
            "employee",
            "department",
            "kind",
            "enabled",
            "privileged",
            "approved",
            "registered",
            "owner",
            "roles",
            "groups",
            "created_at",
            "last_login",
            "last_active",
            "disabled_at",
        ];
        let key_columns = ["system", "account", "login", "kind", "state", "created_at", "age_days", "last_used"];
        let admins = settings.approved_admins.iter().map(|entry| ("approved_admins", entry.as_str()));
        let services = settings.service_accounts.keys().map(|entry| ("service_accounts", entry.as_str()));
        Self {
            accounts: host.fact("account", &columns),
            keys: keys.then(|| host.fact("access_key", &key_columns)),
            settings,
            as_of: host.as_of(),
            place,
            seen: BTreeMap::new(),
            unmatched: admins.chain(services).collect(),
            taken: 0,
            total: 0,
            key_total: 0,
            notes: Notes::on("accounts and keys cannot be read"),
        }
    }

    /// Takes the next account of the source. One that cannot be read counts in the totals and nowhere else.
    ///
    /// # Errors
    /// `invalid`, where its id or one of its keys was there before; otherwise as the host's `emit`.
    pub fn take(&mut self, read: Result<Account, Unread>, receipts: &[Receipt]) -> Result<(), Failure> {
        self.taken += 1;
        self.total += 1;
        let account = match read.and_then(|account| account.trouble().map_or(Ok(account), |why| Err(Unread(why)))) {
            Ok(account) => account,
            Err(Unread(why)) => {
                self.key_total += 1;
                self.notes.add(format!("{} {} cannot be read: {why}", self.place, self.taken));
                return Ok(());
            }
        };
        if let Some(first) = self.seen.insert(account.id.clone(), self.taken) {
            let message = format!("{} {} has id `{}`, as {first} has", self.place, self.taken, account.id);
            return Err(Failure::invalid(message));
        }
        let owner = self.owner(&account);
        let kind = match (account.root, account.service || owner.is_some()) {
            (true, _) => "root",
            (false, true) => "service",
            (false, false) => "person",
        };
        self.keys(&account, kind, receipts)?;
        self.account(account, kind, owner, receipts)
    }

    /// Counts accounts and keys that are in the source and of which nothing else is known.
    pub fn missing(&mut self, note: String) {
        self.total += 1;
        self.key_total += 1;
        self.notes.add(note);
    }

    /// Counts a key that cannot be read.
    pub fn missing_key(&mut self, note: String) {
        self.key_total += 1;
        self.notes.add(note);
    }

    fn approved(&mut self, account: &Account) -> bool {
        let mut approved = false;
        for name in [Some(&account.id), Some(&account.login), account.email.as_ref()].into_iter().flatten() {
            if let Some(entry) = self.settings.approved_admins.get(name) {
                self.unmatched.remove(&("approved_admins", entry.as_str()));
                approved = true;
            }
        }
        approved
    }

    /// Who answers for a service account, where it is registered.
    fn owner(&mut self, account: &Account) -> Option<&'s str> {
        let mut owner = None;
        for name in [&account.login, &account.id] {
            if let Some((entry, found)) = self.settings.service_accounts.get_key_value(name) {
                self.unmatched.remove(&("service_accounts", entry.as_str()));
                owner = Some(found.as_str());
            }
        }
        owner
    }

    fn account(
        &mut self,
        account: Account,
        kind: &str,
        owner: Option<&str>,
        receipts: &[Receipt],
    ) -> Result<(), Failure> {
        let texts = |items: BTreeSet<String>| Value::from(items.into_iter().collect::<Vec<String>>());
        let mut names = account.roles.iter().chain(&account.groups);
        let by_role = names.any(|name| self.settings.privileged_roles.contains(&name.to_lowercase()));
        let approved = self.approved(&account);
        let last_active = account.last_active();
        let disabled_at = account.disabled_at.filter(|_| !account.enabled);
        self.accounts
            .row(account.id, receipts)
            .set("system", self.settings.system.as_str())
            .set("login", account.login)
            .set("name", account.name)
            .set("email", account.email)
            .set("employee", account.employee)
            .set("department", account.department)
            .set("kind", kind)
            .set("enabled", account.enabled)
            .set("privileged", account.privileged || account.root || by_role)
            .set("approved", approved)
            .set("registered", owner.is_some())
            .set("owner", owner)
            .set("roles", texts(account.roles))
            .set("groups", texts(account.groups))
            .set("created_at", account.created_at)
            .set("last_login", account.last_login)
            .set("last_active", last_active)
            .set("disabled_at", disabled_at)
            .push()
    }

    fn keys(&mut self, account: &Account, kind: &str, receipts: &[Receipt]) -> Result<(), Failure> {
        let Some(facts) = &mut self.keys else { return Ok(()) };
        let Some(keys) = &account.keys else {
            self.key_total += 1;
            self.notes.add(format!("{} {}: its access keys are not known", self.place, self.taken));
            return Ok(());
        };
        let names: BTreeSet<&str> = keys.iter().map(|key| key.name.as_str()).collect();
        if names.len() < keys.len() {
            let message = format!("{} {} (`{}`) has a key twice", self.place, self.taken, account.id);
            return Err(Failure::invalid(message));
        }
        let mut push = |name: &str, state: &str, key: &Key| {
            self.key_total += 1;
            let age = key.created_at.map(|at| self.as_of.0.saturating_sub(at.0).div_euclid(DAY_MS));
            facts
                .row(format!("{}/{name}", account.id), receipts)
                .set("system", self.settings.system.as_str())
                .set("account", account.id.as_str())
                .set("login", account.login.as_str())
                .set("kind", kind)
                .set("state", state)
                .set("created_at", key.created_at)
                .set("age_days", age)
                .set("last_used", key.last_used)
                .push()
        };
        if keys.is_empty() {
            return push("no-key", "none", &Key::default());
        }
        keys.iter()
            .try_for_each(|key| push(&format!("key/{}", key.name), if key.active { "active" } else { "inactive" }, key))
    }

    /// Claims the populations; `shown` are the responses with all accounts and with all keys.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub fn finish(
        self,
        shown: [Receipt; 2],
        observed_at: Option<Datetime>,
        summary: Summary,
    ) -> Result<Summary, Failure> {
        let [accounts, keys] = shown;
        let population = |total, receipt| Population { observed_at, ..Population::of(total, receipt) };
        let mut summary = summary.population(self.accounts.finish(population(self.total, accounts))?);
        if let Some(facts) = self.keys {
            summary = summary.population(facts.finish(population(self.key_total, keys))?);
        }
        summary = self.notes.into(summary);
        for (setting, entry) in self.unmatched {
            summary = summary.note(format!("setting `{setting}` names `{entry}`, which the source does not have"));
        }
        Ok(summary)
    }
}
