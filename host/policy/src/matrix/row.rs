//! One `[[control]]` of the matrix.

use std::collections::BTreeMap;

use tickmark_model::{
    Combine, Control, Criterion, Execution, Frequency, Mode, Operation, Scalar, Severity, SystemSelector, is_name,
};

use super::fields::{Fields, Placed};
use super::{Entry, Origin, Places};
use crate::problem::{Problem, SourceFile, did_you_mean};

const FREQUENCIES: [(&str, Frequency); 9] = [
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
const OPERATIONS: [(&str, Operation); 3] =
    [("event", Operation::Event), ("state", Operation::State), ("human", Operation::Human)];
const MODES: [(&str, Mode); 2] = [("subject", Mode::Subject), ("population", Mode::Population)];
/// The words for severities, here and in annotations.
pub(crate) const SEVERITIES: [(&str, Severity); 4] =
    [("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High), ("critical", Severity::Critical)];
/// Longest remediation deadline, in days.
const MAX_REMEDIATION_DAYS: u32 = 366;

/// Reads one row; nothing where something essential is missing or wrong.
pub(super) fn read(
    mut fields: Fields<'_>,
    files: &[SourceFile],
    origin: Origin,
    criteria: &[Criterion],
    problems: &mut Vec<Problem>,
) -> Option<Entry> {
    let file = fields.file;
    let id = fields.text("id", problems).filter(|id| check_id(file, id, problems));
    let matrix_id = fields.optional::<String>("matrix_id", "a string", problems);
    let title = fields.text("title", problems);
    let criteria = read_criteria(&mut fields, criteria, problems);
    let frequency = fields.word("frequency", &FREQUENCIES, problems);
    let operation = fields.word("operation", &OPERATIONS, problems);
    let owner = fields.text("owner", problems);
    let evidence = fields.text("evidence", problems);
    let collector = fields.text("collector", problems);
    let fact = fields.text("fact", problems);
    let policy = fields.text("policy", problems);
    let mode = fields.word("mode", &MODES, problems);
    let severity = fields.word("severity", &SEVERITIES, problems);
    let remediation_days = remediation_days(&mut fields, problems);
    let max_age_ms = fields.duration("max_age", problems);
    let window_ms = fields.duration("window", problems);
    let parameters = parameters(&mut fields, problems);
    let selector = "a table with any of `environment`, `name`, `tier` and `tags`";
    let systems = fields.optional::<SystemSelector>("systems", selector, problems);
    let replaces = fields.optional::<bool>("replaces", "true or false", problems);
    fields.finish(problems);

    let (id, collector, fact, policy) = (id?, collector?, fact?, policy?);
    let text = find_policy(file, &policy, files, problems);
    let control = Control {
        anchor: None,
        collector: collector.value,
        combine: Combine::Any,
        criteria,
        each: None,
        evidence: evidence?.value,
        execution: Execution::Automated,
        fact: fact.value,
        frequency: frequency?,
        grace_ms: None,
        id: id.value,
        matrix_id: matrix_id.map(|id| id.value),
        max_age_ms,
        max_gap_ms: None,
        mode: mode?,
        operation: operation?,
        owner: owner?.value,
        parameters,
        policy: policy.value,
        remediation_days: remediation_days?,
        replaces: replaces.is_some_and(|replaces| replaces.value),
        severity: severity?,
        systems: systems.map(|systems| systems.value).unwrap_or_default(),
        time_zone: None,
        title: title?.value,
        window_ms,
    };
    let places = Places { file: file.clone(), id: id.span, collector: collector.span, fact: fact.span };
    Some(Entry { control, origin, policy: text?, places })
}

/// An id is the name of a Cedar action, a file and a command's argument at once.
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

fn read_criteria(fields: &mut Fields<'_>, known: &[Criterion], problems: &mut Vec<Problem>) -> Vec<String> {
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

fn remediation_days(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<u32> {
    let days = fields.required::<u32>("remediation_days", "a number of days", problems)?;
    if days.value == 0 || days.value > MAX_REMEDIATION_DAYS {
        let message = format!("`remediation_days` is {}, expected 1 to {MAX_REMEDIATION_DAYS}", days.value);
        problems.push(fields.file.problem(message).at(days.span, "out of bounds"));
        return None;
    }
    Some(days.value)
}

fn parameters(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> BTreeMap<String, Scalar> {
    let file = fields.file;
    let mut parameters = BTreeMap::new();
    for (name, Placed { value, span }) in fields.scalars("parameters", problems) {
        if name == "as_of" {
            problems.push(file.problem("parameter `as_of` is the host's own").at(span, "choose another name"));
        } else if !is_name(&name) {
            let message = format!("parameter name `{name}` does not match [a-z][a-z0-9_]* or is a Cedar keyword");
            problems.push(file.problem(message).at(span, "not a name"));
        } else {
            parameters.insert(name, value);
        }
    }
    parameters
}

/// The policy's text, by its path relative to the matrix.
fn find_policy(
    matrix: &SourceFile,
    policy: &Placed<String>,
    files: &[SourceFile],
    problems: &mut Vec<Problem>,
) -> Option<SourceFile> {
    let folder = matrix.path().rfind(['/', '\\']).and_then(|end| matrix.path().get(..=end)).unwrap_or_default();
    let wanted = format!("{folder}{}", policy.value);
    let found = files.iter().find(|file| file.path() == wanted).cloned();
    if found.is_none() {
        let near = did_you_mean(&policy.value, files.iter().filter_map(|file| file.path().strip_prefix(folder)));
        let problem = matrix.problem(format!("policy file `{wanted}` does not exist"));
        let help = near.unwrap_or_else(|| "the path is relative to the matrix and ends in `.cedar`".to_owned());
        problems.push(problem.at(policy.span.clone(), "no such file").help(help));
    }
    found
}
