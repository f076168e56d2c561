//! How controls operated, as a page.

use tickmark_operations::{Continuity, OperatedOutcome, Timeliness, Totals};

use super::{
    ASSERTED, Block, Detail, MATRIX, Page, Section, about, acts, carved_out, digest, instant, list, lost, matrix_row,
    pair, rests_on, scope, system, text,
};
use crate::period::change::{Change, ChangeKind};
use crate::period::line::{CriterionLine, KeyChange, PeopleLine, Rates, SourceLine};
use crate::period::operated::{OperationLine, Records};
use crate::period::type2::{ControlPart, ExceptionLine, SystemPart, Type2};
use crate::period::words::{OPINION, RATES, duration, plural, rate, word};

/// Exceptions of a control on a system that a terminal shows.
const BRIEF_EXCEPTIONS: usize = 5;

pub(super) fn page(report: &Type2, detail: Detail) -> Page {
    let mut pairs = about(&report.about);
    pairs.insert(1, pair("Period", format!("{} to {}, {}", report.from, report.to, report.about.time_zone)));
    pairs.push(pair("Operations", totals(&report.totals)));
    pairs.extend(rates(&report.rates));
    let mut sections = vec![criteria(&report.criteria)];
    sections.extend(carved_out(&report.carved_out));
    sections.push(controls(report));
    let changed: Vec<&Change> = report.changes.iter().collect();
    sections.extend(matrices(report, &changed));
    sections.extend(lines(report));
    sections.extend(acts(&report.acts));
    sections.extend(people(&report.people));
    for control in &report.controls {
        let quiet =
            |it: &SystemPart| it.result == OperatedOutcome::Pass && it.operations.iter().all(|it| it.is_plain());
        if detail == Detail::Full || control.systems.iter().any(|it| !quiet(it)) {
            sections.push(control_section(control, report, detail));
        }
    }
    sections.extend(lost(&report.lost));
    Page {
        title: format!("Operation of controls, {} to {}", report.from, report.to),
        lead: vec![text(OPINION), Block::Pairs(pairs), text(RATES)],
        sections,
    }
}

/// Those that are not zero.
pub(super) fn totals(it: &Totals) -> String {
    let counts = [
        (it.pass, "pass"),
        (it.fail, "fail"),
        (it.missed, "missed"),
        (it.not_evidenced, "not-evidenced"),
        (it.no_occurrence, "no-occurrence"),
        (it.outside_period, "outside-period"),
        (it.open, "open"),
        (it.late, "of them late"),
    ];
    let counts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    format!("{} expected; {counts}", it.expected)
}

pub(super) fn rates(it: &Rates) -> [(String, String); 2] {
    [
        pair("Deviating operations", rate(it.deviating, it.due)),
        pair("Exceptions in population", rate(it.exceptions, it.population)),
    ]
}

/// Counts of each criterion.
pub(super) fn criteria(lines: &[CriterionLine]) -> Section {
    let row = |it: &CriterionLine| {
        let counts = match (it.in_scope, it.controls) {
            (false, _) => scope(false).to_owned(),
            (true, 0) => format!("no control{}", rests_on(it.carved_out_vendors)),
            (true, _) => format!("{}{}", totals(&it.totals), rests_on(it.carved_out_vendors)),
        };
        vec![it.id.clone(), it.category.to_string(), it.controls.to_string(), counts, it.title.clone()]
    };
    let grid =
        Block::Grid(vec!["Criterion", "Category", "Controls", "Operations", "Title"], lines.iter().map(row).collect());
    let note = "An operation counts for each criterion that its control serves. Counts are no verdict on a criterion.";
    Section::new("criteria", "Criteria", vec![text(note), grid])
}

fn controls(report: &Type2) -> Section {
    let mut rows = Vec::new();
    for control in &report.controls {
        let id = || control.id.clone();
        let frequency = || word(&control.design.frequency);
        if control.systems.is_empty() {
            let why = if control.in_scope { "no operation expected" } else { scope(false) };
            rows.push(vec![id(), "-".to_owned(), frequency(), why.to_owned(), String::new(), String::new()]);
        }
        for it in &control.systems {
            let rates = rate(it.rates.deviating, it.rates.due);
            rows.push(vec![
                id(),
                system(&it.system).to_owned(),
                frequency(),
                word(&it.result),
                totals(&it.totals),
                rates,
            ]);
        }
    }
    let titles = vec!["Control", "System", "Frequency", "Result", "Operations", "Deviating"];
    Section::new("controls", "Controls", vec![Block::Grid(titles, rows)])
}

fn matrices(report: &Type2, changes: &[&Change]) -> Vec<Section> {
    let mut sections = Vec::new();
    if !report.matrices.is_empty() {
        let rows = report.matrices.iter().map(matrix_row).collect();
        sections.push(Section::new(
            "matrices",
            "Control matrices in force",
            vec![text(ASSERTED), Block::Grid(MATRIX.to_vec(), rows)],
        ));
    }
    if !changes.is_empty() {
        let rows = changes.iter().flat_map(|change| {
            // Of what is new, the design says the rest.
            let new = change.kind == ChangeKind::Added;
            change.fields.iter().filter(move |field| !new || field.field == "title").map(|field| {
                vec![
                    change.control.clone(),
                    word(&change.kind),
                    change.at.to_string(),
                    change.record.clone(),
                    field.field.clone(),
                    field.old.clone(),
                    field.new.clone(),
                    word(&field.direction),
                ]
            })
        });
        let titles = vec!["Control", "Change", "From", "Record", "What", "Old", "New", "Asks for"];
        let note =
            "Removed and loosened controls come first. Expected operations follow what was in force at the time.";
        let blocks = vec![text(note), Block::Grid(titles, rows.collect())];
        sections.push(Section::new("changes", "Changed controls", blocks));
    }
    sections
}

/// Whose key is whose, and each change of that.
fn people(lines: &[PeopleLine]) -> Option<Section> {
    let row = |it: &PeopleLine, change: &KeyChange| {
        let key = |key: &Option<String>| key.clone().unwrap_or_else(|| "-".to_owned());
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
        let commit = match (&it.commit, it.dirty) {
            (Some(commit), Some(true)) => format!("{commit}, files differed"),
            (commit, _) => name(commit),
        };
        let (old, new) = (key(&change.old), key(&change.new));
        let (author, approver) = (name(&it.author), name(&it.approver));
        vec![it.from.to_string(), it.record.clone(), change.name.clone(), old, new, commit, author, approver]
    };
    let rows: Vec<Vec<String>> =
        lines.iter().flat_map(|it| it.changes.iter().map(move |change| row(it, change))).collect();
    let titles = vec!["From", "Record", "Name", "Old key", "New key", "Commit", "Author", "Approver"];
    let note = format!("A key counts from its record on, until the record that changes it. {ASSERTED}");
    (!lines.is_empty()).then(|| Section::new("people", "Keys of people", vec![text(note), Block::Grid(titles, rows)]))
}

/// Waivers and samples.
fn lines(report: &Type2) -> Vec<Section> {
    let mut sections = Vec::new();
    if !report.waivers.is_empty() {
        let row = |it: &crate::period::line::WaiverLine| {
            vec![
                it.record.clone(),
                it.control.clone(),
                it.system.clone().unwrap_or_else(|| "all".to_owned()),
                if it.subjects.is_empty() { "all".to_owned() } else { it.subjects.join(", ") },
                format!("{} to {}", it.from, it.until),
                it.approver.clone().unwrap_or_else(|| "-".to_owned()),
                if it.signed { "both signed" } else { "no" }.to_owned(),
                it.reason.clone().unwrap_or_default(),
            ]
        };
        let titles = vec!["Waiver", "Control", "System", "Subjects", "Days", "Approver", "Signed", "Reason"];
        let note = "Waived exceptions stay exceptions and are counted. Names are asserted, unless both signed.";
        let grid = Block::Grid(titles, report.waivers.iter().map(row).collect());
        sections.push(Section::new("waivers", "Waivers", vec![text(note), grid]));
    }
    if !report.samples.is_empty() {
        let row = |it: &crate::period::line::SampleLine| {
            let drawn = format!("{} of {}", it.size, it.of);
            vec![
                it.record.clone(),
                it.population.clone(),
                it.control.clone(),
                it.seed.clone(),
                drawn,
                it.at.to_string(),
            ]
        };
        let titles = vec!["Sample", "Population", "Control", "Seed", "Drawn", "When"];
        let grid = Block::Grid(titles, report.samples.iter().map(row).collect());
        let note = "Every sample is listed, so that a second seed for the same population shows.";
        sections.push(Section::new("samples", "Samples", vec![text(note), grid]));
    }
    sections
}

fn control_section(control: &ControlPart, report: &Type2, detail: Detail) -> Section {
    let design = &control.design;
    let mut pairs = vec![pair("Title", &design.title), pair("Criteria", design.criteria.join(", "))];
    pairs.extend(design.matrix_id.as_ref().map(|id| pair("Matrix id", id)));
    pairs.push(pair("Owner", &design.owner));
    let how = format!("{}, {}, {}", word(&design.operation), word(&design.frequency), word(&design.execution));
    pairs.push(pair("Operation, frequency, execution", how));
    pairs.push(pair("Severity", word(&design.severity)));
    pairs.push(pair("Version", design.version.to_string()));
    if control.removed {
        pairs.push(pair("Removed", "the matrix at the end of the period has it no more"));
    }
    let mut blocks = vec![Block::Pairs(pairs)];
    if !control.in_scope {
        blocks.push(text("Not in scope: none of its criteria's categories is in the engagement."));
    } else if control.systems.is_empty() {
        blocks.push(text("No operation was expected in the period."));
    }
    for it in &control.systems {
        blocks.extend(system_blocks(it, report, detail));
    }
    Section { anchor: format!("control-{}", control.id), title: control.id.clone(), control: true, blocks }
}

fn system_blocks(it: &SystemPart, report: &Type2, detail: Detail) -> Vec<Block> {
    let environment = it.environment.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let mut blocks = vec![Block::Heading(format!("On {}{environment}: {}", system(&it.system), word(&it.result)))];
    let mut pairs = vec![pair("Operations", totals(&it.totals))];
    pairs.extend(rates(&it.rates));
    if it.after_period > 0 {
        let count = plural(it.after_period, "operation", "operations");
        pairs.push(pair("After period end", format!("{count} performed after {}", report.to)));
    }
    if let Some(before) = it.before_period {
        let said = format!("last operated on {before}, before the period; operating effectiveness not testable");
        pairs.push(pair("Outside the period", said));
    }
    pairs.extend(it.continuity.iter().flat_map(continuity));
    if !it.surplus.is_empty() {
        pairs.push(pair("Surplus", names(&it.surplus)));
    }
    pairs.extend(population(it));
    blocks.push(Block::Pairs(pairs));
    blocks.extend(operations(it, detail));
    blocks.extend(gaps(it));
    blocks.extend(exceptions(it, detail));
    if detail == Detail::Full {
        blocks.extend(remediations(it));
        blocks.extend(sources(it));
        blocks.extend(versions(it));
    } else if it.versions.len() > 1 {
        let count = plural(it.versions.len() as u64, "version splits", "versions split");
        blocks.push(text(format!("{count} the period.")));
    }
    blocks
}

fn continuity(it: &Continuity) -> Vec<(String, String)> {
    let observed = format!("{} of {}", duration(it.observed_ms), duration(it.expected_ms));
    let mut pairs = vec![pair("Observed", observed)];
    let failing: Vec<String> = it.failing.iter().map(|it| format!("{} to {}", it.from, it.to)).collect();
    if !failing.is_empty() {
        pairs.push(pair("Failing", failing.join("; ")));
    }
    pairs
}

fn population(it: &SystemPart) -> Vec<(String, String)> {
    let Some(population) = &it.population else { return Vec::new() };
    let mut seen = format!(
        "{} `{}`, {} in scope, {} excluded, as last seen in {}",
        population.count, population.unit, population.in_scope, population.excluded, population.record
    );
    if !population.incomplete.is_empty() {
        seen.push_str(&format!("; not complete: {}", population.incomplete.join(", ")));
    }
    let mut complete = format!("{} with a complete population", rate(population.complete, population.evaluations));
    if population.simulated > 0 {
        complete.push_str(&format!("; {} judged as of another time than their own", population.simulated));
    }
    vec![pair("Population", seen), pair("Evaluations", complete)]
}

fn names(records: &Records) -> String {
    list(&records.names().collect::<Vec<_>>())
}

/// When it operated or was to operate.
fn when(it: &OperationLine) -> String {
    match (&it.window, &it.subject) {
        (Some(window), _) => format!("{} to {}", window.start, window.end),
        (None, Some(subject)) => subject.clone(),
        (None, None) => "-".to_owned(),
    }
}

fn operations(it: &SystemPart, detail: Detail) -> Vec<Block> {
    let row = |it: &OperationLine| {
        let mut result = word(&it.result);
        if it.timeliness == Some(Timeliness::Late) {
            result.push_str(", late");
        }
        if it.after_period {
            result.push_str(", after period end");
        }
        if let Some(corrected) = it.corrected_at {
            result.push_str(&format!(", corrected on {corrected}"));
        }
        let exceptions = format!("{}/{}", it.exceptions, it.population);
        let records = if it.others.is_empty() {
            names(&it.records)
        } else {
            format!("{}; others: {}", names(&it.records), names(&it.others))
        };
        vec![when(it), result, instant(it.performed_at), instant(it.recorded_at), exceptions, records]
    };
    let rows: Vec<Vec<String>> = it.operations.iter().filter(|it| !it.is_plain()).map(row).collect();
    let mut blocks = Vec::new();
    if !rows.is_empty() {
        blocks.push(text("Operations that are no plain pass:"));
        let titles = vec!["Operation", "Result", "Performed", "Recorded", "Exceptions", "Records"];
        blocks.push(Block::Grid(titles, rows));
    }
    let plain: Vec<&OperationLine> = it.operations.iter().filter(|it| it.is_plain()).collect();
    if detail == Detail::Full && !plain.is_empty() {
        let records: Vec<String> = plain.iter().flat_map(|it| it.records.names()).collect();
        let count = plural(plain.len() as u64, "operation passes", "operations pass");
        blocks.push(text(format!("{count} in time and without exceptions, by {}.", list(&records))));
    }
    blocks
}

fn gaps(it: &SystemPart) -> Vec<Block> {
    let row = |gap: &tickmark_operations::Gap| {
        let long = duration(gap.interval.to.ms() - gap.interval.from.ms());
        vec![gap.interval.from.to_string(), gap.interval.to.to_string(), long, word(&gap.cause)]
    };
    let rows: Vec<Vec<String>> = it.gaps.iter().map(row).collect();
    if rows.is_empty() { Vec::new() } else { vec![Block::Grid(vec!["Gap from", "To", "Long", "Cause"], rows)] }
}

fn exceptions(it: &SystemPart, detail: Detail) -> Vec<Block> {
    let most = if detail == Detail::Full { usize::MAX } else { BRIEF_EXCEPTIONS };
    let row = |it: &ExceptionLine| {
        let name = it.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
        let mut done = vec![it.remedy.clone()];
        done.extend(it.cause.as_ref().map(|cause| format!("cause: {cause}")));
        done.extend(it.remediation.as_ref().map(|state| format!("remediation: {state}")));
        if !it.waivers.is_empty() {
            done.push(format!("waived in {} of {} by {}", it.waived_seen, it.seen, list(&it.waivers)));
        }
        let seen = format!("{} to {}, {}", it.first, it.last, plural(it.seen, "time", "times"));
        vec![
            format!("{}{name}", it.subject),
            format!("{}: {}", word(&it.severity), it.message),
            done.join("; "),
            seen,
            list(&it.records),
        ]
    };
    let rows: Vec<Vec<String>> = it.exceptions.iter().take(most).map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let titles = vec!["Exception", "What is wrong", "What to do, what is done", "Seen", "Records"];
    let mut blocks = vec![Block::Grid(titles, rows)];
    if let left @ 1.. = it.exceptions.len().saturating_sub(most) {
        blocks.push(text(format!("... and {left} more exceptions.")));
    }
    blocks
}

fn remediations(it: &SystemPart) -> Vec<Block> {
    let row = |it: &crate::period::line::RemediationLine| {
        let overdue = if it.overdue { ", overdue" } else { "" };
        vec![
            it.subject.clone().unwrap_or_else(|| "all".to_owned()),
            word(&it.severity),
            format!("{}{overdue}", it.state),
            it.due.map(|day| day.to_string()).unwrap_or_else(|| "-".to_owned()),
            instant(it.closed_at),
            it.owner.clone().unwrap_or_else(|| "-".to_owned()),
            it.cause.clone().unwrap_or_default(),
            it.plan.clone().unwrap_or_default(),
            list(&it.records),
        ]
    };
    let rows: Vec<Vec<String>> = it.remediations.iter().map(row).collect();
    let titles = vec!["Remediation of", "Severity", "State", "Due", "Closed", "Owner", "Cause", "Plan", "Records"];
    if rows.is_empty() { Vec::new() } else { vec![Block::Grid(titles, rows)] }
}

fn sources(it: &SystemPart) -> Vec<Block> {
    let mut blocks = Vec::new();
    for source in &it.sources {
        blocks.push(text(format!("Source `{}`, from {} on:", source.instance, source.record)));
        blocks.push(Block::Pairs(source_pairs(source)));
    }
    blocks
}

fn source_pairs(it: &SourceLine) -> Vec<(String, String)> {
    let mut pairs = vec![pair("Collector", format!("{}, fact `{}`", it.plugin, it.fact))];
    let total = it.source_total.map_or_else(|| "not known".to_owned(), |total| total.to_string());
    let complete = if it.complete { "complete" } else { "not complete" };
    let counts = format!("{} rows, {} excluded, the source's own total: {total}; {complete}", it.count, it.excluded);
    pairs.push(pair("Counts", counts));
    if it.covers_from.is_some() || it.covers_to.is_some() {
        pairs.push(pair("Covers", format!("{} to {}", instant(it.covers_from), instant(it.covers_to))));
    }
    // A query of several lines is read as one; the JSON has it as it was granted.
    let line = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    pairs.extend(it.grants.iter().map(|(name, value)| (name.clone(), line(value))));
    pairs
}

fn versions(it: &SystemPart) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !it.versions.is_empty() {
        let row = |it: &crate::period::line::VersionLine| {
            let changed: Vec<String> = it.changed.iter().map(|it| (*it).to_owned()).collect();
            let policy = it.policy.as_ref().map_or_else(|| "-".to_owned(), digest);
            let control = digest(&it.control);
            vec![it.from.to_string(), it.record.clone(), list(&changed), control, policy, list(&it.collectors)]
        };
        let titles = vec!["Version from", "Record", "Changed", "Control", "Policies", "Collectors"];
        blocks.push(Block::Grid(titles, it.versions.iter().map(row).collect()));
    }
    if it.strata.len() > 1 {
        let row = |it: &crate::period::line::Stratum| {
            let Rates { deviating, due, exceptions, population } = it.rates;
            let (deviating, exceptions) = (rate(deviating, due), rate(exceptions, population));
            let apart = it.stratum.clone().unwrap_or_else(|| "-".to_owned());
            vec![it.version.to_string(), apart, it.operations.to_string(), deviating, exceptions]
        };
        let titles = vec!["Stratum", "Set apart by", "Operations", "Deviating", "Exceptions"];
        blocks.push(Block::Grid(titles, it.strata.iter().map(row).collect()));
    }
    blocks
}
