//! Whatever is changed of a package is found, by whoever changed it.

use expect_test::expect;

use super::*;

#[test]
fn every_flipped_bit_of_the_file_is_refused() {
    let (good, _) = export(&TestLog::new(), &all());
    let container = |bytes: &[u8]| ZipReader::open(Cursor::new(bytes)).and_then(|zip| zip.verify_all());
    container(&good).unwrap();
    let mut bytes = good.clone();
    for at in 0..good.len() * 8 {
        bytes[at / 8] ^= 1 << (at % 8);
        assert!(container(&bytes).is_err(), "bit {at}");
        bytes[at / 8] = good[at / 8];
    }
}

/// The same by somebody who makes the ZIP anew: no checksum of it tells.
#[test]
fn a_flipped_bit_in_any_file_is_refused() {
    let mut log = TestLog::new();
    log.judge(evaluation("CC6.1", "2026-01-02T00:00:00Z", "pass"), b"answer");
    let kept = log.publish().checkpoint_bytes().to_vec();
    log.seal(quarter(), "2026-04-02T08:00:00Z");
    let (good, _) = export_with(&log, &all(), Some(&kept), Some(b"token")).unwrap();
    let mut files = unpack(&good);
    assert_eq!(pack(&files), good);
    check(&good).unwrap();
    for file in 0..files.len() {
        let (path, len) = (files[file].0.clone(), files[file].1.len());
        let step = if path.starts_with("manifest") { 1 } else { 1 + len / 40 };
        for at in (0..len).step_by(step) {
            let bit = 1 << (at % 8);
            files[file].1[at] ^= bit;
            let error = check(&pack(&files)).map_err(|e| e.file().map(str::to_owned));
            assert!(error.is_err(), "byte {at} of {path}");
            if !path.starts_with("manifest") {
                assert_eq!(error, Err(Some(path.clone())), "byte {at}");
            }
            files[file].1[at] ^= bit;
        }
    }
}

/// What somebody with a ZIP writer can do without the package key.
#[test]
fn files_that_are_added_removed_or_exchanged_are_found() {
    let (good, _) = export(&year(), &all());
    let refused = |change: &dyn Fn(&mut Files)| {
        let mut files = unpack(&good);
        change(&mut files);
        files.sort();
        let error = check(&pack(&files)).unwrap_err();
        let cut = |text: &str| text.replace(&sha256(b"x").hex(), "X").replace(&sha256(b"answer 2").hex(), "A");
        format!("{}: {}", cut(error.file().unwrap_or("-")), cut(&error.to_string()))
    };
    let blob = format!("blobs/{}", sha256(b"answer 2").hex());
    let at = |files: &[File], path: &str| files.iter().position(|(it, _)| it == path).unwrap();
    let new = format!("blobs/{}", sha256(b"x").hex());
    let lines = [
        refused(&|files| files.push(("notes.txt".into(), b"x".to_vec()))),
        refused(&|files| files.push((new.clone(), b"x".to_vec()))),
        refused(&|files| files.push((format!("policies/{}.cedar", sha256(b"answer 2").hex()), b"answer 2".to_vec()))),
        refused(&|files| drop(files.remove(at(files, &blob)))),
        refused(&|files| drop(files.remove(at(files, "proofs/3.tlog-proof")))),
        refused(&|files| drop(files.remove(at(files, "VERIFY.md")))),
        refused(&|files| {
            let (a, b) = (at(files, "records/2.json"), at(files, "records/4.json"));
            let other = files[b].1.clone();
            files[b].1 = std::mem::replace(&mut files[a].1, other);
        }),
    ];
    expect![[r#"
        notes.txt: `notes.txt` does not belong in a package
        blobs/X: `blobs/X` is not listed in the manifest
        policies/A.cedar: `policies/A.cedar` is the same blob as `blobs/A`
        blobs/A: `blobs/A` is missing
        proofs/3.tlog-proof: `proofs/3.tlog-proof` is missing
        VERIFY.md: `VERIFY.md` is missing
        records/2.json: `records/2.json` has 2677 bytes with sha256:07b2053a2d0fa4f630178f7e3483236142cd1d9976093febc38ed012c8676e63, the manifest says 2669 bytes with sha256:70257cee0295b8ae6c8a4f60acb0e0f6fe6529594f231c0cbc8151c2413218ce"#]].assert_eq(&lines.join("\n"));
}

/// What somebody with the package key can state, and is still found.
#[test]
fn a_signed_statement_that_says_something_else_is_found() {
    let log = year();
    let (good, exported) = export(&log, &all());
    let with = |manifest: &Manifest, statement: &dyn Fn(&[u8]) -> Statement| {
        let manifest = manifest.to_bytes().unwrap();
        let statement = statement(&manifest).to_bytes().unwrap();
        let bundle = Bundle::sign(statement, &log.package_key).unwrap().to_bytes().unwrap();
        let mut files = unpack(&good);
        for (path, bytes) in &mut files {
            match path.as_str() {
                "manifest.json" => bytes.clone_from(&manifest),
                "manifest.sigstore.json" => bytes.clone_from(&bundle),
                _ => {}
            }
        }
        check(&pack(&files)).map_err(|e| e.to_string())
    };
    let (manifest, result) = (&exported.manifest, &exported.result);
    assert_eq!(with(manifest, &|bytes| Statement::new(bytes, result.clone())), Ok(()));
    let mut passed = result.clone();
    passed.passed_tests.append(&mut passed.failed_tests);
    passed.passed_tests.sort();
    passed.result = TestOutcome::Warned;
    let mut bare = result.clone();
    bare.configuration.pop();
    let mut counted = manifest.clone();
    counted.chains[0].count += 1;
    let refused = [
        with(manifest, &|bytes| Statement::new(bytes, passed.clone())),
        with(manifest, &|bytes| Statement::new(bytes, bare.clone())),
        with(manifest, &|_| Statement::new(b"{}", result.clone())),
        with(&counted, &|bytes| Statement::new(bytes, result.clone())),
    ];
    assert_eq!(
        refused.map(Result::unwrap_err),
        [
            "the signed statement's result is not that of the package",
            "the signed statement's configuration is not that of the package",
            "the signed statement's manifest is not that of the package",
            "the manifest's chains are not those of the records",
        ]
    );
}
