//! Faults under the real program: every call that a sealing run makes on its ledger fails once, with EIO, with ENOSPC, and
//! by being killed there. Nothing acknowledged is ever lost, and the ledger verifies once it was opened again. So it is with an
//! erasure: afterwards the blob is there or its tombstone is.
//!
//! strace makes the calls fail, as the kernel would. The calls are those of one clean run, found by tracing it.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use expect_test::expect;
use tickmark_ledger::LogReader;
use tickmark_ledger::verify::{Options, verify_ledger};
use tickmark_model::Digest;
use tickmark_tests::{Site, program};

/// The run that is disturbed: one collector, one record.
const RUN: &str = "run --control A1.1-host-uptime --as-of 2026-11-20T09:00:00Z --quiet";

/// The calls that change a disk. `openat` only where it makes a file.
const CALLS: [&str; 15] = [
    "write",
    "writev",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "mkdir",
    "mkdirat",
    "unlink",
    "openat",
];

/// One call on one path, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fault {
    call: String,
    path: String,
    how: &'static str,
}

/// A site whose ledger holds two runs, and whose next run has something new to say.
fn site() -> Site {
    let site = Site::acme();
    for _ in 0..2 {
        let (code, _, stderr) = site.run(RUN);
        assert_eq!(code, 0, "{stderr}");
    }
    site.edit("proc/uptime", ".52", ".53")
}

fn ledger(dir: &Path) -> PathBuf {
    dir.join(".tickmark/ledger")
}

fn records(dir: &Path) -> Vec<Vec<u8>> {
    let log = LogReader::open(&ledger(dir)).unwrap();
    (0..log.size()).map(|index| log.entry(index).unwrap()).collect()
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// The calls of a clean run that change something below `.tickmark`, with paths relative to the site.
fn calls(site: &Site, command: &str) -> BTreeSet<(String, String)> {
    let trace = site.path().join("trace");
    let mut run = Command::new("strace");
    run.args(["-f", "-y", "-s", "400", "-o"]).arg(&trace).arg("-e").arg(format!("trace={}", CALLS.join(",")));
    let status = disturbed(run, site.path(), command).status().unwrap();
    assert_eq!(status.code(), Some(0));
    let text = String::from_utf8_lossy(&std::fs::read(&trace).unwrap()).into_owned();
    let root = format!("{}/", site.path().canonicalize().unwrap().display());
    let mut calls = BTreeSet::new();
    for line in text.lines() {
        let Some((call, rest)) = line.split_once(' ').and_then(|(_, rest)| rest.trim_start().split_once('(')) else {
            continue;
        };
        if !CALLS.contains(&call) || (call == "openat" && !rest.contains("O_CREAT")) {
            continue;
        }
        // By name where the call names one, else the file behind the descriptor.
        let quoted = rest.split('"').nth(1);
        let behind = || rest.split_once('<').and_then(|(_, rest)| rest.split('>').next());
        let named = !matches!(call, "write" | "writev" | "pwrite64" | "fsync" | "fdatasync" | "ftruncate");
        let Some(path) = (if named { quoted } else { behind() }) else { continue };
        if let Some(path) = path.strip_prefix(&root).filter(|path| path.starts_with(".tickmark/")) {
            calls.insert((call.to_owned(), path.to_owned()));
        }
    }
    calls
}

/// The program under strace, in `dir`.
fn disturbed(mut strace: Command, dir: &Path, command: &str) -> Command {
    let plain = Site::new().command(command);
    strace.arg("--").arg(program()).args(plain.get_args()).current_dir(dir);
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    // Absolute, so that the paths in the trace and in the filter are those of the calls.
    strace.env("TICKMARK_DIRECTORY", dir.canonicalize().unwrap()).stdout(Stdio::null()).stderr(Stdio::piped());
    strace
}

/// A command that is disturbed, and what comes after it.
struct Case {
    site: Site,
    command: String,
    /// Opens the ledger for writing, undisturbed.
    next: &'static str,
    /// Exit codes of a command that was acknowledged.
    acknowledged: &'static [i32],
    wrong: Wrong,
}

/// What is wrong, given the folder, the records before and after, and whether the command was acknowledged.
type Wrong = fn(&Path, &[Vec<u8>], &[Vec<u8>], bool) -> Option<String>;

/// Disturbs one command in a copy of the site, and says what is wrong afterwards.
fn check(case: &Case, before: &[Vec<u8>], fault: &Fault) -> Result<(), String> {
    let copied = tempfile::tempdir().unwrap();
    let dir = copied.path().canonicalize().unwrap().join("site");
    copy(case.site.path(), &dir);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(dir.join(&fault.path));
    strace.arg("-e").arg(format!("trace={}", fault.call)).arg("-e").arg(format!("inject={}:{}", fault.call, fault.how));
    let output = disturbed(strace, &dir, &case.command).output().unwrap();
    let code = output.status.code();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let acknowledged = match code {
        Some(code) if case.acknowledged.contains(&code) => true,
        Some(2 | 4) if said.contains("error") => false,
        None | Some(137) => false,
        other => return Err(format!("exit {other:?}, and stderr: {said}")),
    };

    // Opened again, it goes on where it was.
    let again = Command::new(program())
        .args(Site::new().command(case.next).get_args())
        .envs(Site::new().command(case.next).get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(&dir)
        .output()
        .unwrap();
    if again.status.code() != Some(0) {
        return Err(format!("the next command: {}", String::from_utf8_lossy(&again.stderr)));
    }
    let after = records(&dir);
    if !after.starts_with(before) {
        return Err("an earlier record is lost".to_owned());
    }
    if let Some(wrong) = (case.wrong)(&dir, before, &after, acknowledged) {
        return Err(wrong);
    }
    let report = verify_ledger(&ledger(&dir), &Options::default());
    if report.failed() {
        return Err(format!("{report:?}"));
    }
    Ok(())
}

/// Checks all of `faults`, some at a time, and shows every one that went wrong.
fn check_all(case: &Case, faults: Vec<Fault>) {
    let before = records(case.site.path());
    let todo = Mutex::new(faults);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(fault) = { todo.lock().unwrap().pop() } {
                    if let Err(why) = check(case, &before, &fault) {
                        wrong.lock().unwrap().push(format!("{fault:?}: {why}"));
                    }
                }
            });
        }
    });
    let mut wrong = wrong.into_inner().unwrap();
    wrong.sort();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}

/// Disturbs every call of the command, which are at least those of `expected`: call and part of its path.
fn disturb_every_call(case: &Case, expected: &[(&str, &str)]) {
    let traced = tempfile::tempdir().unwrap();
    copy(case.site.path(), &traced.path().join("site"));
    let calls = calls(&Site::at(traced.path().join("site")), &case.command);
    let has = |call: &str, part: &str| calls.iter().any(|(name, path)| name == call && path.contains(part));
    // The matrix is worth something only where it has the calls that matter.
    for (call, part) in expected {
        assert!(has(call, part), "no {call} on {part} in {calls:#?}");
    }
    let how = ["error=EIO", "error=ENOSPC", "signal=KILL"];
    let faults = calls
        .into_iter()
        .flat_map(|(call, path)| how.map(|how| Fault { call: call.clone(), path: path.clone(), how }))
        .collect();
    check_all(case, faults);
}

#[test]
fn every_call_that_fails_or_kills_loses_nothing() {
    let case = Case {
        site: site(),
        command: RUN.to_owned(),
        next: RUN,
        // A response that cannot be kept makes the finding inconclusive, and that is sealed.
        acknowledged: &[0, 3],
        wrong: |_, before, after, acknowledged| {
            let expected = before.len() + 1 + usize::from(acknowledged);
            (after.len() < expected).then(|| format!("{} records, expected at least {expected}", after.len()))
        },
    };
    let expected = [
        ("fsync", "ledger/.tickmark/staging/blob-"),
        ("mkdir", "ledger/blobs/sha256/"),
        ("fsync", "ledger/.tickmark/staging/wal"),
        ("rename", "ledger/.tickmark/staging/"),
        ("write", "last-checkpoint"),
    ];
    disturb_every_call(&case, &expected);
}

/// Seals the day of [`RUN`]. Where it is sealed, nothing but opening is done.
const SEAL: &str = "ledger seal --from 2026-11-20 --to 2026-11-20 --quiet";

/// The list of host calls of [`RUN`], a blob that its record names.
fn host_calls(records: &[Vec<u8>]) -> Digest {
    let record: serde_json::Value = serde_json::from_slice(records.get(2).unwrap()).unwrap();
    record.pointer("/collectors/0/transcript/digest").unwrap().as_str().unwrap().parse().unwrap()
}

#[test]
fn after_a_disturbed_erasure_the_blob_is_there_or_its_tombstone_is() {
    let site = Site::acme();
    for command in [RUN, SEAL] {
        let (code, _, stderr) = site.run(command);
        assert_eq!(code, 0, "{stderr}");
    }
    let blob = host_calls(&records(site.path())).to_string();
    let case = Case {
        site,
        command: format!("ledger erase {blob} --reason 'asked for' --quiet --output-file erased.txt"),
        next: SEAL,
        acknowledged: &[0],
        wrong: |dir, before, after, acknowledged| {
            let hex = host_calls(before).hex();
            let there = ledger(dir).join(format!("blobs/sha256/{}/{hex}", &hex[..2])).exists();
            match (after.len() - before.len(), there) {
                (0, true) if !acknowledged => None,
                (1, false) => None,
                (more, there) => {
                    Some(format!("{more} more records, acknowledged: {acknowledged}, blob there: {there}"))
                }
            }
        },
    };
    let hex = blob.trim_start_matches("sha256:").to_owned();
    let expected = [
        ("fsync", "ledger/.tickmark/staging/blob-"),
        ("fsync", "ledger/.tickmark/staging/wal"),
        ("write", "last-checkpoint"),
        ("unlink", hex.as_str()),
        ("fsync", &format!("ledger/blobs/sha256/{}", &hex[..2])),
    ];
    disturb_every_call(&case, &expected);
}

/// What the program says where one call on one path fails; the ledger holds what it held, verifies, and goes on.
fn said_where(call: &str, path: &str, error: &str) -> String {
    let site = site();
    let dir = site.path().canonicalize().unwrap();
    let before = records(&dir);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(dir.join(path));
    strace.arg("-e").arg(format!("trace={call}")).arg("-e").arg(format!("inject={call}:error={error}"));
    let output = disturbed(strace, &dir, RUN).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).replace(&dir.display().to_string(), "[DIR]");
    assert_eq!(records(&dir), before);
    assert!(!verify_ledger(&ledger(&dir), &Options::default()).failed());
    let (code, _, stderr) = site.run(RUN);
    assert_eq!(code, 0, "{stderr}");
    assert_eq!(records(&dir).len(), before.len() + 1);
    format!("exit: {:?}\n{said}", output.status.code())
}

#[test]
fn a_full_disk_is_said_and_the_log_is_whole() {
    expect![[r#"
        exit: Some(2)
        error: cannot write to `[DIR]/.tickmark/ledger/.tickmark/staging/wal`
          caused by: No space left on device (os error 28)

        help: see that the disk has room and the folder can be written, then run again
    "#]]
    .assert_eq(&said_where("write", ".tickmark/ledger/.tickmark/staging/wal", "ENOSPC"));
}

#[test]
fn a_folder_that_can_only_be_read_is_said_and_the_log_is_whole() {
    expect![[r#"
        exit: Some(2)
        error: cannot open `[DIR]/.tickmark/ledger/.tickmark/lock`
          caused by: Read-only file system (os error 30)

        help: see that the disk has room and the folder can be written, then run again
    "#]]
    .assert_eq(&said_where("openat", ".tickmark/ledger/.tickmark/lock", "EROFS"));
}

#[test]
fn a_second_writer_is_refused_while_the_first_holds_the_ledger() {
    let site = site();
    let before = records(site.path());
    let lock = std::fs::File::open(ledger(site.path()).join(".tickmark/lock")).unwrap();
    lock.lock().unwrap();
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the ledger `[DIR]/.tickmark/ledger/.tickmark/lock` is in use by another writer

        help: wait for the other run to end, or give this one another ledger
    "#]]
    .assert_eq(&site.tickmark(RUN));
    assert_eq!(records(site.path()), before);
    // Reading needs no lock.
    assert_eq!(site.run("verify").0, 0);
    lock.unlock().unwrap();
    assert_eq!(site.run(RUN).0, 0);
    assert_eq!(records(site.path()).len(), before.len() + 1);
}

#[test]
fn of_runs_at_once_each_is_sealed_whole_or_refused() {
    const RUNS: usize = 6;
    let site = site();
    let before = records(site.path()).len();
    let runs: Vec<_> = (0..RUNS)
        .map(|_| {
            let mut run = site.command(RUN);
            run.args(["-o", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut reported = BTreeSet::new();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() == Some(2) {
            assert!(said.contains("is in use by another writer"), "{said}");
            continue;
        }
        assert_eq!(output.status.code(), Some(0), "{said}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let record = report.pointer("/findings/0/record/index").and_then(serde_json::Value::as_u64).unwrap();
        assert!(reported.insert(record), "record {record} was reported twice");
    }
    // Whoever came first is not refused.
    assert!(!reported.is_empty());
    let expected: BTreeSet<u64> = (before as u64..records(site.path()).len() as u64).collect();
    assert_eq!(reported, expected);
    assert!(!verify_ledger(&ledger(site.path()), &Options::default()).failed());
}
