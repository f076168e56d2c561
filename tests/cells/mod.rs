//! Values for the columns of observed rows, near the bounds that the built-in policies set: on a bound, one step beyond it, and
//! far from it.

use proptest::prelude::*;
use tickmark_model::*;

use crate::fixture::*;

/// What holds of most changes.
const CHANGE_CONFORMS: [&str; 6] = [
    "author_known",
    "approved_before_deploy",
    "testing_completed",
    "in_business_hours",
    "in_change_window",
    "verification_done",
];

/// A value of `column` in a row of kind `kind`, near the bounds that the built-in policies set, or none where there need not be one.
pub fn arb_cell(kind: &str, column: &Column) -> BoxedStrategy<Value> {
    if let Some((_, _, words)) = NEAR.iter().find(|(of, name, _)| *of == kind && *name == column.name) {
        let values: Vec<Value> = words.split_whitespace().map(|word| value(column, word)).collect();
        return prop::sample::select(values).boxed();
    }
    let cell = by_name(column);
    if column.required { cell } else { prop_oneof![3 => Just(Value::Absent), 7 => cell].boxed() }
}

/// A value by its text; `-` is none, or a set without items. Instants are told by their distance from the one that is judged at.
fn value(column: &Column, word: &str) -> Value {
    match column.ty {
        CedarType::Text if column.shape == Shape::SetOf && word == "-" => texts(&[]),
        CedarType::Text if column.shape == Shape::SetOf => texts(&[word]),
        _ if word == "-" && !column.required => Value::Absent,
        CedarType::Boolean => yes(word.parse().unwrap()),
        CedarType::Long => long(word.parse().unwrap()),
        CedarType::Decimal => decimal(word),
        CedarType::Duration => duration(word),
        CedarType::Datetime => Value::One(Scalar::Datetime(at(AS_OF).ms() + parse_duration(word).unwrap())),
        CedarType::Ip => ip(word),
        CedarType::Text | CedarType::Entity => text(word),
    }
}

/// Values of the columns that policies of several kinds read, by the column's name alone.
fn by_name(column: &Column) -> BoxedStrategy<Value> {
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

/// Values by kind and column. What is there twice comes twice as often: a kind of which many things are asked conforms now and
/// then only where most of them are as they should be.
const NEAR: &[(&str, &str, &str)] = &[
    ("Backup::Run", "finished_at", "0ms 5m 300001ms -1d -93600001ms -400d"),
    ("Backup::Run", "success", "true true true true false"),
    ("Ids::Sensor", "heartbeats", "0 1 1 1 9"),
    ("Ids::Sensor", "longest_gap", "0ms 10m 10m 10m1ms"),
    ("Ids::Sensor", "covered_percent", "98.9999 99.0 99.0 100.0"),
    ("Ids::Sensor", "window_from", "-1d -1d -1d -2d -23h"),
    ("Ids::Sensor", "window_to", "0ms 0ms 0ms -1ms"),
    ("Ids::Sensor", "packets", "- 0 100 100 100"),
    ("Ids::Sensor", "dropped", "- 0 0 5 5 6"),
    ("Ids::Alert", "severity", "0 1 2 3 4"),
    ("Ids::Alert", "first_seen", "-1h -4h -4h1ms -1d -1d1ms"),
    ("Ids::Alert", "answered_at", "- 0ms -1ms -4h -20h -20h1ms -25h"),
    ("Log::Stream", "lines", "0 1 1 1 9"),
    ("Log::Stream", "unreadable", "0 0 0 0 1"),
    ("Log::Stream", "incomplete", "0 0 0 0 1"),
    ("Log::Stream", "out_of_order", "0 0 0 0 1"),
    ("Log::Stream", "longest_gap", "0ms 4h 4h 4h1ms"),
    ("Log::Stream", "truncated", "false false false true"),
    ("Log::Stream", "window_from", "-1d -1d -1d -2d -23h"),
    ("Log::Stream", "window_to", "0ms 0ms 0ms -1ms"),
    ("Log::LoginWindow", "window_from", "-1d -1d -1d -2d -23h"),
    ("Log::LoginWindow", "window_to", "0ms 0ms 0ms -1ms"),
    ("Encryption::TlsEndpoint", "observed", "true true true true false"),
    ("Encryption::TlsEndpoint", "tls_version", "1.3 1.3 1.2 1.2 1.2 1.1999 0.3 -"),
    ("Encryption::TlsEndpoint", "legacy_accepted", "- false false true"),
    ("Encryption::TlsEndpoint", "verified", "true true true true false -"),
    ("Encryption::TlsEndpoint", "name_matches", "true true true true false -"),
    ("Encryption::TlsEndpoint", "key_type", "RSA EC 1.3.101.112 -"),
    ("Encryption::TlsEndpoint", "key_bits", "255 256 2047 2048 4096 -"),
    ("Encryption::TlsEndpoint", "not_before", "-1d -1d 0ms 1ms -"),
    ("Encryption::TlsEndpoint", "chain_not_after", "- -1ms 0ms 1ms 1814399999ms 21d 21d 90d 90d"),
    ("Encryption::StorageVolume", "exists", "true true true false"),
    ("Encryption::StorageVolume", "in_scope", "true true true false"),
    ("Encryption::StorageVolume", "encrypted", "true true true false -"),
    ("Lifecycle::Leaver", "left_at", "-1h -1d -1d1ms -9d"),
    ("Lifecycle::Leaver", "accounts", "0 1 1 2"),
    ("Lifecycle::Leaver", "open", "0 0 0 1"),
    ("Lifecycle::Leaver", "undated", "0 0 0 1"),
    ("Lifecycle::Leaver", "took", "- 0ms 1d 1d1ms -5d"),
    ("Lifecycle::Leaver", "rehired_at", "- - - - - 1ms 0ms -1ms -8d -691199999ms"),
    ("Lifecycle::Owner", "enabled", "true true true false"),
    ("Lifecycle::Owner", "kind", "person person service"),
    ("Lifecycle::Owner", "matched", "number identity email none"),
    ("Lifecycle::Owner", "employed", "active active active not-yet left unknown"),
    ("Lifecycle::Owner", "owner", "- x x x"),
    ("Lifecycle::Owner", "owner_employed", "- active active not-yet left unknown"),
    ("Lifecycle::Joiner", "requested", "true true true false"),
    ("Lifecycle::Joiner", "approved_before", "true true true false"),
    ("Lifecycle::Joiner", "self_approved", "false false false true"),
    ("Lifecycle::Mover", "effective_at", "-1h -7d -7d1ms -9d"),
    ("Lifecycle::Mover", "lost", "support support -"),
    ("Lifecycle::Mover", "accounts", "0 1 2"),
    ("Lifecycle::Mover", "left_count", "0 0 0 1"),
    ("Lifecycle::Mover", "removed_at", "- 1ms 0ms -1ms -2d -172799999ms"),
    ("Monitoring::Target", "health", "up up up up down unknown"),
    ("Monitoring::System", "targets", "0 1 1 2"),
    ("Monitoring::System", "up", "0 1 1 1"),
    ("Monitoring::Job", "required", "- 1 2 2 3"),
    ("Monitoring::Job", "up", "0 1 2 2 3"),
    ("Monitoring::AlertRule", "exists", "true true true false"),
    ("Monitoring::AlertRule", "health", "ok ok ok ok err unknown -"),
    ("Monitoring::AlertRule", "severity", "critical critical low -"),
    ("Monitoring::Capacity", "limit", "0.9 0.9 20.0 0.0"),
    ("Monitoring::Capacity", "value", "- 0.0 0.0001 0.9 0.8999 0.9001 20.0 19.9999 20.0001"),
    ("Monitoring::Capacity", "headroom_percent", "- 9 10 10 50 0 -1"),
    ("Recovery::Check", "tool", "restic-check restic-restore pg_verifybackup"),
    ("Recovery::Check", "damaged", "false false false true"),
    ("Recovery::Check", "last_read", "- 5m 300001ms 0ms -1d -35d -35d1ms -92d -92d1ms"),
    ("Recovery::Check", "manifest_unchecked", "- - 0 0 1"),
    ("Recovery::System", "last_restored", "- 5m 300001ms -1d -1d -366d -366d1ms"),
    ("Recovery::System", "last_performed", "- -1d -1d -86399999ms -366d -400d"),
    ("Recovery::System", "recovery_time", "- 0ms 4h 4h 4h1ms"),
    ("Recovery::System", "recovery_point", "- 0ms 15m 15m 15m1ms"),
    ("Recovery::System", "recovery_time_objective", "- 4h 4h 8h"),
    ("Recovery::System", "recovery_point_objective", "- 15m 15m 1h"),
    ("Recovery::Exercise", "performed_at", "0ms -1d -1d -2d"),
    ("Recovery::Exercise", "approved_by", "x x x x -"),
    ("Recovery::Exercise", "approved_at", "- 5m 300001ms -1d -1d -86400001ms"),
    ("Recovery::Exercise", "approved_apart", "true true true true false"),
    ("Recovery::Exercise", "steps", "0 1 1 9"),
    ("Recovery::Exercise", "steps_open", "0 0 0 1"),
    ("Recovery::Exercise", "issues_open", "0 0 0 1"),
    ("Review::Access", "superseded", "false false false true"),
    ("Review::Access", "opened", "true true true true false"),
    ("Review::Access", "closed", "true true true false"),
    ("Review::Access", "on_time", "true true true true false"),
    ("Review::Access", "due", "1d 0ms -1ms -1d"),
    ("Review::Access", "items", "0 1 9 9 9"),
    ("Review::Access", "undecided", "0 0 0 0 1"),
    ("Review::Access", "self_reviewed", "0 0 0 0 1"),
    ("Review::Access", "unauthorised", "0 0 0 0 1"),
    ("Review::Access", "without_department", "0 0 0 0 1"),
    ("Review::Access", "without_reviewer", "0 0 0 0 1"),
    ("Review::Firewall", "superseded", "false false false true"),
    ("Review::Firewall", "opened", "true true true true false"),
    ("Review::Firewall", "closed", "true true true false"),
    ("Review::Firewall", "on_time", "true true true true false"),
    ("Review::Firewall", "due", "1d 0ms -1ms -1d"),
    ("Review::Firewall", "items", "0 1 9 9 9"),
    ("Review::Firewall", "undecided", "0 0 0 0 1"),
    ("Review::Firewall", "self_reviewed", "0 0 0 0 1"),
    ("Review::Firewall", "unauthorised", "0 0 0 0 1"),
    ("Review::Firewall", "without_department", "0 0 0 0 1"),
    ("Review::Firewall", "without_reviewer", "0 0 0 0 1"),
    ("Review::FollowUp", "kind", "access access access firewall"),
    ("Review::FollowUp", "decided_at", "-7d -7d1ms -8d -1d"),
    ("Review::FollowUp", "due", "1ms 0ms -1ms -1d 6d"),
    ("Review::FollowUp", "done", "true true true false"),
    ("Review::FollowUp", "done_at", "- 1ms 0ms -1ms -1d -86399999ms"),
    ("Processing::JobRun", "status", "succeeded succeeded succeeded succeeded running failed Succeeded"),
    ("Processing::JobRun", "started_at", "-2h -2h -1d -1d1ms"),
    ("Processing::JobRun", "finished_at", "- 0ms -1h -1h 5m 300001ms"),
    ("Processing::JobRun", "due_at", "- - 0ms 1ms -1ms -1h -3600001ms"),
    ("Processing::JobRun", "records_in", "1000 1000 1000 100 0 -"),
    ("Processing::JobRun", "records_out", "990 990 990 990 989 1001 100 -"),
    ("Processing::JobRun", "rejected", "10 10 10 10 11 1 0 -1 -"),
    ("Processing::JobRun", "amount_in", "- - - - 10.5"),
    ("Processing::JobRun", "amount_out", "- - - - 10.5 10.5001"),
    ("Register::DataAsset", "classification", "- public internal confidential restricted restricted"),
    ("Register::DataAsset", "owner", "- x x x x"),
    ("Register::DataAsset", "encrypted", "true true true false -"),
    ("Register::DataAsset", "reviewed_at", "- 5m 300001ms 0ms -1d -1d -366d -366d1ms"),
    ("Privacy::Retention", "hold", "- - - - x"),
    ("Privacy::Retention", "due_at", "1d 0ms -1ms -1d"),
    ("Privacy::Retention", "deleted_at", "- 5m 300001ms -1d -1d -86399999ms"),
    ("Privacy::Consent", "explicit_required", "true false false"),
    ("Privacy::Consent", "explicit", "true true false -"),
    ("Privacy::Consent", "given_at", "-9d -9d -8d -"),
    ("Privacy::Consent", "processing_started_at", "-8d -8d -691200001ms"),
    ("Privacy::Consent", "withdrawn_at", "- - - 0ms -1d -1d1ms -2d"),
    ("Privacy::Consent", "processing_stopped_at", "- - 0ms -1ms -1d -86399999ms"),
    ("Privacy::SubjectRequest", "kind", "access correction complaint complaint"),
    ("Privacy::SubjectRequest", "received_at", "-1d -30d -30d1ms -60d"),
    ("Privacy::SubjectRequest", "due_at", "- - 30d 2592000001ms 0ms -1ms"),
    ("Privacy::SubjectRequest", "answered_at", "- 0ms 5m 300001ms -30d -2591999999ms"),
    ("Privacy::SubjectRequest", "verified", "true true true false -"),
    ("Programme::Remediation", "due_at", "- 1ms 1ms 30d 0ms -1ms -1d"),
    ("Programme::Remediation", "evaluations", "- - - 0 1 9"),
    ("Programme::Vendor", "covered_until", "- 0ms 30d -90d -90d -7776000001ms"),
    ("Programme::Vendor", "reviewed_at", "- 0ms -1d -366d -366d -366d1ms"),
];
