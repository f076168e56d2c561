//! What happened to accounts, in the order of time.

use std::collections::BTreeMap;

use tickmark_collector::Datetime;
use tickmark_collector::given::Given;

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

/// Events by what they say that they happened to: ids and logins, in small letters, each in the order of time.
#[derive(Debug, Default)]
pub(crate) struct Events {
    by_target: BTreeMap<String, Vec<Event>>,
    logins: BTreeMap<String, String>,
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
            if let Some(login) = row.text("target_login") {
                events.logins.insert(small(login), small(target));
            }
            events.by_target.entry(small(target)).or_default().push(Event { at, change, removes });
        }
        for events in events.by_target.values_mut() {
            events.sort_by_key(|event| event.at);
        }
        events
    }

    /// What happened to the account with this id at its source.
    pub fn of(&self, account: &str) -> &[Event] {
        self.by_target.get(&small(account)).map_or(&[], Vec::as_slice)
    }

    /// The id that events have for this login.
    pub fn target_of_login(&self, login: &str) -> Option<&str> {
        self.logins.get(&small(login)).map(String::as_str)
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
