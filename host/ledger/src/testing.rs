//! Collections, controls and findings for the tests of this crate, from as few words as they need.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tickmark_model::*;

use crate::disk::Disk;
use crate::record::{Attempt, AttemptOutcome, ControlRef, InvokedBy, Period, PolicyVersion};
use crate::tlog::SigningKey;
use crate::{
    Appended, Basis, Clock, Judged, Ledger, LedgerError, LogReader, NewRecord, OpenLedger, RunToSeal, Scribe, SealedRun,
};

/// Key number `n` of the log `tickmark/0123456789abcdef`.
pub(crate) fn key(n: u8) -> Arc<SigningKey> {
    Arc::new(SigningKey::from_seed("tickmark/0123456789abcdef", [n; 32]).unwrap())
}

/// How the ledger in `folder` is opened, by key number 1.
pub(crate) fn with(folder: &Path) -> OpenLedger {
    OpenLedger { folder: folder.to_path_buf(), signer: key(1), package_key: None, seen: None }
}

pub(crate) fn open(folder: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open(with(folder))
}

pub(crate) fn open_on(disk: &Disk, folder: &Path) -> Result<Ledger, LedgerError> {
    Ledger::open_on(disk.clone(), with(folder))
}

/// Writes at a fixed time, with nonces of sevens.
pub(crate) fn by<T>(work: impl FnOnce(&mut Scribe<'_>) -> T) -> T {
    by_at("2026-11-20T09:00:02.500Z", work)
}

/// As [`by`], at another time.
pub(crate) fn by_at<T>(time: &str, work: impl FnOnce(&mut Scribe<'_>) -> T) -> T {
    work(&mut Scribe {
        clock: Clock { now: &|| at(time), source: "system" },
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
        nonce: &mut || [7; 16],
    })
}

/// That `control` was tried, which is the smallest record about a control.
pub(crate) fn attempt(control: &str) -> NewRecord {
    NewRecord::new(Attempt {
        as_of: at("2026-11-20T09:00:00Z"),
        control: ControlRef { id: control.into(), version: None },
        evaluation: None,
        outcome: AttemptOutcome::Failed,
        reason: None,
        system: "prod-web".into(),
        window: None,
    })
}

/// Appends one attempt of each of `controls`, together.
pub(crate) fn append(ledger: &mut Ledger, controls: &[&str]) -> Result<Vec<Appended>, LedgerError> {
    by(|by| ledger.append(by, controls.iter().map(|control| attempt(control)).collect()))
}

/// That the published log is whole: signed by key number 1, every record in it, and no other file but narrower tiles, which
/// hold the beginning of the wider ones.
pub(crate) fn check_log(folder: &Path) -> LogReader {
    use crate::tlog::{Bundle, Checkpoint, Tile, bundles, decode_tile, root_of, tiles};
    let reader = LogReader::open(folder).unwrap();
    let checkpoint = Checkpoint::open(reader.checkpoint_bytes(), key(1).verifier()).unwrap();
    let Checkpoint { size, root, .. } = checkpoint;
    let read = |path: &str| std::fs::read(folder.join(path)).unwrap();
    let mut leaves = Vec::new();
    for bundle in bundles(size) {
        leaves.extend(reader.bundle(bundle.index()).unwrap().iter().map(|entry| crate::leaf_hash(entry)));
    }
    assert_eq!((leaves.len() as u64, root_of(&leaves)), (size, root));
    // Each file of the tree by what it is called once it is full.
    let mut tree: BTreeMap<String, String> = bundles(size).map(|it| (it.full().path(), it.path())).collect();
    for tile in tiles(size) {
        let below = 1_usize << (8 * tile.level());
        let first = tile.index() as usize * 256 * below;
        let hashes = leaves[first..].chunks_exact(below).take(256).map(root_of).collect::<Vec<_>>();
        assert_eq!(decode_tile(&read(&tile.path()), tile.width()).unwrap(), hashes, "{}", tile.path());
        tree.insert(tile.full().path(), tile.path());
    }
    for path in files(folder).into_iter().filter(|path| path.starts_with("tile/")) {
        let full = Tile::parse(&path).map(|it| it.full().path());
        let full = full.or_else(|_| Bundle::parse(&path).map(|it| it.full().path())).unwrap();
        assert!(read(&tree[&full]).starts_with(&read(&path)), "{path}");
    }
    reader
}

/// That every step of verifying is ok for who trusts `key`.
pub(crate) fn assert_verifies(folder: &Path, key: &crate::tlog::VerifierKey) {
    let options = crate::verify::Options { key: Some(key.clone()), ..Default::default() };
    let report = crate::verify::verify_ledger(folder, &options);
    assert!(!report.failed(), "{report:#?}");
}

/// A folder for many small files, in memory where the system has such a place.
pub(crate) fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

/// Makes `to` a copy of the folder `from`.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&from, &to);
        } else {
            std::fs::copy(from, to).unwrap();
        }
    }
}

/// Every file below `folder`, sorted.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    fn walk(path: &Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, out) } else { out.push(path) }
        }
    }
    let mut out = Vec::new();
    walk(folder, &mut out);
    let mut names: Vec<String> =
        out.iter().map(|path| path.strip_prefix(folder).unwrap().display().to_string()).collect();
    names.sort();
    names
}

pub(crate) fn at(text: &str) -> Instant {
    parse_instant(text).unwrap()
}

pub(crate) fn column(name: &str, ty: CedarType, shape: Shape) -> Column {
    let entity_kind = (ty == CedarType::Entity).then(|| "Mfa::Role".to_owned());
    Column { doc: String::new(), entity_kind, name: name.into(), required: false, shape, ty }
}

/// The fact `user` with one column of each type, and one of each type as a set.
pub(crate) fn fact(name: &str) -> Fact {
    use CedarType::*;
    let mut columns = vec![];
    for ty in [Text, Boolean, Long, Decimal, Ip, Datetime, Duration, Entity] {
        let word = format!("{ty:?}").to_lowercase();
        columns.push(column(&format!("{word}s"), ty, Shape::SetOf));
        columns.push(column(&word, ty, Shape::One));
    }
    Fact {
        columns,
        doc: String::new(),
        entity_kind: "Mfa::User".into(),
        event_time: Some("datetime".into()),
        name: name.into(),
        parent_kinds: vec!["Mfa::Role".into()],
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::One(Scalar::Text(text.into()))
}

/// A table with rows of (id, cells by column name).
pub(crate) fn table(fact: Fact, rows: &[(&str, &[(&str, Value)])]) -> FactTable {
    let mut table = FactTable::new(Arc::new(fact));
    for (id, cells) in rows {
        let layout = table.layout(cells.iter().map(|(name, _)| *name)).unwrap();
        let cells = cells.iter().map(|(_, cell)| cell.clone()).collect();
        table.push(&layout, Row { id: (*id).into(), parents: vec![], cells, receipts: vec![0] }).unwrap();
    }
    table
}

/// An ok run of plugin `mfa` on `prod-web` with one successful call, and no rows yet.
pub(crate) fn collection(instance: &str) -> Collection {
    let body = BlobRef { digest: Digest([0xbb; 32]), size: 120 };
    Collection {
        id: CollectorId { instance: instance.into(), system: "prod-web".into() },
        plugin: Some(PluginIdentity {
            digest: Digest([0xcc; 32]),
            name: "mfa".into(),
            origin: "builtin".into(),
            version: "0.1.0".into(),
            world: "tickmark:collector@0.1.0".into(),
        }),
        descriptor: None,
        outcome: RunOutcome::Ok,
        detail: None,
        settings: BTreeMap::from([("source".to_owned(), text("sql"))]),
        grants: serde_json::json!({"sql": {"users": {"query": "SELECT 1"}}}),
        runtime: "wasmtime 48.0.8".into(),
        exchanges: vec![Exchange {
            blobs: BTreeMap::from([("rows".to_owned(), body)]),
            failure: None,
            function: "sql.query".into(),
            grant: "users".into(),
            request: Digest([0xdd; 32]),
            seq: 0,
            summary: BTreeMap::from([("rows".to_owned(), 3.into())]),
        }],
        tables: BTreeMap::new(),
        populations: BTreeMap::new(),
        notes: vec![],
        log: vec![],
        as_of: at("2026-11-20T09:00:00Z"),
        fetched_at: at("2026-11-20T09:00:01Z"),
    }
}

/// Three users of whom one has no second factor, claimed to be all of them.
pub(crate) fn three_users(instance: &str) -> Collection {
    let mut it = collection(instance);
    let enrolled = |yes| ("boolean", Value::One(Scalar::Boolean(yes)));
    let seen = |day: &str| ("datetime", Value::One(Scalar::Datetime(at(day).ms())));
    it.tables.insert(
        "user".into(),
        table(
            fact("user"),
            &[
                ("ada", &[enrolled(true), seen("2026-11-19")]),
                ("bob", &[enrolled(false), seen("2026-11-12")]),
                ("cy", &[enrolled(true)]),
            ],
        ),
    );
    it.populations.insert("user".into(), claim(3));
    it
}

pub(crate) fn claim(count: u64) -> PopulationClaim {
    PopulationClaim {
        count,
        covers_from: None,
        covers_to: None,
        excluded: 0,
        exclusion_rule: None,
        observed_at: Some(at("2026-11-20T08:59:58Z")),
        source_total: Some(count),
        total_source: Some(0),
    }
}

pub(crate) fn control(id: &str) -> Control {
    Control {
        anchor: None,
        collector: "mfa".into(),
        combine: tickmark_model::Combine::Any,
        criteria: vec!["CC6.1".into(), "CC6.6".into()],
        each: None,
        evidence: "users with their factors".into(),
        execution: tickmark_model::Execution::Automated,
        fact: "user".into(),
        frequency: Frequency::Daily,
        grace_ms: None,
        id: id.into(),
        matrix_id: Some("CC6.3".into()),
        max_age_ms: None,
        max_gap_ms: None,
        mode: Mode::Subject,
        operation: Operation::State,
        owner: "Security".into(),
        parameters: BTreeMap::new(),
        policy: "mfa.cedar".into(),
        remediation_days: 30,
        replaces: false,
        severity: Severity::High,
        stratum: None,
        systems: SystemSelector::default(),
        time_zone: None,
        title: "MFA for admins".into(),
        window_ms: None,
    }
}

pub(crate) fn system() -> System {
    System {
        environment: "production".into(),
        name: "prod-web".into(),
        owner: None,
        tags: BTreeMap::new(),
        tier: Some("1".into()),
    }
}

/// `bob` fails `control`, the other two conform.
pub(crate) fn failing(control: &str) -> Finding {
    Finding {
        as_of: at("2026-11-20T09:00:00Z"),
        control: control.into(),
        counts: Counts { conforming: 2, exceptions: 1, excluded: 0, in_scope: 3, undecided: 0 },
        exceptions: vec![Exception {
            name: None,
            policies: vec![DecidingPolicy {
                id: "mfa-missing".into(),
                message: "admin without a second factor".into(),
                remediation: "enrol one".into(),
                severity: Severity::High,
            }],
            receipts: vec![0],
            subject: Subject { collector: "mfa".into(), id: "bob".into(), kind: "Mfa::User".into() },
        }],
        happened: vec![],
        outcome: Outcome::Fail,
        reasons: vec![],
        system: "prod-web".into(),
        undecided: vec![],
    }
}

/// A finding with what it rests on.
pub(crate) fn judged<'a>(control: &'a Control, system: &'a System, finding: Finding) -> Judged<'a> {
    Judged {
        control,
        control_version: Digest([0x11; 32]),
        finding,
        judged_with: vec![],
        policy: PolicyVersion { bundle: Digest([0x22; 32]), engine: "cedar 4.14.1".into(), schema: Digest([0x33; 32]) },
        rests_on: vec![Basis {
            collector: CollectorId { instance: "mfa".into(), system: system.name.clone() },
            fact: control.fact.clone(),
        }],
        system,
    }
}

/// A run at a fixed time, with nonces 01.., 02.. and so on.
pub(crate) fn seal(
    ledger: &mut Ledger,
    judged: Vec<Judged<'_>>,
    collections: &[Collection],
) -> Result<SealedRun, LedgerError> {
    let mut calls = 0;
    ledger.seal(RunToSeal {
        as_of: at("2026-11-20T09:00:00Z"),
        clock: Clock { now: &|| at("2026-11-20T09:00:02.500Z"), source: "system" },
        collections,
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
        judged,
        nonce: &mut || {
            calls += 1;
            [calls; 16]
        },
        period: Some(Period { from: "2026-01-01".parse().unwrap(), to: "2026-12-31".parse().unwrap() }),
        simulated: false,
    })
}

/// Seals that `control` failed at 09:00 of `day`, on one host call whose answer is `answer`.
pub(crate) fn seal_answer(ledger: &mut Ledger, control: &str, day: &str, answer: &[u8]) -> SealedRun {
    let (system, control, as_of) = (system(), self::control(control), at(&format!("{day}T09:00:00Z")));
    let mut collection = three_users("mfa");
    let blob = ledger.blobs().put_ref(answer).unwrap();
    collection.exchanges[0].blobs = BTreeMap::from([("rows".to_owned(), blob)]);
    let mut judged = judged(&control, &system, failing(&control.id));
    judged.finding.as_of = as_of;
    let run = RunToSeal {
        as_of,
        clock: Clock { now: &|| as_of, source: "system" },
        collections: &[collection],
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "build-7".into(), user: "ada".into() },
        judged: vec![judged],
        nonce: &mut || [7; 16],
        period: None,
        simulated: false,
    };
    ledger.seal(run).unwrap()
}

/// Seals that each of `controls` fails on the three users.
pub(crate) fn seal_failing(ledger: &mut Ledger, controls: &[&str]) -> Result<SealedRun, LedgerError> {
    let system = system();
    let controls: Vec<Control> = controls.iter().map(|id| control(id)).collect();
    let judged = controls.iter().map(|control| judged(control, &system, failing(&control.id))).collect();
    seal(ledger, judged, &[three_users("mfa")])
}
