//! From records to facts: one row for each user, and one for each log and window.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::{
    Datetime, Duration, EntityRef, Facts, Failure, Host, Population, Receipt, Summary, Value, time,
};

use crate::parse::Unread;
use crate::settings::Settings;
use crate::user::User;
use crate::window::Windows;

/// Emits the fact `user`, one at a time, so that a large table needs no memory.
pub(crate) struct Users<'h, 's> {
    facts: Facts<'h>,
    settings: &'s Settings,
    /// What a user is called in notes, before its number.
    place: &'static str,
    receipt: Receipt,
    /// Where each id was first seen.
    seen: BTreeMap<String, u64>,
    /// Entries of the settings that no user has matched yet.
    unmatched: BTreeSet<(&'static str, &'s str)>,
    total: u64,
    unread: u64,
    notes: Vec<String>,
}

impl<'h, 's> Users<'h, 's> {
    /// Notes on unreadable users that are kept; the others are only counted.
    const KEPT: u64 = 20;

    pub fn new(host: &'h dyn Host, settings: &'s Settings, place: &'static str, receipt: Receipt) -> Self {
        let columns = [
            "name",
            "email",
            "roles",
            "admin",
            "service",
            "enabled",
            "mfa_enabled",
            "factors",
            "password_enabled",
            "last_login",
            "created_at",
            "department",
            "manager",
            "access_keys",
        ];
        let admins = settings.admin_users.iter().map(|entry| ("admin_users", entry.as_str()));
        let services = settings.service_accounts.iter().map(|entry| ("service_accounts", entry.as_str()));
        Self {
            facts: host.fact("user", &columns),
            settings,
            place,
            receipt,
            seen: BTreeMap::new(),
            unmatched: admins.chain(services).collect(),
            total: 0,
            unread: 0,
            notes: Vec::new(),
        }
    }

    /// Takes the next user of the source. One that cannot be read counts in the source's total and nowhere else.
    ///
    /// # Errors
    /// `invalid`, where its id was there before; otherwise as the host's `emit`.
    pub fn take(&mut self, read: Result<User, Unread>) -> Result<(), Failure> {
        self.total += 1;
        let user = match read.and_then(|user| user.trouble().map_or(Ok(user), |why| Err(Unread(why)))) {
            Ok(user) => user,
            Err(Unread(why)) => {
                self.unread += 1;
                if self.unread <= Self::KEPT {
                    self.notes.push(format!("{} {} cannot be read: {why}", self.place, self.total));
                }
                return Ok(());
            }
        };
        if let Some(first) = self.seen.insert(user.id.clone(), self.total) {
            let message = format!("{} {} has id `{}`, as {first} has", self.place, self.total, user.id);
            return Err(Failure::invalid(message).shown_by(self.receipt));
        }
        let named = self.named(
            "admin_users",
            &self.settings.admin_users,
            [Some(&user.id), user.name.as_ref(), user.email.as_ref()],
        );
        let service =
            self.named("service_accounts", &self.settings.service_accounts, [Some(&user.id), user.name.as_ref(), None]);
        let by_role = user.roles.iter().any(|role| self.settings.admin_roles.contains(&role.to_lowercase()));
        self.emit(user, named || by_role, service)
    }

    /// Whether `entries` of `setting` hold one of `names`.
    fn named(&mut self, setting: &'static str, entries: &'s BTreeSet<String>, names: [Option<&String>; 3]) -> bool {
        let mut named = false;
        for entry in names.into_iter().flatten().filter_map(|name| entries.get(name)) {
            self.unmatched.remove(&(setting, entry.as_str()));
            named = true;
        }
        named
    }

    fn emit(&mut self, user: User, admin: bool, service: bool) -> Result<(), Failure> {
        let texts = |items: BTreeSet<String>| Value::from(items.into_iter().collect::<Vec<String>>());
        let parents: Vec<EntityRef> = user.roles.iter().map(|role| EntityRef::new("Mfa::Role", role)).collect();
        let row = self
            .facts
            .row(user.id, &[self.receipt])
            .set("name", user.name)
            .set("email", user.email)
            .set("roles", texts(user.roles))
            .set("admin", user.admin || admin)
            .set("service", user.service || service)
            .set("enabled", user.enabled)
            .set("mfa_enabled", user.mfa_enabled)
            .set("factors", texts(user.factors))
            .set("password_enabled", user.password_enabled)
            .set("last_login", user.last_login)
            .set("created_at", user.created_at)
            .set("department", user.department)
            .set("manager", user.manager)
            .set("access_keys", user.access_keys);
        parents.into_iter().fold(row, |row, role| row.parent(role)).push()
    }

    /// Claims the population; `observed` is when the source was so, where it says.
    ///
    /// # Errors
    /// As the host's `emit`.
    pub fn finish(self, observed: Option<Datetime>) -> Result<Summary, Failure> {
        let population = Population { observed_at: observed, ..Population::of(self.total, self.receipt) };
        let mut summary = Summary::new().population(self.facts.finish(population)?);
        for note in self.notes {
            summary = summary.note(note);
        }
        if self.unread > Self::KEPT {
            summary = summary.note(format!("{} more users cannot be read", self.unread - Self::KEPT));
        }
        for (setting, entry) in self.unmatched {
            summary = summary.note(format!("setting `{setting}` names `{entry}`, whom the source does not have"));
        }
        Ok(summary)
    }
}

/// Emits the fact `login_window` for the window from `from` to the judged instant.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn login_windows(
    host: &dyn Host,
    window: Duration,
    from: Datetime,
    windows: &Windows,
    receipt: Receipt,
    mut summary: Summary,
) -> Result<Summary, Failure> {
    let to = host.as_of();
    let mut rows = host.fact("login_window", &["source", "window_from", "window_to", "attempts", "failures"]);
    for (source, counts) in &windows.counts {
        rows.row(format!("{source}/{}", time::span(window)), &[receipt])
            .set("source", source.as_str())
            .set("window_from", from)
            .set("window_to", to)
            .set("attempts", counts.attempts)
            .set("failures", counts.failures)
            .push()?;
    }
    let mut population = Population::of(windows.counts.len() as u64, receipt);
    match windows.covers_from {
        Some(oldest) if oldest <= to => population = population.covering(oldest, to),
        Some(oldest) => {
            let (oldest, to) = (time::text(oldest), time::text(to));
            summary = summary.note(format!("a log's oldest record is of {oldest}, after {to}: it covers nothing"));
        }
        None => summary = summary.note("a log is empty or not there: what it covers is not known"),
    }
    Ok(summary.population(rows.finish(population)?))
}
