//! Rows lifted into Cedar's entities and judged: whatever a table took, each of its subjects is judged one way or another, and
//! arithmetic that overflows makes a subject undecided, never conforming and never a panic.

use std::sync::LazyLock;

use tickmark_model::{Control, Descriptor, FactTable};
use tickmark_policy::{Input, Policies, SourceFile, matrix};

use crate::fixture::{AS_OF, at, collection, descriptor, descriptors, system};
use crate::rows;

/// Decides without a look at any value.
const BLIND: &str = "when { context.as_of < datetime(\"1999-01-01\") }";

/// Computes with every value that overflows: Cedar raises an error there.
const COMPUTING: &str = "unless {
    (if resource has one1 then resource.one1 * 3 + 1 >= 0 else true) &&
    (if resource has one3 then resource.one3.greaterThanOrEqual(decimal(\"0.0\")) else true) &&
    (if resource has one4 then !resource.one4.isInRange(ip(\"10.0.0.0/8\")) else true) &&
    (if resource has one5 then context.as_of.durationSince(resource.one5) >= duration(\"0s\") else true) &&
    (if resource has one5 && resource has one6 then resource.one5.offset(resource.one6) >= context.as_of else true) &&
    (if resource has one6 then resource.one6.toDays() >= 0 else true) &&
    (if resource has set2 then !resource.set2.contains(\"\") else true) &&
    (if resource has one7 then !(resource in resource.one7) else true)
}";

struct Judge {
    descriptor: Descriptor,
    policies: Policies,
    blind: Control,
    computing: Control,
}

static JUDGE: LazyLock<Judge> = LazyLock::new(|| {
    let row = |id: &str| {
        format!(
            "[[control]]\nid = \"{id}\"\ntitle = \"t\"\ncriteria = [\"CC6.1\"]\nfrequency = \"daily\"\noperation = \"state\"\n\
             owner = \"o\"\nevidence = \"e\"\ncollector = \"probe\"\nfact = \"thing\"\npolicy = \"{id}.cedar\"\n\
             mode = \"subject\"\nseverity = \"low\"\nremediation_days = 90\n"
        )
    };
    let policy = |id: &str, when: &str| {
        let scope = format!("(principal, action == Action::\"{id}\", resource)");
        format!(
            "@id(\"{id}-conforms\") permit {scope};\n\
             @id(\"{id}-against\") @message(\"m\") @severity(\"low\") @remediation(\"r\")\nforbid {scope} {when};"
        )
    };
    let files = [
        SourceFile::new("controls.toml", format!("{}{}", row("Blind"), row("Computing"))),
        SourceFile::new("Blind.cedar", policy("Blind", BLIND)),
        SourceFile::new("Computing.cedar", policy("Computing", COMPUTING)),
    ];
    let descriptor = descriptor("probe", vec![rows::fact()]);
    // The built-in controls are checked too, so what they judge has to be declared.
    let all = [descriptors(), vec![descriptor.clone()]].concat();
    let matrix = matrix::load(&files).expect("the matrix is sound");
    let policies = Policies::compile(&matrix, &all).expect("the policies are sound");
    let control = |id| matrix.entry(id).expect("it is in the matrix").control.clone();
    Judge { blind: control("Blind"), computing: control("Computing"), descriptor, policies }
});

/// Reads bytes as rows and judges them; whether there were any.
///
/// # Panics
/// Where a subject is lost, or conforms although its policy could not be evaluated.
pub fn check(bytes: &[u8]) -> bool {
    let Some(table) = rows::table(bytes).filter(|table| !table.is_empty()) else { return false };
    let count = table.len() as u64;
    let (conforming, undecided) = judged(table.clone(), &JUDGE.blind, count);
    assert_eq!((conforming, undecided), (count, 0), "a value that nobody reads decides nothing");
    judged(table, &JUDGE.computing, count);
    true
}

/// How many of the subjects conform, and how many are undecided.
fn judged(table: FactTable, control: &Control, count: u64) -> (u64, u64) {
    let collection = collection(&JUDGE.descriptor, vec![table]);
    let system = system();
    let input = Input { system: &system, collections: &[&collection], as_of: at(AS_OF) };
    let finding = JUDGE.policies.assess_one_by_one(control, input);
    let counts = finding.counts;
    assert_eq!(counts.in_scope, count, "every subject is in scope");
    assert_eq!(counts.conforming + counts.exceptions + counts.undecided, count, "no subject is lost");
    assert_eq!(counts.undecided, finding.undecided.len() as u64, "whoever is undecided has a name");
    assert_eq!(JUDGE.policies.assess(control, input), finding, "both ways of judging say the same");
    (counts.conforming, counts.undecided)
}
