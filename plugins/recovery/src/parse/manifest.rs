//! A `backup_manifest` of Postgres 13 and later ("Backup Manifest Format" in its manual): what a base backup consists of.
//!
//! Postgres writes one file and one range of WAL on each line, and takes the manifest's own checksum over all lines but
//! the last; so it is read line by line, and a changed or shortened one is refused.

use serde::Deserialize;
use serde::de::IgnoredAny;
use sha2::{Digest as _, Sha256};

/// Longest line, in bytes: the path of a file is at most 4 KiB, and may be in hexadecimal.
pub const LINE_BYTES: usize = 16 * 1_024;

/// Ranges of WAL that are kept: one for each timeline, of which a backup seldom has two.
const RANGES: usize = 64;

/// What a manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Files of the backup.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Files without a checksum, whose content nobody can compare.
    pub unchecked: u64,
    /// Such as `1:0/2000028-0/2000100`: timeline, start and end.
    pub wal: Vec<String>,
    /// Its own SHA-256, in hexadecimal.
    pub checksum: String,
}

/// A manifest as it is read.
#[derive(Debug, Default)]
pub struct Reader {
    part: Part,
    digest: Sha256,
    manifest: Manifest,
}

/// Where in the manifest the next line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Version,
    Head,
    Files,
    BetweenLists,
    Wal,
    Checksum,
    End,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct File {
    path: Option<IgnoredAny>,
    #[serde(rename = "Encoded-Path")]
    encoded_path: Option<IgnoredAny>,
    size: u64,
    checksum: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Range {
    timeline: u32,
    #[serde(rename = "Start-LSN")]
    start: String,
    #[serde(rename = "End-LSN")]
    end: String,
}

impl Reader {
    /// Takes the next line.
    ///
    /// # Errors
    /// Why it is no line of a manifest.
    pub fn line(&mut self, bytes: &[u8]) -> Result<(), String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        let other = || format!("`{}` is not expected there", text.chars().take(60).collect::<String>());
        if self.part != Part::Checksum {
            self.digest.update(bytes);
            self.digest.update(b"\n");
        }
        self.part = match (self.part, text) {
            (Part::Version, _) if text.starts_with("{ \"PostgreSQL-Backup-Manifest-Version\": ") => Part::Head,
            (Part::Head, _) if text.starts_with("\"System-Identifier\": ") => Part::Head,
            (Part::Head, "\"Files\": [") => Part::Files,
            (Part::Files, "],") => Part::BetweenLists,
            (Part::BetweenLists, "\"WAL-Ranges\": [") => Part::Wal,
            (Part::Wal, "],") => Part::Checksum,
            (Part::Files, entry) if !entry.is_empty() => {
                self.file(entry)?;
                Part::Files
            }
            (Part::Wal, entry) if !entry.is_empty() => {
                self.range(entry)?;
                Part::Wal
            }
            (Part::Checksum, _) => {
                let said = text.strip_prefix("\"Manifest-Checksum\": \"").and_then(|rest| rest.strip_suffix("\"}"));
                self.checksum(said.ok_or_else(other)?)?;
                Part::End
            }
            // An empty list of Postgres has an empty line in it.
            (Part::Files | Part::Wal, _) => self.part,
            _ => return Err(other()),
        };
        Ok(())
    }

    fn file(&mut self, entry: &str) -> Result<(), String> {
        let entry = entry.strip_suffix(',').unwrap_or(entry);
        let file: File = serde_json::from_str(entry).map_err(|error| error.to_string())?;
        if file.path.is_none() && file.encoded_path.is_none() {
            return Err("it names no file".to_owned());
        }
        self.manifest.files += 1;
        self.manifest.bytes = self.manifest.bytes.saturating_add(file.size);
        self.manifest.unchecked += u64::from(file.checksum.is_none());
        Ok(())
    }

    fn range(&mut self, entry: &str) -> Result<(), String> {
        let entry = entry.strip_suffix(',').unwrap_or(entry);
        let range: Range = serde_json::from_str(entry).map_err(|error| error.to_string())?;
        if self.manifest.wal.len() == RANGES {
            return Err(format!("it is a range of WAL beyond {RANGES}"));
        }
        self.manifest.wal.push(format!("{}:{}-{}", range.timeline, range.start, range.end));
        Ok(())
    }

    fn checksum(&mut self, said: &str) -> Result<(), String> {
        let digest = std::mem::take(&mut self.digest).finalize();
        let computed: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        if said != computed {
            return Err(format!(
                "its checksum is `{}`, and that of its lines {computed}",
                said.chars().take(64).collect::<String>()
            ));
        }
        self.manifest.checksum = computed;
        Ok(())
    }

    /// The manifest.
    ///
    /// # Errors
    /// Where it was cut off.
    pub fn finish(self) -> Result<Manifest, String> {
        if self.part == Part::End { Ok(self.manifest) } else { Err("it ends before its checksum".to_owned()) }
    }
}
