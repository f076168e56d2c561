//! The keys that every row of the matrix has, whoever operates the control.

use tickmark_model::{Criterion, Frequency, Severity};

use super::fields::{Fields, Placed};
use crate::problem::{Problem, SourceFile, did_you_mean};

/// The words for how often a control operates.
pub(super) const FREQUENCIES: [(&str, Frequency); 9] = [
    ("continuous", Frequency::Continuous),
    ("daily", Frequency::Daily),
    ("business-daily", Frequency::BusinessDaily),
    ("weekly", Frequency::Weekly),
    ("monthly", Frequency::Monthly),
    ("quarterly", Frequency::Quarterly),
    ("annual", Frequency::Annual),
    ("per-event", Frequency::PerEvent),
    ("within", Frequency::Within),
];
/// The words for severities, here and in annotations.
pub(crate) const SEVERITIES: [(&str, Severity); 4] =
    [("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High), ("critical", Severity::Critical)];
/// Longest remediation deadline, in days.
const MAX_REMEDIATION_DAYS: u32 = 366;

/// An id is the name of a Cedar action, a file and a command's argument at once.
pub(super) fn id(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<Placed<String>> {
    let file = fields.file;
    fields.text("id", problems).filter(|id| check_id(file, id, problems))
}

fn check_id(file: &SourceFile, id: &Placed<String>, problems: &mut Vec<Problem>) -> bool {
    let mut bytes = id.value.bytes();
    let sound = id.value.len() <= 64
        && bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-' || b == b'_');
    if !sound {
        let problem = file.problem(format!("control id `{}` does not match [A-Za-z0-9][A-Za-z0-9._-]*", id.value));
        let help = "such as `CC6.3-mfa-for-admins`, at most 64 letters";
        problems.push(problem.at(id.span.clone(), "not an id").help(help));
    }
    sound
}

/// The criteria that it serves, each of which must be one of `known`.
pub(super) fn criteria(fields: &mut Fields<'_>, known: &[Criterion], problems: &mut Vec<Problem>) -> Vec<String> {
    let file = fields.file;
    let expected = "an array of criteria such as `[\"CC6.1\"]`";
    let Some(named) = fields.required::<Vec<toml::Spanned<String>>>("criteria", expected, problems) else {
        return Vec::new();
    };
    if named.value.is_empty() {
        problems.push(file.problem("`criteria` is empty").at(named.span, "expected at least one").help(expected));
    }
    let mut criteria: Vec<String> = Vec::new();
    for name in named.value {
        let (span, name) = (name.span(), name.into_inner());
        if !known.iter().any(|criterion| criterion.id == name) {
            let near = did_you_mean(&name, known.iter().map(|criterion| criterion.id.as_str()));
            let problem = file.problem(format!("criterion `{name}` does not exist")).at(span, "unknown criterion");
            problems.push(problem.help(near.unwrap_or_else(|| "`tickmark control list` shows all 61".to_owned())));
        } else if criteria.contains(&name) {
            problems.push(file.problem(format!("criterion `{name}` is named twice")).at(span, "again here"));
        }
        criteria.push(name);
    }
    criteria
}

/// Days in which a failure is to be remedied.
pub(super) fn remediation_days(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<u32> {
    let days = fields.required::<u32>("remediation_days", "a number of days", problems)?;
    if days.value == 0 || days.value > MAX_REMEDIATION_DAYS {
        let message = format!("`remediation_days` is {}, expected 1 to {MAX_REMEDIATION_DAYS}", days.value);
        problems.push(fields.file.problem(message).at(days.span, "out of bounds"));
        return None;
    }
    Some(days.value)
}

/// Whether it stands in for a built-in control of the same id.
pub(super) fn replaces(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> bool {
    fields.optional::<bool>("replaces", "true or false", problems).is_some_and(|replaces| replaces.value)
}
