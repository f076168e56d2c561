//! A site in a folder of its own, and the program run on it: what whole-program tests are written with.
//!
//! **Invariant:** a test sees exit code, stdout and stderr as one text, so that nothing changes unseen. What differs from
//! run to run (the folder's name, and digests of records, which hold a nonce) is replaced by a word.

#![expect(clippy::expect_used, reason = "a test that cannot set itself up is to fail at once")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};

use tempfile::TempDir;
use tickmark_ledger::tlog::{SigningKey, VerifierKey};
use tickmark_ledger::{Clock, Hold, HoldAct, InvokedBy, Ledger, NewRecord, OpenLedger, Scribe};
use tickmark_model::parse_instant;

/// A site in a temporary folder.
pub struct Site {
    path: PathBuf,
    /// Removed with the site, where it is the site's own.
    _dir: Option<TempDir>,
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

impl Site {
    /// An empty folder.
    #[must_use]
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self { path: dir.path().to_path_buf(), _dir: Some(dir) }
    }

    /// The site in a folder that somebody else removes.
    #[must_use]
    pub fn at(path: PathBuf) -> Self {
        Self { path, _dir: None }
    }

    /// The example company, as `tickmark demo` writes it.
    #[must_use]
    pub fn acme() -> Self {
        let site = Self::new();
        let (code, _, stderr) = site.run("demo . --quiet --output-file demo.txt");
        assert_eq!(code, 0, "{stderr}");
        site.remove(".tickmark").remove("demo.txt")
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file, with the folders above it.
    #[must_use]
    pub fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
        self
    }

    /// Replaces text in a file; the text has to be there.
    #[must_use]
    pub fn edit(self, path: &str, from: &str, to: &str) -> Self {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {path}");
        self.file(path, text.replace(from, to))
    }

    /// Removes a file or a folder with all in it.
    #[must_use]
    pub fn remove(self, path: &str) -> Self {
        let path = self.path().join(path);
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.expect("something to remove");
        self
    }

    /// Changes the example's database.
    #[must_use]
    pub fn sql(self, statements: &str) -> Self {
        let database = rusqlite::Connection::open(self.path().join("acme.db")).expect("a database");
        database.execute_batch(statements).expect("statements");
        self
    }

    /// The text of a file.
    #[must_use]
    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path().join(path)).expect("a file to read")
    }

    /// Runs the program in the folder: exit code, stdout and stderr as one text. Arguments are split at spaces;
    /// `'...'` keeps them together.
    pub fn tickmark(&self, arguments: &str) -> String {
        let (code, stdout, stderr) = self.run(arguments);
        let steady = |text: String| steady(&text, self.path());
        format!("exit: {code}\n--- stdout\n{}--- stderr\n{}", steady(stdout), steady(stderr))
    }

    /// Runs the program in the folder and gives exit code, stdout and stderr as they are.
    #[must_use]
    pub fn run(&self, arguments: &str) -> (i32, String, String) {
        let output = self.command(arguments).output().expect("the program runs");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
    }

    /// The program with these arguments, ready to run in the folder.
    #[must_use]
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(program());
        command
            .args(split(arguments))
            .current_dir(self.path())
            .env_remove("CI")
            .env("TICKMARK_CACHE_DIR", cache())
            .env("NO_COLOR", "1")
            .env("COLUMNS", "120");
        command
    }
}

/// Compiled collectors, shared by all tests.
fn cache() -> &'static Path {
    static CACHE: OnceLock<PathBuf> = OnceLock::new();
    CACHE.get_or_init(|| profile().parent().expect("target").join("test-cache"))
}

/// The folder that cargo builds this profile into.
fn profile() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    test.ancestors().nth(2).expect("target/<profile>/deps/test").to_path_buf()
}

/// The program, which cargo has built before these tests: they belong to its package.
#[must_use]
pub fn program() -> PathBuf {
    profile().join("tickmark")
}

fn split(arguments: &str) -> Vec<String> {
    let parts = arguments.split('\'').enumerate();
    parts
        .flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

fn steady(text: &str, dir: &Path) -> String {
    // Blanks at the end of a line would not survive in a literal.
    let text = without_keys(&text.replace(&dir.display().to_string(), "[DIR]"));
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Every ledger has a name and a key of its own: `tickmark/` and 16 digits, and for a key its id and itself.
fn without_keys(text: &str) -> String {
    const NAME: &str = "tickmark/";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(NAME) {
        let (before, found) = rest.split_at(at);
        out.push_str(before);
        let end = found.find(|c: char| !c.is_ascii_alphanumeric() && !"/+=".contains(c)).unwrap_or(found.len());
        let (word, after) = found.split_at(end);
        let name = word.split('+').next().unwrap_or_default();
        let is_name = name.len() == NAME.len() + 16 && name.bytes().skip(NAME.len()).all(|b| b.is_ascii_hexdigit());
        out.push_str(match (is_name, name == word) {
            (true, true) => "[ORIGIN]",
            (true, false) => "[VKEY]",
            (false, _) => word,
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A ledger of so many small records in `folder`, and the key that it verifies by.
#[must_use]
pub fn big_ledger(folder: &Path, records: u64) -> VerifierKey {
    let signer = Arc::new(SigningKey::from_seed("tickmark/big", [7; 32]).expect("a key"));
    let open = OpenLedger { folder: folder.to_path_buf(), signer, package_key: None, seen: None };
    let mut ledger = Ledger::open(open).expect("a new ledger");
    let now = parse_instant("2026-11-20T09:00:00Z").expect("an instant");
    let mut by = Scribe {
        clock: Clock { now: &|| now, source: "test" },
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "build-7".to_owned(), user: "ada".to_owned() },
        nonce: &mut || [7; 16],
    };
    // The first record introduces the key.
    let mut left = records - 1;
    while left > 0 {
        let batch = left.min(8_192);
        let hold = || NewRecord::new(Hold { act: HoldAct::Place, on: None, of: None, period: None });
        ledger.append(&mut by, (0..batch).map(|_| hold()).collect()).expect("records that are kept");
        left -= batch;
    }
    ledger.publish().expect("a signed checkpoint");
    ledger.verifier().clone()
}
