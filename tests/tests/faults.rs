//! Faults under the real program: every call that a sealing run makes on its ledger fails once, with EIO, with ENOSPC, and
//! by being killed there. Nothing acknowledged is ever lost, and the ledger verifies once it was opened again.
//!
//! strace makes the calls fail, as the kernel would. The calls are those of one clean run, found by tracing it.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use tickmark_ledger::LogReader;
use tickmark_ledger::verify::{Options, verify_ledger};
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
fn calls(site: &Site) -> BTreeSet<(String, String)> {
    let trace = site.path().join("trace");
    let mut run = Command::new("strace");
    run.args(["-f", "-y", "-s", "400", "-o"]).arg(&trace).arg("-e").arg(format!("trace={}", CALLS.join(",")));
    let status = disturbed(run, site.path()).status().unwrap();
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
fn disturbed(mut strace: Command, dir: &Path) -> Command {
    let plain = Site::new().command(RUN);
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

/// Disturbs one run in a copy of `site`, and says what is wrong afterwards.
fn check(site: &Site, before: &[Vec<u8>], fault: &Fault) -> Result<(), String> {
    let copied = tempfile::tempdir().unwrap();
    let dir = copied.path().canonicalize().unwrap().join("site");
    copy(site.path(), &dir);
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(dir.join(&fault.path));
    strace.arg("-e").arg(format!("trace={}", fault.call)).arg("-e").arg(format!("inject={}:{}", fault.call, fault.how));
    let output = disturbed(strace, &dir).output().unwrap();
    let code = output.status.code();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let acknowledged = match code {
        // A response that cannot be kept makes the finding inconclusive, and that is sealed.
        Some(0 | 3) => true,
        Some(2 | 4) if said.contains("error") => false,
        None | Some(137) => false,
        other => return Err(format!("exit {other:?}, and stderr: {said}")),
    };

    // Opened again, it goes on where it was.
    let again = Command::new(program())
        .args(Site::new().command(RUN).get_args())
        .envs(Site::new().command(RUN).get_envs().filter_map(|(name, value)| Some((name, value?))))
        .current_dir(&dir)
        .output()
        .unwrap();
    if again.status.code() != Some(0) {
        return Err(format!("the next run: {}", String::from_utf8_lossy(&again.stderr)));
    }
    let after = records(&dir);
    if !after.starts_with(before) {
        return Err("an earlier record is lost".to_owned());
    }
    let expected = before.len() + 1 + usize::from(acknowledged);
    if after.len() < expected {
        return Err(format!("{} records, expected at least {expected}", after.len()));
    }
    let report = verify_ledger(&ledger(&dir), &Options::default());
    if report.failed() {
        return Err(format!("{report:?}"));
    }
    Ok(())
}

/// Checks all of `faults`, some at a time, and shows every one that went wrong.
fn check_all(site: &Site, faults: Vec<Fault>) {
    let before = records(site.path());
    let todo = Mutex::new(faults);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(fault) = { todo.lock().unwrap().pop() } {
                    if let Err(why) = check(site, &before, &fault) {
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

#[test]
fn every_call_that_fails_or_kills_loses_nothing() {
    let site = site();
    let traced = tempfile::tempdir().unwrap();
    copy(site.path(), &traced.path().join("site"));
    let clean = Site::at(traced.path().join("site"));
    let calls = calls(&clean);
    let has = |call: &str, part: &str| calls.iter().any(|(name, path)| name == call && path.contains(part));
    // The matrix is worth something only where it has the calls that matter.
    for (call, part) in [
        ("fsync", "ledger/.tickmark/staging/blob-"),
        ("mkdir", "ledger/blobs/sha256/"),
        ("fsync", "ledger/.tickmark/staging/wal"),
        ("rename", "ledger/.tickmark/staging/"),
        ("write", "last-checkpoint"),
    ] {
        assert!(has(call, part), "no {call} on {part} in {calls:#?}");
    }
    let how = ["error=EIO", "error=ENOSPC", "signal=KILL"];
    let faults = calls
        .into_iter()
        .flat_map(|(call, path)| how.map(|how| Fault { call: call.clone(), path: path.clone(), how }))
        .collect();
    check_all(&site, faults);
}
