//! The fact `volume`: one row for each volume of any source, and one for each that is expected and of none.

use std::collections::BTreeSet;

use tickmark_collector::{Datetime, Facts, Failure, Host, Population, Receipt, Summary};

use crate::parse::{Unread, Volume, aws, lsblk};
use crate::settings::{Storage, Volumes};
use crate::source;
use crate::unread::Unreadable;

const COLUMNS: [&str; 13] = [
    "name",
    "source",
    "expected",
    "exists",
    "in_scope",
    "encrypted",
    "method",
    "key",
    "kind",
    "format",
    "devices",
    "label",
    "state",
];

/// Why a volume is no row.
const EXCLUSION_RULE: &str = "swap in memory (zram)";

/// What is gathered over all sources.
struct Rows<'h, 's> {
    storage: &'s Storage,
    facts: Facts<'h>,
    unread: Unreadable,
    seen: BTreeSet<String>,
    total: u64,
    in_memory: u64,
    /// The expected volumes that no source had yet, and those of `out_of_scope`.
    missing: BTreeSet<String>,
    unmatched: BTreeSet<String>,
    observed: Option<Datetime>,
}

/// Reads every source.
///
/// # Errors
/// As the host's; `invalid` where a source is not of its format.
pub(crate) fn collect(host: &dyn Host, storage: &Storage, mut summary: Summary) -> Result<Summary, Failure> {
    let mut rows = Rows {
        storage,
        facts: host.fact("volume", &COLUMNS),
        unread: Unreadable::new("volume"),
        seen: BTreeSet::new(),
        total: 0,
        in_memory: 0,
        missing: storage.expected.clone(),
        unmatched: storage.out_of_scope.clone(),
        observed: None,
    };
    let mut last = None;
    for source in &storage.sources {
        let blob = source::volumes(host, *source)?;
        let receipt = blob.receipt();
        let (word, read) = match source {
            Volumes::Lsblk | Volumes::LsblkFile => {
                ("lsblk", lsblk::parse(blob.reader(), |read| rows.take("lsblk", read, receipt)))
            }
            Volumes::Ec2 => {
                ("aws-volumes", aws::volumes(blob.reader(), |read| rows.take("aws-volumes", read, receipt)))
            }
            Volumes::Rds => {
                ("aws-databases", aws::databases(blob.reader(), |read| rows.take("aws-databases", read, receipt)))
            }
        };
        let snapshot = read.map_err(|failure| failure.shown_by(receipt))?;
        match snapshot.observed {
            Some(at) => rows.observed = Some(rows.observed.map_or(at, |earlier| earlier.min(at))),
            None if *source == Volumes::Lsblk => {}
            None => summary = summary.note(format!("the list of `{word}` does not say when it was saved")),
        }
        rows.in_memory += snapshot.in_memory;
        rows.total += snapshot.in_memory;
        last = Some(receipt);
    }
    rows.finish(last, summary)
}

impl Rows<'_, '_> {
    /// Takes the next volume of a source. One that cannot be read counts in the total and nowhere else.
    fn take(&mut self, source: &str, read: Result<Volume, Unread>, receipt: Receipt) -> Result<(), Failure> {
        self.total += 1;
        let taken = read.and_then(|volume| {
            let id = format!("{source}/{}", volume.name);
            let again = Unread(format!("another one is `{id}` too"));
            if self.seen.insert(id.clone()) { Ok((id, volume)) } else { Err(again) }
        });
        match taken {
            Ok((id, volume)) => self.emit(id, source, volume, receipt),
            Err(Unread(why)) => {
                self.unread.add(format_args!("{} of `{source}`", self.total), &why);
                Ok(())
            }
        }
    }

    fn emit(&mut self, id: String, source: &str, volume: Volume, receipt: Receipt) -> Result<(), Failure> {
        let mut expected = false;
        let mut out_of_scope = false;
        for name in [Some(&volume.name), volume.label.as_ref()].into_iter().flatten() {
            self.missing.remove(name);
            self.unmatched.remove(name);
            expected |= self.storage.expected.contains(name);
            out_of_scope |= self.storage.out_of_scope.contains(name);
        }
        self.facts
            .row(id, &[receipt])
            .set("name", volume.name.as_str())
            .set("source", source)
            .set("expected", expected)
            .set("exists", true)
            .set("in_scope", !out_of_scope)
            .set("encrypted", volume.encrypted)
            .set("method", volume.method)
            .set("key", volume.key)
            .set("kind", volume.kind)
            .set("format", volume.format)
            .set("devices", volume.devices)
            .set("label", volume.label)
            .set("state", volume.state)
            .push()
    }

    fn finish(mut self, last: Option<Receipt>, mut summary: Summary) -> Result<Summary, Failure> {
        let Some(receipt) = last else { return Ok(summary) };
        // One that cannot be read may be an expected one: that it is missing is not known then.
        if self.unread.count() == 0 {
            for name in std::mem::take(&mut self.missing) {
                self.total += 1;
                self.facts
                    .row(format!("none/{name}"), &[receipt])
                    .set("name", name.as_str())
                    .set("source", "none")
                    .set("expected", true)
                    .set("exists", false)
                    .set("in_scope", true)
                    .push()?;
            }
        }
        let mut claim = Population { observed_at: self.observed, ..Population::of(self.total, receipt) };
        if self.in_memory > 0 {
            claim = claim.excluding(self.in_memory, EXCLUSION_RULE);
        }
        summary = summary.population(self.facts.finish(claim)?);
        if self.storage.scope_is_set {
            for name in self.unmatched {
                summary = summary.note(format!("setting `out_of_scope` names `{name}`, which no source has"));
            }
        }
        Ok(self.unread.note(summary))
    }
}
