//! Every built-in control against the slow, obvious judge, over collections of every kind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

#[path = "../cells/mod.rs"]
mod cells;
#[expect(dead_code, reason = "this program uses a part of it")]
#[path = "../../host/policy/tests/fixture/mod.rs"]
mod fixture;
#[path = "../model/mod.rs"]
mod model;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use fixture::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tickmark_model::*;
use tickmark_policy::matrix::{self, Matrix};
use tickmark_policy::{Input, Policies};

static MATRIX: LazyLock<Matrix> = LazyLock::new(|| matrix::load(&[]).unwrap());

static DESCRIPTORS: LazyLock<Vec<Descriptor>> = LazyLock::new(descriptors);

static POLICIES: LazyLock<Policies> = LazyLock::new(|| Policies::compile(&MATRIX, &DESCRIPTORS).unwrap());

/// Parameters that silence a policy: the control, the parameter with the value that does, and the policy.
const SILENCED: [(&str, &str, bool, &str); 3] = [
    ("CC6.2-account-owner", "email_is_enough", true, "account-owner-by-email"),
    ("CC6.3-mover-roles", "date_needed", false, "mover-roles-undated"),
    ("CC8.1-change-approved", "require_issue_approval", false, "change-approved-issue"),
];

/// The matrix in which each of those parameters is the other way round.
static TURNED: LazyLock<(Matrix, Policies)> = LazyLock::new(|| {
    let turn = |(id, name, _, _): &(&'static str, &str, bool, &str)| {
        let is = MATRIX.entry(id).unwrap().control.parameters.get(*name) == Some(&Scalar::Boolean(true));
        (*id, format!("{name} = {is}"), format!("{name} = {}", !is))
    };
    let changes: Vec<_> = SILENCED.iter().map(turn).collect();
    let changes: Vec<_> = changes.iter().map(|(id, from, to)| (*id, from.as_str(), to.as_str())).collect();
    let matrix = matrix_with(&changes);
    let policies = Policies::compile(&matrix, &DESCRIPTORS).unwrap();
    (matrix, policies)
});

/// Every built-in control, and once more those with parameters the other way round.
fn controls() -> impl Iterator<Item = &'static Control> {
    MATRIX.controls().chain(TURNED.0.controls().filter(|control| control.replaces))
}

fn policies(control: &Control) -> &'static Policies {
    if control.replaces { &TURNED.1 } else { &POLICIES }
}

/// Rows of `fact`.
fn arb_table(fact: Fact) -> impl Strategy<Value = FactTable> {
    let cells: Vec<_> = fact.columns.iter().map(|column| cells::arb_cell(&fact.entity_kind, column)).collect();
    prop::collection::vec(cells, 0..12).prop_map(move |rows| {
        let mut table = FactTable::new(std::sync::Arc::new(fact.clone()));
        let layout = table.layout(fact.columns.iter().map(|column| column.name.as_str())).unwrap();
        for (at, cells) in rows.into_iter().enumerate() {
            let receipts = vec![if at == 3 { 1 } else { 0 }];
            table.push(&layout, Row { id: format!("s{at}"), parents: vec![], cells, receipts }).unwrap();
        }
        table
    })
}

/// A run that may have gone wrong in any way that leaves doubt, or in none.
fn arb_collection(descriptor: Descriptor, fact: Fact, instance: &'static str) -> impl Strategy<Value = Collection> {
    let broken = prop::sample::select(vec![RunOutcome::Trapped, RunOutcome::Denied, RunOutcome::Deadline]);
    // The windows that controls ask for, up to now and a second too short: 90, 31 and 30 days, 48 and 24 hours.
    let instants = prop::option::weighted(
        0.3,
        prop::sample::select(vec![
            "2026-08-22T09:00:00Z",
            "2026-08-22T09:00:01Z",
            "2026-10-20T09:00:00Z",
            "2026-10-21T09:00:01Z",
            "2026-11-18T09:00:00Z",
            "2026-11-18T09:00:01Z",
            "2026-11-19T09:00:00Z",
            AS_OF,
        ]),
    );
    let observed = prop::option::weighted(
        0.2,
        prop::sample::select(vec![
            "2026-08-20T09:00:00Z",
            "2026-08-20T08:59:59Z",
            "2026-11-19T09:00:00Z",
            "2026-11-19T08:59:59Z",
            "2026-11-20T09:05:00Z",
            "2026-11-20T09:05:01Z",
        ]),
    );
    (
        arb_table(fact),
        prop::option::weighted(0.1, broken),
        (instants.clone(), instants, observed),
        prop::option::weighted(0.3, 0_u8..7),
    )
        .prop_map(move |(table, outcome, (from, to, observed), trouble)| {
            if let Some(outcome) = outcome {
                return fixture::broken(&descriptor, outcome, None);
            }
            let fact = table.fact().name.clone();
            let mut collection = collection(&descriptor, vec![table]);
            collection.id.instance = instance.to_owned();
            let claim = collection.populations.get_mut(&fact).unwrap();
            claim.covers_from = from.map(at).or(claim.covers_from);
            claim.covers_to = to.map(at).or(claim.covers_to);
            claim.observed_at = observed.map(at);
            match trouble {
                Some(0) => claim.source_total = None,
                Some(1) => claim.source_total = claim.source_total.map(|total| total + 1),
                Some(2) => claim.total_source = None,
                Some(3) => claim.count += 1,
                Some(4) => {
                    claim.excluded = 2;
                    claim.source_total = claim.source_total.map(|total| total + 2);
                    claim.exclusion_rule = claim.count.is_multiple_of(2).then(|| "deleted".to_owned());
                }
                Some(5) => collection.exchanges.push(exchange(1, Some("timeout"))),
                Some(6) => drop(collection.populations.remove(&fact)),
                _ => collection.exchanges.push(exchange(1, Some("not-found"))),
            }
            collection
        })
}

/// None to two collections of the control's fact.
fn arb_collections(control: &Control) -> impl Strategy<Value = Vec<Collection>> + use<> {
    let plugin = DESCRIPTORS.iter().find(|plugin| plugin.name == control.collector).unwrap();
    let fact = plugin.fact(&control.fact).unwrap();
    let first = arb_collection(plugin.clone(), fact.clone(), "first");
    let second = arb_collection(plugin.clone(), fact.clone(), "second");
    (prop::option::weighted(0.95, first), prop::option::weighted(0.2, second))
        .prop_map(|(first, second)| first.into_iter().chain(second).collect())
}

/// A control with what was collected for it.
fn arb_case() -> impl Strategy<Value = (Control, Vec<Collection>)> {
    let controls: Vec<Control> = controls().cloned().collect();
    prop::sample::select(controls).prop_flat_map(|control| {
        let collections = arb_collections(&control);
        (Just(control), collections)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_agrees_with_the_model((control, collections) in arb_case()) {
        let (as_of, system) = (at(AS_OF), system());
        let collections: Vec<&Collection> = collections.iter().collect();
        let finding = policies(&control).assess(&control, Input { system: &system, collections: &collections, as_of });
        let expected = model::judge(&control, &collections, as_of);
        prop_assert_eq!(model::Judgement::from(&finding), expected, "{}", control.id);
        let one_by_one = policies(&control).assess_one_by_one(&control, Input { system: &system, collections: &collections, as_of });
        prop_assert_eq!(finding, one_by_one);
    }
}

/// The ids of the policies that can speak against a subject of `control`.
fn forbidding(control: &Control) -> BTreeSet<String> {
    let source = policies(control).source(&control.id).unwrap();
    let silenced = |id: &str| {
        let is = |name: &str, value| control.parameters.get(name) == Some(&Scalar::Boolean(value));
        SILENCED.iter().any(|(_, name, value, policy)| *policy == id && is(name, *value))
    };
    let policies = source.text().split("@id(\"").skip(1).filter(|policy| policy.contains("\nforbid ("));
    policies.map(|policy| policy.split_once('"').unwrap().0).filter(|id| !silenced(id)).map(str::to_owned).collect()
}

/// A model that only ever sees one outcome, or that never hears some policy speak, would agree with anything.
#[test]
fn the_cases_reach_every_outcome_of_every_control() {
    let mut runner = TestRunner::deterministic();
    for control in controls() {
        let mut expected = vec!["fail", "inconclusive", "pass"];
        if model::is_about_events(&control.id) {
            expected.insert(2, "no-occurrence");
        }
        let (mut seen, mut policies, forbidding) = (BTreeSet::new(), BTreeSet::new(), forbidding(control));
        let strategy = arb_collections(control);
        for case in 0..4_000 {
            let collections = strategy.new_tree(&mut runner).unwrap().current();
            let collections: Vec<&Collection> = collections.iter().collect();
            let judgement = model::judge(control, &collections, at(AS_OF));
            seen.insert(judgement.outcome.as_str());
            policies.extend(judgement.exceptions.into_values().flatten());
            if case > 200 && seen.len() == expected.len() && policies == forbidding {
                break;
            }
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), expected, "{}", control.id);
        assert_eq!(policies, forbidding, "{}", control.id);
    }
}
