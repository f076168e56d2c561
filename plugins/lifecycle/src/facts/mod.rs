//! From what is given to rows.

mod joiners;
mod leavers;
mod movers;
mod owners;

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::given::{self, Given};
use tickmark_collector::{Datetime, Failure, Host, Population, Receipt, Summary, time};

use crate::accounts::{self, Account};
use crate::events::{Events, Place};
use crate::matching::{By, Identities, owner};
use crate::people::{Employed, People};
use crate::settings::Settings;

/// Most ids that a remark names.
const NAMED: usize = 10;

/// Everything that is given.
#[derive(Debug)]
pub(crate) struct Inputs {
    people: Given,
    accounts: Given,
    events: Option<Given>,
    identities: Option<Given>,
    requests: Option<Given>,
    moves: Option<Given>,
}

impl Inputs {
    /// # Errors
    /// The host's refusal, or `invalid` where something is not of the form.
    pub fn read(host: &dyn Host, settings: &Settings) -> Result<Self, Failure> {
        let optional = |name: &str| settings.with.contains(name).then(|| given::open(host, name)).transpose();
        Ok(Self {
            people: given::open(host, "people")?,
            accounts: given::open(host, "accounts")?,
            events: optional("events")?,
            identities: optional("identities")?,
            requests: optional("requests")?,
            moves: optional("moves")?,
        })
    }
}

/// What is known of people and accounts, joined.
struct Joined<'i> {
    as_of: Datetime,
    /// Start of the window.
    since: Datetime,
    people: &'i People,
    accounts: &'i [Account],
    events: &'i Events,
    /// Where the accounts are, as events name them.
    places: BTreeSet<&'i Place>,
    /// Whose each account is, in the order of the accounts; of a service account nothing.
    owners: Vec<(By, Option<&'i str>)>,
    /// Positions of a person's accounts, by number.
    of_person: BTreeMap<&'i str, Vec<usize>>,
    /// What time the people's sources cover, where all of them say.
    covers: Option<(Datetime, Datetime)>,
    /// What people, accounts and events stand in.
    receipts: Vec<Receipt>,
}

impl Joined<'_> {
    /// The accounts of a person, and by what each is.
    fn of(&self, number: &str) -> impl Iterator<Item = (&Account, By)> {
        let at = |at: &usize| Some((self.accounts.get(*at)?, self.owners.get(*at)?.0));
        self.of_person.get(number).into_iter().flatten().filter_map(at)
    }
}

/// Emits all facts that are asked for.
///
/// # Errors
/// As the host's `emit`.
pub(crate) fn emit(host: &dyn Host, inputs: &Inputs, settings: &Settings) -> Result<Summary, Failure> {
    let people = People::read(&inputs.people, settings);
    let (accounts, unreadable) = accounts::read(&inputs.accounts);
    let events = inputs.events.as_ref().map(Events::read).unwrap_or_default();
    let identities = inputs.identities.as_ref().map(Identities::read).unwrap_or_default();
    let owners: Vec<(By, Option<&str>)> = accounts
        .iter()
        .map(|account| if account.service { (By::Nothing, None) } else { owner(account, &people, &identities) })
        .collect();
    let mut of_person: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (_, number)) in owners.iter().enumerate() {
        if let Some(number) = number {
            of_person.entry(number).or_default().push(at);
        }
    }
    let as_of = host.as_of();
    let base = [Some(&inputs.people), Some(&inputs.accounts), inputs.events.as_ref(), inputs.identities.as_ref()];
    let joined = Joined {
        as_of,
        since: Datetime(as_of.0.saturating_sub(settings.window_ms)),
        people: &people,
        accounts: &accounts,
        events: &events,
        places: accounts.iter().map(|account| &account.place).collect(),
        owners,
        of_person,
        covers: covers(&inputs.people),
        receipts: base.into_iter().flatten().map(|given| given.receipt).collect(),
    };
    let whole = base.into_iter().flatten().all(is_complete) && people.unreadable.is_empty() && unreadable.is_empty();
    let mut summary = Summary::new();
    for given in [&inputs.people, &inputs.accounts].into_iter().chain(optional(inputs)) {
        summary = said(given, summary);
    }
    for (what, ids) in [("people", &people.unreadable), ("accounts", &unreadable)] {
        if !ids.is_empty() {
            summary = summary.note(format!("{} {what} say less than is needed: {}", ids.len(), some_of(ids)));
        }
    }
    let without = without_account(&joined);
    if !without.is_empty() {
        let (count, numbers) = (without.len(), some_of(&without));
        summary =
            summary.note(format!("{count} people who work here have no account that is known as theirs: {numbers}"));
    }
    summary = summary.population(leavers::emit(host, &joined, whole)?);
    summary = summary.population(owners::emit(host, &joined, whole)?);
    if let Some(requests) = &inputs.requests {
        summary = summary.population(joiners::emit(host, &joined, requests, whole && is_complete(requests))?);
    }
    if let Some(moves) = &inputs.moves {
        summary = summary.population(movers::emit(host, &joined, moves, whole && is_complete(moves))?);
    }
    Ok(summary)
}

/// The numbers of those who work here and whose no account is.
fn without_account<'i>(joined: &Joined<'i>) -> Vec<&'i str> {
    let works_here = |number: &&str| joined.people.employed(number, joined.as_of) == Some(Employed::Active);
    let numbers = joined.people.iter().map(|(number, _)| number);
    numbers.filter(|number| !joined.of_person.contains_key(number)).filter(works_here).collect()
}

/// The first of these ids, in words.
fn some_of<S: AsRef<str>>(ids: &[S]) -> String {
    let some: Vec<&str> = ids.iter().take(NAMED).map(AsRef::as_ref).collect();
    let more = if ids.len() > NAMED { ", ..." } else { "" };
    format!("{}{more}", some.join(", "))
}

fn optional(inputs: &Inputs) -> impl Iterator<Item = &Given> {
    let Inputs { events, identities, requests, moves, .. } = inputs;
    [events, identities, requests, moves].into_iter().flatten()
}

/// Whether somebody observed it, and everybody who did observed all of it.
fn is_complete(given: &Given) -> bool {
    !given.sources.is_empty() && given.sources.iter().all(|source| source.complete)
}

/// The time that all sources cover, where all of them say.
fn covers(given: &Given) -> Option<(Datetime, Datetime)> {
    let end = |at: &Option<String>| at.as_deref().and_then(time::rfc3339);
    let mut covers: Option<(Datetime, Datetime)> = None;
    for source in &given.sources {
        let (from, to) = (end(&source.covers_from)?, end(&source.covers_to)?);
        covers = Some(covers.map_or((from, to), |(since, until)| (since.max(from), until.min(to))));
    }
    covers.filter(|(from, to)| from <= to)
}

/// Says which sources are not complete.
fn said(given: &Given, mut summary: Summary) -> Summary {
    for source in given.sources.iter().filter(|source| !source.complete) {
        let why = if source.why.is_empty() { "nobody says why".to_owned() } else { source.why.join("; ") };
        let name = format!("{}/{}", source.system, source.collector);
        summary = summary.note(format!("`{}` of `{name}` is not complete: {why}", given.kind));
    }
    summary
}

/// So many items, as the people's source shows; of incomplete sources nobody knows.
fn population(total: u64, joined: &Joined<'_>, whole: bool) -> Population {
    match joined.receipts.first() {
        Some(receipt) if whole => {
            let population = Population::of(total, *receipt);
            match joined.covers {
                Some((from, to)) => population.covering(from, to),
                None => population,
            }
        }
        _ => Population::unknown(),
    }
}
