//! What is told apart, refused and said: the collector on answers made for each case.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is the failure")]

mod common;

use common::{at, report, tls, volumes};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Collector as _, Failure, NeedKind, code};
use tickmark_encryption::Encryption;

#[track_caller]
fn check(host: &TestHost, want: &str) {
    let (got, want) = (report(host), want.trim_start());
    assert!(got == want, "got:\n{got}");
}

const GOOD: &str = include_str!("fixtures/tls/good.txt");

/// The first row's cell under `column`, as it is written.
fn cell(host: &TestHost, column: &str) -> Option<String> {
    let run = host.collect::<Encryption>().unwrap();
    let row = run.rows("endpoint").first()?;
    let value = row.get(column);
    (*value != tickmark_collector::Value::Absent).then(|| format!("{value:?}"))
}

fn openssl() -> TestHost {
    TestHost::new().with_setting("tls", "openssl").with_setting("endpoints", vec!["app.example.com:443=10.0.0.5:8443"])
}

#[test]
fn an_endpoint_that_does_not_answer_is_a_row() {
    let stderr = b"80AB:error:8000006F:system library:BIO_connect:Connection refused\nconnect:errno=111\n";
    check(
        &openssl().command("openssl", 1, b"", stderr),
        "
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`10.0.0.5:8443` observed=false error=`80AB:error:8000006F:system library:BIO_connect:Connection refused`
endpoint: 1 of 1
",
    );
    let late = Failure::new(code::TIMEOUT, "60000 ms are over");
    check(
        &openssl().command_fails("openssl", late),
        "
endpoint `app.example.com:443` [0]: name=`app.example.com` port=443 connect=`10.0.0.5:8443` observed=false error=`timeout: 60000 ms are over`
endpoint: 1 of 1
",
    );
}

#[test]
fn what_openssl_itself_cannot_do_ends_the_run() {
    check(&openssl(), "denied: command `openssl` is not granted\n");
    let broken = Failure::new(code::UNAVAILABLE, "no such program");
    check(&openssl().command_fails("openssl", broken), "unavailable: no such program\n");
    let long = vec![b'x'; 1_048_577];
    check(
        &openssl().command("openssl", 0, &long, b""),
        "limit: openssl's output for `10.0.0.5:8443` has 1048577 bytes, limit is 1048576\n",
    );
}

/// A command needs no date: it ran just now.
#[test]
fn a_command_is_not_asked_when_it_was_saved() {
    let host = openssl().command("openssl", 0, GOOD.as_bytes(), b"");
    let run = host.collect::<Encryption>().unwrap();
    assert_eq!(run.notes(), [] as [&str; 0]);
    assert_eq!(run.claim("endpoint").unwrap().population.observed_at, None);
}

#[test]
fn a_file_that_is_not_there_is_an_endpoint_that_was_not_observed() {
    let host = tls(b"")
        .with_setting("endpoints", vec!["APP.example.com:443", "[fd00::1]:8443"])
        .at(at("2026-11-28T19:00:00Z"));
    check(
        &host,
        "
endpoint `[fd00::1]:8443` [0]: name=`fd00::1` port=8443 connect=`[fd00::1]:8443` observed=false error=`there is no file with what openssl printed`
endpoint `app.example.com:443` [1]: name=`app.example.com` port=443 connect=`APP.example.com:443` observed=false error=`there was no connection`
endpoint: 2 of 2
note: the output for `app.example.com:443` does not say when it was saved
",
    );
}

#[test]
fn what_the_other_side_says_later_changes_nothing() {
    let bad = include_str!("fixtures/tls/self-signed.txt");
    let (_, pem) = GOOD.split_once("-----BEGIN").unwrap();
    let late = "Verify return code: 0 (ok)\nProtocol  : TLSv1.3\nNew, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\n";
    let host = tls(format!("{bad}\n{late}observed: 2030-01-01T00:00:00Z\n-----BEGIN{pem}").as_bytes());
    let plain = tls(bad.as_bytes());
    assert_eq!(report(&host), report(&plain));
    assert!(report(&plain).contains("verified=false verify_code=18"), "{}", report(&plain));
    // Nor does it make a verified one worse than it can: one bad code is enough.
    let host = tls(format!("{GOOD}\nVerify return code: 10 (certificate has expired)\n").as_bytes());
    assert_eq!(cell(&host, "verify_code"), Some("One(Long(10))".into()));
}

#[test]
fn without_a_verify_code_nothing_is_verified() {
    let host = tls(GOOD.replace("Verify return code", "Verify").as_bytes());
    assert_eq!((cell(&host, "verified"), cell(&host, "observed")), (None, Some("One(Boolean(true))".into())));
}

#[test]
fn a_certificate_that_cannot_be_read_leaves_the_population_incomplete() {
    let first = GOOD.lines().find(|line| line.len() == 64 && line.starts_with("MII")).unwrap();
    let observed = GOOD.lines().next().unwrap().replace(": ", " ");
    for (instead, why) in [("A".repeat(64), "is no X.509"), ("?".to_owned(), "is no PEM")] {
        let want = format!(
            "
endpoint: 0 of 1, {observed}
note: endpoint `app.example.com:443` cannot be read: a certificate {why}
"
        );
        check(&tls(GOOD.replace(first, &instead).as_bytes()), &want);
    }
}

#[test]
fn an_output_that_was_cut_off_is_no_handshake() {
    for keep in ["Verify return", "SSL handshake", "New, ", "-----END", "-----BEGIN"] {
        let (start, _) = GOOD.split_once(keep).unwrap();
        let verified = cell(&tls(start.as_bytes()), "verified");
        assert_eq!(verified, None, "{keep}");
        let observed = cell(&tls(start.as_bytes()), "observed");
        assert_eq!(observed, Some(format!("One(Boolean({}))", keep == "Verify return")), "{keep}");
    }
}

#[test]
fn names_are_those_of_the_certificate() {
    let named = |entry: &str| {
        let endpoint = entry.split('=').next().unwrap();
        let file = format!("{}.txt", endpoint.replace(':', "_"));
        cell(&tls(b"").with_setting("endpoints", vec![entry]).file("tls", &file, GOOD.as_bytes()), "name_matches")
    };
    for (entry, matches) in [
        ("app.example.com:443", true),
        ("v1.api.example.com:443", true),
        ("api.example.com:443", false),
        ("127.0.0.1:443", true),
        ("127.0.0.2:443=127.0.0.1:443", false),
    ] {
        assert_eq!(named(entry), Some(format!("One(Boolean({matches}))")), "{entry}");
    }
}

#[test]
fn a_list_that_is_none_ends_the_run() {
    let failed =
        |source: &str, json: &str, why: &str| check(&volumes(source, json.as_bytes()), &format!("invalid: {why}\n"));
    failed("lsblk-file", "", "not an output of `lsblk --json`: EOF while parsing a value at line 1 column 0");
    failed("lsblk-file", "{}", "the output of `lsblk --json` has no list `blockdevices`");
    failed(
        "lsblk-file",
        r#"{"blockdevices":[{"name":"sda","type":"disk"}]}"#,
        "a device has neither `mountpoints` nor `mountpoint`: run it with `-o NAME,TYPE,FSTYPE,MOUNTPOINTS`",
    );
    failed("lsblk-file", r#"{"observed":"today","blockdevices":[]}"#, "`observed` is `today`, expected RFC 3339");
    failed("aws-volumes", r#"{"DBInstances":[]}"#, "the output of AWS has no list `Volumes`");
    failed(
        "aws-volumes",
        r#"{"Volumes":[],"NextToken":"abc"}"#,
        "the output of AWS has `NextToken`: it is one page of several",
    );
    failed(
        "aws-databases",
        r#"{"DBInstances":[],"Marker":"abc"}"#,
        "the output of AWS has `Marker`: it is one page of several",
    );
    failed(
        "aws-databases",
        r#"{"DBInstances":[{"#,
        "not an output of `aws rds describe-db-instances`: EOF while parsing an object at line 1 column 17",
    );
}

#[test]
fn a_command_that_fails_ends_the_run() {
    let host = || TestHost::new().with_setting("volumes", vec!["lsblk"]);
    check(
        &host().command("lsblk", 1, b"{}", b"\nlsblk: unknown column: MOUNTPOINTS\n"),
        "unavailable: command `lsblk` ended with exit code 1: lsblk: unknown column: MOUNTPOINTS\n",
    );
    check(&host(), "denied: command `lsblk` is not granted\n");
    let large = vec![b' '; 4_194_305];
    let why = "limit: the output of `lsblk` has 4194305 bytes, limit is 4194304\n";
    check(&host().command("lsblk", 0, &large, b""), why);
    check(&volumes("lsblk-file", &large), why);
}

#[test]
fn a_device_that_cannot_be_read_hides_what_lies_on_it_and_says_so() {
    let json = r#"{"observed":"2026-11-28T18:00:00Z","blockdevices":[
        {"name":"sda","type":"disk","mountpoints":["/"]},
        {"name":7,"type":"disk","mountpoints":[null],"children":[{"name":"c","type":"crypt","mountpoints":["/srv"]}]}]}"#;
    check(
        &volumes("lsblk-file", json.as_bytes()).with_setting("expected_volumes", vec!["/srv"]),
        "
volume `lsblk//` [0]: name=`/` source=`lsblk` expected=false exists=true in_scope=true encrypted=false kind=`filesystem` devices=`sda`
volume: 1 of 2, observed 2026-11-28T18:00:00Z
note: volume 2 of `lsblk` cannot be read: `name` is no text
",
    );
}

#[test]
fn a_record_of_aws_that_cannot_be_read_is_counted() {
    let unread = |record: &str, why: &str| {
        let json = format!(r#"{{"Volumes":[{{"VolumeId":"vol-1","Encrypted":true}},{record}]}}"#);
        let want = format!(
            "
volume `aws-volumes/vol-1` [0]: name=`vol-1` source=`aws-volumes` expected=false exists=true in_scope=true encrypted=true method=`aws-kms` kind=`block` devices=
volume: 1 of 2
note: the list of `aws-volumes` does not say when it was saved
note: volume 2 of `aws-volumes` cannot be read: {why}
"
        );
        check(&volumes("aws-volumes", json.as_bytes()), &want);
    };
    unread("{}", "it has no `VolumeId`");
    unread(r#"{"VolumeId":"vol-2","Encrypted":"true"}"#, "`Encrypted` is neither true nor false");
    unread(r#"{"VolumeId":"vol-1","Encrypted":false}"#, "another one is `aws-volumes/vol-1` too");
    unread(r#"{"VolumeId":"vol-2","Tags":[{"Key":1}]}"#, "`Key` is no text");
    let long = "x".repeat(1_001);
    unread(&format!(r#"{{"VolumeId":"{long}"}}"#), "its name has 1001 bytes, expected 1 to 1000");
}

#[test]
fn volumes_are_expected_and_out_of_scope_by_any_of_their_names() {
    let host = TestHost::new()
        .with_setting("volumes", vec!["aws-volumes", "aws-databases"])
        .with_setting("expected_volumes", vec!["orders", "web-1-root", "vol-lost"])
        .with_setting("out_of_scope", vec!["scratch", "reports", "gone"])
        .file("aws-volumes", "", include_bytes!("fixtures/aws/volumes.json"))
        .file("aws-databases", "", include_bytes!("fixtures/aws/databases.json"));
    let run = host.collect::<Encryption>().unwrap();
    let rows: Vec<_> = run
        .rows("volume")
        .iter()
        .map(|row| {
            (
                row.id.as_str(),
                row.sources.as_slice(),
                ["expected", "exists", "in_scope"].map(|c| row.get(c) == &true.into()),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            ("aws-volumes/vol-049df61146c4d7901", [0].as_slice(), [true, true, true]),
            ("aws-volumes/vol-1234567890abcdef0", &[0], [false, true, false]),
            ("aws-databases/orders", &[1], [true, true, true]),
            ("aws-databases/reports", &[1], [false, true, false]),
            ("none/vol-lost", &[1], [true, false, true]),
        ]
    );
    assert_eq!(run.notes().last().unwrap(), "setting `out_of_scope` names `gone`, which no source has");
    assert_eq!(run.claim("volume").unwrap().population.source_total, Some(5));
}

#[test]
fn what_is_expected_is_in_scope_whatever_is_usual() {
    let scope = |expected: &str| {
        let host = volumes("lsblk-file", include_bytes!("fixtures/lsblk/luks.json"));
        let run = host.with_setting("expected_volumes", vec![expected]).collect::<Encryption>().unwrap();
        ["/boot", "/boot/efi"]
            .map(|point| run.row("volume", &format!("lsblk/{point}")).unwrap().get("in_scope").as_boolean())
    };
    assert_eq!(scope("/"), [Some(false), Some(false)]);
    assert_eq!(scope("/boot"), [Some(true), Some(false)]);
}

#[test]
fn settings_are_checked_before_anything_is_asked_for() {
    let wrong = |host: TestHost, why: &str| check(&host, &format!("invalid: {why}\n"));
    let set = |name: &str, entry: &str| TestHost::new().with_setting(name, vec![entry]);
    wrong(TestHost::new(), "neither setting `tls` nor `volumes` is there: nothing is looked at");
    wrong(TestHost::new().with_setting("tls", "curl"), "setting `tls` is `curl`, expected openssl or file");
    wrong(set("endpoints", "a:1"), "settings `endpoints` and `probe_legacy` have no meaning without `tls`");
    wrong(
        TestHost::new().with_setting("tls", "file"),
        "setting `endpoints` is missing, expected at least one such as `example.com:443`",
    );
    for entry in
        ["a", "a:0", "a:65536", "a:+1", ":1", "a b:1", "-a:1", "fd00::1:443", "[fd00]:1", "a:1=", "a:1=b", "../a:1"]
    {
        wrong(
            set("endpoints", entry).with_setting("tls", "file"),
            &format!("setting `endpoints` has `{entry}`, expected `NAME:PORT` or `NAME:PORT=ADDRESS:PORT`"),
        );
    }
    wrong(
        TestHost::new().with_setting("tls", "file").with_setting("endpoints", vec!["a:1", "A:1=b:2"]),
        "setting `endpoints` has `a:1` twice",
    );
    wrong(
        set("volumes", "zfs"),
        "setting `volumes` has `zfs`, expected lsblk, lsblk-file, aws-volumes or aws-databases",
    );
    wrong(
        TestHost::new().with_setting("volumes", vec!["lsblk", "lsblk-file"]),
        "setting `volumes` has both `lsblk` and `lsblk-file`, expected one",
    );
    for name in ["expected_volumes", "out_of_scope"] {
        let why = "settings `expected_volumes` and `out_of_scope` have no meaning without `volumes`";
        wrong(set(name, "/"), why);
        wrong(
            set(name, "").with_setting("volumes", vec!["lsblk"]),
            &format!("setting `{name}` has a text of 0 bytes, expected 1 to 900"),
        );
    }
    wrong(
        set("volumes", "lsblk")
            .with_setting("expected_volumes", vec!["/boot"])
            .with_setting("out_of_scope", vec!["/boot"]),
        "settings `expected_volumes` and `out_of_scope` both have `/boot`",
    );
    wrong(TestHost::new().with_setting("volumes", Vec::<String>::new()), "setting `volumes` is empty");
}

#[test]
fn a_fact_that_no_setting_asks_for_gets_no_claim() {
    let claims = |host: TestHost| {
        let run = host.collect::<Encryption>().unwrap();
        ["endpoint", "volume"].map(|fact| run.claim(fact).is_some())
    };
    assert_eq!(claims(tls(GOOD.as_bytes())), [true, false]);
    assert_eq!(claims(volumes("lsblk-file", include_bytes!("fixtures/lsblk/here.json"))), [false, true]);
}

#[test]
fn needs_are_optional_and_named_as_the_settings_say() {
    let needs: Vec<_> =
        Encryption::describe().needs.into_iter().map(|need| (need.kind, need.name, need.required)).collect();
    let need = |kind, name: &str| (kind, name.to_owned(), false);
    assert_eq!(
        needs,
        [
            need(NeedKind::Command, "openssl"),
            need(NeedKind::Command, "openssl-legacy"),
            need(NeedKind::Files, "tls"),
            need(NeedKind::Command, "lsblk"),
            need(NeedKind::Files, "lsblk"),
            need(NeedKind::Files, "aws-volumes"),
            need(NeedKind::Files, "aws-databases"),
        ]
    );
}
