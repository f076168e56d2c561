//! Proofs, the checkpoint, and the key beside it.

use super::*;

#[test]
fn swapped_proofs_are_found() {
    let swap = |it: &mut Forged| it.swap("proofs/6.tlog-proof", "proofs/9.tlog-proof");
    found(
        &export(&sealed_period()),
        swap,
        &expect![[r#"
            inclusion: `proofs/6.tlog-proof`: is of record 9, its name says 6
            inclusion: `proofs/9.tlog-proof`: is of record 6, its name says 9"#]],
    );
}

#[test]
fn a_proof_that_says_another_index_is_found() {
    let change = |it: &mut Forged| {
        let text = String::from_utf8(it.file("proofs/6.tlog-proof").clone()).unwrap();
        *it.file("proofs/6.tlog-proof") = text.replace("index 6\n", "index 7\n").into_bytes();
    };
    found(
        &export(&sealed_period()),
        change,
        &expect!["inclusion: `proofs/6.tlog-proof`: is of record 7, its name says 6"],
    );
}

/// Every record is in the older tree as well, and its proof proves it.
#[test]
fn a_proof_under_an_older_checkpoint_is_found() {
    let older = Forged::of(&export(&open_period())).files;
    let take = |it: &mut Forged| *it.file("proofs/6.tlog-proof") = older["proofs/6.tlog-proof"].clone();
    found(
        &export(&sealed_period()),
        take,
        &expect![[r#"
            inclusion: `proofs/6.tlog-proof`: is of another checkpoint than the package's
            inclusion: `proofs/6.tlog-proof`: the proof leads to sha256:92a0d8c6, the root is sha256:65d5f1dc"#]],
    );
}

#[test]
fn an_older_checkpoint_alone_is_found() {
    let older = Forged::of(&export(&open_period())).files;
    let take = |it: &mut Forged| *it.file("checkpoint") = older["checkpoint"].clone();
    found(
        &export(&sealed_period()),
        take,
        &expect![[r#"
                manifest: `manifest.json`: is about another checkpoint than that of `tickmark/3f9c2a71d04be885`, 11 records
                inclusion: `proofs/0.tlog-proof`: is of another checkpoint than the package's
                inclusion: 28 problems, the first of which stands here"#]],
    );
}

#[test]
fn a_checkpoint_of_a_foreign_log_is_found() {
    let theirs = foreign().checkpoint();
    found(
        &export(&sealed_period()),
        |it| *it.file("checkpoint") = theirs.clone(),
        &expect![[r#"
                manifest: `manifest.json`: is about another checkpoint than that of `tickmark/3f9c2a71d04be885`, 7 records
                checkpoint signature: `checkpoint`: the note has no signature of the key `tickmark/3f9c2a71d04be885` with id 0a9b6f30
                inclusion: `proofs/0.tlog-proof`: is of another checkpoint than the package's
                inclusion: 28 problems, the first of which stands here"#]],
    );
}

#[test]
fn another_key_beside_the_checkpoint_is_found() {
    let older = format!("{}\n", crate::log::key(1).verifier()).into_bytes();
    found(
        &export(&sealed_period()),
        |it| *it.file("log.vkey") = older.clone(),
        &expect![
            "manifest: `log.vkey`: is `tickmark/3f9c2a71d04be885+99d934ba+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c`, which does not sign the log"
        ],
    );
}
