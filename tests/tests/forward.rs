//! Findings sent to a receiver that is down, that refuses, and that is a file.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::thread;

use expect_test::expect;
use serde_json::Value;
use tickmark_tests::Site;

const RUN: &str = "run --control CC6.3-mfa-for-admins --as-of 2026-11-20T09:00:00Z --quiet --output-file found.txt";

/// Replaces the port and the spool's name, which is made of it.
fn steady(text: &str, port: u16) -> String {
    let text = text.replace(&port.to_string(), "[PORT]");
    let Some((before, rest)) = text.split_once("/spool/") else { return text };
    format!("{before}/spool/[TARGET]{}", rest.split_at(64).1)
}

fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[test]
fn what_a_receiver_missed_while_it_was_down_waits_for_it() {
    let site = Site::acme();
    let (down, port) = listener();
    drop(down);
    let target = format!("syslog+tcp://127.0.0.1:{port}");
    let run = format!("{RUN} --forward {target} --forward-deadline 0");
    expect![[r#"
        exit: 1
        --- stdout
        --- stderr
        warning: 1 event waits for `syslog+tcp://127.0.0.1:[PORT]` in `[DIR]/.tickmark/spool/[TARGET]`: cannot connect to `127.0.0.1:[PORT]`: Connection refused (os error 111)
          `tickmark forward 'syslog+tcp://127.0.0.1:[PORT]'` sends what waits
    "#]].assert_eq(&steady(&site.tickmark(&run), port));
    // The second run is about the same finding, and a record of its own.
    let (code, _, stderr) = site.run(&run);
    assert!(code == 1 && stderr.starts_with("warning: 2 events wait for "), "{code} {stderr}");
    let forward = format!("forward {target} --deadline 0");
    expect![[r#"
        exit: 2
        --- stdout
        0 events sent to `syslog+tcp://127.0.0.1:[PORT]`
        --- stderr
        error: 2 events wait for `syslog+tcp://127.0.0.1:[PORT]` in `[DIR]/.tickmark/spool/[TARGET]`: cannot connect to `127.0.0.1:[PORT]`: Connection refused (os error 111)
    "#]].assert_eq(&steady(&site.tickmark(&forward), port));

    let up = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let receiver = thread::spawn(move || {
        let mut text = String::new();
        up.accept().unwrap().0.read_to_string(&mut text).unwrap();
        text
    });
    expect![[r#"
        exit: 0
        --- stdout
        2 events sent to `syslog+tcp://127.0.0.1:[PORT]`
        --- stderr
    "#]]
    .assert_eq(&steady(&site.tickmark(&forward), port));
    let text = receiver.join().unwrap();
    let sequence = |part: &str| part.split(',').next().unwrap().to_owned();
    let sequences: Vec<String> = text.split("\"sequence\":").skip(1).map(sequence).collect();
    assert_eq!(sequences, ["2", "3"], "{text}");
    let (code, stdout, stderr) = site.run(&forward);
    assert_eq!((code, stdout, stderr), (0, format!("0 events sent to `{target}`\n"), String::new()));
}

#[test]
fn a_file_has_what_the_ledger_has() {
    let site = Site::acme();
    let run = "run --as-of 2026-11-20T09:00:00Z --quiet -o json --output-file found.json --forward file:events.jsonl";
    let (code, stdout, stderr) = site.run(run);
    assert_eq!((code, stdout, stderr), (1, String::new(), String::new()));
    let found: Value = serde_json::from_str(&site.read("found.json")).unwrap();
    let mut expected: Vec<(u64, Value, Value)> = Vec::new();
    for finding in found["findings"].as_array().unwrap() {
        let record = &finding["record"];
        expected.push((record["index"].as_u64().unwrap(), record["leaf"].clone(), finding["outcome"].clone()));
    }
    expected.sort_by_key(|(index, ..)| *index);
    let told = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let metadata = &event["metadata"];
        let outcome = event["compliance"]["status_code"].clone();
        assert_eq!(outcome == "pass", event["compliance"]["status_id"] == 1, "{line}");
        (metadata["sequence"].as_u64().unwrap(), metadata["uid"].clone(), outcome)
    };
    assert_eq!(site.read("events.jsonl").lines().map(told).collect::<Vec<_>>(), expected);
    assert_eq!(site.run("verify --quiet").0, 0);
}

/// The run under strace, killed when it opens the spool to write for the second time: first it says that it begins, and then it has
/// sealed what it is about to put.
fn killed_before_it_spooled(site: &Site, run: &str) {
    let spool = std::fs::read_dir(site.path().join(".tickmark/spool")).unwrap().next().unwrap().unwrap().path();
    let mut strace = std::process::Command::new("strace");
    strace.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(spool.canonicalize().unwrap().join("write.lock"));
    strace.args(["-e", "trace=openat", "-e", "inject=openat:signal=SIGKILL:when=2"]);
    let plain = site.command(run);
    strace.arg("--").arg(tickmark_tests::program()).args(plain.get_args()).current_dir(site.path());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    // Absolute, so that the path in the filter is that of the call.
    strace.env("TICKMARK_DIRECTORY", site.path().canonicalize().unwrap());
    let status = strace.status().unwrap();
    assert!(!status.success() && status.code() != Some(1), "{status}");
}

#[test]
fn what_was_sealed_by_a_run_that_was_killed_before_it_spooled_is_found_and_sent_once() {
    let site = Site::acme();
    let run = format!("{RUN} --forward file:events.jsonl");
    assert_eq!(site.run(&run).0, 1);
    let events = |site: &Site| -> Vec<Value> {
        site.read("events.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let sequences = |site: &Site| -> Vec<u64> {
        events(site).iter().map(|it| it["metadata"]["sequence"].as_u64().unwrap()).collect()
    };
    assert_eq!(sequences(&site), [2]);
    killed_before_it_spooled(&site, &run);
    assert_eq!((site.run("ledger show evaluation/3").0, sequences(&site)), (0, vec![2]));

    let (code, stdout, stderr) = site.run("forward file:events.jsonl");
    assert!(code == 0 && stdout.starts_with("1 event sent to "), "{stdout} {stderr}");
    assert!(stderr.starts_with("1 event for `file:") && stderr.contains("of a run that was cut off"), "{stderr}");
    assert_eq!(sequences(&site), [2, 3]);
    // It is the event that would have been sent.
    let [first, found] = &events(&site)[..] else { panic!("two events") };
    for part in ["compliance", "resources", "remediation", "severity", "status", "message"] {
        assert_eq!(first[part], found[part], "{part}");
    }
    assert_eq!(found["metadata"]["uid"], found["unmapped"]["record_leaf"]);

    // The next run finds it, too, and sends it before its own. What is there goes no second time.
    killed_before_it_spooled(&site, &run);
    let (code, _, stderr) = site.run(&run);
    assert!(code == 1 && stderr.contains("of a run that was cut off"), "{stderr}");
    assert_eq!(sequences(&site), [2, 3, 4, 5]);
    let (code, stdout, stderr) = site.run("forward file:events.jsonl");
    assert!(code == 0 && stdout.starts_with("0 events sent") && stderr.is_empty(), "{stdout} {stderr}");
}

/// Whoever asks receivers to wake somebody asks for `status_id`; what was found stays what it is.
#[test]
fn a_finding_whose_exceptions_are_waived_is_suppressed_and_fails() {
    let site = Site::acme();
    let today = chrono::Utc::now().date_naive();
    let until = today + chrono::Days::new(30);
    let run = "run --control CC6.3-mfa-for-admins --quiet --output-file found.txt --forward file:events.jsonl";
    assert_eq!(site.run(run).0, 1);
    let waiver = format!(
        "waiver add --control CC6.3-mfa-for-admins --subject Mfa::User::2 --from {today} --until {until} --reason late \
         --requested-by ada --approved-by boris"
    );
    assert_eq!(site.run(&waiver).0, 0);
    assert_eq!(site.run(run).0, 0);
    let told = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let waived = (&event["unmapped"]["waived"], &event["resources"][0]["data"]["waiver"], &event["status_detail"]);
        let said = (&event["status_id"], &event["compliance"]["status"], &event["severity_id"]);
        let line = format!("{} {} {} | {} {} {}", said.0, said.1, said.2, waived.0, waived.1, waived.2);
        line.replace(&until.to_string(), "[UNTIL]")
    };
    let lines: Vec<String> = site.read("events.jsonl").lines().map(told).collect();
    expect![[r#"
        1 "Fail" 5 | 0 null null
        3 "Fail" 5 | 1 "waiver/3" "1 of 1 exceptions are waived: 1 by waiver/3 until [UNTIL]""#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_credential_goes_to_the_endpoint_and_is_never_printed() {
    let site = Site::acme();
    let (up, port) = listener();
    let receiver = thread::spawn(move || {
        let mut stream = up.accept().unwrap().0;
        let mut head = Vec::new();
        while !head.ends_with(b"]") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\ns3cret").unwrap();
        String::from_utf8(head).unwrap()
    });
    let run = |target: &str| {
        let mut command = site.command(&format!("{RUN} --forward {target}"));
        let output = command.env("TICKMARK_FORWARD_AUTHORIZATION", "Bearer s3cret").output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("s3cret") && output.stdout.is_empty(), "{stderr}");
        let stderr = stderr.replace(&site.path().display().to_string(), "[DIR]");
        format!("exit: {}\n{}", output.status.code().unwrap(), steady(&stderr, port))
    };
    let said = run(&format!("http://127.0.0.1:{port}/in?key=s3cret"));
    let sent = receiver.join().unwrap();
    assert!(sent.to_lowercase().contains("\r\nauthorization: bearer s3cret\r\n"), "{sent}");
    expect![[r#"
        exit: 1
        warning: 1 event waits for `http://127.0.0.1:[PORT]/in?...` in `[DIR]/.tickmark/spool/[TARGET]`: `http://127.0.0.1:[PORT]` answered with status 401
          `tickmark forward 'TARGET'` sends what waits
    "#]].assert_eq(&said);
    // What cannot be sent is said before anything is collected.
    expect![[r#"
        exit: 2
        error: TICKMARK_FORWARD_AUTHORIZATION
          caused by: the credential is not sent over http:// to `siem.acme.example`: expected https://
    "#]]
    .assert_eq(&run("http://siem.acme.example/in"));
    expect![[r#"
        exit: 2
        error: a target holds no user and no password: for HTTP, TICKMARK_FORWARD_AUTHORIZATION is sent as the header Authorization
    "#]].assert_eq(&run("https://ada:s3cret@siem.acme.example/in"));
    assert_eq!((site.run("ledger show evaluation/2").0, site.run("ledger show evaluation/3").0), (0, 2));
}
