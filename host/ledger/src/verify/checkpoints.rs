//! The steps about checkpoints: the log's own, the key that the reader brings, and an older checkpoint.

use super::Options;
use super::keys::Keys;
use super::listing::CHECKPOINT;
use super::report::{Finding, Step, counted};
use super::tree::Tree;
use crate::tlog::{Checkpoint, Note};

/// That the log's checkpoint is signed by the key that its records name.
pub(super) fn signature(bytes: &Result<Vec<u8>, String>, keys: &Keys) -> Step {
    let mut finding = Finding::new(super::SIGNATURE);
    let detail = match signed(bytes, keys, &mut finding) {
        Ok(detail) => detail,
        Err(why) => {
            finding.problem(CHECKPOINT, why);
            String::new()
        }
    };
    finding.step(detail)
}

fn signed(bytes: &Result<Vec<u8>, String>, keys: &Keys, finding: &mut Finding) -> Result<String, String> {
    let bytes = bytes.as_deref().map_err(Clone::clone)?;
    let note = Note::parse(bytes).map_err(|why| why.to_string())?;
    let checkpoint = Checkpoint::parse_text(&note.text).map_err(|why| why.to_string())?;
    let key = keys.at(checkpoint.size).ok_or("no key record of the log says which key signs it")?;
    Checkpoint::open(bytes, key).map_err(|why| why.to_string())?;
    let others = note.signatures.iter().filter(|s| s.name != key.name() || s.id != key.id()).count() as u64;
    if others > 0 {
        finding.note(CHECKPOINT, format!("{} of other keys not checked", counted(others, "signature")));
    }
    let Checkpoint { origin, size, root } = checkpoint;
    Ok(format!("`{origin}`: {}, root {root}, signed by `{key}`", counted(size, "record")))
}

/// That the key which the reader brings is one of the log's.
pub(super) fn pinned(options: &Options<'_>, keys: &Keys, signature: &Step) -> Step {
    let mut finding = Finding::new(super::PINNED);
    let Some(pinned) = &options.key else {
        return finding.not_checked(
            "no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the \
             verifier key from the company by another way and give it with --key",
        );
    };
    let Some(index) = keys.find(pinned) else {
        finding.problem_without_file(format!("`{pinned}` is not a key of this log; its keys: {}", keys.list()));
        return finding.step("");
    };
    if signature.status != super::Status::Ok {
        return finding.not_checked("it is a key of this log, but the checkpoint is not signed as it should be");
    }
    let now = keys.newest() == Some(pinned);
    let how = if now { "signs the log" } else { "signed the log before, and the keys after it follow from it" };
    finding.step(format!("the given key {how} (record {index})"))
}

/// That the log begins with what an older checkpoint signed.
pub(super) fn consistency(
    options: &Options<'_>,
    checkpoint: Option<&Checkpoint>,
    tree: Option<&Tree>,
    keys: &Keys,
) -> Step {
    let mut finding = Finding::new(super::CONSISTENCY);
    let Some(bytes) = &options.since else {
        return finding.not_checked("no older checkpoint was given; keep checkpoints and give one with --since");
    };
    let old = match Checkpoint::parse_unverified(bytes) {
        Ok(old) => old,
        Err(why) => {
            finding.problem_without_file(format!("the older checkpoint cannot be read: {why}"));
            return finding.step("");
        }
    };
    let Some(now) = checkpoint else {
        finding.problem(CHECKPOINT, "cannot be compared with the older one");
        return finding.step("");
    };
    if old.origin != now.origin {
        let what = format!("is of the log `{}`, the older checkpoint is of `{}`", now.origin, old.origin);
        finding.problem(CHECKPOINT, what);
        return finding.step("");
    }
    match keys.at(old.size) {
        Some(key) => {
            if let Err(why) = Checkpoint::open(bytes, key) {
                let what = format!("the older checkpoint is not signed by the key that this log had then: {why}");
                finding.problem_without_file(what);
            }
        }
        None => finding.problem_without_file("this log had no key when the older checkpoint was signed"),
    }
    if old.size > now.size {
        let what = format!("the log was rolled back: it has {} records, it had {}", now.size, old.size);
        finding.problem(CHECKPOINT, what);
        return finding.step("");
    }
    match tree.and_then(|tree| tree.root_at(old.size)) {
        Some(root) if root == old.root => {}
        Some(root) => finding.problem(
            CHECKPOINT,
            format!("the log was forked: the root of its first {} records is {root}, it was {}", old.size, old.root),
        ),
        None => finding.problem(CHECKPOINT, "the older root cannot be recomputed, as records or tiles cannot be read"),
    }
    finding.step(format!("the first {} are those of the older checkpoint", counted(old.size, "record")))
}
