//! Agents of Wazuh, on answers built from the form that its documentation publishes: "Listing agents using the Wazuh API", of versions 4
//! and 5 (documentation.wazuh.com, user-manual/agents/listing/listing.html and user-manual/agent/agent-management/list-agents.html).

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, where a panic is the failure")]

use std::fmt::Write as _;

use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{Scalar, Value, time};
use tickmark_ids::Ids;

/// As the manager writes an agent of version 4, but for what is not looked at.
fn agent(id: &str, name: &str, status: &str, keep_alive: &str) -> String {
    let keep_alive = if keep_alive.is_empty() { String::new() } else { format!(r#""lastKeepAlive":"{keep_alive}","#) };
    format!(
        r#"{{"os":{{"arch":"x86_64","name":"Ubuntu"}},"manager":"wazuh-master","status":"{status}","node_name":"master-node",{keep_alive}"ip":"10.0.0.9","id":"{id}","version":"Wazuh v4.7.3","name":"{name}","registerIP":"any","dateAdd":"2026-10-26T09:52:01Z","group_config_status":"synced"}}"#
    )
}

fn answer(agents: &[String], total: usize) -> String {
    format!(
        r#"{{"data":{{"affected_items":[{}],"total_affected_items":{total},"total_failed_items":0,"failed_items":[]}},"message":"All selected agents information was returned","error":0}}"#,
        agents.join(",")
    )
}

/// The manager itself, as it lists itself.
fn manager() -> String {
    agent("000", "wazuh-master", "active", "9999-12-31T23:59:59Z")
}

fn host(expected: &[&str]) -> TestHost {
    TestHost::new().with_setting("agents", "file").with_setting("expected_agents", expected.to_vec())
}

fn saved(expected: &[&str], list: &str) -> TestHost {
    host(expected).file("agents", "", list.as_bytes())
}

fn ok(status: u16, body: &[u8]) -> Answer {
    Answer { status, headers: vec![], body: body.to_vec(), elapsed_ms: 1, tls: None }
}

/// All that a run gives, judged at 2026-11-20T09:00:00Z.
fn said(host: &TestHost) -> String {
    let run = match host.collect::<Ids>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let mut out = String::new();
    for row in run.rows("agent") {
        let cell = |column: &&str| match row.get(column) {
            Value::Absent => "-".to_owned(),
            Value::One(Scalar::Boolean(truth)) => truth.to_string(),
            Value::One(Scalar::Text(text)) => text.clone(),
            Value::One(Scalar::Datetime(at)) => time::text(*at),
            Value::One(Scalar::Duration(duration)) => time::span(*duration),
            other => panic!("unexpected {other:?}"),
        };
        let columns = ["name", "expected", "listed", "status", "last_keep_alive", "silent_for", "registered_at"];
        let cells: Vec<String> = columns.iter().map(cell).collect();
        writeln!(out, "{} {:?}: {}", row.id, row.sources, cells.join(" ")).unwrap();
    }
    let claim = run.claim("agent").unwrap();
    let population = &claim.population;
    let observed = population.observed_at.map_or("now".to_owned(), time::text);
    let (total, excluded) = (population.source_total.unwrap(), population.excluded);
    writeln!(out, "{} and {excluded} excluded of {total}, observed {observed}", claim.count).unwrap();
    for note in run.notes() {
        writeln!(out, "note: {note}").unwrap();
    }
    assert!(run.claim("sensor").is_none() && run.claim("alert").is_none());
    out
}

#[test]
fn each_agent_is_a_row_with_its_last_keep_alive_and_so_is_one_that_is_not_listed() {
    let list = [
        manager(),
        agent("001", "web-1", "active", "2026-11-20T08:59:50Z"),
        agent("002", "db-1", "disconnected", "2026-11-18T09:00:00+00:00"),
        agent("003", "old", "never_connected", ""),
    ];
    assert_eq!(
        said(&saved(&["web-1", "db-1", "gone"], &answer(&list, 4))),
        "\
agent/001 [0]: web-1 true true active 2026-11-20T08:59:50Z 10s 2026-10-26T09:52:01Z
agent/002 [0]: db-1 true true disconnected 2026-11-18T09:00:00Z 2d 2026-10-26T09:52:01Z
agent/003 [0]: old false true never_connected - - 2026-10-26T09:52:01Z
missing/gone [0]: gone true false not_listed - - -
4 and 1 excluded of 5, observed 2026-11-20T08:59:50Z
"
    );
}

/// A list that was saved long ago says how all were then, and nothing of now.
#[test]
fn a_saved_list_is_as_old_as_the_last_sign_of_life_in_it() {
    let list = [agent("001", "web-1", "active", "2026-10-20T08:59:50Z")];
    let said = said(&saved(&["web-1"], &answer(&list, 1)));
    assert!(said.contains("web-1 true true active 2026-10-20T08:59:50Z 31d"), "{said}");
    assert!(said.ends_with("of 1, observed 2026-10-20T08:59:50Z\n"), "{said}");
}

/// A clock that is wrong shows nothing: neither that the agent is alive, nor that the list is of today.
#[test]
fn a_keep_alive_after_the_judged_instant_is_no_sign_of_life() {
    let list = [
        agent("001", "web-1", "active", "2026-10-20T08:59:50Z"),
        agent("002", "db-1", "active", "2026-11-20T09:05:01Z"),
        agent("003", "db-2", "active", "2026-11-20T09:05:00Z"),
    ];
    assert_eq!(
        said(&saved(&["web-1", "db-1"], &answer(&list[..2], 2))),
        "\
agent/001 [0]: web-1 true true active 2026-10-20T08:59:50Z 31d10s 2026-10-26T09:52:01Z
1 and 0 excluded of 3, observed 2026-10-20T08:59:50Z
note: an agent cannot be read: the keep-alive 2026-11-20T09:05:01Z of `db-1` is more than 5 minutes after the judged instant
note: whether agent `db-1` is there is not known: the list was not read whole
"
    );
    // So far may clocks be apart.
    let said = said(&saved(&["db-2"], &answer(&list[2..], 1)));
    assert!(said.contains("db-2 true true active 2026-11-20T09:05:00Z 0"), "{said}");
}

#[test]
fn the_manager_is_asked_page_by_page() {
    let path = |offset: u64| {
        format!("/agents?offset={offset}&limit=500&sort=%2Bid&select=id,name,status,lastKeepAlive,dateAdd")
    };
    let numbered = |from: usize, to: usize| -> Vec<String> {
        (from..to).map(|n| agent(&format!("{n:03}"), &format!("a{n}"), "active", "2026-11-20T09:00:20Z")).collect()
    };
    let asked = || TestHost::new().with_setting("agents", "http").with_setting("expected_agents", vec!["a1"]);
    let pages = asked().answer("agents", &path(0), ok(200, answer(&numbered(1, 501), 700).as_bytes())).answer(
        "agents",
        &path(500),
        ok(200, answer(&numbered(501, 701), 700).as_bytes()),
    );
    let text = said(&pages);
    assert!(text.ends_with("700 and 0 excluded of 700, observed now\n"), "{text}");
    // What comes while it is asked is no longer ago than nothing.
    assert!(text.contains("agent/001 [0, 1]: a1 true true active 2026-11-20T09:00:20Z 0ms"), "{text}");
    // One that moved to the page before is there twice, and then another one is missing.
    let again = asked().answer("agents", &path(0), ok(200, answer(&numbered(1, 501), 700).as_bytes())).answer(
        "agents",
        &path(500),
        ok(200, answer(&numbered(500, 700), 700).as_bytes()),
    );
    let text = said(&again);
    assert!(text.contains("699 and 0 excluded of 700") && text.contains("note: agent `500` is listed twice"), "{text}");
    let refused = asked().answer("agents", &path(0), ok(401, b"{}"));
    assert_eq!(said(&refused), "unavailable: the manager answered with status 401\n");
}

#[test]
fn what_cannot_be_read_is_missing_and_said() {
    let list = [
        agent("001", "web-1", "active", "2026-11-20 08:59:50"),
        r#"{"id":"002","status":"active"}"#.to_owned(),
        agent("003", "", "active", "2026-11-20T08:59:50Z"),
    ];
    assert_eq!(
        said(&saved(&["web-1"], &answer(&list, 3))),
        "\
0 and 0 excluded of 4, observed now
note: an agent cannot be read: `2026-11-20 08:59:50` is no time with an offset
note: an agent cannot be read: missing field `name`
note: an agent cannot be read: name of 0 bytes, expected 1 to 256, and an id
note: whether agent `web-1` is there is not known: the list was not read whole
"
    );
    // A page of a longer list: the rest is missing.
    let one = said(&saved(&["web-1"], &answer(&[agent("001", "web-1", "active", "2026-11-20T08:59:50Z")], 2)));
    assert!(one.contains("1 and 0 excluded of 2"), "{one}");
}

#[test]
fn what_is_no_list_is_refused() {
    let check = |text: &str, says: &str| {
        let said = said(&saved(&["web-1"], text));
        assert!(said.starts_with("invalid") && said.contains(says), "{said}");
    };
    check("", "no list of Wazuh's agents");
    check(r#"{"title":"Unauthorized","detail":"Invalid token"}"#, "missing field `data`");
    let failed = answer(&[manager()], 1).replace(r#""error":0"#, r#""error":2"#);
    check(&failed, "the list of agents says error 2");
}

#[test]
fn settings_that_do_not_go_together_are_refused() {
    let refused = |host: TestHost| said(&host);
    assert_eq!(
        refused(TestHost::new().with_setting("agents", "ftp")),
        "invalid: setting `agents` is `ftp`, expected file or http\n"
    );
    assert_eq!(
        refused(TestHost::new().with_setting("agents", "file")),
        "invalid: setting `expected_agents` names none, expected at least one\n"
    );
    assert_eq!(
        refused(TestHost::new().with_setting("expected_agents", vec!["a"])),
        "invalid: setting `expected_agents` has no meaning without `agents`\n"
    );
    assert_eq!(
        refused(host(&["a"]).with_setting("prefix", "eve")),
        "invalid: setting `prefix` has no meaning without `expected_sensors`\n"
    );
}
