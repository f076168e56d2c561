//! What somebody may make of a package who has every tool, and perhaps the company's own package key.
//!
//! The records are in a log whose key signed a checkpoint, and nobody here has that key.

use expect_test::expect;
use tickmark_ledger::package::Selection;
use tickmark_ledger::sha256;
use tickmark_ledger::verify::Options;
use tickmark_model::Outcome;

use super::forge::{Forged, found, wrong_with};
use super::history::{
    MFA, SCAN, all, begin, days, export, export_by, export_with, judge, open_period, own_key, package_key_of, period,
    sealed_period,
};
use crate::log::Log;
use crate::site::pinned;

/// The path of the raw evidence with these bytes.
fn blob(bytes: &[u8]) -> String {
    format!("blobs/{}", sha256(bytes).hex())
}

/// A log of the same name, whose records and key are its own.
fn foreign() -> Log {
    let mut log = begin(3);
    for day in ["2026-11-10", "2026-11-11", "2026-11-12"] {
        judge(&mut log, day, MFA, Outcome::Pass, "users");
        judge(&mut log, day, SCAN, Outcome::Pass, "hosts");
    }
    log
}

/// Its package.
fn foreign_package() -> Vec<u8> {
    export_by(&foreign(), &all(period()), None, &package_key_of(3))
}

mod records {
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
            inclusion: `proofs/6.tlog-proof`: the proof leads to sha256:96499496, the root is sha256:cca6ad71
            chains: `records/9.json`: names record 6 sha256:be84d75d before it, that is record 6 sha256:e4c917ae"#]],
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
                chains: `records/6.json`: names record 4 sha256:72712307 before it, that is record 4 sha256:36d17e1a
                chains: `records/7.json`: names record 4 sha256:36d17e1a before it, that is record 6 sha256:f12614cf
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
}

mod proofs {
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
            inclusion: `proofs/6.tlog-proof`: the proof leads to sha256:319010f4, the root is sha256:cca6ad71"#]],
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
}

mod blobs {
    use super::*;

    #[test]
    fn a_replaced_blob_is_found_under_its_old_name() {
        let replace = |it: &mut Forged| *it.file(&blob(b"users on the 11th")) = b"users on the 11tH".to_vec();
        found(
            &export(&sealed_period()),
            replace,
            &expect!["manifest: `blobs/ed54aec1`: `blobs/ed54aec1` has sha256:3d3816e4, which is not its name"],
        );
    }

    #[test]
    fn a_replaced_blob_is_found_under_a_new_name() {
        let replace = |it: &mut Forged| {
            it.files.remove(&blob(b"users on the 11th")).unwrap();
            it.files.insert(blob(b"users on the 11tH"), b"users on the 11tH".to_vec());
        };
        found(
            &export(&sealed_period()),
            replace,
            &expect![[r#"
            blobs: `blobs/ed54aec1`: is missing; record 6 names it
            blobs: `blobs/3d3816e4`: is named by no record"#]],
        );
    }

    #[test]
    fn a_blob_that_is_left_out_undeclared_is_found() {
        let drop = |it: &mut Forged| drop(it.files.remove(&blob(b"users on the 11th")).unwrap());
        found(&export(&sealed_period()), drop, &expect!["blobs: `blobs/ed54aec1`: is missing; record 6 names it"]);
    }

    /// Without the list of calls nobody knows what it names.
    #[test]
    fn a_transcript_that_is_left_out_with_its_answers_is_found() {
        let drop = |it: &mut Forged| {
            let answer = sha256(b"users on the 11th");
            let names =
                |bytes: &[u8]| bytes.starts_with(b"[{") && String::from_utf8_lossy(bytes).contains(&answer.hex());
            let lists: Vec<String> =
                it.files.iter().filter(|it| it.0.starts_with("blobs/") && names(it.1)).map(|it| it.0.clone()).collect();
            assert_eq!(lists.len(), 1);
            lists.iter().for_each(|path| drop(it.files.remove(path)));
            it.files.remove(&blob(b"users on the 11th")).unwrap();
        };
        found(&export(&sealed_period()), drop, &expect!["blobs: `blobs/7de1490c`: is missing; record 6 names it"]);
    }

    /// A package either has its raw evidence or leaves all of it out.
    #[test]
    fn a_package_that_says_that_it_is_redacted_and_leaves_out_a_single_blob_is_found() {
        let drop = |it: &mut Forged| {
            it.files.remove(&blob(b"users on the 11th")).unwrap();
            it.manifest.redacted = true;
        };
        found(
            &export(&sealed_period()),
            drop,
            &expect![[r#"
                blobs: `blobs/0fd546ce`: is there, the manifest says that raw evidence was left out
                blobs: 19 problems, the first of which stands here"#]],
        );
    }

    #[test]
    fn a_redacted_package_without_its_component_and_policies_is_found() {
        let redacted = Selection { redact: true, ..all(period()) };
        let drop = |it: &mut Forged| {
            it.files.retain(|path, _| !path.starts_with("components/") && !path.starts_with("policies/"));
        };
        found(
            &export_with(&sealed_period(), &redacted, None),
            drop,
            &expect![[r#"
            blobs: `policies/10cced55.json`: is missing; record 10 names it
            blobs: `components/2d0c2621.wasm`: is missing; record 10 names it
            blobs: `policies/932b752c.json`: is missing; record 9 names it
            blobs: `policies/bacfa3fa.cedar`: is missing; record 10 names it
            blobs: `policies/cc523b63.json`: is missing; record 10 names it"#]],
        );
    }

    #[test]
    fn a_redacted_package_that_says_that_it_is_not_is_found() {
        let redacted = Selection { redact: true, ..all(period()) };
        let say = |it: &mut Forged| it.manifest.redacted = false;
        found(
            &export_with(&sealed_period(), &redacted, None),
            say,
            &expect![[r#"
                blobs: `blobs/0fd546ce`: is missing; record 9 names it
                blobs: 16 problems, the first of which stands here"#]],
        );
    }

    #[test]
    fn a_blob_that_no_record_names_is_found() {
        let add = |it: &mut Forged| drop(it.files.insert(blob(b"a letter"), b"a letter".to_vec()));
        found(&export(&sealed_period()), add, &expect!["blobs: `blobs/5bb27fb8`: is named by no record"]);
    }

    #[test]
    fn an_erased_blob_that_is_there_is_found() {
        let add = |it: &mut Forged| drop(it.files.insert(blob(b"users on the 10th"), b"users on the 10th".to_vec()));
        found(
            &export(&sealed_period()),
            add,
            &expect!["blobs: `blobs/3814ac0f`: is there, record 12 says that it was erased"],
        );
    }

    /// Then the statement does not say that anything rests on it.
    #[test]
    fn a_policy_that_stands_among_the_raw_evidence_is_found() {
        let policy = b"permit(principal, action, resource);";
        let path = format!("policies/{}.cedar", sha256(policy).hex());
        let remove = |it: &mut Forged| {
            it.files.remove(&path).unwrap();
            it.files.insert(blob(policy), policy.to_vec());
        };
        found(
            &export(&sealed_period()),
            remove,
            &expect!["blobs: `blobs/bacfa3fa`: must stand at `policies/bacfa3fa.cedar` by what it is to record 10"],
        );
        let rename = |it: &mut Forged| {
            it.files.remove(&path).unwrap();
            it.files.insert(path.replace(".cedar", ".json"), policy.to_vec());
        };
        found(
            &export(&sealed_period()),
            rename,
            &expect![
                "blobs: `policies/bacfa3fa.json`: must stand at `policies/bacfa3fa.cedar` by what it is to record 10"
            ],
        );
    }
}

mod manifest {
    use super::*;

    #[test]
    fn a_package_that_is_as_it_was_but_for_its_signer_is_found() {
        let package = Forged::of(&export(&sealed_period())).signed_by(&own_key());
        expect!["package signature: `package.pub.pem`: is not the key that the log names: sha256:5a07a723"]
            .assert_eq(&wrong_with(&package, &pinned()).join("\n"));
    }

    #[test]
    fn another_period_than_the_sealed_one_is_found() {
        let say = |it: &mut Forged| it.manifest.period = days("2026-11-10", "2026-11-30");
        found(
            &export(&sealed_period()),
            say,
            &expect!["completeness: `records/11.json`: seals another period than the manifest names"],
        );
    }

    #[test]
    fn a_shorter_period_than_its_records_is_found() {
        let say = |it: &mut Forged| it.manifest.period = days("2026-11-12", "2026-11-12");
        found(
            &export(&open_period()),
            say,
            &expect![[r#"
            completeness: `records/3.json`: is not of the period and controls that the manifest names
            completeness: `records/4.json`: is not of the period and controls that the manifest names
            completeness: `records/6.json`: is not of the period and controls that the manifest names
            completeness: `records/7.json`: is not of the period and controls that the manifest names"#]],
        );
        found(
            &export(&sealed_period()),
            say,
            &expect![[r#"
                completeness: `records/3.json`: is not of the period and controls that the manifest names
                completeness: 9 problems, the first of which stands here"#]],
        );
    }

    #[test]
    fn other_controls_than_its_records_are_found() {
        let say = |it: &mut Forged| it.manifest.controls = Some(vec![SCAN.to_owned()]);
        found(
            &export(&sealed_period()),
            say,
            &expect![[r#"
            completeness: `records/3.json`: is not of the period and controls that the manifest names
            completeness: `records/6.json`: is not of the period and controls that the manifest names
            completeness: `records/9.json`: is not of the period and controls that the manifest names"#]],
        );
    }

    /// Otherwise whoever leaves something out would only have to call the period open.
    #[test]
    fn a_seal_that_is_there_and_not_named_is_found() {
        let say = |it: &mut Forged| it.manifest.seal = None;
        found(
            &export(&sealed_period()),
            say,
            &expect![[r#"
            completeness: `records/11.json`: is not of the period and controls that the manifest names
            completeness: `records/11.json`: seals the period, the manifest names no seal"#]],
        );
    }

    #[test]
    fn a_record_that_is_named_as_the_seal_is_found() {
        let say = |it: &mut Forged| it.manifest.seal = Some(12);
        found(
            &export(&sealed_period()),
            say,
            &expect![[r#"
                completeness: `records/11.json`: is not of the period and controls that the manifest names
                completeness: `records/12.json`: is not the seal that the manifest names"#]],
        );
    }

    /// What came between the two seals would not be missed.
    #[test]
    fn an_older_seal_beside_the_newest_is_found() {
        let mut log = sealed_period();
        judge(&mut log, "2026-11-12", MFA, Outcome::Fail, "users on the 12th, later");
        log.seal("2026-11-10", "2026-11-12", "2026-11-15");
        let both = Forged::of(&export_with(&log, &all(days("2026-11-01", "2026-11-30")), None)).files;
        let name = |it: &mut Forged| {
            it.drop_record(16);
            it.files.remove(&blob(b"users on the 12th, later"));
            for (path, bytes) in both.iter().filter(|it| it.0.contains("/11.")) {
                it.files.insert(path.clone(), bytes.clone());
            }
            it.manifest.seal = Some(11);
        };
        found(
            &export(&log),
            name,
            &expect![[r#"
                completeness: `records/17.json`: is not of the period and controls that the manifest names
                completeness: `records/11.json`: its blob `chains` is missing: sha256:af5e4295
                blobs: `blobs/af5e4295`: is missing; record 11 names it"#]],
        );
    }

    #[test]
    fn another_log_or_size_or_root_is_found() {
        let package = export(&sealed_period());
        found(
            &package,
            |it| it.manifest.origin = "tickmark/00".into(),
            &expect![
                "manifest: `manifest.json`: is about another checkpoint than that of `tickmark/3f9c2a71d04be885`, 16 records"
            ],
        );
        found(
            &package,
            |it| it.manifest.size += 1,
            &expect![
                "manifest: `manifest.json`: is about another checkpoint than that of `tickmark/3f9c2a71d04be885`, 16 records"
            ],
        );
        found(
            &package,
            |it| it.manifest.root.0[0] ^= 1,
            &expect![
                "manifest: `manifest.json`: is about another checkpoint than that of `tickmark/3f9c2a71d04be885`, 16 records"
            ],
        );
    }

    #[test]
    fn a_file_that_no_package_has_is_found() {
        let add = |it: &mut Forged| drop(it.files.insert("notes.txt".into(), b"all is well".to_vec()));
        found(
            &export(&sealed_period()),
            add,
            &expect!["container: `notes.txt`: `notes.txt` does not belong in a package"],
        );
    }
}
