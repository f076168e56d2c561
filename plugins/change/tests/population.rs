//! What the population of changes is, when each of them is placed, and which are counted apart.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use common::{Documents, audit, documents, files, settings};
use serde_json::json;
use tickmark_change::Change;
use tickmark_collector::testing::{TestHost, TestRow, TestRun};
use tickmark_collector::{Duration, Value};

const HOUR: i64 = 3_600_000;

fn run(github: &Documents, hours: i64) -> TestRun {
    let host = files(files(settings(TestHost::new()), "github", github), "jira", &documents("jira"));
    let host = host.with_setting("audit", "json-lines").file("audit", "", &audit());
    host.with_setting("window", Duration(hours * HOUR)).collect::<Change>().unwrap()
}

/// What each row is: its own name, and whether it is a deployment by itself.
fn names(run: &TestRun) -> Vec<String> {
    let name = |row: &TestRow| {
        let again = if row.id.contains("/deployments/") { " again" } else { "" };
        format!("{}{again}", row.get("name").as_text().unwrap())
    };
    run.rows("change").iter().map(name).collect()
}

/// Deployments, what lies on the default branch (with a pull request or without), and what audit logs have beside them.
#[test]
fn deployments_commits_of_the_default_branch_and_audit_logs_are_the_population() {
    let run = run(&documents("github"), 30 * 24);
    let kinds = |kind: &str| run.rows("change").iter().filter(|row| row.get("kind").as_text() == Some(kind)).count();
    assert_eq!(["code", "infrastructure", "configuration", "access_policy"].map(kinds), [8, 1, 1, 1]);
    let pushed = run.rows("change").iter().filter(|row| row.get("direct_push") == &Value::from(true)).count();
    assert_eq!(pushed, 1, "what came to the branch past every pull request is there");
    assert!(names(&run).contains(&"OPS-104: Reject negative amounts again".to_owned()), "{:?}", names(&run));
}

/// Judged at 2026-11-20T09:00:00Z. OPS-105 was merged on the 17th at 15:00 and deployed at 20:30, OPS-104 merged and deployed on
/// the 14th and deployed once more on the 18th, OPS-106 not deployed yet.
#[test]
fn a_change_is_placed_when_it_was_deployed_and_not_when_it_was_merged() {
    let within = |hours| names(&run(&documents("github"), hours));
    let expected = [
        "OPS-105: Move the database",
        "OPS-106: Rename a field",
        "OPS-104: Reject negative amounts again",
        "Move the database",
    ];
    assert_eq!(within(62), expected);
    // A window that begins before it was merged holds it as well, and one that begins after it was deployed does not.
    assert_eq!(within(66), expected);
    assert_eq!(within(60), expected[1..3]);
}

/// The first change touches a path of no rule and the second one documentation alone, whatever their authors call them.
#[test]
fn a_standard_change_follows_from_its_paths_and_is_counted_apart_whatever_its_label_says() {
    let standard = |first: &str, second: &str| {
        let mut github = documents("github");
        for (pull, label) in [(101, first), (102, second)] {
            github.get_mut(&format!("repos/acme/web/pulls/{pull}")).unwrap()["labels"] = json!([{ "name": label }]);
        }
        let run = run(&github, 30 * 24);
        let of = |request: i64| {
            let row = run.rows("change").iter().find(|row| row.get("request") == &Value::from(request)).unwrap();
            let said = row.get("risk_label").as_text().unwrap().to_owned();
            (said, row.get("risk").as_text().unwrap().to_owned(), row.get("standard_change") == &Value::from(true))
        };
        (of(101), of(102), run.notes()[0].clone())
    };
    let (first, second, note) = standard("risk: low", "risk: high");
    assert_eq!(first, ("low".to_owned(), "medium".to_owned(), false));
    assert_eq!(second, ("high".to_owned(), "low".to_owned(), true));
    assert_eq!(note, "11 changes: 1 standard, 1 emergencies");
}
