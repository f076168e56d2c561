//! The blobs: each file below `blobs/` is what its name says, and each blob that a record names is there, or is known to
//! have been erased.
//!
//! A blob was erased where a record says so that comes after every record that names it. Such a record lists those that name
//! it, and that list is held against them.
//!
//! A record names its blobs itself or through the list of host calls of a collector, which is a blob as well.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use serde::Deserialize;
use tickmark_model::{BlobRef, Digest};

use super::Options;
use super::bundle::Use;
use super::erased::{self, Tombstones};
use super::listing::{BLOBS, Kind, Named, names, read};
use super::parallel::in_order;
use super::report::{Finding, Step, counted};
use crate::hash::{Hasher, sha256};
use crate::layout::blob_names;

/// Bytes that are read of a file at a time.
const CHUNK: usize = 256 * 1024;

/// A host call, as far as its blobs go.
#[derive(Deserialize)]
struct Call {
    blobs: BTreeMap<String, BlobRef>,
}

/// One folder of blobs.
#[derive(Default)]
struct Folder {
    /// The files that are what their names say, with their size in bytes.
    whole: Vec<BlobRef>,
    /// Files that are not: with their digest where it can be told from the name.
    wrong: Vec<(String, Option<Digest>, String)>,
    /// The blobs that a list of host calls names, by the list.
    named: Vec<(Digest, Vec<BlobRef>)>,
}

/// Checks all blobs, given the last seal and the last hold, who names them and what was erased.
pub(super) fn check(
    root: &Path,
    size: u64,
    heads: [Option<u64>; 2],
    mut uses: HashMap<Digest, Use>,
    tombstones: &Tombstones,
    unsettled: bool,
    options: &Options<'_>,
) -> Step {
    let mut finding = Finding::new(super::BLOBS);
    let folders = folders(root, &mut finding);
    let mut there: HashMap<Digest, u64> = HashMap::new();
    let mut wrong = Vec::new();
    let mut named = Vec::new();
    let transcripts = &uses;
    let look = |at: u64| {
        let folder = usize::try_from(at).ok().and_then(|at| folders.get(at));
        folder.map(|folder| look_into(root, folder, transcripts)).unwrap_or_default()
    };
    in_order(options.threads, folders.len() as u64, look, |folder: Folder| {
        there.extend(folder.whole.iter().map(|blob| (blob.digest, blob.size)));
        wrong.extend(folder.wrong);
        named.extend(folder.named);
    });
    let mut calls: HashMap<Digest, Vec<Digest>> = HashMap::new();
    for (transcript, blobs) in named {
        let erased: Vec<Digest> = blobs.iter().map(|it| it.digest).filter(|it| tombstones.contains_key(it)).collect();
        if !erased.is_empty() && !tombstones.contains_key(&transcript) {
            calls.insert(transcript, erased);
        }
        let Some(of) = uses.get(&transcript).copied() else { continue };
        for blob in blobs {
            let used = Use { first: of.first, last: of.last, ..Use::of(blob, of.last) };
            uses.entry(blob.digest).and_modify(|it| it.add(&used)).or_insert(used);
        }
    }
    let mut damaged = BTreeSet::new();
    for (path, digest, why) in wrong {
        damaged.extend(digest);
        // A crash may leave a blob short that has its name already; no record names it then.
        if unsettled && digest.is_some_and(|digest| !uses.contains_key(&digest)) {
            finding.note(path, format!("{why}; no record names it, and writing it was interrupted"));
        } else {
            finding.problem(path, why);
        }
    }
    let was_gone = |digest: &Digest| !there.contains_key(digest) || tombstones.contains_key(digest);
    let lists = uses.iter().filter(|(_, used)| used.transcript).map(|(digest, _)| *digest);
    let gone: HashSet<Digest> = lists.filter(was_gone).collect();
    erased::Known { root, size, heads, tombstones, uses: &uses, calls, gone }.check(options, &mut finding);
    let unnamed = there.keys().filter(|digest| !uses.contains_key(*digest)).count() as u64;
    let mut uses: Vec<(Digest, Use)> = uses.into_iter().collect();
    uses.sort_unstable_by_key(|(digest, _)| *digest);
    let (mut erased, mut by) = (0, BTreeSet::new());
    for (digest, used) in &uses {
        let tombstone = tombstones.get(digest).and_then(|all| all.iter().rfind(|(index, _)| *index > used.last));
        let size = there.get(digest);
        let path = path_of(digest);
        match (size, tombstone) {
            _ if damaged.contains(digest) => {}
            (None, None) => finding.problem(&path, format!("is missing; record {} names it", used.first)),
            (None, Some((index, _))) => {
                erased += 1;
                by.insert(*index);
            }
            (Some(_), Some((index, _))) => {
                let what = format!("record {index} says that it is erased, and it is still there");
                finding.note(&path, what);
            }
            (Some(_), None) => {}
        }
        let said = [size.copied(), tombstone.map(|(_, it)| it.blob.size)];
        if let Some(other) = said.into_iter().flatten().find(|size| *size != used.size) {
            finding.problem(&path, format!("has {other} bytes, record {} says {}", used.first, used.size));
        }
        if let Some(record) = used.other_size {
            finding.problem(&path, format!("has another size in record {record} than in record {}", used.first));
        }
    }
    let all = counted(there.len() as u64, "blob");
    let erased = erased::erased(&by, erased);
    finding.step(format!("{all}, {erased}, {unnamed} that no record names"))
}

/// The path of a blob below the ledger's folder.
pub(super) fn path_of(digest: &Digest) -> String {
    let (folder, name) = blob_names(digest);
    format!("{BLOBS}/{folder}/{name}")
}

/// The folders of blobs.
fn folders(root: &Path, finding: &mut Finding) -> Vec<String> {
    let mut folders = Vec::new();
    for (folder, expected) in [("blobs", None), (BLOBS, Some(2))] {
        let path = root.join(folder);
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            break;
        }
        let found = match names(&path) {
            Ok(found) => found,
            Err(error) => {
                finding.problem(folder, format!("cannot be listed: {error}"));
                break;
            }
        };
        for Named { name, kind } in found {
            let text = name.to_str().filter(|text| match expected {
                None => *text == "sha256",
                Some(digits) => text.len() == digits && is_hex(text),
            });
            match text {
                Some(text) if kind == Kind::Folder => folders.extend(expected.map(|_| text.to_owned())),
                _ => finding.problem(Path::new(folder).join(name), "does not belong in a ledger"),
            }
        }
    }
    folders
}

/// Reads and hashes all files of a folder.
fn look_into(root: &Path, folder: &str, uses: &HashMap<Digest, Use>) -> Folder {
    let mut it = Folder::default();
    let place = format!("{BLOBS}/{folder}");
    let found = match names(&root.join(&place)) {
        Ok(found) => found,
        Err(error) => {
            it.wrong.push((place, None, format!("cannot be listed: {error}")));
            return it;
        }
    };
    for Named { name, kind } in found {
        let path = format!("{place}/{}", name.display());
        let digest = name
            .to_str()
            .filter(|name| name.starts_with(folder))
            .and_then(|name| format!("sha256:{name}").parse().ok());
        let Some(digest) = digest.filter(|_| kind == Kind::File) else {
            it.wrong.push((path, None, "does not belong in a ledger".to_owned()));
            continue;
        };
        let transcript = uses.get(&digest).is_some_and(|used| used.transcript);
        let looked = if transcript { look_at_transcript(root, &path) } else { look_at(root, &path) };
        match looked {
            Ok((found, calls)) if found.digest == digest => {
                it.whole.push(found);
                match calls {
                    Ok(calls) => it.named.extend(calls.map(|calls| (digest, calls))),
                    Err(why) => it.wrong.push((path, Some(digest), why)),
                }
            }
            Ok((found, _)) => {
                it.wrong.push((path, Some(digest), format!("its bytes have the digest {}", found.digest)))
            }
            Err(why) => it.wrong.push((path, Some(digest), why)),
        }
    }
    it
}

/// Digest and size of a file, and what it names, where it is a list of host calls.
type Looked = (BlobRef, Result<Option<Vec<BlobRef>>, String>);

fn look_at(root: &Path, path: &str) -> Result<Looked, String> {
    let cannot = |error| format!("cannot be read: {error}");
    let mut file = File::open(root.join(path)).map_err(cannot)?;
    let mut hasher = Hasher::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        let read = file.read(&mut chunk).map_err(cannot)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        hasher.write_all(bytes).map_err(cannot)?;
    }
    let size = hasher.size();
    Ok((BlobRef { digest: hasher.digest(), size }, Ok(None)))
}

fn look_at_transcript(root: &Path, path: &str) -> Result<Looked, String> {
    let bytes = read(root, path, u64::MAX)?;
    let blob = BlobRef { digest: sha256(&bytes), size: bytes.len() as u64 };
    let calls: Result<Vec<Call>, _> = serde_json::from_slice(&bytes);
    let blobs = calls.map(|calls| Some(calls.into_iter().flat_map(|call| call.blobs.into_values()).collect()));
    Ok((blob, blobs.map_err(|why| format!("is not a list of host calls: {why}"))))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}
