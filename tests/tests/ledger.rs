//! The ledger from the command line: keys, verifying, periods, holds, erasure, packages and replays.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use expect_test::expect;
use tickmark_tests::Site;

const AS_OF: &str = "--as-of 2026-11-20T09:00:00Z";

/// A run of ten controls, so that records keep their numbers whatever controls there are.
const RUN: &str = "run --as-of 2026-11-20T09:00:00Z --control A1.1-health-checks \
                   --control A1.1-host-uptime \
                   --control A1.1-uptime-objective \
                   --control A1.2-backup-recent \
                   --control A1.3-restore-test \
                   --control CC6.1-mfa-adoption \
                   --control CC6.3-mfa-for-admins \
                   --control CC6.6-firewall-default-deny \
                   --control CC6.6-firewall-inbound \
                   --control CC7.2-failed-logins";

/// The example company after one run.
fn sealed() -> Site {
    let site = Site::acme();
    let (code, _, stderr) = site.run(&format!("{RUN} --quiet"));
    assert_eq!(code, 1, "{stderr}");
    site
}

/// Standard output of a command that has to end well.
fn stdout(site: &Site, arguments: &str) -> String {
    let (code, stdout, stderr) = site.run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stdout
}

/// Replaces what differs from ledger to ledger beside its key: digests, what it is o'clock, and sizes that have it in them.
fn steady(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let word = |at: usize, word: &str| {
            let bare = word.trim_matches([',', ';', '.', '`', ')', '(']);
            let is_size = bare.bytes().all(|b| b.is_ascii_digit()) && words.get(at + 1) == Some(&"bytes");
            let replaced = match bare {
                _ if bare.starts_with("sha256:") => "[DIGEST]",
                _ if is_size => "[SIZE]",
                _ if bare.ends_with('Z') && bare.contains('T') && !bare.starts_with("2026-11-20") => "[NOW]",
                _ => return word.to_owned(),
            };
            word.replace(bare, replaced)
        };
        let words: Vec<String> = words.iter().enumerate().map(|(at, it)| word(at, it)).collect();
        out.push_str(words.join(" ").trim_end());
        out.push('\n');
    }
    out
}

fn check(site: &Site, arguments: &str, expected: &expect_test::Expect) {
    expected.assert_eq(&steady(&site.tickmark(arguments)));
}

#[test]
fn a_key_is_made_on_first_use_and_the_ledger_verifies_by_it() {
    let site = Site::acme();
    check(
        &site,
        "key show",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no key yet; `tickmark key generate` or the first run makes one
    "#]],
    );
    check(
        &site,
        &format!("run --control A1.3-restore-test {AS_OF}"),
        &expect![[r#"
            exit: 0
            --- stdout
            Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

            CONTROL            CRITERIA  OWNER        SYSTEM     OUTCOME  COUNTS
            A1.3-restore-test  A1.3      Engineering  acme-prod  pass     3/3 conform

            criteria: A1.3 1 pass
            1 pass; 1 record sealed
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
            note: collector acme-prod/backup-jobs asks for what is not granted: command `restic`, command `pgbackrest`, command `borg`, files `restic`, files `pgbackrest`, files `borg`
        "#]],
    );
    let vkey = stdout(&site, "key show");
    assert!(vkey.starts_with("tickmark/"), "{vkey}");
    check(
        &site,
        "verify",
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 3 records, root [DIGEST]

            ok           folder                2 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 3 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 3 records make the root [DIGEST]
            ok           records               3 records, [SIZE] bytes
            ok           chains                3 records in 3 chains
            not checked  seals                 no period is sealed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 18 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            7 ok, 0 failed, 5 not checked
            --- stderr
        "#]],
    );
    check(
        &site,
        &format!("verify --key {}", vkey.trim_end()),
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 3 records, root [DIGEST]

            ok           folder                2 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 3 records, root [DIGEST], signed by `[VKEY]`
            ok           pinned key            the given key signs the log (record 0)
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 3 records make the root [DIGEST]
            ok           records               3 records, [SIZE] bytes
            ok           chains                3 records in 3 chains
            not checked  seals                 no period is sealed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 18 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            8 ok, 0 failed, 4 not checked
            --- stderr
        "#]],
    );
    let other = Site::acme();
    assert_eq!(other.run("key generate --quiet").0, 0);
    let (code, ..) = site.run(&format!("verify --key {}", stdout(&other, "key show").trim_end()));
    assert_eq!(code, 4, "it verifies by somebody else's key");
}

#[test]
fn a_changed_record_is_exit_4() {
    let site = sealed();
    let bundle = site.path().join(".tickmark/ledger/tile/entries/000.p/12");
    let mut bytes = std::fs::read(&bundle).unwrap();
    let at = bytes.windows(14).position(|it| it == b"\"outcome\":\"fai").unwrap();
    bytes[at + 11..at + 15].copy_from_slice(b"pass");
    std::fs::write(&bundle, bytes).unwrap();
    check(
        &site,
        "verify",
        &expect![[r#"
            exit: 4
            --- stdout
            [ORIGIN], 12 records, root [DIGEST]

            ok           folder                2 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 12 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            failed       tiles                 record 2 is not the one whose hash stands in `tile/0/000.p/12`
              `tile/entries/000.p/12`: record 2 is not the one whose hash stands in `tile/0/000.p/12`
            ok           records               12 records, [SIZE] bytes
            ok           chains                12 records in 12 chains
            not checked  seals                 no period is sealed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 90 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            6 ok, 1 failed, 5 not checked
            --- stderr
        "#]],
    );
}

#[test]
fn keys_are_rotated_and_auditors_who_have_the_old_one_can_follow() {
    let site = sealed();
    let old = stdout(&site, "key show");
    check(
        &site,
        "key rotate",
        &expect![[r#"
        exit: 0
        --- stdout
        --- stderr
        [VKEY]
          no longer signs; from here on it is
        [VKEY]
        the old key stays in [DIR]/.tickmark/keys; nothing needs it any more
    "#]],
    );
    let new = stdout(&site, "key show");
    assert_ne!(old, new);
    let (code, ..) = site.run(&format!("{RUN} --quiet"));
    assert_eq!(code, 1);
    for key in [&old, &new] {
        stdout(&site, &format!("verify --key {}", key.trim_end()));
    }
}

#[test]
fn every_evaluation_of_the_example_replays_to_the_same_bytes() {
    let site = sealed();
    check(
        &site,
        "replay --all",
        &expect![[r#"
        exit: 0
        --- stdout
        same            evaluation/2  A1.1-health-checks on acme-prod
        same            evaluation/3  A1.1-host-uptime on acme-prod
        same            evaluation/4  A1.1-uptime-objective on acme-prod
        same            evaluation/5  A1.2-backup-recent on acme-prod
        same            evaluation/6  A1.3-restore-test on acme-prod
        same            evaluation/7  CC6.1-mfa-adoption on acme-prod
        same            evaluation/8  CC6.3-mfa-for-admins on acme-prod
        same            evaluation/9  CC6.6-firewall-default-deny on acme-prod
        same            evaluation/10  CC6.6-firewall-inbound on acme-prod
        same            evaluation/11  CC7.2-failed-logins on acme-prod
        10 the same, 0 different, 0 not replayable
        --- stderr
    "#]],
    );
    check(
        &site,
        "replay evaluation/8 -o json",
        &expect![[r#"
        exit: 0
        --- stdout
        {
          "records": [
            {
              "control": "CC6.3-mfa-for-admins",
              "details": [],
              "id": "evaluation/8",
              "system": "acme-prod",
              "verdict": "same"
            }
          ],
          "schema": "tickmark/replay/1"
        }
        --- stderr
    "#]],
    );
    check(
        &site,
        "replay key/0",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: record `key/0` is no evaluation
    "#]],
    );
}

#[test]
fn a_response_that_was_exchanged_for_another_does_not_replay() {
    let site = sealed();
    let record: serde_json::Value = serde_json::from_str(&stdout(&site, "ledger show evaluation/8")).unwrap();
    let transcript = record["collectors"][0]["transcript"]["digest"].as_str().unwrap();
    let hex = transcript.strip_prefix("sha256:").unwrap();
    let path = site.path().join(format!(".tickmark/ledger/blobs/sha256/{}/{hex}", &hex[..2]));
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"seq\":0", "\"seq\":1", 1)).unwrap();
    assert_eq!(site.run("replay evaluation/8").0, 4);
    assert_eq!(site.run("verify").0, 4);
}

#[test]
fn a_period_is_sealed_once_and_the_index_is_built_anew() {
    let site = sealed();
    check(
        &site,
        "ledger seal --from 2026-11-20 --to 2026-11-20",
        &expect![[r#"
        exit: 0
        --- stdout
        --- stderr
        2026-11-20 to 2026-11-20 is sealed by seal/12
    "#]],
    );
    check(
        &site,
        "ledger seal --from 2026-11-20 --to 2026-11-20",
        &expect![[r#"
        exit: 0
        --- stdout
        --- stderr
        2026-11-20 to 2026-11-20 is sealed by seal/12
    "#]],
    );
    check(
        &site,
        "ledger seal --from 2026-11-20 --to 2199-12-31",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the period ends on 2199-12-31, and it is [NOW]

            help: wait until the last day is over in UTC, or seal a period that ends earlier
        "#]],
    );
    check(
        &site,
        "ledger reindex",
        &expect![[r#"
            exit: 0
            --- stdout
            --- stderr
            the index is built anew over 13 records
        "#]],
    );
    check(
        &site,
        "verify",
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 13 records, root [DIGEST]

            ok           folder                4 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 13 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 13 records make the root [DIGEST]
            ok           records               13 records, [SIZE] bytes
            ok           chains                13 records in 13 chains
            ok           seals                 1 seal recomputed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 91 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            8 ok, 0 failed, 4 not checked
            --- stderr
        "#]],
    );
}

#[test]
fn a_package_verifies_and_replays_without_the_site() {
    let site = sealed();
    let vkey = stdout(&site, "key show");
    check(
        &site,
        "export --from 2026-11-20 --to 2026-11-20",
        &expect![[r#"
            exit: 0
            --- stdout
            --- stderr
            wrote evidence.zip: 12 records, 118 files, result WARNED; the period is sealed by seal/12
            next: tickmark verify evidence.zip --key VKEY
        "#]],
    );
    let again = "export --quiet --from 2026-11-20 --to 2026-11-20 --output-file again.zip";
    stdout(&site, again);
    let read = |name: &str| std::fs::read(site.path().join(name)).unwrap();
    assert!(read("evidence.zip") == read("again.zip"), "the same selection gives other bytes");

    let auditor = Site::new().file("evidence.zip", read("evidence.zip"));
    check(
        &auditor,
        &format!("verify evidence.zip --key {}", vkey.trim_end()),
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 13 records, root [DIGEST]

            ok           container             118 files
            ok           manifest              every file has the size and the digest that the manifest lists, and there is no other
            ok           package signature     signed by the key that the log names; result WARNED
            ok           checkpoint signature  `[ORIGIN]`: 13 records, root [DIGEST], signed by `[VKEY]`
            ok           pinned key            the given key signs the log (record 0)
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           inclusion             12 records proven under the checkpoint
            ok           records               12 records
            ok           chains                12 chains
            ok           completeness          10 chains as the seal of the period says
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 88 blobs as named, 0 erased
            not checked  acts                  there is no act of a person
            not checked  timestamp             the package has none
            not checked  replay                `tickmark replay PACKAGE` runs the collectors again on what was recorded

            11 ok, 0 failed, 4 not checked
            --- stderr
        "#]],
    );
    check(
        &auditor,
        "replay evidence.zip",
        &expect![[r#"
        exit: 0
        --- stdout
        same            evaluation/2  A1.1-health-checks on acme-prod
        same            evaluation/3  A1.1-host-uptime on acme-prod
        same            evaluation/4  A1.1-uptime-objective on acme-prod
        same            evaluation/5  A1.2-backup-recent on acme-prod
        same            evaluation/6  A1.3-restore-test on acme-prod
        same            evaluation/7  CC6.1-mfa-adoption on acme-prod
        same            evaluation/8  CC6.3-mfa-for-admins on acme-prod
        same            evaluation/9  CC6.6-firewall-default-deny on acme-prod
        same            evaluation/10  CC6.6-firewall-inbound on acme-prod
        same            evaluation/11  CC7.2-failed-logins on acme-prod
        10 the same, 0 different, 0 not replayable
        --- stderr
    "#]],
    );
    stdout(
        &site,
        "export --quiet --from 2026-11-20 --to 2026-11-20 --redact --control CC6.3-mfa-for-admins --output-file small.zip",
    );
    let auditor = auditor.file("small.zip", read("small.zip"));
    check(
        &auditor,
        &format!("verify small.zip --key {}", vkey.trim_end()),
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 13 records, root [DIGEST]

            ok           container             18 files
            ok           manifest              every file has the size and the digest that the manifest lists, and there is no other
            ok           package signature     signed by the key that the log names; result WARNED
            ok           checkpoint signature  `[ORIGIN]`: 13 records, root [DIGEST], signed by `[VKEY]`
            ok           pinned key            the given key signs the log (record 0)
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           inclusion             3 records proven under the checkpoint
            ok           records               3 records
            ok           chains                3 chains
            ok           completeness          1 chain as the seal of the period says
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            not checked  blobs                 8 blobs left out of the package; 6 blobs as named, 0 erased
            not checked  acts                  there is no act of a person
            not checked  timestamp             the package has none
            not checked  replay                `tickmark replay PACKAGE` runs the collectors again on what was recorded

            10 ok, 0 failed, 5 not checked
            --- stderr
        "#]],
    );
    check(
        &auditor,
        "replay small.zip",
        &expect![[r#"
        exit: 3
        --- stdout
        not-replayable  evaluation/8  CC6.3-mfa-for-admins on acme-prod
          collector `mfa`: the blob of the settings is not there: [DIGEST]
          not judged again, for it rests on collector `mfa`
        0 the same, 0 different, 1 not replayable
        --- stderr
    "#]],
    );
}

#[test]
fn a_ledger_that_went_back_or_another_way_is_refused_by_the_next_run() {
    let site = sealed();
    let ledger = site.path().join(".tickmark/ledger");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        assert!(std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
    };
    let old = site.path().join("old");
    copy(&ledger, &old);
    let checkpoint = std::fs::read(ledger.join("checkpoint")).unwrap();
    assert_eq!(site.run(&format!("{RUN} --quiet")).0, 1);
    let site = site.file("last-year", &checkpoint);
    stdout(&site, "verify --since last-year");
    let newest = std::fs::read(ledger.join("checkpoint")).unwrap();
    let site = site.file("newest", &newest).remove(".tickmark/ledger");
    copy(&old, &ledger);
    check(
        &site,
        RUN,
        &expect![[r#"
            exit: 4
            --- stdout
            --- stderr
            error: `[DIR]/.tickmark/ledger/checkpoint` has 12 records, there were 22 before

            help: find the newer ledger; what it held must not be sealed a second time
        "#]],
    );
    check(
        &site,
        "verify --since newest",
        &expect![[r#"
            exit: 4
            --- stdout
            [ORIGIN], 12 records, root [DIGEST]

            ok           folder                2 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 12 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 12 records make the root [DIGEST]
            ok           records               12 records, [SIZE] bytes
            ok           chains                12 records in 12 chains
            not checked  seals                 no period is sealed
            failed       consistency           the log was rolled back: it has 12 records, it had 22
              `checkpoint`: the log was rolled back: it has 12 records, it had 22
            ok           blobs                 90 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            7 ok, 1 failed, 4 not checked
            --- stderr
        "#]],
    );
    // Another history from the same point on, by somebody who has the key and took the site's memory away.
    let site = site.remove(".tickmark/last-checkpoint");
    assert_eq!(site.run(&format!("{RUN} --quiet")).0, 1);
    assert_eq!(site.run("verify").0, 0);
    check(
        &site,
        "verify --since newest",
        &expect![[r#"
            exit: 4
            --- stdout
            [ORIGIN], 22 records, root [DIGEST]

            ok           folder                4 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 22 records, root [DIGEST], signed by `[VKEY]`
            not checked  pinned key            no key was given: the log is checked by the key that it names itself, so anybody could have made it; get the verifier key from the company by another way and give it with --key
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 22 records make the root [DIGEST]
            ok           records               22 records, [SIZE] bytes
            ok           chains                22 records in 12 chains
            not checked  seals                 no period is sealed
            failed       consistency           the log was forked: the root of its first 22 records is [DIGEST], it was [DIGEST]
              `checkpoint`: the log was forked: the root of its first 22 records is [DIGEST], it was [DIGEST]
            ok           blobs                 97 blobs, 0 erased, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            7 ok, 1 failed, 4 not checked
            --- stderr
        "#]],
    );
}

/// The answer that the collector of `evaluation/8` was given: the users, each with a name.
fn users(site: &Site) -> String {
    let digest = |json: &str, pointer: &str| -> String {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        value.pointer(pointer).unwrap().as_str().unwrap().to_owned()
    };
    let list = digest(&stdout(site, "ledger show evaluation/8"), "/collectors/0/transcript/digest");
    let hex = list.trim_start_matches("sha256:");
    let calls = site.read(&format!(".tickmark/ledger/blobs/sha256/{:.2}/{hex}", hex));
    digest(&calls, "/0/blobs/rows/digest")
}

#[test]
fn a_blob_is_erased_once_its_period_is_sealed_and_no_hold_is_on_it() {
    let site = sealed();
    let vkey = stdout(&site, "key show");
    let blob = users(&site);
    let hex = blob.trim_start_matches("sha256:");
    let path = site.path().join(format!(".tickmark/ledger/blobs/sha256/{}/{hex}", &hex[..2]));
    assert!(std::fs::read_to_string(&path).unwrap().contains("boris@acme.example"));
    let erase = format!("ledger erase {blob} --reason 'request 12'");
    check(
        &site,
        &erase,
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `evaluation/7` of 2026-11-20 names the blob `[DIGEST]`, and no later seal covers that day

        help: once that day is over, close its period first: `tickmark ledger seal`
    "#]],
    );
    stdout(&site, "ledger seal --from 2026-11-20 --to 2026-11-20");
    check(
        &site,
        "ledger hold --control CC6.3-mfa-for-admins --from 2026-11-01 --to 2026-11-30 --reason 'a dispute'",
        &expect![[r#"
            exit: 0
            --- stdout
            evidence of `CC6.3-mfa-for-admins` from 2026-11-01 to 2026-11-30 is held by hold/13
            --- stderr
        "#]],
    );
    check(
        &site,
        &erase,
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `hold/13` holds `evaluation/8` of 2026-11-20, which names the blob `[DIGEST]`

        help: wait until the hold is over; who placed it may release it: `tickmark ledger release`
    "#]],
    );
    assert!(path.exists());
    check(
        &site,
        "ledger release hold/13 --reason 'the dispute is settled'",
        &expect![[r#"
        exit: 0
        --- stdout
        hold/13 is released by hold/14
        --- stderr
    "#]],
    );
    check(
        &site,
        "ledger release hold/13 --reason 'the dispute is settled'",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `hold/13` was released by `hold/14`

        help: nothing is to be done; place another hold where one is needed again
    "#]],
    );
    check(
        &site,
        &erase,
        &expect![[r#"
            exit: 0
            --- stdout
            [DIGEST], 1133 bytes, is erased by tombstone/15; the records 7, 8 and 11 named it
            --- stderr
        "#]],
    );
    assert!(!path.exists());
    check(
        &site,
        &erase,
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the blob `[DIGEST]` was erased, `tombstone/15` says so

        help: nothing is to be done; `tickmark ledger show` prints the record that says so
    "#]],
    );
    check(
        &site,
        &format!("verify --key {}", vkey.trim_end()),
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 16 records, root [DIGEST]

            ok           folder                10 files of the log, and nothing that does not belong there
            ok           checkpoint signature  `[ORIGIN]`: 16 records, root [DIGEST], signed by `[VKEY]`
            ok           pinned key            the given key signs the log (record 0)
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           tiles                 16 records make the root [DIGEST]
            ok           records               16 records, [SIZE] bytes
            ok           chains                16 records in 15 chains
            ok           seals                 1 seal recomputed
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 93 blobs, 1 erased by record 15, 0 that no record names
            not checked  acts                  there is no act of a person
            not checked  replay                `tickmark replay --all` runs the collectors again on what was recorded

            9 ok, 0 failed, 3 not checked
            --- stderr
        "#]],
    );
    check(
        &site,
        "replay evaluation/8",
        &expect![[r#"
            exit: 3
            --- stdout
            not-replayable  evaluation/8  CC6.3-mfa-for-admins on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            0 the same, 0 different, 1 not replayable
            --- stderr
        "#]],
    );
    check(
        &site,
        "replay --all",
        &expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  A1.1-health-checks on acme-prod
            same            evaluation/3  A1.1-host-uptime on acme-prod
            same            evaluation/4  A1.1-uptime-objective on acme-prod
            same            evaluation/5  A1.2-backup-recent on acme-prod
            same            evaluation/6  A1.3-restore-test on acme-prod
            not-replayable  evaluation/7  CC6.1-mfa-adoption on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            not-replayable  evaluation/8  CC6.3-mfa-for-admins on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            same            evaluation/9  CC6.6-firewall-default-deny on acme-prod
            same            evaluation/10  CC6.6-firewall-inbound on acme-prod
            not-replayable  evaluation/11  CC7.2-failed-logins on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            7 the same, 0 different, 3 not replayable
            --- stderr
        "#]],
    );
    check(
        &site,
        "export --from 2026-11-20 --to 2026-11-20",
        &expect![[r#"
            exit: 0
            --- stdout
            --- stderr
            wrote evidence.zip: 15 records, 126 files, 1 erased blob, result WARNED; the period is sealed by seal/12
            next: tickmark verify evidence.zip --key VKEY
        "#]],
    );
    let auditor = Site::new().file("evidence.zip", std::fs::read(site.path().join("evidence.zip")).unwrap());
    check(
        &auditor,
        &format!("verify evidence.zip --key {}", vkey.trim_end()),
        &expect![[r#"
            exit: 0
            --- stdout
            [ORIGIN], 16 records, root [DIGEST]

            ok           container             126 files
            ok           manifest              every file has the size and the digest that the manifest lists, and there is no other
            ok           package signature     signed by the key that the log names; result WARNED
            ok           checkpoint signature  `[ORIGIN]`: 16 records, root [DIGEST], signed by `[VKEY]`
            ok           pinned key            the given key signs the log (record 0)
            ok           key rotations         0 rotations; the log signs with `[VKEY]`
            ok           inclusion             15 records proven under the checkpoint
            ok           records               15 records
            ok           chains                14 chains
            ok           completeness          10 chains as the seal of the period says
            not checked  consistency           no older checkpoint was given; keep checkpoints and give one with --since
            ok           blobs                 90 blobs as named, 1 erased by record 15
            not checked  acts                  there is no act of a person
            not checked  timestamp             the package has none
            not checked  replay                `tickmark replay PACKAGE` runs the collectors again on what was recorded

            11 ok, 0 failed, 4 not checked
            --- stderr
        "#]],
    );
    check(
        &auditor,
        "replay evidence.zip",
        &expect![[r#"
            exit: 0
            --- stdout
            same            evaluation/2  A1.1-health-checks on acme-prod
            same            evaluation/3  A1.1-host-uptime on acme-prod
            same            evaluation/4  A1.1-uptime-objective on acme-prod
            same            evaluation/5  A1.2-backup-recent on acme-prod
            same            evaluation/6  A1.3-restore-test on acme-prod
            not-replayable  evaluation/7  CC6.1-mfa-adoption on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            not-replayable  evaluation/8  CC6.3-mfa-for-admins on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            same            evaluation/9  CC6.6-firewall-default-deny on acme-prod
            same            evaluation/10  CC6.6-firewall-inbound on acme-prod
            not-replayable  evaluation/11  CC7.2-failed-logins on acme-prod
              collector `mfa`: cannot be replayed: response `rows` of exchange 0 was erased by record 15: [DIGEST]
              not judged again, for it rests on collector `mfa`
            7 the same, 0 different, 3 not replayable
            --- stderr
        "#]],
    );
    // The same answer comes again, and is evidence again.
    assert_eq!(site.run(&format!("{RUN} --quiet")).0, 1);
    assert!(path.exists());
    check(
        &site,
        &erase,
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `evaluation/21` of 2026-11-20 names the blob `[DIGEST]`, and no later seal covers that day

        help: once that day is over, close its period first: `tickmark ledger seal`
    "#]],
    );
    assert_eq!(site.run("verify").0, 0);
    assert_eq!(site.run("replay --all").0, 0);
    // Nothing is lost behind the ledger's back.
    std::fs::remove_file(&path).unwrap();
    let (code, verified, _) = site.run("verify");
    assert_eq!(code, 4);
    assert!(
        verified.contains(&format!("blobs/sha256/{}/{hex}`: is missing; record 7 names it", &hex[..2])),
        "{verified}"
    );
}

#[test]
fn holds_and_erasures_for_machines_and_what_is_refused() {
    let site = sealed();
    let json = |arguments: &str| -> serde_json::Value { serde_json::from_str(&stdout(&site, arguments)).unwrap() };
    let hold = json("ledger hold --reason 'an investigation' -o json");
    assert_eq!((&hold["schema"], &hold["index"]), (&"tickmark/appended/1".into(), &12.into()));
    assert_eq!(hold["record"]["id"], "hold/12");
    assert_eq!(hold["record"]["act"], "place");
    let released = json("ledger release 12 --reason 'it is over' -o json");
    assert_eq!(released["record"]["of"], serde_json::json!({"index": 12, "leaf": hold["leaf"]}));
    stdout(&site, "ledger seal --from 2026-11-20 --to 2026-11-20");
    let erased =
        json(&format!("ledger erase {} --reason 'request 12' -o json", users(&site).trim_start_matches("sha256:")));
    assert_eq!(erased["record"]["id"], "tombstone/15");
    assert_eq!(erased["record"]["records"], serde_json::json!([7, 8, 11]));
    let shown: serde_json::Value = serde_json::from_str(&stdout(&site, "ledger show tombstone/15")).unwrap();
    assert_eq!(erased["record"], shown);

    let record: serde_json::Value = serde_json::from_str(&stdout(&site, "ledger show evaluation/8")).unwrap();
    let component = record["collectors"][0]["component"]["digest"].as_str().unwrap();
    check(
        &site,
        &format!("ledger erase {component} --reason 'why'"),
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the blob `[DIGEST]` is the `component` of `evaluation/7`, which is never erased

        help: erase raw evidence only: programs, policies, controls, chains and reasons stay
    "#]],
    );
    let unknown = format!("sha256:{}", "0".repeat(64));
    check(
        &site,
        &format!("ledger erase {unknown} --reason 'why'"),
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: no record names the blob `[DIGEST]`

        help: look the blob up in its record: `tickmark ledger show` prints the digests
    "#]],
    );
    check(
        &site,
        "ledger erase users.json --reason 'why'",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `users.json` is no SHA-256 of a blob
          caused by: `[DIGEST]` is not a digest: expected `[DIGEST]` and 64 lower-case hexadecimal digits
    "#]],
    );
    check(
        &site,
        &format!("ledger erase {unknown} --reason ' '"),
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the reason is empty

        help: say why; write no names into it, for what the log says is never erased
    "#]],
    );
    check(
        &site,
        "ledger hold --control CC6.3-mfa --reason 'why'",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: no record is about the control `CC6.3-mfa`

        help: give the id of a control as `tickmark control list` has it, or hold all
    "#]],
    );
    check(
        &site,
        "ledger hold --from 2026-11-30 --to 2026-11-01 --reason 'why'",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: the period ends on 2026-11-01, before it starts on 2026-11-30
    "#]],
    );
    check(
        &site,
        "ledger release evaluation/8 --reason 'why'",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: `evaluation/8` is no hold

            help: give the record that placed the hold, such as `hold/12`
        "#]],
    );
    check(
        &site,
        "ledger release hold/13 --reason 'why'",
        &expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: `hold/13` is the release of a hold and no hold itself

        help: give the record that placed the hold; it is the one that this record names
    "#]],
    );
    check(
        &site,
        "ledger release hold/100 --reason 'why'",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: there is no record 100, the log has 16

            help: give the id or the index of a record of this ledger
        "#]],
    );
    assert_eq!(site.run("ledger hold --from 2026-11-01 --reason why").0, 2);
    assert_eq!(site.run("verify").0, 0);
    assert_eq!(site.read(".tickmark/ledger/checkpoint").lines().nth(1), Some("16"), "nothing refused is recorded");
}
