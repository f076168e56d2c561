//! The subjects that both judges decide: the same facts, in each one's own form in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::{Value as Json, json};
use tickmark_model::{
    Collection, CollectorId, Descriptor, Exchange, FactTable, Instant, PopulationClaim, Row, RunOutcome, Scalar, Value,
};

/// How many subjects there are.
pub const SUBJECTS: usize = 100_000;

/// 2026-11-20T09:00:00Z.
pub const AS_OF_MS: i64 = 1_795_165_200_000;

/// One set of subjects, in both forms.
pub struct Subjects {
    /// As the sandbox leaves it.
    pub collection: Collection,
    /// As Rego reads it.
    pub json: Json,
}

/// Users, of whom every hundredth is an administrator without a second factor: what the policy reads repeats.
pub fn users(descriptor: &Descriptor) -> Result<Subjects> {
    let columns = ["name", "roles", "admin", "service", "enabled", "mfa_enabled", "factors"];
    let rows = (0..SUBJECTS).map(|n| {
        let admin = n % 10 == 0;
        let mfa = n % 100 != 0;
        let cells = vec![
            text(&format!("user {n}")),
            Value::SetOf(vec![]),
            Value::One(Scalar::Boolean(admin)),
            Value::One(Scalar::Boolean(n % 7 == 0)),
            Value::One(Scalar::Boolean(n % 3 != 0)),
            Value::One(Scalar::Boolean(mfa)),
            Value::SetOf(vec![]),
        ];
        let json = json!({
            "id": format!("u{n}"), "admin": admin, "service": n % 7 == 0, "enabled": n % 3 != 0, "mfa_enabled": mfa,
        });
        (format!("u{n}"), cells, json)
    });
    subjects(descriptor, "user", &columns, rows)
}

/// Backup jobs, each with its own time of the last success, of which every hundredth is too old.
pub fn jobs(descriptor: &Descriptor) -> Result<Subjects> {
    let columns = ["name", "expected", "runs", "failures", "last_success"];
    let rows = (0..SUBJECTS).map(|n| {
        let age_ms = n as i64 * 700 + if n % 100 == 0 { 100_000_000 } else { 0 };
        let at = AS_OF_MS - age_ms;
        let cells = vec![
            text(&format!("job {n}")),
            Value::One(Scalar::Boolean(true)),
            Value::One(Scalar::Long(1)),
            Value::One(Scalar::Long(0)),
            Value::One(Scalar::Datetime(at)),
        ];
        (format!("j{n}"), cells, json!({ "id": format!("j{n}"), "expected": true, "last_success": at }))
    });
    subjects(descriptor, "job", &columns, rows)
}

fn text(text: &str) -> Value {
    Value::One(Scalar::Text(text.to_owned()))
}

fn subjects(
    descriptor: &Descriptor,
    fact: &str,
    columns: &[&str],
    rows: impl Iterator<Item = (String, Vec<Value>, Json)>,
) -> Result<Subjects> {
    let declared = descriptor.fact(fact).context("a declared fact")?;
    let mut table = FactTable::new(Arc::new(declared.clone()));
    let layout = table.layout(columns.iter().copied())?;
    let mut all = Vec::with_capacity(SUBJECTS);
    for (id, cells, json) in rows {
        table.push(&layout, Row { id, parents: vec![], cells, receipts: vec![0] })?;
        all.push(json);
    }
    let as_of = Instant::from_ms(AS_OF_MS).context("an instant")?;
    let total = table.len() as u64;
    let claim = PopulationClaim {
        count: total,
        covers_from: None,
        covers_to: None,
        excluded: 0,
        exclusion_rule: None,
        observed_at: None,
        source_total: Some(total),
        total_source: Some(0),
    };
    let exchange = Exchange {
        blobs: BTreeMap::new(),
        failure: None,
        function: "sql.query".into(),
        grant: "users".into(),
        request: tickmark_model::Digest([0; 32]),
        seq: 0,
        summary: BTreeMap::new(),
    };
    let collection = Collection {
        id: CollectorId { instance: descriptor.name.clone(), system: "bench".into() },
        plugin: None,
        descriptor: Some(descriptor.clone()),
        outcome: RunOutcome::Ok,
        detail: None,
        settings: BTreeMap::new(),
        grants: json!({}),
        runtime: String::new(),
        exchanges: vec![exchange],
        tables: BTreeMap::from([(fact.to_owned(), table)]),
        populations: BTreeMap::from([(fact.to_owned(), claim)]),
        notes: vec![],
        log: vec![],
        as_of,
        fetched_at: as_of,
    };
    Ok(Subjects { collection, json: Json::Array(all) })
}
