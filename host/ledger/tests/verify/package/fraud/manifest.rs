//! What a package says that it is about.

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
                completeness: `records/11.json`: its blob `chains` is missing: sha256:373f5f61
                blobs: `blobs/373f5f61`: is missing; record 11 names it"#]],
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
    found(&export(&sealed_period()), add, &expect!["container: `notes.txt`: `notes.txt` does not belong in a package"]);
}

/// By whoever has the log's key: the seal itself says something else than its list.
#[test]
fn a_seal_that_disagrees_with_its_own_list_is_found() {
    let sealed_with = |in_order: bool, change: fn(&mut tickmark_ledger::Seal)| {
        let mut log = open_period();
        let (mut seal, chains) = log.sealed("2026-11-10", "2026-11-12");
        let list = crate::log::jcs(&chains);
        let list = if in_order { list } else { crate::log::jcs(&chains.iter().rev().collect::<Vec<_>>()) };
        let blob = log.named("chains", &list);
        seal.digest = sha256(&list);
        change(&mut seal);
        log.push("2026-11-13", seal, vec![blob]);
        wrong_with(&export(&log), &pinned()).join("\n")
    };
    let sealed = |change| sealed_with(true, change);
    assert_eq!(sealed(|_| {}), "");
    expect!["completeness: `records/11.json`: has a list whose chains are not sorted, each once"]
        .assert_eq(&sealed_with(false, |_| {}));
    expect![
        "completeness: `records/11.json`: says 9 records in 4 chains of the 11 before it, its list says 8 in 4 of 11"
    ]
    .assert_eq(&sealed(|seal| seal.records += 1));
    expect![
        "completeness: `records/11.json`: says 8 records in 3 chains of the 11 before it, its list says 8 in 4 of 11"
    ]
    .assert_eq(&sealed(|seal| seal.chains -= 1));
    expect![
        "completeness: `records/11.json`: says 8 records in 4 chains of the 9 before it, its list says 8 in 4 of 11"
    ]
    .assert_eq(&sealed(|seal| seal.tree_size -= 2));
}
