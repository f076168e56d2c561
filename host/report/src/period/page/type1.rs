//! What was in place, as a page.

use super::{
    ASSERTED, Block, MATRIX, Page, Section, about, acts, carved_out, instant, lost, matrix_row, pair, rests_on, scope,
    system, text,
};
use crate::period::type1::{ControlDesign, CriterionDesigned, Implementation, Shown, Type1};
use crate::period::words::{OPINION, word};

/// What evidence counts.
const COUNTS: &str = "Evidence that a control is implemented is dated not after the instant and not older than one window of \
     its frequency, at most 12 months. Operations do not count.";

pub(super) fn page(report: &Type1) -> Page {
    let mut pairs = about(&report.about);
    pairs.insert(1, pair("As of", report.as_of.to_string()));
    let mut sections = vec![criteria(&report.criteria)];
    sections.extend(carved_out(&report.carved_out));
    sections.push(controls(&report.controls));
    let matrix = match &report.matrix {
        Some(it) => vec![text(ASSERTED), Block::Grid(MATRIX.to_vec(), vec![matrix_row(it)])],
        None => vec![text("No control matrix was sealed by then.")],
    };
    sections.push(Section::new("matrix", "Control matrix in force", matrix));
    sections.extend(report.controls.iter().map(control));
    sections.extend(acts(&report.acts));
    sections.extend(lost(&report.lost));
    Page {
        title: format!("Design of controls as of {}", report.as_of),
        lead: vec![text(OPINION), Block::Pairs(pairs), text(COUNTS)],
        sections,
    }
}

fn criteria(lines: &[CriterionDesigned]) -> Section {
    let row = |it: &CriterionDesigned| {
        let counts = match (it.in_scope, it.controls) {
            (false, _) => scope(false).to_owned(),
            (true, 0) => format!("no control{}", rests_on(it.carved_out_vendors)),
            (true, all) => format!("{} of {all} evidenced{}", it.evidenced, rests_on(it.carved_out_vendors)),
        };
        vec![it.id.clone(), it.category.to_string(), counts, it.title.clone()]
    };
    let grid = Block::Grid(vec!["Criterion", "Category", "Controls", "Title"], lines.iter().map(row).collect());
    Section::new("criteria", "Criteria", vec![text("Counts are no verdict on a criterion."), grid])
}

/// What the evidence says, in words.
fn shown(it: &Implementation) -> String {
    let outcome = it.outcome.map(|it| it.as_str()).unwrap_or_default();
    match it.evidence {
        Shown::Evidence => format!("evidence: {outcome}"),
        Shown::Inconclusive => format!("nothing conclusive: {outcome}"),
        Shown::TooOld => "too old".to_owned(),
        Shown::None => "none".to_owned(),
    }
}

fn controls(controls: &[ControlDesign]) -> Section {
    let mut rows = Vec::new();
    for control in controls {
        let row = |system: &str, shown: String, dated: String| {
            vec![control.id.clone(), system.to_owned(), word(&control.design.frequency), shown, dated]
        };
        if control.systems.is_empty() {
            let why = if control.in_scope { "on no system" } else { scope(false) };
            rows.push(row("-", why.to_owned(), "-".to_owned()));
        }
        rows.extend(control.systems.iter().map(|it| row(system(&it.system), shown(it), instant(it.dated))));
    }
    let titles = vec!["Control", "System", "Frequency", "Implementation", "Dated"];
    Section::new("controls", "Controls", vec![Block::Grid(titles, rows)])
}

fn control(control: &ControlDesign) -> Section {
    let design = &control.design;
    let mut pairs: Vec<(String, String)> = control.row.iter().map(|(name, value)| pair(name, value)).collect();
    pairs.push(pair("row and policies", design.version.to_string()));
    let mut blocks = vec![Block::Pairs(pairs)];
    if !control.in_scope {
        blocks.push(text("Not in scope: none of its criteria's categories is in the engagement."));
    }
    let row = |it: &Implementation| {
        let record = it.record.clone().unwrap_or_else(|| "-".to_owned());
        let policy = it.policy.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let environment = it.environment.clone().unwrap_or_else(|| "-".to_owned());
        let too_old = instant(it.not_before);
        vec![system(&it.system).to_owned(), environment, shown(it), instant(it.dated), too_old, record, policy]
    };
    if !control.systems.is_empty() {
        let titles = vec!["System", "Environment", "Implementation", "Dated", "Not before", "Record", "Policy text"];
        blocks.push(Block::Grid(titles, control.systems.iter().map(row).collect()));
    }
    let anchor = format!("control-{}", control.id);
    Section { anchor, title: format!("{}: {}", control.id, design.title), control: true, blocks }
}
