//! What was sent: one line for each notice, in a file beside the ledger.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// The notices that were sent.
pub(super) struct Memory {
    path: PathBuf,
    keys: BTreeSet<String>,
}

impl Memory {
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", path.display())),
        };
        Ok(Self { path: path.to_owned(), keys: text.lines().map(str::to_owned).collect() })
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// Remembers one, before the next is sent.
    pub(super) fn add(&mut self, key: &str) -> anyhow::Result<()> {
        let file = File::options().create(true).append(true).open(&self.path);
        file.and_then(|mut file| writeln!(file, "{key}").and_then(|()| file.sync_all()))
            .with_context(|| format!("cannot write `{}`", self.path.display()))?;
        self.keys.insert(key.to_owned());
        Ok(())
    }
}
