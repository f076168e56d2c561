//! Properties: no source makes the collector panic, nothing is lost on the way, and rights, lists and the times at which
//! accounts were disabled agree with slow and obvious models.

#![expect(clippy::unwrap_used, reason = "a panic is the failure")]

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, time};
use tickmark_iam::Iam;
use tickmark_iam::parse::aws::policy;
use tickmark_iam::stream;

const DETAILS: &[u8] = include_bytes!("fixtures/authorization-details.json");
const CSV: &[u8] = include_bytes!("fixtures/credential-report.csv");
const JSON: &[u8] = include_bytes!("fixtures/credential-report.json");
const USERS: &[u8] = include_bytes!("fixtures/okta-users.json");
const LOG: &[u8] = include_bytes!("fixtures/okta-log.json");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n*".to_vec())];
    (vec((0..original.len(), byte), 0..4), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 4 == 0 { keep } else { original.len() });
        bytes
    })
}

fn aws(details: &[u8], report: &[u8]) -> TestHost {
    TestHost::new().with_setting("source", "aws").file("authorization-details", "", details).file(
        "credential-report",
        "",
        report,
    )
}

fn okta(users: &[u8], log: &[u8]) -> TestHost {
    TestHost::new()
        .with_setting("source", "okta")
        .with_setting("event_source", "okta")
        .file("okta-users", "", users)
        .file("okta-log", "", log)
}

/// The rows are those of the contract, and there are never more than the source is said to have.
fn sound(host: &TestHost) {
    let Ok(run) = host.collect::<Iam>() else { return };
    for fact in ["account", "access_key", "role", "event"] {
        let Some(claim) = run.claim(fact) else { continue };
        let total = claim.population.source_total.unwrap();
        assert!(claim.count + claim.population.excluded <= total, "{fact}: {} of {total}", claim.count);
        let notes = run.notes().len() as u64;
        assert!(claim.count + claim.population.excluded == total || notes > 0, "{fact}: missing without a word");
    }
}

/// A policy document, and whether a statement of it gives everything.
fn document() -> impl Strategy<Value = (Value, bool)> {
    let action = proptest::sample::select(vec![
        ("*", true),
        ("*:*", true),
        ("iam:*", true),
        ("s3:*", false),
        ("iam:Get*", false),
    ]);
    let resource = proptest::sample::select(vec![("*", true), ("arn:aws:s3:::a/*", false), ("arn:*", true)]);
    let statement = (any::<bool>(), vec(action, 1..3), vec(resource, 1..3), any::<bool>(), any::<bool>()).prop_map(
        |(allow, actions, resources, not, single)| {
            let texts = |list: &[(&str, bool)]| match list {
                [(one, _)] if single => json!(one),
                list => list.iter().map(|(text, _)| *text).collect(),
            };
            let name = if not { "NotAction" } else { "Action" };
            let statement = json!({
                "Effect": if allow { "Allow" } else { "Deny" },
                (name): texts(&actions),
                "Resource": texts(&resources),
            });
            let all = (not || actions.iter().any(|it| it.1)) && resources.iter().any(|it| it.1);
            (statement, allow && all)
        },
    );
    (vec(statement, 1..4), any::<bool>()).prop_map(|(statements, encoded)| {
        let everything = statements.iter().any(|it| it.1);
        let document =
            json!({"Version": "2012-10-17", "Statement": statements.into_iter().map(|it| it.0).collect::<Vec<_>>()});
        let escaped: String = document.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect();
        (if encoded { Value::String(escaped) } else { document }, everything)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn damaged_sources_never_panic_and_lose_nothing(
        details in damaged(DETAILS), csv in damaged(CSV), encoded in damaged(JSON), users in damaged(USERS), log in damaged(LOG)
    ) {
        sound(&aws(&details, CSV));
        sound(&aws(DETAILS, &csv));
        sound(&aws(DETAILS, &encoded));
        sound(&okta(&users, LOG));
        sound(&okta(USERS, &log));
    }

    #[test]
    fn any_bytes_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        sound(&aws(&bytes, &bytes));
        sound(&okta(&bytes, &bytes));
    }

    #[test]
    fn policies_agree_with_their_definition((document, everything) in document()) {
        prop_assert_eq!(policy::gives_everything(&document), Ok(everything));
    }

    /// Each user of a group has the rights of the group, in whatever order the lists stand.
    #[test]
    fn members_have_the_rights_of_their_groups(
        groups in vec(document(), 1..4),
        members in vec(vec(any::<bool>(), 4), 1..6),
        order in Just(vec!["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"]).prop_shuffle(),
    ) {
        let arn = |at: usize| format!("arn:aws:iam::123456789012:user/u{at}");
        let of = |member: &[bool]| (0..groups.len()).filter(|at| member[*at]).collect::<Vec<_>>();
        let users: Vec<Value> = members.iter().enumerate().map(|(at, member)| json!({
            "Arn": arn(at), "UserName": format!("u{at}"), "CreateDate": "2026-01-01T00:00:00Z",
            "GroupList": of(member).into_iter().map(|at| format!("g{at}")).collect::<Vec<_>>(),
        })).collect();
        let lists: Vec<Value> = groups.iter().enumerate().map(|(at, (document, _))| json!({
            "GroupName": format!("g{at}"), "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": document}],
        })).collect();
        let list = |name: &str| match name {
            "UserDetailList" => json!(users),
            "GroupDetailList" => json!(lists),
            _ => json!([]),
        };
        // `json!` would sort the names.
        let fields: Vec<String> = order.iter().map(|name| format!("\"{name}\":{}", list(name))).collect();
        let details = format!("{{{}}}", fields.join(","));
        let run = aws(details.as_bytes(), CSV).collect::<Iam>().unwrap();
        for (at, member) in members.iter().enumerate() {
            let expected = of(member).into_iter().any(|group| groups[group].1);
            prop_assert_eq!(run.row("account", &arn(at)).unwrap().get("privileged"), &expected.into());
        }
    }

    /// What the reader hands over is what a reader that holds everything finds, in lists and in pages of lists.
    #[test]
    fn lists_are_read_as_by_one_who_holds_them_whole(pages in vec(vec(0_u32..1_000, 0..5), 1..4), blanks in "[ \n]{0,3}") {
        let text = pages.iter().map(|page| json!(page).to_string()).collect::<Vec<_>>().join(&blanks);
        let mut read = Vec::new();
        stream::list(text.as_bytes(), "a list", |_| None, &mut |item| {
            read.push(u32::try_from(item.as_u64().unwrap()).unwrap());
            Ok(())
        }).unwrap();
        prop_assert_eq!(read, pages.concat());
        for cut in 1..text.trim_end().len() {
            let whole = serde_json::Deserializer::from_slice(&text.as_bytes()[..cut]).into_iter::<Vec<u32>>().all(|page| page.is_ok());
            prop_assert_eq!(stream::list(&text.as_bytes()[..cut], "a list", |_| None, &mut |_| Ok(())).is_ok(), whole);
        }
    }

    /// An account is disabled since the first time after it was last enabled: asked of every instant, one after the other.
    #[test]
    fn disabled_since_agrees_with_a_slow_model(changes in vec((0_i64..6, any::<bool>(), any::<bool>()), 0..6)) {
        let at = |hour: i64| Datetime(1_794_000_000_000 + hour * 3_600_000);
        let events: Vec<Value> = changes.iter().enumerate().map(|(number, (hour, disables, succeeded))| json!({
            "uuid": number.to_string(), "published": time::text(at(*hour)),
            "eventType": if *disables { "user.lifecycle.suspend" } else { "user.lifecycle.unsuspend" },
            "outcome": {"result": if *succeeded { "SUCCESS" } else { "FAILURE" }},
            "target": [{"id": "1", "type": "User"}],
        })).collect();
        let users = br#"[{"id":"1","status":"SUSPENDED","statusChanged":"2026-11-19T00:00:00Z","profile":{"login":"a"},"roles":[]}]"#;
        let run = okta(users, json!(events).to_string().as_bytes()).collect::<Iam>().unwrap();
        let is = |hour: i64, disables: bool| changes.contains(&(hour, disables, true));
        let since = (0..6).find(|hour| is(*hour, true) && (hour + 1..6).all(|later| !is(later, false)));
        let expected = since.map_or_else(|| time::rfc3339("2026-11-19T00:00:00Z").unwrap(), at);
        prop_assert_eq!(run.row("account", "1").unwrap().get("disabled_at"), &expected.into());
    }
}

#[test]
fn an_endless_record_ends_the_run() {
    let long = format!("[\"{}\"]", "x".repeat(2 << 20));
    let said = stream::list(long.as_bytes(), "a list", |_| None, &mut |_| Ok(())).unwrap_err().message;
    assert_eq!(said, "not a list: a record of more than 1048576 bytes at line 1");
    // Many records are no long one.
    let many = json!(vec!["x".repeat(1_000); 3_000]).to_string();
    let mut seen = BTreeSet::new();
    stream::list(many.as_bytes(), "a list", |_| None, &mut |item| {
        seen.insert(item.to_string().len());
        Ok(())
    })
    .unwrap();
    assert_eq!(seen, BTreeSet::from([1_002]));
}
