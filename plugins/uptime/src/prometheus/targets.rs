//! Brings the series of all answers together, one target for each set of labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use tickmark_collector::{Datetime, Receipt};

use super::answer::{self, Matrix};
use super::tally::Tally;
use super::window::Window;

/// Why a series of an answer is no target.
pub(crate) const EXCLUSION_RULE: &str = "series of metrics that were not asked for, or without a sample in the window";

/// What the contract allows for an id.
const MAX_ID_BYTES: usize = 1_024;

/// One series, by what the policies see of its labels.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) metric: String,
    pub(crate) job: Option<String>,
    pub(crate) instance: Option<String>,
    /// What its samples add up to, or why it cannot be read.
    tally: Result<Tally, String>,
}

/// All series of all answers.
#[derive(Debug)]
pub(crate) struct Targets {
    window: Window,
    series: BTreeMap<String, Series>,
    foreign: BTreeSet<String>,
    /// By metric: an answer without a series says something about it too.
    receipts: BTreeMap<String, Vec<Receipt>>,
    warnings: BTreeSet<String>,
}

impl Targets {
    /// None yet.
    pub(crate) fn new(window: Window) -> Self {
        let (series, foreign) = (BTreeMap::new(), BTreeSet::new());
        Self { window, series, foreign, receipts: BTreeMap::new(), warnings: BTreeSet::new() }
    }

    /// Adds an answer about `metrics`. Of each series, an answer's samples are later than those of the answers before.
    pub(crate) fn add<'m>(&mut self, metrics: impl IntoIterator<Item = &'m String>, matrix: Matrix, receipt: Receipt) {
        let metrics: BTreeSet<&String> = metrics.into_iter().collect();
        for metric in &metrics {
            self.receipts.entry((*metric).clone()).or_default().push(receipt);
        }
        self.warnings.extend(matrix.warnings);
        for answer::Series { mut labels, points } in matrix.series {
            let metric = labels.remove("__name__").unwrap_or_default();
            let id = id(&metric, &labels);
            if !metrics.contains(&metric) {
                self.foreign.insert(id);
                continue;
            }
            let long =
                (id.len() > MAX_ID_BYTES).then(|| format!("its id has {} bytes, at most {MAX_ID_BYTES} fit", id.len()));
            let series = self.series.entry(id).or_insert_with(|| Series {
                metric,
                job: labels.remove("job"),
                instance: labels.remove("instance"),
                tally: long.map_or_else(|| Ok(Tally::default()), Err),
            });
            series.count(&points, &self.window);
        }
    }

    /// The window that they are about.
    pub(crate) fn window(&self) -> &Window {
        &self.window
    }

    /// The answers about `metric`, in the order they came.
    pub(crate) fn receipts(&self, metric: &str) -> &[Receipt] {
        self.receipts.get(metric).map_or(&[], Vec::as_slice)
    }

    /// The targets: id, labels and counts of every series that has a sample in the window and can be read.
    pub(crate) fn readable(&self) -> impl Iterator<Item = (&str, &Series, &Tally)> {
        let read = |(id, series)| Some((id, series, Series::tally(series)?));
        self.series.iter().map(|(id, series)| (id.as_str(), series)).filter_map(read)
    }

    /// The series that [`EXCLUSION_RULE`] leaves out.
    pub(crate) fn excluded(&self) -> u64 {
        let silent = self.series.values().filter(|series| series.is_silent()).count();
        (self.foreign.len() + silent) as u64
    }

    /// How many series the answers have, and the last answer; nothing where a server warned that there may be more.
    pub(crate) fn total(&self) -> Option<(u64, Receipt)> {
        let last = self.receipts.values().flatten().max().filter(|_| self.warnings.is_empty())?;
        Some(((self.foreign.len() + self.series.len()) as u64, *last))
    }

    /// The part of the window that the samples of every target cover.
    pub(crate) fn coverage(&self) -> Option<(Datetime, Datetime)> {
        self.readable()
            .filter_map(|(_, _, tally)| tally.covered_ms(&self.window))
            .reduce(|(from, to), (next_from, next_to)| (from.max(next_from), to.min(next_to)))
            .map(|(from, to)| (Datetime(from), Datetime(to.max(from))))
    }

    /// The time of the newest sample.
    pub(crate) fn newest(&self) -> Option<Datetime> {
        self.readable().filter_map(|(_, _, tally)| tally.last_ms()).max().map(Datetime)
    }

    /// What people should know: warnings of the server, and series that cannot be read.
    pub(crate) fn notes(&self) -> impl Iterator<Item = String> {
        let warnings = self.warnings.iter().map(|warning| format!("prometheus warns: {warning}"));
        let unreadable = self.series.iter().filter_map(|(id, series)| {
            let start: String = id.chars().take(200).collect();
            series.tally.as_ref().err().map(|why| format!("target `{start}` cannot be read: {why}"))
        });
        warnings.chain(unreadable)
    }
}

impl Series {
    fn count(&mut self, points: &[answer::Point], window: &Window) {
        let Ok(tally) = &mut self.tally else { return };
        let most = (window.to_ms - window.from_ms + window.step_ms - 1) / window.step_ms;
        let counted =
            if points.is_empty() { Err("it has no plain samples".to_owned()) } else { tally.add(points, window) };
        let counted = counted.and_then(|()| match tally.samples() {
            samples if samples <= most => Ok(()),
            samples => Err(format!("it has {samples} samples, window and step ask for {most}: `step` is not its own")),
        });
        if let Err(why) = counted {
            self.tally = Err(why);
        }
    }

    fn tally(&self) -> Option<&Tally> {
        self.tally.as_ref().ok().filter(|tally| tally.samples() > 0)
    }

    fn is_silent(&self) -> bool {
        self.tally.as_ref().is_ok_and(|tally| tally.samples() == 0)
    }
}

/// The series as Prometheus writes it, with its labels sorted: `up{instance="db:9187",job="db"}`.
fn id(metric: &str, labels: &BTreeMap<String, String>) -> String {
    let mut id = metric.to_owned();
    for (n, (label, value)) in labels.iter().enumerate() {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(id, "{}{label}=\"{value}\"", if n == 0 { '{' } else { ',' });
    }
    if !labels.is_empty() {
        id.push('}');
    }
    id
}
