//! Every built-in control against the slow, obvious judge, over collections of every kind.

#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

#[expect(dead_code, reason = "this program uses a part of it")]
#[path = "../../host/policy/tests/fixture/mod.rs"]
mod fixture;
#[path = "../model/mod.rs"]
mod model;

use std::sync::LazyLock;

use fixture::*;
use proptest::prelude::*;
use tickmark_model::*;
use tickmark_policy::matrix::{self, Matrix};
use tickmark_policy::{Input, Policies};

static MATRIX: LazyLock<Matrix> = LazyLock::new(|| matrix::load(&[]).unwrap());

/// The controls that have a model. Those on declared facts and on logs have none yet: they are judged on written cases in
/// `host/policy/src/assess/tests`, and on examples.
fn modelled() -> impl Iterator<Item = &'static Control> {
    MATRIX.controls().filter(|control| {
        !["table", "ids", "accesslog", "encryption", "lifecycle", "monitoring", "recovery", "review"]
            .contains(&control.collector.as_str())
    })
}

static POLICIES: LazyLock<Policies> = LazyLock::new(|| Policies::compile(&MATRIX, &descriptors()).unwrap());

/// What holds of most changes.
const CHANGE_CONFORMS: [&str; 6] = [
    "author_known",
    "approved_before_deploy",
    "testing_completed",
    "in_business_hours",
    "in_change_window",
    "verification_done",
];

/// Values near the bounds that the built-in policies set.
fn arb_cell(column: &Column) -> BoxedStrategy<Value> {
    let as_of = at(AS_OF).ms();
    let texts_of = |all: &'static [&'static str]| prop::sample::select(all).prop_map(text).boxed();
    let longs = |all: &'static [i64]| prop::sample::select(all).prop_map(long).boxed();
    match (column.name.as_str(), column.ty) {
        ("hooks", _) => {
            prop::sample::subsequence(vec!["forward", "input", "output"], 0..=2).prop_map(|hooks| texts(&hooks)).boxed()
        }
        ("outside_accounts", _) => prop::sample::subsequence(vec!["x"], 0..=1).prop_map(|all| texts(&all)).boxed(),
        (_, CedarType::Text) if column.shape == Shape::SetOf => Just(texts(&["x"])).boxed(),
        // A change has many of these; it conforms now and then only where most are as they should be.
        (
            "direct_push" | "approval_void" | "self_approved" | "changes_requested" | "in_blackout",
            CedarType::Boolean,
        ) => prop::bool::weighted(0.04).prop_map(yes).boxed(),
        (name, CedarType::Boolean)
            if name.ends_with("_approved") || name.starts_with("has_") || CHANGE_CONFORMS.contains(&name) =>
        {
            prop::bool::weighted(0.96).prop_map(yes).boxed()
        }
        (_, CedarType::Boolean) => any::<bool>().prop_map(yes).boxed(),
        ("source", CedarType::Ip) => prop::sample::select(vec![
            "0.0.0.0/0",
            "10.0.0.0/8",
            "10.0.0.0/7",
            "100.64.0.0/10",
            "100.63.0.1",
            "127.0.0.1",
            "169.254.1.0/24",
            "172.31.0.1",
            "172.32.0.1",
            "192.168.0.0/15",
            "192.168.7.0/24",
            "203.0.113.9",
            "::/0",
            "::1",
            "::",
            "fd00::/8",
            "fe80::1",
            "fec0::1",
            "2001:db8::/32",
        ])
        .prop_map(ip)
        .boxed(),
        (_, CedarType::Ip) => Just(ip("0.0.0.0/0")).boxed(),
        ("verdict", _) => texts_of(&["accept", "accept", "accept", "drop", "queue", "jump", "unreadable"]),
        ("protocol", _) => texts_of(&["tcp", "tcp", "any", "udp", "icmp", "vrrp"]),
        ("interface_in", _) => texts_of(&["lo", "eth0"]),
        ("hook", _) => texts_of(&["input", "forward", "output"]),
        ("kind", _) => texts_of(&["filter", "nat", "code", "person", "service", "root"]),
        ("risk", _) => texts_of(&["low", "medium", "high"]),
        ("policy", _) => texts_of(&["drop", "accept"]),
        ("severity", _) => texts_of(&["critical", "high", "medium", "low", "unknown"]),
        ("state", _) => texts_of(&["open", "none", "active", "inactive"]),
        ("last_full_scan" | "open_since" | "last_active" | "last_used", _) => {
            let bounds = [
                "0ms",
                "5m",
                "300001ms",
                "1d",
                "86400001ms",
                "-8d",
                "-691200001ms",
                "-30d",
                "-2592000001ms",
                "-31d",
                "-60d",
                "-61d",
                "-5302800001ms",
                "-90d",
                "-7776000001ms",
                "-91d",
            ];
            let instant = move |offset: &str| Value::One(Scalar::Datetime(as_of + parse_duration(offset).unwrap()));
            prop::sample::select(bounds.to_vec()).prop_map(instant).boxed()
        }
        ("port_from", _) => longs(&[0, 22, 23, 24, 443, 1434, 5985, 5986, 5987, 27017, 27018]),
        ("port_to", _) => longs(&[21, 22, 23, 443, 3388, 3389, 5985, 27016, 65535]),
        ("failures", _) => longs(&[0, 99, 100, 101]),
        ("samples", _) => longs(&[0, 94, 95, 96, 100]),
        ("expected", CedarType::Long) => longs(&[0, 100, 101]),
        ("latency_ms", _) => longs(&[0, 2_000, 2_001]),
        (_, CedarType::Long) => longs(&[0, 1]),
        (_, CedarType::Decimal) => {
            prop::sample::select(vec!["99.8999", "99.9", "100.0", "0.0"]).prop_map(decimal).boxed()
        }
        (_, CedarType::Duration) => prop::sample::select(vec!["0ms", "23h", "1d", "2d"]).prop_map(duration).boxed(),
        (_, CedarType::Datetime) => {
            let bounds =
                ["0ms", "5m", "300001ms", "14d", "15d", "-1d", "-23h", "-26h", "-93600001ms", "-92d", "-93d", "-1ms"];
            let instant = move |offset: &str| Value::One(Scalar::Datetime(as_of + parse_duration(offset).unwrap()));
            prop::sample::select(bounds.to_vec()).prop_map(instant).boxed()
        }
        (_, CedarType::Text | CedarType::Entity) => Just(text("x")).boxed(),
    }
}

/// Rows of `fact`; what is not required is there or not.
fn arb_table(fact: Fact) -> impl Strategy<Value = FactTable> {
    let cells: Vec<_> = fact
        .columns
        .iter()
        .map(|column| {
            let cell = arb_cell(column);
            if column.required { cell.prop_map(Some).boxed() } else { prop::option::weighted(0.7, cell).boxed() }
        })
        .collect();
    prop::collection::vec(cells, 0..12).prop_map(move |rows| {
        let mut table = FactTable::new(std::sync::Arc::new(fact.clone()));
        let layout = table.layout(fact.columns.iter().map(|column| column.name.as_str())).unwrap();
        for (at, cells) in rows.into_iter().enumerate() {
            let cells = cells.into_iter().map(|cell| cell.unwrap_or(Value::Absent)).collect();
            let receipts = vec![if at == 3 { 1 } else { 0 }];
            table.push(&layout, Row { id: format!("s{at}"), parents: vec![], cells, receipts }).unwrap();
        }
        table
    })
}

/// A run that may have gone wrong in any way that leaves doubt, or in none.
fn arb_collection(descriptor: Descriptor, fact: Fact, instance: &'static str) -> impl Strategy<Value = Collection> {
    let broken = prop::sample::select(vec![RunOutcome::Trapped, RunOutcome::Denied, RunOutcome::Deadline]);
    let instants = prop::option::weighted(
        0.3,
        prop::sample::select(vec!["2026-10-20T09:00:00Z", "2026-10-21T09:00:01Z", "2026-11-19T09:00:00Z", AS_OF]),
    );
    let observed = prop::option::weighted(
        0.2,
        prop::sample::select(vec![
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

/// A built-in control with none to two collections of its fact.
fn arb_case() -> impl Strategy<Value = (Control, Vec<Collection>)> {
    let controls: Vec<Control> = modelled().cloned().collect();
    prop::sample::select(controls).prop_flat_map(|control| {
        let plugin = descriptors().into_iter().find(|plugin| plugin.name == control.collector).unwrap();
        let fact = plugin.fact(&control.fact).unwrap().clone();
        let first = arb_collection(plugin.clone(), fact.clone(), "first");
        let second = arb_collection(plugin, fact, "second");
        let collections = (prop::option::weighted(0.95, first), prop::option::weighted(0.2, second));
        (Just(control), collections.prop_map(|(first, second)| first.into_iter().chain(second).collect()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn the_judge_agrees_with_the_model((control, collections) in arb_case()) {
        let (as_of, system) = (at(AS_OF), system());
        let collections: Vec<&Collection> = collections.iter().collect();
        let finding = POLICIES.assess(&control, Input { system: &system, collections: &collections, as_of });
        let expected = model::judge(&control.id, &control.fact, &collections, as_of);
        prop_assert_eq!(model::Judgement::from(&finding), expected, "{}", control.id);
        let one_by_one = POLICIES.assess_one_by_one(&control, Input { system: &system, collections: &collections, as_of });
        prop_assert_eq!(finding, one_by_one);
    }
}

/// A model that only ever sees one outcome would agree with anything.
#[test]
fn the_cases_reach_every_outcome_of_every_control() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<String, std::collections::BTreeSet<&str>>::new();
    for _ in 0..1_500 * modelled().count() {
        let (control, collections) = arb_case().new_tree(&mut runner).unwrap().current();
        let collections: Vec<&Collection> = collections.iter().collect();
        let judgement = model::judge(&control.id, &control.fact, &collections, at(AS_OF));
        seen.entry(control.id).or_default().insert(judgement.outcome.as_str());
    }
    assert_eq!(seen.len(), modelled().count());
    for (control, outcomes) in seen {
        let mut expected = vec!["fail", "inconclusive", "pass"];
        if model::is_about_events(&control) {
            expected.insert(2, "no-occurrence");
        }
        assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), expected, "{control}");
    }
}
