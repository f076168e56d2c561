//! Records: left out, in another order, twice, changed, of other logs and other days.

use super::*;

/// Nothing is wrong with it but that it is another company's.
#[test]
fn a_package_of_a_foreign_log_is_found_by_the_key() {
    expect!["pinned key: `tickmark/3f9c2a71d04be885+99d934ba+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c` is not a key of this log; its keys: `tickmark/3f9c2a71d04be885+25219d91+Ae1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR`"].assert_eq(&wrong_with(&foreign_package(), &pinned()).join("\n"));
    assert_eq!(wrong_with(&foreign_package(), &Options::default()), [""; 0]);
}

#[test]
fn a_failing_run_that_is_dropped_from_a_sealed_period_is_found() {
    found(
        &export(&sealed_period()),
        |it| it.drop_record(6),
        &expect!["completeness: `manifest.json`: has 2 records of `control/CC6.1-mfa`, the seal says 3"],
    );
}

#[test]
fn a_failing_run_that_is_dropped_and_still_counted_is_found() {
    let drop = |it: &mut Forged| {
        it.drop_record(6);
        it.keep_chains = true;
    };
    found(
        &export(&sealed_period()),
        drop,
        &expect!["package signature: `manifest.json`: the manifest's chains are not those of the records"],
    );
}

#[test]
fn a_failing_run_that_is_dropped_from_an_open_period_is_found() {
    found(
        &export(&open_period()),
        |it| it.drop_record(6),
        &expect!["chains: `records/9.json`: names record 6 before it, the package has 3 and not that one"],
    );
}

/// All that was sealed at once, of every control.
#[test]
fn a_whole_run_that_is_left_out_of_the_middle_is_found() {
    let drop = |it: &mut Forged| [6, 7].into_iter().for_each(|index| it.drop_record(index));
    found(
        &export(&sealed_period()),
        drop,
        &expect![[r#"
                completeness: `manifest.json`: has 2 records of `control/CC6.1-mfa`, the seal says 3
                completeness: `manifest.json`: has 2 records of `control/CC7.2-scan`, the seal says 3"#]],
    );
    found(
        &export(&open_period()),
        drop,
        &expect![[r#"
                chains: `records/9.json`: names record 6 before it, the package has 3 and not that one
                chains: `records/10.json`: names record 7 before it, the package has 4 and not that one"#]],
    );
}

#[test]
fn a_control_that_is_left_out_of_a_sealed_period_is_found() {
    let drop = |it: &mut Forged| [3, 6, 9].into_iter().for_each(|index| it.drop_record(index));
    found(
        &export(&sealed_period()),
        drop,
        &expect!["completeness: `manifest.json`: has nothing of `control/CC6.1-mfa`, the seal says 3 records"],
    );
}

#[test]
fn the_last_run_that_is_dropped_from_a_sealed_period_is_found() {
    found(
        &export(&sealed_period()),
        |it| it.drop_record(10),
        &expect!["completeness: `manifest.json`: has 2 records of `control/CC7.2-scan`, the seal says 3"],
    );
}

#[test]
fn a_rotation_that_is_dropped_is_found() {
    found(
        &export(&sealed_period()),
        |it| it.drop_record(5),
        &expect![[r#"
                manifest: `log.vkey`: is `tickmark/3f9c2a71d04be885+0a9b6f30+AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU`, which does not sign the log
                package signature: `package.pub.pem`: is not the key that the log names: sha256:f857ae4e
                checkpoint signature: `checkpoint`: the note has no signature of the key `tickmark/3f9c2a71d04be885` with id 99d934ba
                completeness: `manifest.json`: has nothing of `key`, the seal says 1 record"#]],
    );
}

/// It is not of the period, and all the same every package has it.
#[test]
fn a_hold_that_is_dropped_is_found() {
    found(
        &export(&sealed_period()),
        |it| it.drop_record(2),
        &expect!["chains: `records/8.json`: names record 2 before it, the package has none of its chain"],
    );
    found(
        &export(&sealed_period()),
        |it| it.drop_record(8),
        &expect![[r#"
            chains: `records/13.json`: names record 8 before it, the package has 2 and not that one
            completeness: `manifest.json`: has nothing of `hold`, the seal says 1 record"#]],
    );
}

#[test]
fn an_erasure_that_is_dropped_is_found() {
    found(
        &export(&sealed_period()),
        |it| it.drop_record(12),
        &expect![[r#"
                chains: `records/15.json`: names record 12 before it, the package has none of its chain
                blobs: `blobs/3814ac0f`: is missing; record 3 names it"#]],
    );
    found(
        &export(&sealed_period()),
        |it| it.drop_record(15),
        &expect!["blobs: `blobs/e78c621b`: is missing; record 4 names it"],
    );
}

#[test]
fn reordered_records_are_found() {
    let reverse = |it: &mut Forged| {
        it.swap("records/3.json", "records/9.json");
        it.swap("proofs/3.tlog-proof", "proofs/9.tlog-proof");
    };
    found(
        &export(&sealed_period()),
        reverse,
        &expect![[r#"
                records: `records/3.json`: record 3 says that it is `evaluation/9`, expected `evaluation/3`
                records: `records/9.json`: record 9 says that it is `evaluation/3`, expected `evaluation/9`
                completeness: `manifest.json`: has other records of `control/CC6.1-mfa` than the seal says
                blobs: `blobs/0fd546ce`: is named by no record
                blobs: `blobs/1dc8a167`: is named by no record
                blobs: `blobs/a4d8f306`: is named by no record
                blobs: `blobs/b20d237c`: is named by no record
                blobs: `blobs/f3bcf222`: is named by no record"#]],
    );
}

#[test]
fn swapped_records_are_found() {
    found(
        &export(&sealed_period()),
        |it| it.swap("records/6.json", "records/9.json"),
        &expect![[r#"
                records: `records/6.json`: record 6 says that it is `evaluation/9`, expected `evaluation/6`
                records: `records/9.json`: record 9 says that it is `evaluation/6`, expected `evaluation/9`
                completeness: `manifest.json`: has other records of `control/CC6.1-mfa` than the seal says
                blobs: `blobs/0fd546ce`: is named by no record
                blobs: 7 problems, the first of which stands here"#]],
    );
}

#[test]
fn a_duplicated_record_is_found() {
    let copy = |it: &mut Forged| {
        let (record, proof) = (it.file("records/9.json").clone(), it.file("proofs/9.tlog-proof").clone());
        it.files.insert("records/1.json".into(), record);
        it.files.insert("proofs/1.tlog-proof".into(), proof);
    };
    found(
        &export(&sealed_period()),
        copy,
        &expect![[r#"
            records: `records/1.json`: record 1 says that it is `evaluation/9`, expected `evaluation/1`
            completeness: `manifest.json`: has 4 records of `control/CC6.1-mfa`, the seal says 3"#]],
    );
}

#[test]
fn a_record_in_place_of_another_is_found() {
    let copy = |it: &mut Forged| *it.file("records/6.json") = it.file("records/9.json").clone();
    found(
        &export(&sealed_period()),
        copy,
        &expect![[r#"
                records: `records/6.json`: record 6 says that it is `evaluation/9`, expected `evaluation/6`
                blobs: `blobs/27e1e150`: is named by no record
                blobs: `blobs/7de1490c`: is named by no record
                blobs: `blobs/ed54aec1`: is named by no record
                blobs: `blobs/f66a3567`: is named by no record"#]],
    );
}

#[test]
fn a_changed_outcome_is_found() {
    let change = |it: &mut Forged| {
        let text = String::from_utf8(it.file("records/6.json").clone()).unwrap();
        *it.file("records/6.json") = text.replace(r#""outcome":"fail""#, r#""outcome":"pass""#).into_bytes();
    };
    found(
        &export(&sealed_period()),
        change,
        &expect![[r#"
            inclusion: `proofs/6.tlog-proof`: the proof leads to sha256:ffba7c9f, the root is sha256:65d5f1dc
            chains: `records/9.json`: names record 6 sha256:2161df61 before it, that is record 6 sha256:bcd147de"#]],
    );
}

#[test]
fn a_record_of_a_foreign_log_is_found() {
    let theirs = Forged::of(&foreign_package()).files;
    let take = |it: &mut Forged| {
        for path in ["records/6.json", "proofs/6.tlog-proof"] {
            it.files.insert(path.into(), theirs[path].clone());
        }
    };
    found(
        &export(&sealed_period()),
        take,
        &expect![[r#"
                inclusion: `proofs/6.tlog-proof`: is of another checkpoint than the package's
                inclusion: `proofs/6.tlog-proof`: a proof of 2 hashes is too short
                chains: `records/6.json`: names record 4 sha256:ff91ae49 before it, that is record 4 sha256:97af13b9
                chains: `records/7.json`: names record 4 sha256:97af13b9 before it, that is record 6 sha256:676c9f3a
                completeness: `manifest.json`: has 2 records of `control/CC6.1-mfa`, the seal says 3
                completeness: `manifest.json`: has 4 records of `control/CC7.2-scan`, the seal says 3
                blobs: `blobs/328f0515`: is missing; record 6 names it
                blobs: 6 problems, the first of which stands here"#]],
    );
}

/// Records that are in the log, and not of what the package says that it is about.
#[test]
fn a_record_of_another_day_is_found() {
    let add = |log: Log, index: u64| {
        let whole = Forged::of(&export_with(&log, &all(days("2026-11-01", "2026-11-30")), None)).files;
        move |it: &mut Forged| {
            for path in [format!("records/{index}.json"), format!("proofs/{index}.tlog-proof")] {
                it.files.insert(path.clone(), whole[&path].clone());
            }
            let blobs = whole.iter().filter(|(path, _)| path.starts_with("blobs/"));
            it.files.extend(blobs.map(|(path, bytes)| (path.clone(), bytes.clone())));
            it.tidy();
        }
    };
    found(
        &export(&open_period()),
        add(open_period(), 1),
        &expect!["completeness: `records/1.json`: is not of the period and controls that the manifest names"],
    );
    found(
        &export(&sealed_period()),
        add(sealed_period(), 1),
        &expect!["completeness: `records/1.json`: is not of the period and controls that the manifest names"],
    );
    found(
        &export(&sealed_period()),
        add(sealed_period(), 14),
        &expect!["completeness: `records/14.json`: is not of the period and controls that the manifest names"],
    );
}
