//! Raw evidence and what judged: replaced, left out, added, or in another place.

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
        let names = |bytes: &[u8]| bytes.starts_with(b"[{") && String::from_utf8_lossy(bytes).contains(&answer.hex());
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
        &expect!["blobs: `policies/bacfa3fa.json`: must stand at `policies/bacfa3fa.cedar` by what it is to record 10"],
    );
}
