//! Controls of a site's own, as the documentation gives them: compiled and judged as they stand there.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use expect_test::{Expect, expect};
use tickmark_tests::Site;

const IDS: &str = include_str!("../../docs/collectors/ids.md");

#[track_caller]
fn check(site: &Site, arguments: &str, expected: Expect) {
    expected.assert_eq(&site.tickmark(arguments));
}

/// The page's block in this language that begins so.
fn block<'p>(page: &'p str, language: &str, begins: &str) -> &'p str {
    let opening = format!("```{language}\n{begins}");
    let start = page.find(&opening).unwrap() + opening.len() - begins.len();
    let rest = page.get(start..).unwrap();
    rest.get(..rest.find("```").unwrap()).unwrap()
}

/// A manager whose list of agents was saved, and the page's control on it.
fn site(agents: &str) -> Site {
    let toml = r#"
company = "Acme Rockets (example)"

[[system]]
name = "network"
environment = "production"

[[system.collector]]
plugin = "ids"
settings = { agents = "file", expected_agents = ["db-1", "web-1"] }
grants.files.agents.path = "agents.json"
"#;
    Site::new()
        .file("tickmark.toml", toml)
        .file("agents.json", agents)
        .file("policies/controls.toml", block(IDS, "toml", "[[control]]"))
        .file("policies/CC7.2-agents-report.cedar", block(IDS, "cedar", "@id(\"agents-report-conforms\")"))
}

/// What the manager answers about these agents, each with its last keep-alive.
fn answer(agents: &[(&str, &str)]) -> String {
    let items: Vec<String> = agents
        .iter()
        .enumerate()
        .map(|(at, (name, last))| {
            format!(r#"{{"id": "00{}", "name": "{name}", "status": "active", "lastKeepAlive": "{last}"}}"#, at + 1)
        })
        .collect();
    let (count, items) = (items.len(), items.join(", "));
    format!(
        r#"{{"data": {{"affected_items": [{items}], "total_affected_items": {count}, "total_failed_items": 0, "failed_items": []}}, "error": 0}}"#
    )
}

const RUN: &str = "run --as-of 2026-11-20T09:00:00Z --control CC7.2-agents-report";

#[test]
fn the_control_on_agents_of_wazuh_judges_each_by_its_last_keep_alive() {
    let both = [("web-1", "2026-11-20T08:59:55+00:00"), ("db-1", "2026-11-20T08:59:50+00:00")];
    check(
        &site(&answer(&both)),
        RUN,
        expect![[r#"
        exit: 0
        --- stdout
        Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL              CRITERIA  OWNER                SYSTEM   OUTCOME  COUNTS
        CC7.2-agents-report  CC7.2     Security operations  network  pass     2/2 conform

        criteria: CC7.2 1 pass
        1 pass; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector network/ids asks for what is not granted: files `eve`, http `agents`, sql `responses`, files `responses`
    "#]],
    );
    let silent = [("web-1", "2026-11-20T08:59:55+00:00"), ("db-1", "2026-11-20T08:49:59+00:00")];
    check(
        &site(&answer(&silent)),
        RUN,
        expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL              CRITERIA  OWNER                SYSTEM   OUTCOME  COUNTS
        CC7.2-agents-report  CC7.2     Security operations  network  fail     1/2 conform, 1 exception
          Ids::Agent::"agent/002" (db-1): the agent has not reported for longer than allowed
            agents-report-silent (high): start the agent, and record why it was silent

        criteria: CC7.2 1 fail
        1 fail; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector network/ids asks for what is not granted: files `eve`, http `agents`, sql `responses`, files `responses`
    "#]],
    );
    check(
        &site(&answer(&both[..1])),
        RUN,
        expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL              CRITERIA  OWNER                SYSTEM   OUTCOME  COUNTS
        CC7.2-agents-report  CC7.2     Security operations  network  fail     1/2 conform, 1 exception
          Ids::Agent::"missing/db-1" (db-1): the agent is not listed, or never reported
            agents-report-never (high): install or connect the agent, or take it out of the expected agents if it was retired

        criteria: CC7.2 1 fail
        1 fail; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector network/ids asks for what is not granted: files `eve`, http `agents`, sql `responses`, files `responses`
    "#]],
    );
    // A list of yesterday shows nothing of today.
    let old = [("web-1", "2026-11-19T08:59:55+00:00"), ("db-1", "2026-11-19T08:59:50+00:00")];
    check(
        &site(&answer(&old)),
        RUN,
        expect![[r#"
        exit: 1
        --- stdout
        Acme Rockets (example), as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL              CRITERIA  OWNER                SYSTEM   OUTCOME  COUNTS
        CC7.2-agents-report  CC7.2     Security operations  network  fail     0/2 conform, 2 exceptions
          Ids::Agent::"agent/001" (web-1): the agent has not reported for longer than allowed
            agents-report-silent (high): start the agent, and record why it was silent
          Ids::Agent::"agent/002" (db-1): the agent has not reported for longer than allowed
            agents-report-silent (high): start the agent, and record why it was silent
          population-stale: collector `ids`: the source is of 2026-11-19T08:59:55Z, 1d5s before 2026-11-20T09:00:00Z, limit is 30m

        criteria: CC7.2 1 fail
        1 fail; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector network/ids asks for what is not granted: files `eve`, http `agents`, sql `responses`, files `responses`
    "#]],
    );
}
