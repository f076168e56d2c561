//! Whatever a collector declares and emits, Cedar takes it or it was refused before: no panic, and no error of a value that
//! nobody reads.

use std::sync::Arc;

use proptest::prelude::*;
use tickmark_model::*;

use super::*;
use crate::problem::SourceFile;
use crate::schema::Kinds;

/// Words that mean something to Cedar or to its schemas; the model takes all of them as names.
const WORDS: [&str; 18] = [
    "attrs",
    "bool",
    "cedar",
    "datetime",
    "decimal",
    "duration",
    "entity",
    "extension",
    "id",
    "ip",
    "ipaddr",
    "long",
    "parents",
    "record",
    "set",
    "string",
    "tags",
    "type",
];

/// Words that it does not take, or not everywhere.
const OTHERS: [&str; 10] = ["", "__cedar", "action", "context", "else", "has", "in", "is", "true", "\n"];

fn word() -> impl Strategy<Value = String> {
    let of = |words: &'static [&'static str]| proptest::sample::select(words).prop_map(str::to_owned);
    prop_oneof![40 => of(&WORDS), 1 => of(&OTHERS)]
}

/// A kind whose parts are such words, mostly written as kinds are.
fn kind() -> impl Strategy<Value = String> {
    let part = || {
        (word(), 0..40_u8).prop_map(|(word, how)| match (how, word.split_at_checked(1)) {
            (1.., Some((first, rest))) => format!("{}{rest}", first.to_uppercase()),
            _ => word,
        })
    };
    let others = [
        "Tickmark::System",
        "Tickmark::Population",
        "A::B::C",
        "__cedar::String",
        "A::Action",
        "Action::A",
        "If::Then",
        "A",
    ];
    prop_oneof![
        6 => (part(), part()).prop_map(|(namespace, name)| format!("{namespace}::{name}")),
        1 => proptest::sample::select(others.to_vec()).prop_map(str::to_owned),
    ]
}

fn a_type() -> impl Strategy<Value = CedarType> {
    use CedarType::*;
    proptest::sample::select(vec![Boolean, Long, Text, Decimal, Ip, Datetime, Duration, Entity])
}

fn a_column() -> impl Strategy<Value = Column> {
    (word(), a_type(), kind(), any::<(bool, bool)>()).prop_map(|(name, ty, kind, (required, set))| Column {
        doc: String::new(),
        entity_kind: (ty == CedarType::Entity).then_some(kind),
        name,
        required,
        shape: if set { Shape::SetOf } else { Shape::One },
        ty,
    })
}

fn a_fact() -> impl Strategy<Value = Fact> {
    let columns = proptest::collection::vec(a_column(), 0..4);
    (word(), kind(), columns, proptest::collection::vec(kind(), 0..2)).prop_map(
        |(name, entity_kind, columns, parent_kinds)| Fact {
            columns,
            doc: String::new(),
            entity_kind,
            event_time: None,
            name,
            parent_kinds,
        },
    )
}

fn matrix_of(plugin: &str, fact: &str) -> matrix::Matrix {
    let row = format!(
        "[[control]]\nid = \"X\"\ntitle = \"t\"\ncriteria = [\"CC6.1\"]\nfrequency = \"daily\"\noperation = \"state\"\n\
         owner = \"o\"\nevidence = \"e\"\ncollector = \"{plugin}\"\nfact = \"{fact}\"\npolicy = \"x.cedar\"\n\
         mode = \"subject\"\nseverity = \"low\"\nremediation_days = 90\n"
    );
    let policy = "@id(\"p\") permit (principal, action == Action::\"X\", resource);\n\
                  @id(\"f\") @message(\"m\") @severity(\"low\") @remediation(\"r\")\n\
                  forbid (principal, action == Action::\"X\", resource) when { context.as_of < datetime(\"1999-01-01\") };";
    let files = [SourceFile::new("controls.toml", row.as_str()), SourceFile::new("x.cedar", policy)];
    matrix::load(&files).unwrap()
}

/// Any number that a guest can say, the edges of what others can hold first.
fn number() -> impl Strategy<Value = i64> {
    let edges = [0, 1, -1, i64::MIN, i64::MIN + 1, i64::MAX, MIN_INSTANT_MS, MAX_INSTANT_MS, (1 << 53) - 1, 1 << 53];
    prop_oneof![
        2 => (proptest::sample::select(edges.to_vec()), -1..=1_i64).prop_map(|(edge, by)| edge.saturating_add(by)),
        1 => any::<i64>(),
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), Just("\0\"\\\u{10ffff}\u{202e}\n".to_owned()), Just("a".repeat(70_000))]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<(u32, u8)>().prop_map(|(bits, prefix)| format!("{}/{}", std::net::Ipv4Addr::from(bits), prefix % 40)),
        any::<(u128, u8)>().prop_map(|(bits, prefix)| format!("{}/{}", std::net::Ipv6Addr::from(bits), prefix % 140)),
        proptest::sample::select(vec![
            "::ffff:1.2.3.4",
            "::1.2.3.4/96",
            "1.2.3.4/032",
            "010.0.0.1",
            "::/129",
            "fe80::1%1"
        ])
        .prop_map(str::to_owned),
        "\\PC{0,9}",
    ]
}

/// A scalar of the type at `at` in [`COLUMNS`].
fn scalar(at: usize) -> BoxedStrategy<Scalar> {
    match at % 8 {
        0 => any::<bool>().prop_map(Scalar::Boolean).boxed(),
        1 => number().prop_map(Scalar::Long).boxed(),
        2 => some_text().prop_map(Scalar::Text).boxed(),
        3 => number().prop_map(|units| Scalar::Decimal(Decimal4(units))).boxed(),
        4 => address().prop_map(Scalar::Ip).boxed(),
        5 => number().prop_map(Scalar::Datetime).boxed(),
        6 => number().prop_map(Scalar::Duration).boxed(),
        _ => some_text().prop_map(|id| Scalar::Entity(EntityRef { id, kind: "Probe::Group".into() })).boxed(),
    }
}

const COLUMNS: &str = "a boolean, b long, c text, d decimal, e ip, f datetime, g duration, h entity Probe::Group, \
                       i boolean*, j long*, k text*, l decimal*, m ip*, n datetime*, o duration*, p entity Probe::Group*";

fn cell(at: usize) -> BoxedStrategy<Value> {
    if at < 8 {
        prop_oneof![Just(Value::Absent), scalar(at).prop_map(Value::One)].boxed()
    } else {
        proptest::collection::vec(scalar(at), 0..3).prop_map(Value::SetOf).boxed()
    }
}

/// One cell, all others absent: a row that is refused for one value says nothing about the others.
fn row() -> impl Strategy<Value = (usize, Value, String)> {
    (0..16_usize).prop_flat_map(|at| (Just(at), cell(at), some_text()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The sandbox refuses a plugin whose declaration the model finds wrong; any other gives a schema.
    #[test]
    fn a_declaration_that_is_admitted_gives_a_schema(facts in proptest::collection::vec(a_fact(), 1..3)) {
        let declared = descriptor("probe", facts);
        let mut clashes = Vec::new();
        Kinds::of(std::slice::from_ref(&declared), &mut clashes);
        if declared.errors().is_empty() && clashes.is_empty() {
            let matrix = matrix_of("probe", &declared.facts[0].name);
            let mut all = descriptors();
            // The built-in controls judge the built-in collectors; a namespace of theirs is another question.
            let taken = |kind: &str| all.iter().flat_map(|it| &it.facts).any(|fact| {
                fact.entity_kind.split("::").next() == kind.split("::").next()
            });
            prop_assume!(!declared.facts.iter().any(|fact| taken(&fact.entity_kind)));
            all.push(declared);
            let compiled = Policies::compile(&matrix, &all);
            prop_assert!(compiled.is_ok(), "{:?}", compiled.err());
        }
    }

    /// A value that a table takes is one that Cedar takes: no subject is undecided because of it.
    #[test]
    fn a_row_that_is_admitted_is_decided(rows in proptest::collection::vec(row(), 1..6)) {
        let declared = descriptor("probe", vec![fact("thing", "Probe::Thing", None, &["Probe::Group"], COLUMNS)]);
        let thing = Arc::new(declared.facts[0].clone());
        let mut table = FactTable::new(Arc::clone(&thing));
        for (at, value, text) in rows {
            // One that is refused loses the run, so each is tried in a table of its own first.
            let layout = table.layout([thing.columns[at].name.as_str()]).unwrap();
            let group = EntityRef { id: text.clone(), kind: "Probe::Group".into() };
            let parents = if text.is_empty() { vec![] } else { vec![group] };
            let row = Row { id: text, parents, cells: vec![value], receipts: vec![0] };
            if table.clone().push(&layout, row.clone()).is_ok() {
                table.push(&layout, row).unwrap();
            }
        }
        let count = table.len() as u64;
        let matrix = matrix_of("probe", "thing");
        let mut all = descriptors();
        all.push(declared.clone());
        let policies = Policies::compile(&matrix, &all).unwrap();
        let (control, system) = (matrix.entry("X").unwrap().control.clone(), system());
        let collection = collection(&declared, vec![table]);
        let input = Input { system: &system, collections: &[&collection], as_of: at(AS_OF) };
        let finding = policies.assess_one_by_one(&control, input);
        prop_assert_eq!(&finding.undecided, &vec![]);
        prop_assert_eq!((finding.counts.conforming, finding.counts.in_scope), (count, count));
        prop_assert_eq!(&policies.assess(&control, input), &finding);
    }
}
