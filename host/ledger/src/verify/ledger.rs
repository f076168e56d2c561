//! Verifying a ledger in its folder, from the first step to the last.

use std::path::Path;

use tickmark_model::Digest;

use super::folder::{Known, SMALL};
use super::keys::Keys;
use super::listing::{CHECKPOINT, Listing, STATE, WAL, read, read_if_there};
use super::pass::{Job, Pass};
use super::report::{Finding, counted};
use super::signatures::{self, Blobs};
use super::{Options, REPLAY, Report, blobs, checkpoints, wal};
use crate::record::Kind;
use crate::tlog::{Bundle, Checkpoint, TILE_WIDTH};

/// How often a ledger is gone over that changes meanwhile.
const TRIES: usize = 3;

/// Verifies the ledger in `folder`: all steps, whatever fails. A ledger that a writer publishes to meanwhile is gone over
/// again, up to three times.
///
/// Absent on purpose: errors. A file that cannot be read is a step that failed.
#[must_use]
pub fn verify_ledger(folder: &Path, options: &Options<'_>) -> Report {
    let mut before = Moment::of(folder);
    let mut tries = TRIES;
    loop {
        tries -= 1;
        let report = once(folder, options);
        let after = Moment::of(folder);
        if tries == 0 || !report.failed() || before == after {
            return report;
        }
        before = after;
    }
}

/// What changes with everything that a writer does to the log.
#[derive(PartialEq, Eq)]
struct Moment([Option<Vec<u8>>; 3]);

impl Moment {
    fn of(root: &Path) -> Self {
        Self([CHECKPOINT, STATE, WAL].map(|file| read_if_there(root, file, u64::MAX).ok().flatten()))
    }
}

fn once(root: &Path, options: &Options<'_>) -> Report {
    let listing = Listing::read(root);
    let note = read(root, CHECKPOINT, SMALL);
    let checkpoint = note.as_deref().ok().and_then(|bytes| Checkpoint::parse_unverified(bytes).ok());
    let waiting =
        read_if_there(root, WAL, u64::MAX).and_then(|bytes| bytes.map(|bytes| wal::parse(&bytes)).transpose());
    let older = options.since.as_deref().and_then(|bytes| Checkpoint::parse_unverified(bytes).ok());

    let size = within_reach(checkpoint.as_ref().map(|it| it.size), &listing);
    let claimed = checkpoint.as_ref().filter(|it| it.size == size);
    let job = Job {
        root,
        size,
        expected: claimed.map(|it| it.root),
        keep_at: &older.map(|it| it.size).into_iter().collect::<Vec<_>>(),
        waiting: waiting.as_ref().ok().and_then(Option::as_ref),
    };
    let mut pass = Pass::over(&job, options);
    if let Some(it) = checkpoint.as_ref().filter(|it| it.size != size) {
        let what = format!("says {} records, the folder has files for {size}", it.size);
        pass.tiles.problem(CHECKPOINT, what);
    }

    let first = Bundle::holding(0, size.max(1)).map(|bundle| bundle.path()).unwrap_or_default();
    let origin = checkpoint.as_ref().map(|it| it.origin.as_str());
    let (keys, rotations) = Keys::follow(&pass.keys, origin, &first);
    let known = Known {
        root,
        listing: &listing,
        checkpoint: checkpoint.as_ref(),
        size,
        waiting: &waiting,
        pass: &pass,
        keys: &keys,
    };
    let folder = known.step();
    let signature = checkpoints::signature(&note, &keys);
    let pinned = checkpoints::pinned(options, &keys, &signature);
    let consistency = checkpoints::consistency(options, checkpoint.as_ref(), pass.tree.as_ref(), &keys);

    let count = counted(size, "record");
    let tiles = match job.expected {
        Some(root) => pass.tiles.step(format!("{count} make the root {root}")),
        None => {
            pass.tiles.not_checked(format!("{count} agree with their tiles; there is no root to compare them with"))
        }
    };
    let records = pass.records.step(format!("{count}, {} bytes", pass.bytes));
    let heads = [Kind::Seal, Kind::Hold].map(|kind| pass.chains.head(kind.as_str()));
    let in_chains = counted(pass.chains.count(), "chain");
    let chains = pass.chains.finding.step(format!("{count} in {in_chains}"));
    let seals = match pass.seals {
        0 => pass.sealed.not_checked("no period is sealed"),
        seals => pass.sealed.step(format!("{} recomputed", counted(seals, "seal"))),
    };
    let acts = pass.acts.iter().map(|(index, record)| (*index, record));
    let acts = signatures::check(origin, acts, &InFolder(root));
    let blobs = blobs::check(root, size, heads, pass.uses, &pass.tombstones, listing.unsettled, options);
    let replay =
        Finding::new(REPLAY).not_checked("`tickmark replay --all` runs the collectors again on what was recorded");
    Report {
        checkpoint,
        key: keys.newest().map(ToString::to_string),
        steps: vec![
            folder,
            signature,
            pinned,
            rotations,
            tiles,
            records,
            chains,
            seals,
            consistency,
            blobs,
            acts,
            replay,
        ],
    }
}

/// The blobs of a ledger's folder.
struct InFolder<'a>(&'a Path);

impl Blobs for InFolder<'_> {
    fn bytes(&self, digest: &Digest) -> Result<Vec<u8>, String> {
        read(self.0, &self.file(digest), u64::MAX)
    }

    fn file(&self, digest: &Digest) -> String {
        blobs::path_of(digest)
    }
}

/// The records to go over: as many as the checkpoint says, unless the folder cannot hold that many. A number that somebody
/// changed must not keep anybody busy for years.
fn within_reach(claimed: Option<u64>, listing: &Listing) -> u64 {
    let wide = u64::from(TILE_WIDTH);
    let files = listing.bundles.len() as u64;
    if let Some(size) = claimed.filter(|size| size.div_ceil(wide) <= files.saturating_mul(2).saturating_add(1000)) {
        return size;
    }
    let mut size = 0;
    for bundle in &listing.bundles {
        if bundle.index() == size / wide {
            size = bundle.index() * wide + u64::from(bundle.width());
        }
    }
    size
}
