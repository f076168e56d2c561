//! One `[[control]]` of the matrix.

use std::collections::BTreeMap;

use tickmark_model::{Control, Criterion, Mode, Operation, Scalar, SystemSelector, is_name};

use super::fields::{Fields, Placed};
use super::keys::{self, FREQUENCIES, SEVERITIES};
use super::terms::{Operated, Windows};
use super::{Entry, Origin, Place, Places};
use crate::problem::{Problem, SourceFile, did_you_mean};

const OPERATIONS: [(&str, Operation); 3] =
    [("event", Operation::Event), ("state", Operation::State), ("human", Operation::Human)];
const MODES: [(&str, Mode); 2] = [("subject", Mode::Subject), ("population", Mode::Population)];

/// Reads one row; nothing where something essential is missing or wrong.
pub(super) fn read(
    mut fields: Fields<'_>,
    files: &[SourceFile],
    origin: Origin,
    criteria: &[Criterion],
    problems: &mut Vec<Problem>,
) -> Option<Entry> {
    let file = fields.file;
    let id = keys::id(&mut fields, problems);
    let matrix_id = fields.optional::<String>("matrix_id", "a string", problems);
    let title = fields.text("title", problems);
    let criteria = keys::criteria(&mut fields, criteria, problems);
    let frequency = fields.word("frequency", &FREQUENCIES, problems);
    let operation = fields.word("operation", &OPERATIONS, problems);
    let windows = Windows::read(&mut fields, frequency, problems);
    let operated = Operated::read(&mut fields, frequency, operation, problems);
    let owner = fields.text("owner", problems);
    let evidence = fields.text("evidence", problems);
    let collector = fields.text("collector", problems);
    let fact = fields.text("fact", problems);
    let policy = fields.text("policy", problems);
    let mode = fields.word("mode", &MODES, problems);
    let severity = fields.word("severity", &SEVERITIES, problems);
    let remediation_days = keys::remediation_days(&mut fields, problems);
    let max_age = fields.duration("max_age", problems);
    let window = fields.duration("window", problems);
    let parameters = parameters(&mut fields, problems);
    let selector = "a table with any of `environment`, `name`, `tier` and `tags`";
    let systems = fields.optional::<SystemSelector>("systems", selector, problems);
    let replaces = keys::replaces(&mut fields, problems);
    fields.finish(problems);

    let (id, collector, fact, policy) = (id?, collector?, fact?, policy?);
    let text = find_policy(file, &policy, files, problems);
    let control = Control {
        anchor: windows.anchor,
        collector: collector.value,
        combine: operated.combine,
        criteria,
        each: operated.each,
        evidence: evidence?.value,
        execution: operated.execution,
        fact: fact.value,
        frequency: frequency?,
        grace_ms: windows.grace_ms,
        id: id.value,
        matrix_id: matrix_id.map(|id| id.value),
        max_age_ms: max_age.map(|age| age.value),
        max_gap_ms: operated.max_gap_ms,
        mode: mode?,
        operation: operation?,
        owner: owner?.value,
        parameters,
        policy: policy.value,
        remediation_days: remediation_days?,
        replaces,
        severity: severity?,
        stratum: operated.stratum,
        systems: systems.map(|systems| systems.value).unwrap_or_default(),
        time_zone: windows.time_zone,
        title: title?.value,
        window_ms: window.map(|window| window.value),
    };
    let place = Place { file: file.clone(), id: id.span };
    let places = Places {
        place,
        collector: collector.span,
        fact: fact.span,
        each: operated.each_span,
        stratum: operated.stratum_span,
    };
    Some(Entry { control, origin, policy: text?, places })
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
