//! `docs/controls.md`, made from the built-in matrix. A page that is out of date fails; `UPDATE_EXPECT=1` writes it anew.

#![expect(clippy::unwrap_used, reason = "test code")]

use std::fmt::Write as _;

use expect_test::expect_file;
use tickmark_model::{
    Combine, Control, Decimal4, Frequency, ManualControl, Mode, MonthDay, Operation, Scalar, format_duration,
};
use tickmark_policy::matrix::{self, Entry, Matrix};

#[test]
fn the_page_of_controls_says_what_the_matrix_says() {
    expect_file!["../../../docs/controls.md"].assert_eq(&page(&matrix::load(&[]).unwrap()));
}

#[test]
fn values_are_put_in_words() {
    let check = |ms, words: &str| assert_eq!(duration(ms), words);
    check(0, "0 ms");
    check(300_000, "5 minutes");
    check(3_600_000, "1 hour");
    check(86_400_000, "24 hours");
    check(93_600_000, "26 hours");
    check(172_800_000, "48 hours");
    check(259_200_000, "3 days");
    check(2_678_400_000, "31 days");
    check(90_001, "1m30s1ms");
    let decimal = |text: &str| words(&Scalar::Decimal(text.parse().unwrap()));
    assert_eq!([decimal("99.9"), decimal("1.2"), decimal("2"), decimal("0.0001")], ["99.9", "1.2", "2", "0.0001"]);
    assert_eq!([words(&Scalar::Boolean(true)), words(&Scalar::Long(-1))], ["yes", "-1"]);
    let five = |name| value(name, &Scalar::Long(5));
    assert_eq!([five("max_percent"), five("min_rsa_bits"), five("max_failures")], ["5 %", "5 bits", "5"]);
}

const HEAD: &str = "\
# The built-in controls

This page is made from `policies/controls.toml` and the policies beside it, and a test fails where it is out of date. To write it
anew:

```console
$ UPDATE_EXPECT=1 cargo test -p tickmark-policy --test controls_md
```

What a site replaces or adds is not here: `tickmark control list` and `tickmark control show` say what is in force. How a control
is read and written, [writing policies](writing-policies.md) says. The column *operation* says what one doing of the control is: an
event that the source recorded, a state that holds when somebody looks, or something that a person did by hand.

These are the controls that policies judge on what a collector observes. Those that people operate are [below](#by-hand).

";

const BY_HAND: &str = "
## By hand

Controls that people operate, who bring the evidence. No run judges them, and none of them counts as passed because it stands here.

| control | title | criteria | frequency | owner | evidence | severity, remedied within |
|---|---|---|---|---|---|---|
";

/// The whole page: all controls in one table, then each of them.
fn page(matrix: &Matrix) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("| control | matrix | title | criteria | frequency | operation | owner | collector, fact |\n");
    page.push_str("|---|---|---|---|---|---|---|---|\n");
    for control in matrix.controls() {
        writeln!(
            page,
            "| [{id}](#{anchor}) | {matrix_id} | {title} | {criteria} | {frequency} | {operation} | {owner} | \
             [{collector}](collectors/{collector}.md), `{fact}` |",
            id = control.id,
            anchor = anchor(&control.id),
            matrix_id = control.matrix_id.as_deref().unwrap_or(""),
            title = control.title,
            criteria = control.criteria.join(", "),
            frequency = often(control.frequency, control.anchor),
            operation = operation(control.operation),
            owner = control.owner,
            collector = control.collector,
            fact = control.fact,
        )
        .unwrap();
    }
    for entry in matrix.entries() {
        page.push_str(&section(matrix, entry));
    }
    page.push_str(BY_HAND);
    for control in matrix.manual() {
        page.push_str(&by_hand(control));
    }
    page
}

/// One control that people operate, as a line of their table.
fn by_hand(control: &ManualControl) -> String {
    let ManualControl { id, title, evidence, owner, remediation_days, .. } = control;
    let criteria = control.criteria.join(", ");
    let often = often(control.frequency, control.anchor);
    let severity = control.severity.as_str();
    format!(
        "| `{id}` | {title} | {criteria} | {often} | {owner} | {evidence} | {severity}, {remediation_days} days |\n"
    )
}

/// How often, with the day that an annual control's year starts on.
fn often(of: Frequency, anchor: Option<MonthDay>) -> String {
    match anchor {
        Some(MonthDay { day, month }) => format!("{}, from {month:02}-{day:02}", frequency(of)),
        None => frequency(of).to_owned(),
    }
}

/// One control, with what it needs, when it must be remedied, and its policies.
fn section(matrix: &Matrix, entry: &Entry) -> String {
    let control = &entry.control;
    let mut section = format!("\n## {}\n\n{}.\n\n", control.id, control.title);
    let mut item = |name: &str, words: &str| writeln!(section, "- **{name}:** {words}").unwrap();
    for id in &control.criteria {
        let criterion = matrix.criteria().iter().find(|criterion| criterion.id == *id).unwrap();
        item(&format!("Criterion {id}"), &criterion.title);
    }
    item("Evidence", &evidence(control));
    if let Some(words) = combines(control) {
        item("In one window", &words);
    }
    item("Decides", decides(control.mode));
    let (severity, days) = (control.severity.as_str(), control.remediation_days);
    item("Severity", &format!("{severity}, to be remedied within {days} days"));
    if control.parameters.is_empty() {
        item("Parameters", "none");
    } else {
        section.push_str("\n| parameter | value |\n|---|---|\n");
        for (name, scalar) in &control.parameters {
            writeln!(section, "| `{name}` | {} |", value(name, scalar)).unwrap();
        }
    }
    writeln!(section, "\n```cedar\n{}\n```", entry.policy.text().trim_end()).unwrap();
    section
}

/// What is shown, by whom, how old it may be and how far back it must reach.
fn evidence(control: &Control) -> String {
    let Control { collector, fact, .. } = control;
    let mut words =
        format!("{}; fact `{fact}` of the collector [{collector}](collectors/{collector}.md)", control.evidence);
    if let Some(age) = control.max_age_ms {
        write!(words, ", at most {} old", duration(age)).unwrap();
    }
    if let Some(window) = control.window_ms {
        write!(words, ", from a source that covers the last {}", duration(window)).unwrap();
    }
    words
}

/// How several events make a result, and which are set apart, where one success is not enough.
fn combines(control: &Control) -> Option<String> {
    let combines = match (control.combine, &control.each) {
        (Combine::Any, _) => None,
        (Combine::Each, Some(column)) => Some(format!("each `{column}` must succeed once")),
        (Combine::Each, None) => Some("each subject must succeed once".to_owned()),
        (Combine::All, _) => Some("all must succeed".to_owned()),
    };
    let apart = control.stratum.as_ref().map(|column| format!("counted and sampled apart by `{column}`"));
    let words: Vec<String> = combines.into_iter().chain(apart).collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// The anchor of a heading, as it is made of its text.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || *letter == '-');
    kept.flat_map(char::to_lowercase).collect()
}

/// The value of the parameter `name`, with the unit that its name ends in.
fn value(name: &str, scalar: &Scalar) -> String {
    let words = words(scalar);
    match name.rsplit_once('_') {
        Some((_, "percent")) => format!("{words} %"),
        Some((_, unit @ ("bits" | "ms"))) => format!("{words} {unit}"),
        _ => words,
    }
}

fn words(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Boolean(true) => "yes".to_owned(),
        Scalar::Boolean(false) => "no".to_owned(),
        Scalar::Duration(ms) => duration(*ms),
        Scalar::Decimal(units) => decimal(*units),
        other => other.to_string(),
    }
}

/// A decimal without the zeros that say nothing.
fn decimal(units: Decimal4) -> String {
    units.to_string().trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A duration in the largest unit that it is a whole number of, days from the third on; any other in its short spelling.
fn duration(ms: i64) -> String {
    let units = [("day", 86_400_000, 3), ("hour", 3_600_000, 1), ("minute", 60_000, 1), ("second", 1_000, 1)];
    let whole = units.iter().find(|(_, unit, least)| ms % unit == 0 && ms / unit >= *least);
    match whole.map(|(name, unit, _)| (name, ms / unit)) {
        Some((name, 1)) => format!("1 {name}"),
        Some((name, count)) => format!("{count} {name}s"),
        None if ms == 0 => "0 ms".to_owned(),
        None => format_duration(ms),
    }
}

fn frequency(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Continuous => "continuous",
        Frequency::Daily => "daily",
        Frequency::BusinessDaily => "every business day",
        Frequency::Weekly => "weekly",
        Frequency::Monthly => "monthly",
        Frequency::Quarterly => "quarterly",
        Frequency::Annual => "annual",
        Frequency::PerEvent => "at each event",
        Frequency::Within => "within a time after each event",
    }
}

fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Event => "automated, event",
        Operation::State => "automated, state",
        Operation::Human => "by hand",
    }
}

fn decides(mode: Mode) -> &'static str {
    match mode {
        Mode::Subject => "each subject in scope: one that does not conform is a failure",
        Mode::Population => "the population as a whole; who does not conform is listed all the same",
    }
}
