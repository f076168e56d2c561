//! People who sign what they do with keys of their own, from the command line.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::cell::RefCell;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use expect_test::{Expect, expect};
use serde_json::Value;
use tickmark_ledger::tlog::{SigningKey, VerifierKey};
use tickmark_ledger::{Clock, InvokedBy, Kind, Ledger, LogReader, NewRecord, OpenLedger, Record, Scribe, leaf_hash};
use tickmark_model::Instant;
use tickmark_tests::Site;

const MFA: &str = "CC6.3-mfa-for-admins";

/// The example company, without a period, and people with keys that they made.
struct Company {
    site: RefCell<Site>,
    keys: RefCell<Vec<(String, VerifierKey)>>,
}

impl Company {
    fn new() -> Self {
        let site = Site::acme()
            .edit("tickmark.toml", "period = { from = \"2026-07-01\", to = \"2026-12-31\" }\n", "")
            .file("minutes.txt", "everybody agreed\n");
        Self { site: RefCell::new(site), keys: RefCell::new(Vec::new()) }
    }

    /// Makes a key for `name` in the file `file`, and gives what is to be written into the site file.
    fn make(&self, name: &str, file: &str) -> String {
        let lines = self.done(&format!("key person --quiet --name '{name}' --file {file}"));
        let (_, vkey) = lines.trim_end().rsplit_once("key = \"").unwrap();
        let vkey = vkey.strip_suffix('"').unwrap().replace("\\\"", "\"").parse().unwrap();
        self.keys.borrow_mut().push((format!("KEY {}", file.replace(".key", "").to_uppercase()), vkey));
        lines
    }

    /// Adds lines to the site file.
    fn write(&self, lines: &str) {
        let text = format!("{}\n{lines}", self.site.borrow().read("tickmark.toml"));
        self.site.replace_with(|site| std::mem::take(site).file("tickmark.toml", text));
    }

    fn edit(&self, from: &str, to: &str) {
        self.site.replace_with(|site| std::mem::take(site).edit("tickmark.toml", from, to));
    }

    /// A person with a key that the site file names.
    fn hire(&self, name: &str, file: &str) {
        let lines = self.make(name, file);
        self.write(&lines);
    }

    /// What depends on the clock and on chance is replaced.
    fn steady(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (word, key) in self.keys.borrow().iter() {
            text = text.replace(&key.to_string(), &format!("V{word}")).replace(&format!("{:08x}", key.id()), word);
        }
        let time = |word: &str| {
            let bare = word.trim_matches([',', ';', '.', ':', '`', ')', '(', '"']);
            match chrono::DateTime::parse_from_rfc3339(bare) {
                Ok(_) => word.replace(bare, "[TIME]"),
                Err(_) if *bare == day(0) => word.replace(bare, "[TODAY]"),
                Err(_) => word.to_owned(),
            }
        };
        let line = |line: &str| line.split(' ').map(time).collect::<Vec<_>>().join(" ").trim_end().to_owned() + "\n";
        text.lines().map(line).collect()
    }

    #[track_caller]
    fn check(&self, arguments: &str, expected: &Expect) {
        expected.assert_eq(&self.steady(&self.site.borrow().tickmark(arguments)));
    }

    fn run(&self, arguments: &str) -> (i32, String, String) {
        self.site.borrow().run(arguments)
    }

    /// Runs what has to end well.
    #[track_caller]
    fn done(&self, arguments: &str) -> String {
        let (code, stdout, stderr) = self.run(arguments);
        assert_eq!(code, 0, "{arguments}: {stderr}");
        stdout
    }

    #[track_caller]
    fn json(&self, arguments: &str) -> Value {
        serde_json::from_str(&self.done(&format!("{arguments} -o json"))).unwrap()
    }

    /// Brings the file, with these further arguments.
    fn add(&self) -> String {
        format!("evidence add --quiet --control {MFA} --file minutes.txt --effective {}", day(0))
    }

    /// The step of verifying that is about acts: its status, and what is said of it.
    fn verified(&self, of: &str) -> (i32, String) {
        let (code, stdout, _) = self.run(&format!("verify {of} -o json"));
        let report: Value = serde_json::from_str(&stdout).unwrap();
        let step = report["steps"].as_array().unwrap().iter().find(|it| it["step"] == "acts").unwrap();
        (code, self.steady(&format!("{}: {}", step["status"].as_str().unwrap(), step["detail"].as_str().unwrap())))
    }
}

fn day(days: i64) -> String {
    (Utc::now() + TimeDelta::days(days)).date_naive().to_string()
}

#[test]
fn a_person_makes_a_key_and_nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let company = Company { site: RefCell::new(Site::new()), keys: RefCell::new(Vec::new()) };
    let lines = company.make("Ada \"the first\" Park", "ada.key");
    expect![[r#"
        [people."Ada \"the first\" Park"]
        key = "VKEY ADA"
    "#]]
    .assert_eq(&company.steady(&lines));
    let path = company.site.borrow().path().join("ada.key");
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).unwrap();
    company.check(
        "key person --name ada --file ada.key",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: `./ada.key` is there already, nothing was changed

            help: no key is ever overwritten: name another file; `tickmark key rotate` replaces one that signs a log
        "#]],
    );
    assert_eq!(std::fs::read(&path).unwrap(), before, "no key is overwritten");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let company = Company::new();
    let shown = path.display();
    let (code, _, stderr) = company.run(&format!("{} --by ada --key {shown}", company.add()));
    assert_eq!((code, stderr.contains("has mode 0644, a private key must have 0600")), (2, true), "{stderr}");
}

#[test]
fn an_act_is_signed_from_the_key_to_the_report_and_the_package() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.hire("boris@example.com", "boris.key");
    company.check(
        &format!("{} --by ada@example.com --key ada.key", company.add()),
        &expect![[r#"
            exit: 0
            --- stdout
            manual-evidence/2: evidence of CC6.3-mfa-for-admins, brought by ada@example.com (signed with key KEY ADA, theirs since record 1); it counts once another person approved it
            --- stderr
        "#]],
    );
    company.check(
        "evidence approve manual-evidence/2 --by Boris@example.com --key boris.key",
        &expect![[r#"
            exit: 0
            --- stdout
            manual-evidence/3: `manual-evidence/2` is approved by Boris@example.com (signed with key KEY BORIS, theirs since record 1)
            --- stderr
        "#]],
    );
    company.check(
        "evidence show manual-evidence/2",
        &expect![[r#"
            exit: 0
            --- stdout
            manual-evidence/2: evidence of CC6.3-mfa-for-admins, dated [TODAY], approved
            `minutes.txt`, brought at [TIME] by ada@example.com (signed with key KEY ADA, theirs since record 1)
            approved at [TIME] by Boris@example.com (signed with key KEY BORIS, theirs since record 1), record 3
            file: sha256:97c2870c76029a5dcd78d443827416feebceb8a94f28e959a58470e3cad99e3c, 17 bytes
            --- stderr
        "#]],
    );
    assert_eq!(company.json("evidence list")["evidence"][0]["authentication"]["how"], "signed");
    // A matrix in force, for a report.
    assert_ne!(company.run(&format!("run --quiet --control {MFA}")).0, 2);
    let report = format!("report type2 --from {} --to {}", day(0), day(0));
    let acts = company.json(&report);
    let line = |it: &Value| {
        let text = |member: &str| it[member].as_str().unwrap_or("-").to_owned();
        format!("{} {} {} {} {}\n", text("record"), text("what"), text("role"), text("name"), it["authentication"])
    };
    let lines: String = acts["acts"].as_array().unwrap().iter().map(line).collect();
    expect![[r#"
        manual-evidence/2 evidence brought by ada@example.com {"how":"signed","key":"VKEY ADA","since":1}
        manual-evidence/3 evidence approved by Boris@example.com {"how":"signed","key":"VKEY BORIS","since":1}
    "#]]
    .assert_eq(&company.steady(&lines));
    expect![[r#"
        [
          {
            "name": "ada@example.com",
            "new": "VKEY ADA"
          },
          {
            "name": "boris@example.com",
            "new": "VKEY BORIS"
          }
        ]
    "#]]
    .assert_eq(&company.steady(&format!("{:#}", acts["people"][0]["changes"])));
    for (format, what) in
        [("table", "acts of people"), ("markdown", "keys of people"), ("html", "theirs since record 1")]
    {
        let (_, stdout, _) = company.run(&format!("{report} -o {format}"));
        assert!(stdout.to_lowercase().contains(what), "{format}: {stdout}");
    }
    let signed = "ok: 2 acts signed by those in whose names they are, 0 acts with names that are asserted only\n";
    assert_eq!(company.verified(""), (0, signed.to_owned()));
    company.done(&format!("export --quiet --from {} --to {} --output-file p.zip", day(0), day(0)));
    assert_eq!(company.verified("p.zip"), (0, signed.to_owned()));
    // Also where it has one control only and the keys are of another time.
    company.done(&format!("export --quiet --control {MFA} --from {} --to {} --output-file one.zip", day(0), day(0)));
    assert_eq!(company.verified("one.zip"), (0, signed.to_owned()));
}

#[test]
fn in_the_name_of_somebody_with_a_key_nothing_is_recorded_without_it() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.hire("boris@example.com", "boris.key");
    let stray = company.make("carla@example.com", "carla.key");
    let add = company.add();
    company.check(
        &format!("{add} --by Ada@example.com"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the evidence cannot be recorded: `Ada@example.com` has key KEY ADA in the site file and did not sign: give --key with the file of that key
        "#]],
    );
    company.check(
        &format!("{add} --by ada@example.com --key boris.key"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the evidence cannot be recorded, for 2 reasons
              `ada@example.com` has key KEY ADA in the site file and did not sign: give --key with the file of that key
              key KEY BORIS is that of `boris@example.com`, and this is not in that name
        "#]],
    );
    company.check(
        &format!("{add} --by carla@example.com --key carla.key"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the evidence cannot be recorded: the site file has no key of `carla@example.com`: add [people."carla@example.com"] with key = "VKEY CARLA"
        "#]],
    );
    company.check(
        &format!("{add} --by dora@example.com --key nobody.key"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: `./nobody.key` is not there

            help: `tickmark key person` makes a key for a person
        "#]],
    );
    let (code, _, _) = company.run("ledger show 0");
    assert_eq!(code, 2, "nothing was recorded");
    // Every kind of act, and those of two people.
    let waiver = format!("waiver add --control {MFA} --from {} --until {} --reason late", day(0), day(9));
    for (arguments, missing) in [
        (format!("{waiver} --requested-by ada@example.com --approved-by eve --key boris.key"), "`ada@example.com` has"),
        (format!("{waiver} --requested-by eve --approved-by boris@example.com"), "`boris@example.com` has"),
        ("vendor review --vendor hosting --conclusion fine --by ada@example.com".to_owned(), "`ada@example.com` has"),
        ("review open --kind access --system web --by ada@example.com".to_owned(), "`ada@example.com` has"),
    ] {
        let (code, _, stderr) = company.run(&arguments);
        assert_eq!((code, stderr.contains(missing)), (2, true), "{arguments}: {stderr}");
    }
    // Without a key in the site file a name is what it was.
    company.done(&format!("{add} --by carla@example.com"));
    company.write(&stray);
    assert_eq!(company.run(&format!("{add} --by carla@example.com")).0, 2);
    company.done(&format!("{add} --by carla@example.com --key carla.key"));
}

#[test]
fn one_key_under_two_names_is_one_person() {
    let company = Company::new();
    let lines = company.make("ada@example.com", "ada.key");
    company.write(&lines);
    company.write(&lines.replace("people.\"ada@example.com\"", "people.\"Ada Park\""));
    company.done(&format!("{} --by ada@example.com --key ada.key", company.add()));
    company.check(
        "evidence approve manual-evidence/2 --by 'Ada Park' --key ada.key",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the approval cannot be recorded: `ada@example.com` and `Ada Park` have the same key, expected two people
        "#]],
    );
    company.check(
        &format!(
            "waiver add --control {MFA} --from {} --until {} --reason late --requested-by ada@example.com \
             --approved-by 'Ada Park' --key ada.key",
            day(0),
            day(9)
        ),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the waiver cannot be recorded: `ada@example.com` and `Ada Park` have the same key, expected two people
        "#]],
    );
    // Without the older name in the site file, the key in the ledger tells.
    let text = company.site.borrow().read("tickmark.toml");
    let own = lines.as_str();
    assert!(text.contains(own));
    company.edit(own, "");
    let (code, _, stderr) = company.run("evidence approve manual-evidence/2 --by 'Ada Park' --key ada.key");
    assert_eq!((code, stderr.contains("have the same key")), (2, true), "{stderr}");
    assert_eq!(company.json("evidence list")["evidence"][0]["state"], "waiting");
}

#[test]
fn what_an_older_key_signed_stays_signed_by_it() {
    let company = Company::new();
    let old = company.make("ada@example.com", "old.key");
    company.write(&old);
    let add = format!("{} --by ada@example.com", company.add());
    company.done(&format!("{add} --key old.key"));
    let new = company.make("ada@example.com", "new.key");
    company.edit(&old, &new);
    let (code, _, stderr) = company.run(&format!("{add} --key old.key"));
    assert_eq!((code, stderr.contains("did not sign")), (2, true), "{stderr}");
    company.done(&format!("{add} --key new.key"));
    let listed = company.json("evidence list");
    let how: Vec<&Value> = listed["evidence"].as_array().unwrap().iter().map(|it| &it["authentication"]).collect();
    expect![[r#"
        {"how":"signed","key":"VKEY OLD","since":1}
        {"how":"signed","key":"VKEY NEW","since":3}
    "#]]
    .assert_eq(&company.steady(&format!("{}\n{}\n", how[0], how[1])));
    assert_eq!(company.verified("").0, 0);
    // Nobody has a key any more: what was signed stays so.
    company.edit(&new, "");
    company.done(&add);
    let listed = company.json("evidence list");
    let how: Vec<&Value> =
        listed["evidence"].as_array().unwrap().iter().map(|it| &it["authentication"]["how"]).collect();
    assert_eq!(how, ["signed", "signed", "asserted"]);
    let report = format!("report type2 --from {} --to {}", day(0), day(0));
    assert_ne!(company.run(&format!("run --quiet --control {MFA}")).0, 2);
    let people = company.json(&report)["people"].clone();
    expect![[r#"
        [{"name":"ada@example.com","new":"VKEY OLD"}]
        [{"name":"ada@example.com","old":"VKEY OLD","new":"VKEY NEW"}]
        [{"name":"ada@example.com","old":"VKEY NEW"}]
    "#]]
    .assert_eq(
        &company.steady(&format!("{}\n{}\n{}\n", people[0]["changes"], people[1]["changes"], people[2]["changes"])),
    );
}

#[test]
fn whoever_asks_for_a_waiver_and_whoever_approves_it_sign_each_by_themselves() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.hire("boris@example.com", "boris.key");
    company.check(
        &format!(
            "waiver add --control {MFA} --from {} --until {} --reason late --requested-by ada@example.com --key ada.key",
            day(0),
            day(0)
        ),
        &expect![[r#"
            exit: 0
            --- stdout
            waiver/2: all subjects of CC6.3-mfa-for-admins on all systems, [TODAY] to [TODAY]
            asked for by ada@example.com (signed with key KEY ADA, theirs since record 1); it covers nothing until another person approved it: `tickmark waiver approve waiver/2`
            --- stderr
            made the key that signs this ledger, in [DIR]/.tickmark/keys
              give auditors its public half: [VKEY]
        "#]],
    );
    let gate = || company.run(&format!("run --quiet --control {MFA}")).0;
    assert_eq!(gate(), 1, "it covers nothing yet");
    company.check(
        "waiver approve waiver/2 --by ada@example.com --key ada.key",
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
            error: the approval cannot be recorded: `ada@example.com` asked for it, expected another person to approve it
        "#]],
    );
    company.check(
        "waiver approve waiver/2 --by boris@example.com --key boris.key",
        &expect![[r#"
            exit: 0
            --- stdout
            waiver/5: `waiver/2` is approved by boris@example.com (signed with key KEY BORIS, theirs since record 1)
            --- stderr
        "#]],
    );
    assert_eq!(gate(), 0);
    let (_, stdout, _) = company.run(&format!("run --quiet --control {MFA} -o json"));
    let run: Value = serde_json::from_str(&stdout).unwrap();
    let waived = &run["findings"][0]["exceptions"][0]["waiver"];
    assert_eq!((waived["approved_by"].as_str(), &waived["signed"]), (Some("boris@example.com"), &true.into()));
    let listed = &company.json("waiver list")["waivers"][0];
    assert_eq!(
        (&listed["state"], &listed["approved"]["authentication"]["how"]),
        (&"in force".into(), &"signed".into())
    );
}

#[test]
fn a_correction_counts_once_another_person_approved_it() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.hire("boris@example.com", "boris.key");
    assert_eq!(company.run(&format!("run --quiet --control {MFA}")).0, 1);
    let episode = company.json("remediation list")["episodes"][0]["id"].as_str().unwrap().to_owned();
    let close =
        format!("remediation close {episode} --cause 'nobody was told' --action 'told them' --evidence minutes.txt");
    let check = |arguments: &str, expected: &Expect| {
        let said = company.site.borrow().tickmark(arguments).replace(&episode, "[EPISODE]");
        expected.assert_eq(&company.steady(&said));
    };
    check(
        &format!("{close} --by ada@example.com --key ada.key"),
        &expect![[r#"
            exit: 0
            --- stdout
            remediation/4: `[EPISODE]` is corrected, says ada@example.com (signed with key KEY ADA, theirs since record 1)
            it counts once another person approved it: `tickmark remediation approve remediation/4`
            --- stderr
        "#]],
    );
    let record = company.json(&format!("remediation show {episode}"))["waiting"][0]["record"].as_u64().unwrap();
    let state = || company.json(&format!("remediation show {episode}"))["state"].clone();
    assert_eq!(state(), "open");
    let (code, _, stderr) = company.run(&format!("remediation approve {record} --by ada@example.com --key ada.key"));
    assert_eq!((code, stderr.contains("says so and approves it")), (2, true), "{stderr}");
    company.done(&format!("remediation approve {record} --by boris@example.com --key boris.key"));
    assert_eq!(state(), "corrected");
    let shown = company.json(&format!("remediation show {episode}"));
    let act = &shown["acts"][0];
    let how = [&act["authentication"]["how"], &act["approved"]["authentication"]["how"]];
    assert_eq!(how, ["signed", "signed"]);
    assert_eq!(shown["waiting"].as_array().unwrap().len(), 0);
    let (code, _, stderr) =
        company.run(&format!("remediation approve {record} --by boris@example.com --key boris.key"));
    assert_eq!((code, stderr.contains("waits for an approval")), (2, true), "{stderr}");
}

#[test]
fn a_review_is_opened_decided_and_closed_with_keys() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.hire("boris@example.com", "boris.key");
    company.done(
        "review open --kind firewall --system acme-prod --reviewer boris@example.com --by ada@example.com --key ada.key",
    );
    let listed = company.json("review list");
    let id = listed["reviews"][0]["id"].as_str().unwrap().to_owned();
    let shown = company.json(&format!("review show {id}"));
    assert_eq!(shown["opened_by"]["authentication"]["how"], "signed");
    let csv = company.done(&format!("review show {id} -o csv"));
    let filled: Vec<String> = csv
        .lines()
        .enumerate()
        .map(|(at, line)| match at {
            0 => line.to_owned(),
            _ => line.replacen(",,", ",keep,", 1),
        })
        .collect();
    company.site.replace_with(|site| std::mem::take(site).file("r.csv", filled.join("\n")));
    let decide = format!("review decide {id} --file r.csv --by boris@example.com");
    let (code, _, stderr) = company.run(&decide);
    assert_eq!((code, stderr.contains("did not sign")), (2, true), "{stderr}");
    company.done(&format!("{decide} --key boris.key"));
    let (code, _, stderr) = company.run(&format!("review close {id} --by boris@example.com --key ada.key"));
    assert_eq!((code, stderr.contains("did not sign")), (2, true), "{stderr}");
    company.done(&format!("review close {id} --by boris@example.com --key boris.key"));
    let shown = company.json(&format!("review show {id}"));
    assert_eq!(shown["closed"]["authentication"]["how"], "signed");
    assert_eq!(shown["items"][0]["decisions"][0]["authentication"]["how"], "signed");
    let signed = "ok: 3 acts signed by those in whose names they are, 0 acts with names that are asserted only\n";
    assert_eq!(company.verified(""), (0, signed.to_owned()));
}

#[test]
fn a_wrong_signature_is_said_loudly_and_does_not_verify() {
    let company = Company::new();
    company.hire("ada@example.com", "ada.key");
    company.done(&format!("{} --by ada@example.com --key ada.key", company.add()));
    // Somebody with the log's key writes the very same act once more.
    let ledger = company.site.borrow().path().join(".tickmark/ledger");
    let log = LogReader::open(&ledger).unwrap();
    let bytes = log.entry(2).unwrap();
    let record: Record = serde_json::from_slice(&bytes).unwrap();
    assert_ne!(leaf_hash(&bytes).to_string(), "");
    let keys = company.site.borrow().path().join(".tickmark/keys");
    let key = std::fs::read_dir(keys).unwrap().map(|entry| entry.unwrap().path());
    let key = key.into_iter().find(|path| path.extension().is_some_and(|it| it == "key")).unwrap();
    let signer: SigningKey = std::fs::read_to_string(key).unwrap().trim().parse().unwrap();
    let open = OpenLedger { folder: ledger, signer: Arc::new(signer), package_key: None, seen: None };
    let mut ledger = Ledger::open(open).unwrap();
    let now = Instant::try_from(Utc::now()).unwrap();
    let mut by = Scribe {
        clock: Clock { now: &|| now, source: "system" },
        company: "Acme",
        invoked_by: InvokedBy { ci_job: None, host: "build-7".to_owned(), user: "eve".to_owned() },
        nonce: &mut || [7; 16],
    };
    let again = NewRecord { blobs: record.head.blobs.clone(), ..NewRecord::new(record.body.clone()) };
    ledger.append(&mut by, vec![again]).unwrap();
    ledger.publish().unwrap();
    drop(ledger);
    assert_eq!(record.kind(), Kind::ManualEvidence);
    company.check(
        "evidence show manual-evidence/3",
        &expect![[r#"
            exit: 0
            --- stdout
            manual-evidence/3: evidence of CC6.3-mfa-for-admins, dated [TODAY], waiting
            `minutes.txt`, brought at [TIME] by ada@example.com (name asserted, WRONG SIGNATURE: it is of something else than the record says)
            file: sha256:97c2870c76029a5dcd78d443827416feebceb8a94f28e959a58470e3cad99e3c, 17 bytes
            --- stderr
        "#]],
    );
    let failed = "failed: is no signature of manual-evidence/3: it is of something else than the record says\n";
    assert_eq!(company.verified(""), (4, failed.to_owned()));
    company.done(&format!("export --quiet --from {} --to {} --output-file p.zip", day(0), day(0)));
    assert_eq!(company.verified("p.zip"), (4, failed.to_owned()));
}

#[test]
fn a_program_signs_in_the_place_of_a_key_file() {
    let company = Company::new();
    let lines = company.make("ada@example.com", "ada.key");
    let (code, _, stderr) = {
        company.write(&format!("{lines}sign = [\"false\"]\n"));
        company.run(&format!("{} --by ada@example.com", company.add()))
    };
    assert_eq!((code, stderr.contains("`ada@example.com` did not sign")), (2, true), "{stderr}");
    company.edit("sign = [\"false\"]", "sign = [\"echo\", \"AAAA\"]");
    let (code, _, stderr) = company.run(&format!("{} --by ada@example.com", company.add()));
    assert_eq!((code, stderr.contains("gave 3 bytes, an Ed25519 signature has 64")), (2, true), "{stderr}");
    // Whoever brings the key needs no program.
    company.done(&format!("{} --by ada@example.com --key ada.key", company.add()));
}
