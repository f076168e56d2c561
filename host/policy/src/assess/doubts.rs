//! Everything that keeps a finding from being a plain pass, from the collections and their populations.

use tickmark_model::{
    Collection, Control, Counts, Fact, FactTable, Frequency, Instant, Mode, Outcome, Population, Reason, ReasonCode,
    RunOutcome, format_duration,
};

use super::Input;
use crate::compile::Compiled;
use crate::schema::same_declaration;

/// How far a source's clock may run ahead of the host's, in milliseconds.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1_000;

/// Reasons as they are found.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    reasons: Vec<Reason>,
    unproven: bool,
    /// Complete sources that show that nothing happened. That is no doubt.
    uneventful: Vec<Reason>,
}

impl Doubts {
    pub(super) fn add(&mut self, code: &str, detail: String) {
        self.reasons.push(Reason { code: ReasonCode(code.to_owned()), detail });
    }

    /// A reason why subjects may be missing.
    fn missing(&mut self, code: &str, detail: String) {
        self.unproven = true;
        self.add(code, detail);
    }

    /// Whether nothing says that subjects are missing.
    pub(super) fn populations_complete(&self) -> bool {
        !self.unproven
    }

    pub(super) fn is_empty(&self) -> bool {
        self.reasons.is_empty()
    }

    /// Whether a complete source shows that nothing happened, and nothing else is in doubt.
    pub(super) fn is_uneventful(&self) -> bool {
        self.reasons.is_empty() && !self.uneventful.is_empty()
    }

    pub(super) fn into_reasons(self, outcome: Outcome) -> Vec<Reason> {
        if outcome == Outcome::NoOccurrence { self.uneventful } else { self.reasons }
    }
}

/// One collection whose rows are judged.
pub(super) struct Source<'a> {
    pub(super) instance: &'a str,
    pub(super) population: Option<Population>,
    pub(super) table: &'a FactTable,
}

/// The fact of `collection` that gives subjects of the control's kind, which may have another name in another plugin.
pub(crate) fn fact_in<'a>(collection: &'a Collection, control: &'a Control, fact: &Fact) -> &'a str {
    let declared = collection.descriptor.as_ref().map(|descriptor| descriptor.facts.as_slice()).unwrap_or_default();
    declared
        .iter()
        .find(|declared| declared.entity_kind == fact.entity_kind)
        .map_or(control.fact.as_str(), |declared| declared.name.as_str())
}

/// The rows that can be judged; what is wrong with each collection goes to `doubts`.
pub(super) fn sources<'a>(compiled: &'a Compiled, input: &Input<'a>, doubts: &mut Doubts) -> Vec<Source<'a>> {
    let control = &compiled.control;
    if input.collections.is_empty() {
        let detail = format!("no collector of system `{}` provides fact `{}`", input.system.name, control.fact);
        doubts.missing(ReasonCode::NOT_COLLECTED, detail);
    }
    input.collections.iter().filter_map(|collection| source(compiled, collection, input.as_of, doubts)).collect()
}

fn source<'a>(
    compiled: &'a Compiled,
    collection: &'a Collection,
    as_of: Instant,
    doubts: &mut Doubts,
) -> Option<Source<'a>> {
    let control = &compiled.control;
    let instance = collection.id.instance.as_str();
    if collection.outcome != RunOutcome::Ok {
        let word = collection.outcome.as_str();
        let detail = collection.detail.clone();
        doubts.missing(word, detail.unwrap_or_else(|| format!("collector `{instance}` ended with {word}")));
        return None;
    }
    let fact = fact_in(collection, control, &compiled.fact);
    let population = Population::establish(collection, fact);
    let doubted = doubts.reasons.len();
    match &population {
        Some(population) => check(control, instance, collection, population, as_of, doubts),
        None => {
            let detail = format!("collector `{instance}` said nothing about the population of fact `{fact}`");
            doubts.missing(ReasonCode::POPULATION_UNKNOWN, detail);
        }
    }
    let table = collection.tables.get(fact).filter(|table| !table.is_empty());
    let Some(table) = table else {
        let detail = format!("collector `{instance}` observed no subject of fact `{fact}`");
        match population.filter(|_| doubts.reasons.len() == doubted).and_then(|it| uneventful(control, &it)) {
            Some(period) => {
                let detail = format!("{detail}, and its source covers {period}");
                let code = ReasonCode(ReasonCode::NO_OCCURRENCE.to_owned());
                doubts.uneventful.push(Reason { code, detail });
            }
            None => doubts.add(ReasonCode::POPULATION_EMPTY, detail),
        }
        return None;
    };
    if !same_declaration(table.fact(), &compiled.fact) {
        let detail =
            format!("collector `{instance}` declares fact `{fact}` otherwise than the policies were checked for");
        doubts.missing(ReasonCode::POPULATION_UNKNOWN, detail);
        return None;
    }
    Some(Source { instance, population, table })
}

/// The time in which nothing happened, where the control is about events and a complete source says what it covers. For
/// anything else, nobody there is nobody who was looked at.
fn uneventful(control: &Control, population: &Population) -> Option<String> {
    let about_events = matches!(control.frequency, Frequency::PerEvent | Frequency::Within);
    if !about_events || control.mode != Mode::Subject || !population.incomplete.is_empty() {
        return None;
    }
    Some(format!("{} to {}", population.claim.covers_from?, population.claim.covers_to?))
}

/// Completeness, coverage of the control's window, and age.
fn check(
    control: &Control,
    instance: &str,
    collection: &Collection,
    population: &Population,
    as_of: Instant,
    doubts: &mut Doubts,
) {
    for incomplete in &population.incomplete {
        doubts.missing(ReasonCode::POPULATION_INCOMPLETE, format!("collector `{instance}`: {incomplete}"));
    }
    if let Some(window) = control.window_ms {
        let from = as_of.ms().checked_sub(window).and_then(Instant::from_ms);
        match from.map(|from| population.uncovered(from, as_of)) {
            Some(None) => {}
            Some(Some(uncovered)) => {
                doubts.missing(ReasonCode::POPULATION_INCOMPLETE, format!("collector `{instance}`: {uncovered}"));
            }
            None => {
                let window = format_duration(window);
                let detail = format!("collector `{instance}`: no source reaches back {window} from {as_of}");
                doubts.missing(ReasonCode::POPULATION_INCOMPLETE, detail);
            }
        }
    }
    let Some(limit) = control.max_age_ms else { return };
    let (observed, fetched) = (population.observed_at, collection.fetched_at);
    let age = as_of.ms() - observed.ms();
    if age > limit {
        let (age, limit) = (format_duration(age), format_duration(limit));
        let detail =
            format!("collector `{instance}`: the source is of {observed}, {age} before {as_of}, limit is {limit}");
        doubts.add(ReasonCode::POPULATION_STALE, detail);
    }
    if observed.ms() - fetched.ms() > CLOCK_SKEW_MS {
        let detail =
            format!("collector `{instance}`: the source is dated {observed}, after it was fetched at {fetched}");
        doubts.add(ReasonCode::POPULATION_STALE, detail);
    }
}

/// Nobody in scope, and subjects that could not be decided.
pub(super) fn scope(sources: &[Source<'_>], counts: &Counts, doubts: &mut Doubts) {
    let subjects: usize = sources.iter().map(|source| source.table.len()).sum();
    if counts.undecided > 0 {
        let detail = format!("{} of {subjects} subjects could not be decided", counts.undecided);
        doubts.add(ReasonCode::EVALUATION_ERROR, detail);
    } else if subjects > 0 && counts.in_scope == 0 {
        doubts.add(ReasonCode::NOTHING_IN_SCOPE, format!("none of {subjects} subjects is in scope"));
    }
}
