//! The step `consistency`: an older checkpoint against the package's proof that the log begins with it.

use std::io::{Read, Seek};

use super::problem;
use crate::package::{Package, PackageItem};
use crate::tlog::Checkpoint;
use crate::verify::Options;
use crate::verify::keys::Keys;
use crate::verify::report::{Finding, Step};

/// That the log begins with what an older checkpoint signed.
pub(super) fn consistency<R: Read + Seek>(
    package: &Package<R>,
    options: &Options<'_>,
    checkpoint: Option<&Checkpoint>,
    keys: &Keys,
) -> Step {
    let mut finding = Finding::new(crate::verify::CONSISTENCY);
    proofs_of_consistency(package, &mut finding);
    let Some(bytes) = &options.since else {
        return finding.not_checked("no older checkpoint was given; keep checkpoints and give one with --since");
    };
    let (old, new) = match (Checkpoint::parse_unverified(bytes), checkpoint) {
        (Ok(old), Some(new)) => (old, new),
        (Err(why), _) => {
            finding.problem_without_file(format!("the older checkpoint: {why}"));
            return finding.step("");
        }
        (_, None) => return finding.not_checked("the package's checkpoint cannot be read"),
    };
    if let Err(why) = keys.at(old.size).map_or(Err("no key of the log signed it".to_owned()), |key| {
        Checkpoint::open(bytes, key).map(drop).map_err(|why| why.to_string())
    }) {
        finding.problem_without_file(format!("the older checkpoint: {why}"));
    }
    if old.size > new.size {
        let what = format!("rolled back: the older checkpoint has {} records, this one {}", old.size, new.size);
        finding.problem("checkpoint", what);
        return finding.step("");
    }
    if old.size == new.size {
        if old.root != new.root {
            finding.problem("checkpoint", "forked: the older checkpoint has as many records and another root");
        }
        return finding.step("it is the same checkpoint");
    }
    match package.consistency(old.size) {
        Ok(Some(proof)) => {
            if let Err(why) = proof.verify(&old, new) {
                finding.problem(PackageItem::Consistency(old.size).path(), format!("forked: {why}"));
            }
            finding.step(format!("the log begins with the {} records of the older checkpoint", old.size))
        }
        // Otherwise whoever shows a fork would only have to leave the proof out.
        Ok(None) => {
            let what = "is missing, so nothing shows that the log begins with that of the older checkpoint; have the \
                        package exported with `--since` and your checkpoint";
            finding.problem(PackageItem::Consistency(old.size).path(), what);
            finding.step("")
        }
        Err(_) => finding.step(""),
    }
}

/// That every proof from an older checkpoint can be read and is about the package's own.
fn proofs_of_consistency<R: Read + Seek>(package: &Package<R>, finding: &mut Finding) {
    let note = package.checkpoint().map(|(note, _)| note);
    for item in package.items() {
        let PackageItem::Consistency(old) = *item else { continue };
        match package.consistency(old) {
            Ok(Some(proof)) if proof.old != old => {
                finding.problem(item.path(), format!("is from {} records on, its name says {old}", proof.old));
            }
            Ok(Some(proof)) if note.as_ref().is_ok_and(|note| *note != proof.checkpoint) => {
                finding.problem(item.path(), "is of another checkpoint than the package's");
            }
            Ok(_) => {}
            Err(error) => problem(finding, &error),
        }
    }
}
