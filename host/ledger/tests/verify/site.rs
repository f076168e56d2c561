//! A folder with a ledger's files, and what verifying it says.

use std::fs;
use std::path::{Path, PathBuf};

use tickmark_ledger::verify::{Options, Report, Status, verify_ledger};
use tickmark_model::Outcome;

use crate::log::{Files, Log, key};

/// A folder that goes when it is dropped.
pub struct Site(tempfile::TempDir);

impl Site {
    pub fn new(files: &Files) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let site = Self(folder);
        for (path, bytes) in files {
            site.write(path, bytes);
        }
        site
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub fn remove(&self, file: &str) {
        fs::remove_file(self.path(file)).unwrap();
    }

    /// Verified with what the reader brings.
    pub fn verify_with(&self, options: &Options<'_>) -> Report {
        verify_ledger(self.root(), options)
    }

    /// Verified with the log's key, of seed 1.
    pub fn verify(&self) -> Report {
        self.verify_with(&pinned())
    }
}

/// Options with the key of seed 1.
pub fn pinned() -> Options<'static> {
    Options { key: Some(key(1).verifier().clone()), ..Options::default() }
}

/// Verifies a log with the key of seed 1.
pub fn verify(log: &Log) -> Report {
    Site::new(&log.files()).verify()
}

/// Verifies a log, with the key of seed 1 and an older checkpoint.
pub fn verify_since(log: &Log, since: Vec<u8>) -> Report {
    Site::new(&log.files()).verify_with(&Options { since: Some(since), ..pinned() })
}

/// The steps that failed, each with its file and what is wrong.
pub fn failures(report: &Report) -> Vec<String> {
    let failed = report.steps.iter().filter(|step| step.status == Status::Failed);
    let lines = failed.flat_map(|step| step.problems.iter().map(move |problem| format!("{}: {problem}", step.name)));
    lines.collect()
}

/// The notes of all steps.
pub fn notes(report: &Report) -> Vec<String> {
    let notes =
        report.steps.iter().flat_map(|step| step.notes.iter().map(move |note| format!("{}: {note}", step.name)));
    notes.collect()
}

/// Whether a problem of any step names this file.
pub fn names(report: &Report, file: &str) -> bool {
    let mut problems = report.steps.iter().flat_map(|step| &step.problems);
    problems.any(|problem| problem.file.as_deref() == Some(Path::new(file)))
}

/// A small ledger with one of everything that verifying looks at: an evaluation that passes and one that fails, an attempt,
/// a rotation, a sealed period and an erased blob.
pub fn small() -> Log {
    let mut log = Log::new(1);
    log.evaluation("2026-11-10", "CC6.1-mfa", Outcome::Pass, "ada, cy");
    log.attempt("2026-11-10", "CC7.2-scan");
    log.evaluation("2026-11-11", "CC6.1-mfa", Outcome::Fail, "ada, bob, cy");
    log.rotate(2);
    log.seal("2026-11-01", "2026-11-11", "2026-11-12");
    let erased = tickmark_ledger::sha256(b"ada, cy");
    log.erase(erased, "2026-11-13");
    log.attempt("2026-11-13", "CC7.2-scan");
    log
}
