//! How controls operated over a period.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use tickmark_ledger::Kind;
use tickmark_model::{Category, Criterion, Digest, Instant, Severity, Subject};
use tickmark_operations::{Continuity, Gap, Interval, OperatedOutcome, Totals, Version};

use super::carved_out::{CarvedOutLine, carved_out, vendors_of};
use super::change::{Change, changes};
use super::given::{Design, EvidenceGiven, Found, FoundOne, Given, InForceGiven, VersionGiven};
use super::line::{
    About, ActLine, CriterionLine, MatrixLine, PeopleLine, PopulationLine, Rates, RemediationLine, SampleLine,
    SourceLine, Stratum, VersionLine, WaiverLine, add,
};
use super::operated::{OperatedGiven, OperationLine, RecordId, Records};

/// How controls operated over a period. Everything is sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Type2 {
    /// Name and version of the document's shape.
    pub schema: &'static str,
    /// Where it comes from.
    pub about: About,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub to: NaiveDate,
    /// The same as instants.
    pub interval: Interval,
    /// The operations of all controls in scope.
    pub totals: Totals,
    /// Their rates.
    pub rates: Rates,
    /// All criteria.
    pub criteria: Vec<CriterionLine>,
    /// Whose controls criteria in scope rested on at some time of the period.
    pub carved_out: Vec<CarvedOutLine>,
    /// All controls that were in force at some time of the period.
    pub controls: Vec<ControlPart>,
    /// The matrices of the period: the one in force when it began, and each that came into force.
    pub matrices: Vec<MatrixLine>,
    /// What they say otherwise, removed and loosened controls first.
    pub changes: Vec<Change>,
    /// Accepted exceptions.
    pub waivers: Vec<WaiverLine>,
    /// The samples that were drawn.
    pub samples: Vec<SampleLine>,
    /// What people did from the first day on, and before where an operation rests on it.
    pub acts: Vec<ActLine>,
    /// The keys of people, and each change of them.
    pub people: Vec<PeopleLine>,
    /// What is there no more, a line for each.
    pub lost: Vec<String>,
}

/// One control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ControlPart {
    /// Its id.
    pub id: String,
    /// What it is meant to be, as it was last in force.
    pub design: Design,
    /// Whether one of its criteria is in the engagement's scope; where not, nothing else is said of it.
    pub in_scope: bool,
    /// Whether the matrix that is in force at the end of the period has it no more.
    pub removed: bool,
    /// Its operations on each system.
    pub systems: Vec<SystemPart>,
}

/// One control on one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SystemPart {
    /// The system; empty for the company as a whole.
    pub system: String,
    /// Its environment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The worst of its operations.
    pub result: OperatedOutcome,
    /// How many operations there were, by result.
    pub totals: Totals,
    /// Its rates.
    pub rates: Rates,
    /// Operations performed after the last day of the period.
    pub after_period: u64,
    /// Each of them.
    pub operations: Vec<OperationLine>,
    /// Records of operations beyond those that were expected.
    pub surplus: Records,
    /// When nobody looked, or no source reaches.
    pub gaps: Vec<Gap>,
    /// Of a continuous control.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuity: Option<Continuity>,
    /// When it last operated before the period, where it did not in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_period: Option<Instant>,
    /// The subjects that did not conform.
    pub exceptions: Vec<ExceptionLine>,
    /// How its population was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub population: Option<PopulationLine>,
    /// Where it comes from.
    pub sources: Vec<SourceLine>,
    /// What splits the period.
    pub versions: Vec<VersionLine>,
    /// The operations by version of the control and by what sets them apart.
    pub strata: Vec<Stratum>,
    /// What is done about exceptions.
    pub remediations: Vec<RemediationLine>,
}

/// One subject that did not conform, for one reason, however often it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExceptionLine {
    /// The subject.
    pub subject: Subject,
    /// What the source calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The policy that decided.
    pub policy: String,
    /// How severe it is.
    pub severity: Severity,
    /// What is wrong, in the words of the policy.
    pub message: String,
    /// What to do about it, in the words of the policy.
    pub remedy: String,
    /// When it was first seen in the period.
    pub first: Instant,
    /// When it was last seen in it.
    pub last: Instant,
    /// How many evaluations saw it.
    pub seen: u64,
    /// In how many of these a waiver covered it.
    pub waived_seen: u64,
    /// The first and the last of their records.
    pub records: Vec<String>,
    /// The waivers that covered it when it was seen; its rate counts it all the same.
    pub waivers: Vec<String>,
    /// The cause, where one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// How far its remediation has come, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
}

impl Type2 {
    /// The name of the document's shape.
    pub const SCHEMA: &'static str = "tickmark/type2/1";

    /// The report of what is given.
    #[must_use]
    pub fn new(mut given: Given) -> Self {
        let all_operated = std::mem::take(&mut given.operated);
        let mut evidence = std::mem::take(&mut given.evidence);
        let given = &given;
        let scope = Scope::of(&given.criteria, &given.about.categories);
        let (designs, last) = designs(given);
        let mut controls = BTreeMap::new();
        for (id, design) in &designs {
            if given.controls.as_ref().is_some_and(|only| !only.contains(id)) {
                continue;
            }
            let removed = last.is_some_and(|last| !last.controls.contains_key(id));
            let in_scope = scope.has(design);
            let part =
                ControlPart { id: id.clone(), design: (*design).clone(), in_scope, removed, systems: Vec::new() };
            controls.insert(id.as_str(), part);
        }
        let rows = Rows::of(&given.matrices);
        for operated in all_operated {
            if let Some(part) = controls.get_mut(operated.control.as_str()).filter(|part| part.in_scope) {
                let key = (operated.control.clone(), operated.system.clone());
                let evidence = evidence.remove(&key).unwrap_or_default();
                part.systems.push(system(operated, evidence, given, last, &rows));
            }
        }
        let mut controls: Vec<ControlPart> = controls.into_values().collect();
        controls.iter_mut().for_each(|part| part.systems.sort_by(|a, b| a.system.cmp(&b.system)));
        let (mut totals, mut rates) = (Totals::default(), Rates::default());
        for part in controls.iter().flat_map(|part| &part.systems) {
            add(&mut totals, &part.totals);
            rates.add(&part.rates);
        }
        let carved_out = carved_out_in_period(given, &scope);
        Self {
            schema: Self::SCHEMA,
            about: given.about.clone(),
            from: given.from,
            to: given.to,
            interval: given.interval,
            totals,
            rates,
            criteria: criteria(&given.criteria, &scope, &controls, &carved_out),
            carved_out,
            matrices: in_period(given).iter().map(|matrix| matrix_line(matrix)).collect(),
            changes: all_changes(given),
            waivers: of_controls(&given.waivers, given, |it| &it.control),
            samples: of_controls(&given.samples, given, |it| &it.control),
            acts: acts(given, &controls),
            people: given.people.clone(),
            lost: given.lost.clone(),
            controls,
        }
    }
}

/// Which criteria the engagement is about.
pub(super) struct Scope<'a> {
    criteria: BTreeMap<&'a str, Category>,
    categories: &'a [Category],
}

impl<'a> Scope<'a> {
    pub(super) fn of(criteria: &'a [Criterion], categories: &'a [Category]) -> Self {
        Self { criteria: criteria.iter().map(|it| (it.id.as_str(), it.category)).collect(), categories }
    }

    pub(super) fn has_category(&self, category: Category) -> bool {
        self.categories.contains(&category)
    }

    /// One criterion in scope is enough; one that nobody knows is taken to be.
    pub(super) fn has(&self, design: &Design) -> bool {
        let of = |id: &String| self.criteria.get(id.as_str()).is_none_or(|it| self.has_category(*it));
        design.criteria.iter().any(of)
    }
}

/// Those that a report over only some controls is about.
fn of_controls<T: Clone>(lines: &[T], given: &Given, control: impl Fn(&T) -> &String) -> Vec<T> {
    let wanted = |line: &&T| given.controls.as_ref().is_none_or(|only| only.contains(control(line)));
    lines.iter().filter(wanted).cloned().collect()
}

/// What people did from the first day on, and what operations rest on.
fn acts(given: &Given, controls: &[ControlPart]) -> Vec<ActLine> {
    let operations = controls.iter().flat_map(|it| &it.systems).flat_map(|it| &it.operations);
    let named: BTreeSet<String> = operations.flat_map(|it| it.records.names().chain(it.others.names())).collect();
    let wanted = |it: &&ActLine| {
        let control = it.control.as_ref();
        let of_controls =
            given.controls.as_ref().is_none_or(|only| control.is_some_and(|control| only.contains(control)));
        let rested_on = named.contains(&it.record) || it.of.as_ref().is_some_and(|of| named.contains(of));
        of_controls && (it.at >= given.interval.from || rested_on)
    };
    given.acts.iter().filter(wanted).cloned().collect()
}

/// The matrices in force at some time of the period.
fn in_period(given: &Given) -> Vec<&InForceGiven> {
    let (before, within): (Vec<_>, Vec<_>) =
        given.matrices.iter().filter(|it| it.from < given.interval.to).partition(|it| it.from <= given.interval.from);
    before.last().copied().into_iter().chain(within).collect()
}

/// Each control as it was last in force in the period, and what was in force at its end.
fn designs(given: &Given) -> (BTreeMap<String, &Design>, Option<&InForceGiven>) {
    let matrices = in_period(given);
    // Where nothing was sealed before the end of the period, what was sealed first stands for it.
    let matrices = if matrices.is_empty() { given.matrices.first().into_iter().collect() } else { matrices };
    let mut designs = BTreeMap::new();
    for matrix in &matrices {
        designs.extend(matrix.controls.iter().map(|(id, design)| (id.clone(), design)));
    }
    (designs, matrices.last().copied())
}

pub(super) fn matrix_line(it: &InForceGiven) -> MatrixLine {
    MatrixLine {
        record: Kind::Matrix.id(it.record),
        from: it.from,
        digest: it.digest,
        controls: it.controls.len() as u64,
        commit: it.commit.as_ref().map(|(commit, _)| commit.clone()),
        dirty: it.commit.as_ref().map(|(_, dirty)| *dirty),
        author: it.author.clone(),
        approver: it.approver.clone(),
    }
}

fn all_changes(given: &Given) -> Vec<Change> {
    let matrices = in_period(given);
    let pairs = matrices.iter().zip(matrices.iter().skip(1));
    let mut all: Vec<Change> = pairs.flat_map(|(old, new)| changes(old, new)).collect();
    all.retain(|change| given.controls.as_ref().is_none_or(|only| only.contains(&change.control)));
    all.sort_by(|a, b| (a.kind, a.at, &a.control).cmp(&(b.kind, b.at, &b.control)));
    all
}

/// Whose controls criteria rested on at some time of the period; what ended only after it had not ended.
fn carved_out_in_period(given: &Given, scope: &Scope<'_>) -> Vec<CarvedOutLine> {
    let known = given.matrices.iter().filter(|it| it.from < given.interval.to);
    let mut lines = carved_out(known, &given.criteria, scope);
    lines.retain(|line| line.until.is_none_or(|until| until > given.interval.from));
    lines
}

fn criteria(
    all: &[Criterion],
    scope: &Scope<'_>,
    controls: &[ControlPart],
    carved_out: &[CarvedOutLine],
) -> Vec<CriterionLine> {
    let line = |criterion: &Criterion| {
        let mut line = CriterionLine::new(criterion, scope.has_category(criterion.category));
        line.carved_out_vendors = vendors_of(&criterion.id, carved_out);
        for control in controls.iter().filter(|it| it.design.criteria.contains(&criterion.id)) {
            line.controls += 1;
            if line.in_scope {
                control.systems.iter().for_each(|system| add(&mut line.totals, &system.totals));
            }
        }
        line
    };
    all.iter().map(line).collect()
}

/// The rows by the digest of their versions: what a version was.
struct Rows<'a>(BTreeMap<Digest, &'a Value>);

impl<'a> Rows<'a> {
    fn of(matrices: &'a [InForceGiven]) -> Self {
        let designs = matrices.iter().flat_map(|matrix| matrix.controls.values());
        Self(designs.map(|design| (design.version, &design.row)).collect())
    }
}

fn system(
    operated: OperatedGiven,
    evidence: EvidenceGiven,
    given: &Given,
    last: Option<&InForceGiven>,
    rows: &Rows<'_>,
) -> SystemPart {
    let versions = versions(&operated.versions, &evidence, rows);
    let OperatedGiven { control, system: name, .. } = operated;
    let (control, name) = (control.as_str(), name.as_str());
    let systems = last.into_iter().chain(given.matrices.iter().rev());
    let remediations = given.remediations.iter().filter(|it| it.control == control && it.system == name);
    SystemPart {
        system: name.to_owned(),
        environment: systems.filter_map(|it| it.systems.get(name)).next().cloned(),
        result: operated.result,
        totals: operated.totals,
        rates: operated.rates,
        after_period: operated.operations.iter().filter(|it| it.after_period).count() as u64,
        operations: operated.operations,
        surplus: operated.surplus,
        gaps: operated.gaps,
        continuity: operated.continuity,
        before_period: operated.before_period,
        exceptions: exceptions(evidence.found, given, control, name),
        population: evidence.population,
        sources: evidence.sources,
        versions,
        strata: operated.strata,
        remediations: remediations.cloned().collect(),
    }
}

/// One line for each subject and policy, by subject.
fn exceptions(found: Found, given: &Given, control: &str, system: &str) -> Vec<ExceptionLine> {
    let line = |((subject, policy), it): ((Subject, String), FoundOne)| {
        // Of several, the last one is how it stands.
        let about = given.remediations.iter().rfind(|line| line.is_about(control, system, &subject.id));
        let records = [Some(it.first_record), (it.seen > 1).then_some(it.last_record)];
        ExceptionLine {
            name: it.name,
            policy,
            severity: it.policy.severity,
            message: it.policy.message,
            remedy: it.policy.remediation,
            first: it.first,
            last: it.last,
            seen: it.seen,
            waived_seen: it.waived_seen,
            records: records.into_iter().flatten().map(|it| it.to_string()).collect(),
            waivers: it.waivers.iter().map(|index| Kind::Waiver.id(*index)).collect(),
            cause: about.and_then(|it| it.cause.clone()),
            remediation: about.map(|it| it.state.clone()),
            subject,
        }
    };
    found.0.into_iter().map(line).collect()
}

fn versions(all: &[(RecordId, Version)], evidence: &EvidenceGiven, rows: &Rows<'_>) -> Vec<VersionLine> {
    let mut lines = Vec::new();
    // What was last seen of each part: a matrix says nothing of programs.
    let (mut control, mut known): (Option<Digest>, Option<&VersionGiven>) = (None, None);
    for (record, version) in all {
        let here = evidence.versions.get(&version.record);
        let mut changed = Vec::new();
        let policy_changed = known.zip(here).is_some_and(|(before, now)| before.policy != now.policy);
        if let Some(before) = control.filter(|before| *before != version.control) {
            let same_row = rows.0.get(&before) == rows.0.get(&version.control);
            changed.push(if same_row { "policy" } else { "matrix" });
        }
        if policy_changed && !changed.contains(&"policy") {
            changed.push("policy");
        }
        if let Some((before, now)) = known.zip(here) {
            changed.extend(collectors_changed(before, now));
        }
        lines.push(VersionLine {
            from: version.from,
            record: record.to_string(),
            control: version.control,
            policy: here.map(|it| it.policy),
            collectors: here.map(words).unwrap_or_default(),
            changed,
        });
        control = Some(version.control);
        known = here.or(known);
    }
    lines
}

fn words(version: &VersionGiven) -> Vec<String> {
    let word = |it: &super::given::Collected| match &it.plugin {
        Some(plugin) => format!("{}: {} {} {}", it.instance, plugin.name, plugin.version, plugin.digest),
        None => format!("{}: not loaded", it.instance),
    };
    version.collectors.iter().map(word).collect()
}

fn collectors_changed(before: &VersionGiven, now: &VersionGiven) -> Vec<&'static str> {
    type Part = fn(&super::given::Collected) -> (&str, String);
    let parts: [(&'static str, Part); 3] = [
        ("collector", |it| (&it.instance, format!("{:?}", it.plugin))),
        ("settings", |it| (&it.instance, it.settings.to_string())),
        ("grants", |it| (&it.instance, it.grants.to_string())),
    ];
    let differs = |part: Part| before.collectors.iter().map(part).ne(now.collectors.iter().map(part));
    parts.into_iter().filter(|(_, part)| differs(*part)).map(|(word, _)| word).collect()
}

#[cfg(test)]
mod tests;
