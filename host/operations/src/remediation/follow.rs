//! Follows the exceptions of all controls, record by record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use tickmark_model::{Instant, Severity, Subject};

use super::days::deadline;
use super::episode::{Act, Clearing, Closure, Episode, EpisodeKey};
use crate::programme::Place;

/// For how long after it was closed an exception that fails again is the same one, in milliseconds: 30 days.
pub const SAME_EPISODE_MS: i64 = 30 * 86_400_000;

/// One judged control on one system, as far as its exceptions go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The record.
    pub place: Place,
    /// The instant that it was judged at.
    pub at: Instant,
    /// The control's id.
    pub control: String,
    /// The system.
    pub system: String,
    /// Whether the control is on events or people's acts, which stay as they were.
    pub historical: bool,
    /// Whether it passes: complete, something is in scope, and all of it conforms.
    pub passes: bool,
    /// Whether the population is complete.
    pub complete: bool,
    /// The subjects that do not conform.
    pub failing: Vec<Failing>,
    /// The subjects that could not be decided.
    pub undecided: BTreeSet<Subject>,
    /// Which of the subjects of [`Remediations::open`] were observed; nothing where nobody can say.
    pub observed: Option<BTreeSet<Subject>>,
}

/// A subject that does not conform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Which.
    pub subject: Subject,
    /// How severe that is.
    pub severity: Severity,
    /// When it was seen first, where the source says so or an earlier observation shows it.
    pub first_seen: Option<Instant>,
}

/// What people did about an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The record.
    pub place: Place,
    /// What it is about.
    pub key: EpisodeKey,
    /// The record that opened the episode.
    pub opened: u64,
    /// What they did.
    pub act: Act,
}

/// The exceptions of all controls. Records are taken in their order.
#[derive(Clone, Debug)]
pub struct Remediations {
    zone: TimeZone,
    of: BTreeMap<(String, String), Exceptions>,
}

/// The exceptions of one control on one system.
#[derive(Clone, Debug, Default)]
struct Exceptions {
    episodes: BTreeMap<Subject, Vec<Episode>>,
    open: BTreeSet<Subject>,
}

impl Remediations {
    /// Nothing yet. Days end where `zone` says.
    #[must_use]
    pub fn new(zone: TimeZone) -> Self {
        Self { zone, of: BTreeMap::new() }
    }

    /// The subjects of open episodes of a control on a state: what an observation of it has to be searched for.
    pub fn open<'a>(&'a self, control: &str, system: &str) -> impl Iterator<Item = &'a Subject> + use<'a> {
        let of = self.of.get(&(control.to_owned(), system.to_owned()));
        let exceptions = of.into_iter().flat_map(|it| it.open.iter().map(move |subject| (it, subject)));
        exceptions.filter(|(it, subject)| it.last(subject).is_some_and(|last| !last.historical)).map(|(_, it)| it)
    }

    /// Whether an episode of this subject is open.
    #[must_use]
    pub fn is_open(&self, control: &str, system: &str, subject: &Subject) -> bool {
        self.of.get(&(control.to_owned(), system.to_owned())).is_some_and(|it| it.open.contains(subject))
    }

    /// When the last episode of this subject was closed, where it is.
    #[must_use]
    pub fn closed_at(&self, control: &str, system: &str, subject: &Subject) -> Option<Instant> {
        let last = self.of.get(&(control.to_owned(), system.to_owned()))?.last(subject)?;
        last.closed.map(|closed| closed.at)
    }

    /// When episodes of this subject were closed, under whichever control on this system.
    pub fn closures<'a>(&'a self, system: &'a str, subject: &'a Subject) -> impl Iterator<Item = Instant> + use<'a> {
        let here = self.of.iter().filter(move |((_, known), _)| known == system);
        let episodes = here.filter_map(move |(_, it)| it.episodes.get(subject)).flatten();
        episodes.filter_map(|it| it.closed).map(|closed| closed.at)
    }

    /// Takes the next observation.
    pub fn see(&mut self, seen: &Seen) {
        let exceptions = self.of.entry((seen.control.clone(), seen.system.clone())).or_default();
        let failing: BTreeSet<&Subject> = seen.failing.iter().map(|it| &it.subject).collect();
        let clear: Vec<(Subject, Clearing)> = exceptions
            .open
            .iter()
            .filter(|subject| !failing.contains(subject) && !seen.undecided.contains(subject))
            .filter_map(|subject| Some((subject.clone(), seen.clears(exceptions.last(subject)?)?)))
            .collect();
        for (subject, how) in clear {
            exceptions.open.remove(&subject);
            if let Some(last) = exceptions.episodes.get_mut(&subject).and_then(|all| all.last_mut()) {
                last.closed = Some(Closure { at: seen.at, by: seen.place, how });
            }
        }
        for failing in &seen.failing {
            exceptions.fail(seen, failing, &self.zone);
        }
    }

    /// Takes the next act of people. One about no episode that is there is about none.
    pub fn act(&mut self, acted: &Acted) {
        let EpisodeKey { control, system, subject } = &acted.key;
        let exceptions = self.of.get_mut(&(control.clone(), system.clone()));
        let episodes = exceptions.and_then(|it| it.episodes.get_mut(subject)).into_iter().flatten();
        for episode in episodes.filter(|it| it.opened.index == acted.opened) {
            episode.acts.push((acted.place, acted.act));
        }
    }

    /// All episodes, by control, system and subject, each subject's in the order in which they began.
    pub fn episodes(&self) -> impl Iterator<Item = &Episode> {
        self.of.values().flat_map(|it| it.episodes.values().flatten())
    }
}

impl Exceptions {
    fn last(&self, subject: &Subject) -> Option<&Episode> {
        self.episodes.get(subject)?.last()
    }

    /// The subject fails: for the first time, still, or again.
    fn fail(&mut self, seen: &Seen, failing: &Failing, zone: &TimeZone) {
        let episodes = self.episodes.entry(failing.subject.clone()).or_default();
        self.open.insert(failing.subject.clone());
        let before = match episodes.last_mut() {
            None => None,
            Some(last) => match last.closed {
                None => {
                    last.last_failed = seen.place;
                    return;
                }
                Some(closed) if seen.at.ms() - closed.at.ms() <= SAME_EPISODE_MS => {
                    last.closed = None;
                    last.reopened.push(seen.place);
                    last.last_failed = seen.place;
                    return;
                }
                Some(closed) => Some((last.opened.index, closed.at)),
            },
        };
        // What was put right since was not seen first before that.
        let known = |first: &Instant| *first < seen.at && before.is_none_or(|(_, closed)| *first > closed);
        let since = failing.first_seen.filter(known).unwrap_or(seen.at);
        // At the end of the calendar nothing is left to remedy it in.
        let (due, due_end) =
            deadline(since, failing.severity, zone).unwrap_or_else(|| (since.utc().date_naive(), since));
        let Seen { control, system, historical, place, .. } = seen;
        episodes.push(Episode {
            key: EpisodeKey { control: control.clone(), system: system.clone(), subject: failing.subject.clone() },
            opened: *place,
            since,
            severity: failing.severity,
            due,
            due_end,
            historical: *historical,
            previous: before.map(|(opened, _)| opened),
            reopened: Vec::new(),
            last_failed: *place,
            acts: Vec::new(),
            closed: None,
        });
    }
}

impl Seen {
    /// How it puts an open episode right whose subject is no exception of it, if it does.
    fn clears(&self, episode: &Episode) -> Option<Clearing> {
        if episode.historical {
            let corrected = episode.corrected().is_some_and(|act| act.index < self.place.index);
            return (corrected && self.passes).then_some(Clearing::Corrected);
        }
        match &self.observed {
            Some(observed) if observed.contains(&episode.key.subject) => Some(Clearing::Conforms),
            _ => self.complete.then_some(Clearing::Removed),
        }
    }
}
