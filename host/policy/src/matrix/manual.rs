//! One `[[manual]]` of the matrix: a control that people operate and bring evidence of.

use tickmark_model::{Criterion, Frequency, ManualControl};

use super::fields::Fields;
use super::keys::{self, FREQUENCIES, SEVERITIES};
use super::terms::Windows;
use super::{ManualEntry, Origin, Place};
use crate::problem::Problem;

/// Reads one row; nothing where something essential is missing or wrong.
pub(super) fn read(
    mut fields: Fields<'_>,
    origin: Origin,
    criteria: &[Criterion],
    problems: &mut Vec<Problem>,
) -> Option<ManualEntry> {
    let file = fields.file;
    let id = keys::id(&mut fields, problems);
    let matrix_id = fields.optional::<String>("matrix_id", "a string", problems);
    let title = fields.text("title", problems);
    let criteria = keys::criteria(&mut fields, criteria, problems);
    let frequency = frequency(&mut fields, problems);
    let windows = Windows::read(&mut fields, frequency, problems);
    let owner = fields.text("owner", problems);
    let evidence = fields.text("evidence", problems);
    let severity = fields.word("severity", &SEVERITIES, problems);
    let remediation_days = keys::remediation_days(&mut fields, problems);
    let replaces = keys::replaces(&mut fields, problems);
    fields.finish(problems);

    let id = id?;
    let control = ManualControl {
        anchor: windows.anchor,
        criteria,
        evidence: evidence?.value,
        frequency: frequency?,
        grace_ms: windows.grace_ms,
        id: id.value,
        matrix_id: matrix_id.map(|id| id.value),
        owner: owner?.value,
        remediation_days: remediation_days?,
        replaces,
        severity: severity?,
        time_zone: windows.time_zone,
        title: title?.value,
    };
    Some(ManualEntry { control, origin, place: Place { file: file.clone(), id: id.span } })
}

/// How often people do it, which is never all the time.
fn frequency(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<Frequency> {
    let word = fields.placed_word("frequency", &FREQUENCIES, problems)?;
    if word.value == Frequency::Continuous {
        let wrong = fields.file.problem("`frequency` is `continuous`, and people do nothing all the time");
        let help = "say how often they do it, such as `quarterly` or `per-event`";
        problems.push(wrong.at(word.span, "not of a control by hand").help(help));
        return None;
    }
    Some(word.value)
}
