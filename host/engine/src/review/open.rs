//! Opening a review: what is there is collected once, and what is to be decided is frozen and sealed with it.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::NaiveDate;
use tickmark_ledger::{
    Appended, CollectorPart, ControlRef, Ledger, NewRecord, Review, ReviewState, Window, canonical_json, sha256,
};
use tickmark_model::{Collection, CollectorId, Control, Digest, Instant, Population, RunOutcome, Scalar};

use super::access::{Accounts, accounts};
use super::blob::{ITEMS, LeftOut, Opening, STATEMENT};
use super::calendar::{Pace, day_of, end_after, end_of};
use super::item::{Item, of_fact, same_name};
use super::keys;
use super::kind::{PLUGIN, ReviewKind};
use crate::acts::{Acting, append, name, named, refuse};
use crate::clock::now;
use crate::keep;
use crate::ledger;
use crate::plan::{Plan, PlannedCollector};
use crate::problem::known_names;
use crate::run::{Blobs, Engine};
use crate::site::SiteSystem;
use crate::watch::{Event, Watch};

/// The fact about what follows from reviews.
const FOLLOW_UPS: &str = "follow_up";
/// How long after a decision it is to be done, where no control says: 7 days, in milliseconds.
const REVOKE_WITHIN_MS: i64 = 7 * 86_400_000;

/// What to review.
#[derive(Clone, Debug)]
pub struct OpenReview {
    /// What is reviewed.
    pub kind: ReviewKind,
    /// The system's name.
    pub system: String,
    /// The only departments; empty means all.
    pub departments: Vec<String>,
    /// Who reviews what nobody else may; empty means whom the site names.
    pub reviewers: Vec<String>,
    /// The last day; nothing means as many days from now as the site says.
    pub due: Option<NaiveDate>,
    /// The window that it is for, such as `2026-Q3`.
    pub window: Option<String>,
    /// Who opens it, as they say, where they say so.
    pub by: Option<String>,
}

/// A review that is sealed.
#[derive(Debug)]
pub struct OpenedReview {
    /// The record that opened it.
    pub appended: Appended,
    /// What is to be decided, by id.
    pub items: Vec<Item>,
    /// Who is to review what.
    pub opening: Opening,
}

/// Why there is nothing to review.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum NotOpened {
    #[error("system `{system}` has no collector that gives {wanted}")]
    NoCollector { system: String, wanted: String },
    #[error("collector {collector}: {outcome}: {detail}")]
    CollectorFailed { collector: CollectorId, outcome: RunOutcome, detail: String },
    #[error("collector {collector} does not say whether its `{fact}` are all there")]
    Unknown { collector: CollectorId, fact: String },
    #[error("the `{fact}` of collector {collector} are not all there: {why}")]
    Incomplete { collector: CollectorId, fact: String, why: String },
    #[error("there is nothing to review on system `{system}`")]
    Empty { system: String },
    #[error("`{item}` is there twice")]
    Twice { item: String },
    #[error("nobody is named to review it")]
    NoReviewer { kind: ReviewKind },
    #[error("departments are of accounts, a review of kind `{kind}` has none")]
    NoDepartments { kind: ReviewKind },
    #[error("no account is of department `{department}`; {known}")]
    UnknownDepartment { department: String, known: String },
    #[error("it would be due on {due}, and today is {today}")]
    DueIsPast { due: NaiveDate, today: String },
    #[error("`{name}` is no window of reviews of kind `{kind}`, which are expected in windows such as `{example}`")]
    NoWindow { name: String, kind: ReviewKind, example: String },
    #[error("window `{name}` has not begun: it starts at {start}")]
    WindowAhead { name: String, start: Instant },
    #[error("window `{name}` cannot be reviewed any more: `{next}`, which follows it, was over at {end}")]
    WindowOver { name: String, next: String, end: Instant },
}

impl NotOpened {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoCollector { .. } => {
                Some("add one under [[system.collector]]; `tickmark plugin list` shows what there is")
            }
            Self::Unknown { .. } | Self::Incomplete { .. } => {
                Some("what is missing could not be reviewed: make the source complete, then open the review")
            }
            Self::NoReviewer { kind: ReviewKind::Access } => {
                Some("name reviewers under [review.access] in the site file, or with --reviewer")
            }
            Self::NoReviewer { kind: ReviewKind::Firewall } => {
                Some("name reviewers under [review.firewall] in the site file, or with --reviewer")
            }
            _ => None,
        }
    }
}

impl Engine {
    /// Collects what a review is about, freezes it, and seals that the review is open.
    ///
    /// # Errors
    /// [`NotOpened`] where it is not all there, or nobody could review it; then nothing is sealed. Otherwise where the ledger
    /// cannot be written.
    pub fn open_review(
        &self,
        request: &OpenReview,
        by: impl Into<Acting>,
        watch: &dyn Watch,
    ) -> anyhow::Result<OpenedReview> {
        let acting = by.into();
        let site = self.the_site()?;
        let by = request.by.as_deref().map(|by| name("who opens it", by)).transpose();
        let (signers, unsigned) = acting.signers(site, request.by.as_deref().as_slice());
        refuse("the opening", by.as_ref().err().cloned().into_iter().chain(unsigned))?;
        let by = by.ok().flatten().map(str::to_owned);
        let as_of = now()?;
        let system = self.system(&request.system)?;
        if request.kind != ReviewKind::Access && !request.departments.is_empty() {
            return Err(NotOpened::NoDepartments { kind: request.kind }.into());
        }
        let pace = Pace::of(self.catalog(), &site.engagement, request.kind, &system.system)?;
        let window = request.window.as_deref().map(|name| window(name, request.kind, as_of, &pace)).transpose()?;
        let due = self.due(request, as_of)?;
        let Planned { plan, wanted, kinds, left_out } = self.plan_of(system, request.kind)?;

        let mut ledger = ledger::open(site, watch)?.ledger;
        let blobs = Arc::clone(ledger.blobs());
        keep::components(&plan, &blobs)?;
        let collections = self.collect(&plan, as_of, Some(&ledger), Arc::new(Blobs(blobs)), watch)?;
        let frozen = self.freeze(request, &collections, &wanted, as_of)?;

        watch.event(Event::Sealing);
        let parts = parts(&ledger, &collections, &wanted)?;
        let opening = Opening {
            as_of,
            by,
            by_department: frozen.by_department,
            departments: frozen.departments,
            digest: digest(&parts)?,
            inactive_after_ms: site.reviews.access.inactive_after_ms,
            kinds,
            left_out,
            only: request.departments.clone(),
            reviewers: frozen.reviewers,
            revoke_within_ms: self.revoke_within(request.kind),
            window: request.window.clone(),
        };
        let items = named(&ledger, ITEMS, &canonical_json(&frozen.items)?)?;
        let statement = named(&ledger, STATEMENT, &canonical_json(&opening)?)?;
        let new = NewRecord {
            blobs: vec![items.clone(), statement],
            env: Some(system.system.environment.clone()),
            fetched_at: parts.iter().map(|part| part.fetched_at).max(),
            ..NewRecord::new(Review {
                collectors: parts,
                control: self.control_of(request.kind),
                decided: 0,
                due: Some(due),
                items: frozen.items.len() as u64,
                items_digest: items.digest,
                of: None,
                state: ReviewState::Opened,
                subject: request.kind.as_str().to_owned(),
                system: system.system.name.clone(),
                window,
            })
        };
        let appended = append(&mut ledger, site, acting, &signers, new)?;
        Ok(OpenedReview { appended, items: frozen.items, opening })
    }

    fn system(&self, name: &str) -> anyhow::Result<&SiteSystem> {
        let systems = &self.the_site()?.systems;
        systems.iter().find(|system| system.system.name == name).with_context(|| {
            let names: Vec<&str> = systems.iter().map(|system| system.system.name.as_str()).collect();
            format!("there is no system `{name}`; {}", known_names(name, names.iter().copied()))
        })
    }

    /// The end of the last day, by the engagement's zone.
    fn due(&self, request: &OpenReview, as_of: Instant) -> anyhow::Result<Instant> {
        let site = self.the_site()?;
        let zone = &site.engagement.time_zone;
        let days = match request.kind {
            ReviewKind::Access => site.reviews.access.due_days,
            ReviewKind::Firewall => site.reviews.firewall.due_days,
        };
        let Some(due) = request.due else { return end_after(as_of, days, zone) };
        let today = day_of(as_of, zone)?;
        if due < today { Err(NotOpened::DueIsPast { due, today: today.to_string() }.into()) } else { end_of(due, zone) }
    }

    /// All collectors of the system that give what is reviewed, each with these of its facts, and what the site leaves out.
    fn plan_of<'a>(&'a self, system: &'a SiteSystem, kind: ReviewKind) -> Result<Planned<'a>, NotOpened> {
        let reviews = self.site().map(|site| site.reviews.clone()).unwrap_or_default();
        let is_reviewed = |it: &&str| kind != ReviewKind::Access || reviews.access.facts.contains(*it);
        let (kinds, others): (Vec<&str>, Vec<&str>) = kind.entity_kinds().iter().copied().partition(is_reviewed);
        let (mut collectors, mut wanted) = (Vec::new(), Vec::new());
        let left_out = |kind: &str| LeftOut { kind: kind.to_owned(), observed_by: Vec::new() };
        let mut left_out: Vec<LeftOut> = others.into_iter().map(left_out).collect();
        for site in &system.collectors {
            let Some(plugin) = self.catalog().plugin(site) else { continue };
            let answers = |fact: &str| site.facts.as_ref().is_none_or(|facts| facts.iter().any(|it| it == fact));
            let of_kinds = |kinds: &[&str]| -> Vec<String> {
                let facts = plugin.descriptor().facts.iter();
                let facts = facts.filter(|fact| kinds.contains(&fact.entity_kind.as_str()) && answers(&fact.name));
                facts.map(|fact| fact.name.clone()).collect()
            };
            for left_out in left_out.iter_mut().filter(|it| !of_kinds(&[it.kind.as_str()]).is_empty()) {
                left_out.observed_by.push(site.instance.clone());
            }
            let items = of_kinds(&kinds);
            if !items.is_empty() {
                collectors.push(PlannedCollector { system: &system.system, site, plugin });
                wanted.push(Wanted { items, shown: of_kinds(kind.shown_kinds()) });
            }
        }
        if collectors.is_empty() {
            let wanted = kinds.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" or ");
            return Err(NotOpened::NoCollector { system: system.system.name.clone(), wanted });
        }
        let limits = self.site().map(|site| site.limits).unwrap_or_default();
        let collectors_at_once = limits.collectors_at_once;
        let plan = Plan { by_hand: 0, out_of_scope: Vec::new(), collectors, collectors_at_once, findings: Vec::new() };
        Ok(Planned { plan, wanted, kinds: kinds.into_iter().map(str::to_owned).collect(), left_out })
    }

    /// What is to be decided, from collections that are complete.
    fn freeze(
        &self,
        request: &OpenReview,
        collections: &[Collection],
        wanted: &[Wanted],
        as_of: Instant,
    ) -> anyhow::Result<Frozen> {
        let reviews = &self.the_site()?.reviews;
        let mut items = Vec::new();
        for (collection, wanted) in collections.iter().zip(wanted) {
            let before = items.len();
            for fact in &wanted.items {
                check_complete(collection, fact)?;
                items.extend(of_fact(collection, fact));
            }
            for fact in wanted.claimed(collection) {
                check_complete(collection, fact)?;
                keys::give(items.get_mut(before..).unwrap_or_default(), collection, fact);
            }
        }
        items.sort_by(|a, b| a.id.cmp(&b.id));
        if let [_, again] = items.windows(2).find(|pair| matches!(pair, [a, b] if a.id == b.id)).unwrap_or_default() {
            return Err(NotOpened::Twice { item: again.id.clone() }.into());
        }
        let general = |site: &[String]| {
            if request.reviewers.is_empty() { site.to_vec() } else { request.reviewers.clone() }
        };
        let mut frozen = match request.kind {
            ReviewKind::Access => {
                let general = general(&reviews.access.fallback);
                let Accounts { items, departments, by_department } =
                    accounts(items, &reviews.access, &request.departments, &general, as_of);
                let known = || departments.iter().filter_map(|it| it.name.as_deref()).collect::<Vec<_>>();
                let unknown = |name: &&String| !known().iter().any(|known| same_name(known, name));
                if let Some(department) = request.departments.iter().find(unknown) {
                    let (department, known) = (department.clone(), known_names(department, known()));
                    return Err(NotOpened::UnknownDepartment { department, known }.into());
                }
                Frozen { items, departments, by_department, reviewers: general }
            }
            ReviewKind::Firewall => {
                let general = general(&reviews.firewall.reviewers);
                items.iter_mut().for_each(|item| item.reviewers.clone_from(&general));
                Frozen { items, departments: Vec::new(), by_department: false, reviewers: general }
            }
        };
        if frozen.items.is_empty() {
            return Err(NotOpened::Empty { system: request.system.clone() }.into());
        }
        let named = frozen.items.iter().flat_map(|item| &item.reviewers).chain(&frozen.reviewers);
        let named: BTreeSet<String> = named.map(|name| name.trim().to_owned()).collect();
        frozen.reviewers = named.into_iter().collect();
        if frozen.reviewers.is_empty() {
            return Err(NotOpened::NoReviewer { kind: request.kind }.into());
        }
        Ok(frozen)
    }

    /// The control that reviews of this kind serve, where there is exactly one.
    fn control_of(&self, kind: ReviewKind) -> Option<ControlRef> {
        let mut controls = self.controls_on(kind.fact());
        let control = controls.next().filter(|_| controls.next().is_none())?;
        let version = Some(self.catalog().policies().control_version(control));
        Some(ControlRef { id: control.id.clone(), version })
    }

    /// As the shortest control about what follows from such reviews says.
    fn revoke_within(&self, kind: ReviewKind) -> i64 {
        let is_text = |scalar: Option<&Scalar>| matches!(scalar, Some(Scalar::Text(word)) if word == kind.as_str());
        let about = self.controls_on(FOLLOW_UPS).filter(|control| is_text(control.parameters.get("kind")));
        let within = about.filter_map(|control| match control.parameters.get("revoke_within") {
            Some(Scalar::Duration(ms)) => Some(*ms),
            _ => None,
        });
        within.min().unwrap_or(REVOKE_WITHIN_MS)
    }

    /// The controls that judge this fact of reviews.
    fn controls_on<'a>(&'a self, fact: &'a str) -> impl Iterator<Item = &'a Control> {
        self.catalog().matrix().controls().filter(move |control| control.collector == PLUGIN && control.fact == fact)
    }
}

/// What runs for a review.
struct Planned<'a> {
    plan: Plan<'a>,
    /// Of each collector of the plan, in its order.
    wanted: Vec<Wanted>,
    kinds: Vec<String>,
    left_out: Vec<LeftOut>,
}

/// The facts of one collector.
struct Wanted {
    /// Whose rows are decided.
    items: Vec<String>,
    /// Whose rows are shown with them.
    shown: Vec<String>,
}

impl Wanted {
    /// Of the facts that are shown, those that the collection says something about: where nobody looked, nothing is shown.
    fn claimed<'a>(&'a self, collection: &'a Collection) -> impl Iterator<Item = &'a String> {
        self.shown.iter().filter(|fact| collection.populations.contains_key(*fact))
    }
}

struct Frozen {
    items: Vec<Item>,
    departments: Vec<super::blob::Department>,
    by_department: bool,
    reviewers: Vec<String>,
}

/// That a collection ended well and the host found the population complete.
fn check_complete(collection: &Collection, fact: &str) -> Result<(), NotOpened> {
    let collector = collection.id.clone();
    if collection.outcome != RunOutcome::Ok {
        let detail = collection.detail.clone().unwrap_or_else(|| "no detail".to_owned());
        return Err(NotOpened::CollectorFailed { collector, outcome: collection.outcome, detail });
    }
    let fact = fact.to_owned();
    match Population::establish(collection, &fact) {
        None => Err(NotOpened::Unknown { collector, fact }),
        Some(population) if population.incomplete.is_empty() => Ok(()),
        Some(population) => {
            let why: Vec<String> = population.incomplete.iter().map(ToString::to_string).collect();
            Err(NotOpened::Incomplete { collector, fact, why: why.join("; ") })
        }
    }
}

/// The window of this name, as long as a review can still fill it.
fn window(name: &str, kind: ReviewKind, now: Instant, pace: &Pace) -> anyhow::Result<Window> {
    let Some((tickmark_operations::Window { start, end, .. }, next, next_name)) = pace.named(name) else {
        let current = pace.windows.started_by(now).and_then(|window| pace.windows.name(&window));
        let (name, example) = (name.to_owned(), current.unwrap_or_default());
        return Err(NotOpened::NoWindow { name, kind, example }.into());
    };
    if now < start {
        return Err(NotOpened::WindowAhead { name: name.to_owned(), start }.into());
    }
    if now >= next.end {
        return Err(NotOpened::WindowOver { name: name.to_owned(), next: next_name, end: next.end }.into());
    }
    Ok(Window { due: None, end, start })
}

/// What the record says of the collections, each with these facts.
fn parts(ledger: &Ledger, collections: &[Collection], wanted: &[Wanted]) -> anyhow::Result<Vec<CollectorPart>> {
    let mut parts = Vec::new();
    for (collection, wanted) in collections.iter().zip(wanted) {
        let facts: Vec<&str> = wanted.items.iter().chain(wanted.claimed(collection)).map(String::as_str).collect();
        parts.extend(ledger.put_collection(collection, &facts)?);
    }
    parts.sort_by(|a, b| (&a.instance, &a.fact).cmp(&(&b.instance, &b.fact)));
    Ok(parts)
}

/// Of the observations of one fact; of several, of the list of their digests in the order of the parts.
fn digest(parts: &[CollectorPart]) -> anyhow::Result<Digest> {
    let digests: Vec<Digest> = parts.iter().filter_map(|part| Some(part.population.as_ref()?.digest)).collect();
    combined(&digests)
}

/// As [`digest`], from the digests alone.
pub(super) fn combined(digests: &[Digest]) -> anyhow::Result<Digest> {
    Ok(match digests {
        [only] => *only,
        several => sha256(&canonical_json(&several)?),
    })
}
