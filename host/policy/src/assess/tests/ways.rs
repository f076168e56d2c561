//! One by one, by equal values, by truths, and the fastest of them: the same finding.

use std::sync::LazyLock;

use proptest::prelude::*;
use tickmark_model::*;

use super::super::{Way, group};
use super::*;
use crate::matrix::Matrix;
use crate::problem::SourceFile;

const COLUMNS: &str = "flag boolean!, maybe boolean, count long!, size long, at datetime!, seen datetime, gap duration!, \
                       rate decimal!, name text!, tags text*!, source ip!, lead entity Probe::Group";

/// Each is one control: what follows the `permit`s, with `$` for the action up to its closing quotes.
const CONDITIONS: [&str; 15] = [
    "forbid (principal, action == $\", resource) when { resource.flag };",
    "forbid (principal, action == $\", resource) unless { resource has maybe && resource.maybe };",
    "forbid (principal, action == $\", resource) when { context.as_of.durationSince(resource.at) > context.limit };",
    "forbid (principal, action == $\", resource) unless { if resource has seen then resource.seen >= resource.at else resource.flag };",
    "forbid (principal, action == $\", resource) when { resource.count * 9007199254740991 > 7 };",
    "forbid (principal, action == $\", resource) when { resource.flag || resource.at.offset(resource.gap) < context.as_of };",
    "forbid (principal, action == $\", resource) when { resource.gap.toHours() == -1 || resource.gap.toDays() != 0 };",
    "forbid (principal, action == $\", resource) when { resource.rate.lessThan(decimal(\"0.5\")) || resource.rate == context.rate };",
    "forbid (principal, action == $\", resource) when { resource in [Probe::Group::\"a\", Probe::Group::\"b\"] && -resource.count < 2 };",
    "forbid (principal, action == $\", resource in Probe::Group::\"a\") when { resource.tags.contains(\"x\") };",
    "forbid (principal, action == $\", resource) when { resource.name like \"a*\" && resource.tags.containsAny([\"x\", \"y\"]) };",
    "forbid (principal, action == $\", resource) when { resource.source.isInRange(ip(\"10.0.0.0/8\")) };",
    "forbid (principal, action == $\", resource) unless { resource has lead && resource.lead == Probe::Group::\"a\" };",
    "forbid (principal, action == $\", resource) when { resource == Probe::Thing::\"t1\" };
     permit (principal, action == $/scope\", resource) when { resource.count + 9223372036854775807 > 0 };",
    "forbid (principal, action == $\", resource) when { resource.count > 1 };
     permit (principal, action == $/scope\", resource) when { resource.flag } unless { resource has size && resource.size * 2 == 4 };",
];

fn probe() -> Descriptor {
    descriptor("probe", vec![fact("thing", "Probe::Thing", Some("at"), &["Probe::Group"], COLUMNS)])
}

static PROBES: LazyLock<(Matrix, Policies)> = LazyLock::new(|| {
    let matrix = probes();
    let policies = Policies::compile(&matrix, &[probe()]).unwrap();
    (matrix, policies)
});

/// A matrix of one control for each of [`CONDITIONS`], and the last ones again in population mode.
fn probes() -> Matrix {
    let mut rows = String::new();
    let mut files = Vec::new();
    for (at, conditions) in CONDITIONS.iter().enumerate() {
        for mode in ["subject", "population"] {
            let id = format!("{mode}-{at}");
            rows += &format!(
                "[[control]]\nid = \"{id}\"\ntitle = \"t\"\ncriteria = [\"CC6.1\"]\nfrequency = \"daily\"\noperation = \"state\"\n\
                 owner = \"o\"\nevidence = \"e\"\ncollector = \"probe\"\nfact = \"thing\"\npolicy = \"{id}.cedar\"\nmode = \"{mode}\"\n\
                 severity = \"low\"\nremediation_days = 90\n[control.parameters]\nlimit = {{ duration = \"10d\" }}\n\
                 rate = {{ decimal = \"0.75\" }}\n"
            );
            let action = format!("Action::\"{id}");
            let mut text = format!("permit (principal, action == {action}\", resource);{conditions}");
            if mode == "population" {
                text += "permit (principal, action == $/population\", resource);
                         forbid (principal, action == $/population\", resource)
                         unless { resource has oldest && resource.conforming * 2 > resource.in_scope };";
            }
            files.push(SourceFile::new(format!("{id}.cedar"), annotated(&text.replace('$', &action), &id)));
        }
    }
    files.push(SourceFile::new("controls.toml", rows));
    let criteria = crate::BUILTIN.iter().filter(|(path, _)| path.ends_with("criteria.toml"));
    let criteria: Vec<SourceFile> = criteria.map(|(path, text)| SourceFile::new(*path, *text)).collect();
    let (matrix, problems) = matrix::load_from(&criteria, &files);
    assert!(problems.is_empty(), "{problems:?}");
    matrix
}

/// Each policy of `text` with the annotations that it needs.
fn annotated(text: &str, id: &str) -> String {
    let policies = text.split_inclusive(';').filter(|policy| policy.contains("action"));
    let annotate = |(at, policy)| {
        format!("@id(\"{id}-{at}\") @message(\"m\") @severity(\"low\") @remediation(\"r\") {}\n", str::trim(policy))
    };
    policies.enumerate().map(annotate).collect()
}

fn arb_long() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -2i64..4, 1 => Just(9_007_199_254_740_991), 1 => Just(-9_007_199_254_740_991)]
}

fn arb_datetime() -> impl Strategy<Value = Value> {
    let as_of = at(AS_OF).ms();
    let ms = prop_oneof![
        6 => (-20i64..5).prop_map(move |days| as_of + days * 86_400_000),
        1 => Just(as_of - 864_000_000 - 1),
        1 => Just(tickmark_model::MIN_INSTANT_MS),
        1 => Just(tickmark_model::MAX_INSTANT_MS),
    ];
    ms.prop_map(|ms| Value::One(Scalar::Datetime(ms)))
}

fn arb_row() -> impl Strategy<Value = (Given, Vec<EntityRef>)> {
    let group = |id: &str| EntityRef { id: id.to_owned(), kind: "Probe::Group".to_owned() };
    let texts = |set: std::collections::BTreeSet<&str>| texts(&set.into_iter().collect::<Vec<_>>());
    let gap = prop_oneof![3 => -3i64..3, 1 => Just(i64::MAX), 1 => Just(i64::MIN), 2 => -90_000_000i64..90_000_000];
    let decimals = prop_oneof![4 => (0i64..10).prop_map(|n| n * 2_500), 1 => Just(i64::MIN), 1 => Just(i64::MAX)];
    (
        (any::<bool>(), prop::option::of(any::<bool>()), arb_long(), prop::option::of(arb_long())),
        (arb_datetime(), prop::option::of(arb_datetime()), gap, decimals),
        (
            prop::sample::select(vec!["", "a", "ab", "b"]),
            prop::collection::btree_set(prop::sample::select(vec!["x", "y", "z"]), 0..3).prop_map(texts),
            prop::sample::select(vec!["0.0.0.0/0", "10.1.2.3", "10.0.0.0/7", "::1"]),
        ),
        prop::option::of(prop::sample::select(vec![group("a"), group("b")])),
        prop::sample::subsequence(vec![group("a"), group("b"), group("c")], 0..=3),
    )
        .prop_map(|((flag, maybe, count, size), (when, seen, gap, rate), (name, tags, source), lead, parents)| {
            let mut cells: Given = vec![
                ("flag", yes(flag)),
                ("count", long(count)),
                ("at", when),
                ("gap", Value::One(Scalar::Duration(gap))),
                ("rate", Value::One(Scalar::Decimal(Decimal4(rate)))),
                ("name", text(name)),
                ("tags", tags),
                ("source", ip(source)),
            ];
            cells.extend(maybe.map(|maybe| ("maybe", yes(maybe))));
            cells.extend(size.map(|size| ("size", long(size))));
            cells.extend(seen.map(|seen| ("seen", seen)));
            cells.extend(lead.map(|lead| ("lead", Value::One(Scalar::Entity(lead)))));
            (cells, parents)
        })
}

fn things(rows: Vec<(Given, Vec<EntityRef>)>) -> Collection {
    let probe = probe();
    let name = |(at, (cells, parents)): (usize, (Given, _))| (format!("t{at}"), cells, parents);
    let rows: Vec<_> = rows.into_iter().enumerate().map(name).collect();
    collection(&probe, vec![table_in_groups(&probe.facts[0], &rows)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_way_gives_the_same_finding(rows in prop::collection::vec(arb_row(), 0..40)) {
        let ((matrix, policies), system, collection) = (&*PROBES, system(), things(rows));
        let input = Input { system: &system, collections: &[&collection], as_of: at(AS_OF) };
        for control in matrix.controls() {
            let expected = policies.assess_by(Way::OneByOne, control, &input);
            for way in [Way::EqualValues, Way::Truths, Way::Fastest] {
                prop_assert_eq!(&policies.assess_by(way, control, &input), &expected, "{} {:?}", control.id, way);
            }
        }
    }
}

/// The number of requests for the control made of condition `at`, one by one for what is not understood.
fn requests(way: Way, at: usize, collection: &Collection) -> usize {
    let compiled = PROBES.1.compiled(&format!("subject-{at}")).unwrap();
    let table = &collection.tables["thing"];
    let groups = compiled.reading.as_ref().and_then(|reading| group::groups(way, reading, table, fixture::at(AS_OF)));
    groups.map_or(table.len(), |groups| groups.first.len())
}

/// A thing with this count and flag.
fn thing(count: i64, flag: bool) -> (Given, Vec<EntityRef>) {
    let cells = vec![
        ("flag", yes(flag)),
        ("count", long(count)),
        ("at", datetime("2026-11-20")),
        ("gap", duration("0ms")),
        ("rate", decimal("0.5")),
        ("name", text("a")),
        ("tags", texts(&[])),
        ("source", ip("::1")),
    ];
    (cells, vec![])
}

/// Outcome, counts of exceptions, undecided and in scope, and the words of the reasons.
fn judged(at_condition: usize, rows: Vec<(Given, Vec<EntityRef>)>) -> (Outcome, [u64; 3], Vec<String>) {
    let ((matrix, policies), system, collection) = (&*PROBES, system(), things(rows));
    let control = &matrix.entry(&format!("subject-{at_condition}")).unwrap().control;
    let input = Input { system: &system, collections: &[&collection], as_of: at(AS_OF) };
    let Finding { outcome, counts, reasons, undecided, .. } = policies.assess(control, input);
    assert!(undecided.iter().all(|undecided| undecided.errors[0].contains("overflow")));
    let counts = [counts.exceptions, counts.undecided, counts.in_scope];
    (outcome, counts, reasons.into_iter().map(|reason| reason.code.0).collect())
}

#[test]
fn an_error_leaves_its_subject_undecided_and_the_finding_in_doubt() {
    let doubt = || vec![ReasonCode::EVALUATION_ERROR.to_owned()];
    let most = 9_007_199_254_740_991;
    assert_eq!(judged(4, vec![thing(0, true)]), (Outcome::Pass, [0, 0, 1], vec![]));
    assert_eq!(judged(4, vec![thing(0, true), thing(most, true)]), (Outcome::Inconclusive, [0, 1, 2], doubt()));
    assert_eq!(judged(4, vec![thing(1, true), thing(most, true)]), (Outcome::Fail, [1, 1, 2], doubt()));
    // The scope's own error: whether the subject is in scope is not known.
    assert_eq!(judged(13, vec![thing(1, true)]), (Outcome::Inconclusive, [0, 1, 0], doubt()));
}

#[test]
fn few_requests_where_subjects_cannot_be_told_apart() {
    let row = |n: i64| {
        let (mut cells, parents) = thing(0, n % 2 == 0);
        cells[2] = ("at", Value::One(Scalar::Datetime(at(AS_OF).ms() - n * 60_000)));
        (cells, parents)
    };
    let collection = things((0..30_000).map(row).collect());
    assert_eq!(requests(Way::EqualValues, 0, &collection), 2, "one boolean");
    assert_eq!(requests(Way::EqualValues, 2, &collection), 30_000, "distinct dates");
    assert_eq!(requests(Way::Truths, 2, &collection), 2, "older than the limit or not");
    assert_eq!(requests(Way::Fastest, 2, &collection), 2);
    assert_eq!(requests(Way::Truths, 13, &collection), 30_000, "the subject itself is compared");
}
