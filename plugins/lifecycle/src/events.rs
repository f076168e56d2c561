//! What happened to accounts, in the order of time.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::Datetime;
use tickmark_collector::given::{Given, Row, Source};

use crate::people::small;

/// What an event does to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Closed,
    Opened,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub at: Datetime,
    /// Nothing where it neither closes nor opens the account.
    pub change: Option<Change>,
    /// The role or group that it takes away.
    pub removes: Option<String>,
}

/// One account of one source. Two sources may have an account of the same id, which have nothing to do with each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The audited system.
    audited: String,
    /// What the source calls itself, otherwise the collector that observed it.
    source: String,
    /// The account's id there, in small letters.
    id: String,
}

impl Place {
    /// The account `id` that a row of `source` is about.
    pub fn new(source: &Source, row: &Row, id: &str) -> Self {
        let own = row.text("system").unwrap_or(&source.collector);
        Self { audited: source.system.clone(), source: small(own), id: small(id) }
    }
}

/// Events by the account that they happened to, each in the order of time.
#[derive(Debug, Default)]
pub(crate) struct Events {
    of: BTreeMap<Place, Vec<Event>>,
    /// Accounts by login, in small letters.
    logins: BTreeMap<String, BTreeSet<Place>>,
}

impl Events {
    pub fn read(given: &Given) -> Self {
        let mut events = Self::default();
        for row in &given.rows {
            let Some(at) = row.datetime("time").filter(|_| row.boolean("succeeded") != Some(false)) else { continue };
            let kind = row.text("kind").unwrap_or_default();
            let change = match kind {
                "deactivate" | "suspend" | "delete" => Some(Change::Closed),
                "create" | "activate" | "reactivate" | "unsuspend" => Some(Change::Opened),
                _ => None,
            };
            let takes = matches!(kind, "revoke" | "group_remove");
            let removes = row.text("privilege").filter(|_| takes).map(str::to_owned);
            let Some(target) = row.text("target").or_else(|| row.text("target_login")) else { continue };
            let Some(source) = given.sources.get(row.source) else { continue };
            let place = Place::new(source, row, target);
            if let Some(login) = row.text("target_login") {
                events.logins.entry(small(login)).or_default().insert(place.clone());
            }
            events.of.entry(place).or_default().push(Event { at, change, removes });
        }
        for events in events.of.values_mut() {
            events.sort_by_key(|event| event.at);
        }
        events
    }

    /// What happened to an account.
    pub fn of(&self, place: &Place) -> &[Event] {
        self.of.get(place).map_or(&[], Vec::as_slice)
    }

    /// The accounts that events know by this login.
    pub fn with_login(&self, login: &str) -> impl Iterator<Item = &Place> {
        self.logins.get(&small(login)).into_iter().flatten()
    }
}

/// Since when an account was closed at the end of these events, those from `from` until before `until`.
pub(crate) fn closed_since(events: &[Event], from: Datetime, until: Option<Datetime>) -> Option<Datetime> {
    let mut since = None;
    let within = |event: &&Event| event.at >= from && until.is_none_or(|until| event.at < until);
    for event in events.iter().filter(within) {
        match event.change {
            // One that is suspended and then deactivated was closed at first.
            Some(Change::Closed) => since = since.or(Some(event.at)),
            Some(Change::Opened) => since = None,
            None => {}
        }
    }
    since
}
