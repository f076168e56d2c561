//! One rule at a time: what breaks, what is missing, and what is said of it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use common::{Documents, documents, files, http, jira, ok, report, settings};
use serde_json::{Value as Json, json};
use tickmark_change::Change;
use tickmark_collector::testing::{Answer, TestHost, TestRow, TestRun};
use tickmark_collector::{Failure, Value, code};

const REPOSITORY: &str = "repos/acme/web";

/// Hashes of the fixtures, by the names that the script gives them.
fn sha(name: &str) -> String {
    let (place, documents) = (format!("{REPOSITORY}/commits"), documents("github"));
    let message = |commit: &Json| commit["commit"]["message"].as_str().unwrap().to_owned();
    let all = documents[&place].as_array().unwrap().clone();
    all.iter().find(|commit| message(commit).contains(name)).unwrap()["sha"].as_str().unwrap().to_owned()
}

fn saved(github: &Documents) -> TestHost {
    files(files(settings(TestHost::new()), "github", github), "jira", &documents("jira"))
}

fn online(github: &Documents, size: usize) -> TestHost {
    jira(http(settings(TestHost::new()), github, size), &documents("jira"))
}

fn run(host: &TestHost) -> TestRun {
    host.collect::<Change>().unwrap()
}

/// Rows, total, and notes without the first, which counts.
fn summary(host: &TestHost) -> (u64, Option<u64>, Vec<String>) {
    let run = run(host);
    let claim = run.claim("change").unwrap();
    (claim.count, claim.population.source_total, run.notes().iter().skip(1).cloned().collect())
}

fn row(run: &TestRun, request: i64) -> TestRow {
    let of = |row: &&TestRow| row.get("request") == &Value::from(request) && row.id.contains('@');
    run.rows("change").iter().find(of).unwrap().clone()
}

fn flag(row: &TestRow, column: &str) -> bool {
    row.get(column).as_boolean().unwrap()
}

fn refusal(status: u16, headers: &[(&str, &str)], message: &str) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: serde_json::to_vec(&json!({ "message": message })).unwrap(), ..Answer::default() }
}

/// Statuses and headers: "Rate limit errors" of
/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>.
#[test]
fn being_asked_too_often_ends_the_asking_and_leaves_the_population_incomplete() {
    let limits = [
        refusal(403, &[("x-ratelimit-remaining", "0")], "API rate limit exceeded for installation ID 7."),
        refusal(403, &[("retry-after", "60")], "Wait."),
        refusal(403, &[], "You have exceeded a secondary rate limit. Please wait."),
        refusal(429, &[], "Too many requests"),
    ];
    for limit in limits {
        let host = online(&documents("github"), 3);
        let page = format!("/repositories/1296269/{REPOSITORY}/commits?page=2");
        let (rows, total, notes) = summary(&host.answer("github", &page, limit.clone()));
        assert_eq!((rows, total), (0, None), "{limit:?}");
        let said = notes.iter().filter(|note| note.contains("github was asked too often (status 4")).count();
        assert!(said >= 2, "{notes:?}");
    }
}

#[test]
fn a_page_that_fails_leaves_the_population_incomplete_and_what_is_known_is_judged() {
    let page = format!("/repositories/1296269/{REPOSITORY}/commits?page=2");
    let failed = Failure::new(code::TIMEOUT, "no answer within 30s");
    for host in [
        online(&documents("github"), 3).answer("github", &page, refusal(502, &[], "Server Error")),
        online(&documents("github"), 3).answer_fails("github", &page, failed),
        online(&documents("github"), 3).answer(
            "github",
            &page,
            Answer { status: 200, body: b"[{".to_vec(), ..Answer::default() },
        ),
        online(&documents("github"), 3).answer("github", &page, ok(&json!({"message": "not a list"}), None)),
        online(&documents("github"), 3).answer("github", &page, refusal(403, &[], "Resource not accessible")),
    ] {
        let (rows, total, notes) = summary(&host);
        // The first page has two commits of the branch. The deployments that bring the others seem to bring nothing.
        assert!(rows >= 2 && total.is_none(), "{rows} {total:?}");
        assert!(notes.iter().any(|note| note.starts_with("acme/web: not all commits are known: github/")), "{notes:?}");
    }
}

#[test]
fn a_refused_grant_ends_the_run() {
    assert_eq!(report(&settings(TestHost::new())), "denied: http `github` is not granted\n");
    let host = settings(TestHost::new()).with_setting("github", "files");
    assert_eq!(report(&host), "denied: files `github` is not granted\n");
    let host = files(settings(TestHost::new()), "github", &documents("github")).with_setting("jira", "http");
    assert_eq!(report(&host), "denied: http `jira` is not granted\n");
    let host = saved(&documents("github")).with_setting("audit", "csv");
    assert_eq!(report(&host), "denied: files `audit` is not granted\n");
}

#[test]
fn pages_that_go_in_a_circle_or_nowhere_are_no_list() {
    let first = format!("/{REPOSITORY}/deployments?environment=production&per_page=100");
    for (next, why) in
        [(first.as_str(), "its pages go in a circle"), ("//evil.example/x", "the link to the next page is")]
    {
        let mut answer = ok(&json!([]), None);
        answer.headers = vec![("link".to_owned(), format!("<{next}>; rel=\"next\""))];
        let host = online(&documents("github"), 100).answer("github", &first, answer);
        let (_, total, notes) = summary(&host);
        assert!(total.is_none() && notes.iter().any(|note| note.contains(why)), "{notes:?}");
    }
}

#[test]
fn a_missing_parent_is_said_and_ends_the_walk() {
    let mut github = documents("github");
    let gone = sha("OPS-104");
    let commits = github.get_mut(&format!("{REPOSITORY}/commits")).unwrap().as_array_mut().unwrap();
    commits.retain(|commit| commit["sha"] != gone.as_str());
    let child = sha("OPS-105");
    for host in [saved(&github), online(&github, 2)] {
        let (_, total, notes) = summary(&host);
        assert_eq!(total, None);
        let said = format!(
            "acme/web: commit {gone}, the first parent of {child}, is not in the list of commits: its history was rewritten, or the list ends"
        );
        assert!(notes.contains(&said), "{notes:?}");
    }
    // The newest one.
    commits_of(&mut github).retain(|commit| commit["sha"] != sha("OPS-106").as_str());
    let (_, total, notes) = summary(&saved(&github));
    assert!(total.is_none() && notes[0].contains("the newest of the default branch, is not in the list"), "{notes:?}");
}

fn commits_of(github: &mut Documents) -> &mut Vec<Json> {
    github.get_mut(&format!("{REPOSITORY}/commits")).unwrap().as_array_mut().unwrap()
}

#[test]
fn commits_that_are_each_others_parents_end_the_walk() {
    let mut github = documents("github");
    let (newest, older) = (sha("OPS-106"), sha("OPS-105"));
    for commit in commits_of(&mut github) {
        if commit["sha"] == older.as_str() {
            commit["parents"][0]["sha"] = json!(newest);
        }
    }
    let (_, total, notes) = summary(&saved(&github));
    assert!(total.is_none() && notes[0].contains("is not in the list of commits"), "{notes:?}");
}

#[test]
fn a_change_that_cannot_be_read_is_missing_from_the_count_and_not_from_the_total() {
    let check = |change: &dyn Fn(&mut Documents), why: &str| {
        let mut github = documents("github");
        change(&mut github);
        let (rows, total, notes) = summary(&saved(&github));
        assert_eq!((rows, total), (7, Some(9)), "{why}: {notes:?}");
        let commit = sha("OPS-103");
        assert_eq!(notes, [format!("acme/web: commit {commit} cannot be read: {why}")]);
    };
    let pull = format!("{REPOSITORY}/pulls/103");
    let reviews = format!("{pull}/reviews");
    let commit = format!("{REPOSITORY}/commits/{}", sha("OPS-103"));
    check(&|github| drop(github.remove(&pull)), &format!("`github` has no file `{pull}.json`"));
    check(
        &|github| github.get_mut(&pull).unwrap()["commits"] = json!(300),
        "pull request 103: it has 300 commits, and 2 are listed",
    );
    check(
        &|github| github.get_mut(&reviews).unwrap()[0]["state"] = json!("BLESSED"),
        "pull request 103: the state `BLESSED` of review 103000 is not known",
    );
    check(
        &|github| github.get_mut(&reviews).unwrap()[0]["submitted_at"] = json!("yesterday"),
        &format!("github/{reviews}: element 1: time `yesterday` is not RFC 3339"),
    );
    check(
        &|github| drop(github.get_mut(&reviews).unwrap()[0].as_object_mut().unwrap().remove("submitted_at")),
        "pull request 103: review 103000 does not say when it was submitted",
    );
    check(
        &|github| drop(github.remove(&format!("{commit}/pulls"))),
        &format!("`github` has no file `{commit}/pulls.json`"),
    );
    let other = json!("0000000000000000000000000000000000000000");
    check(
        &|github| github.get_mut(&commit).unwrap()["sha"] = other.clone(),
        &format!("github/{commit}: it is not about that commit"),
    );
}

#[test]
fn a_cut_off_file_is_never_a_shorter_list() {
    let whole = serde_json::to_vec(&documents("github")[&format!("{REPOSITORY}/commits")]).unwrap();
    for keep in [0, 1, whole.len() / 2, whole.len() - 1] {
        let host = saved(&documents("github")).file("github", &format!("{REPOSITORY}/commits.json"), &whole[..keep]);
        let (_, total, notes) = summary(&host);
        assert!(total.is_none() && notes[0].starts_with("acme/web: not all commits are known"), "{keep}: {notes:?}");
    }
}

/// As `gh api --paginate` saves pages, and `gh api --paginate --slurp`.
#[test]
fn saved_pages_may_stand_one_after_another_or_in_one_list() {
    let whole = report(&saved(&documents("github")));
    let path = format!("{REPOSITORY}/commits");
    let commits = documents("github")[&path].as_array().unwrap().clone();
    let (first, second) = (json!(commits[..3]), json!(commits[3..]));
    for saved_as in [format!("{first}{second}"), format!("{first}\n{second}\n"), json!([first, second]).to_string()] {
        let host = saved(&documents("github")).file("github", &format!("{path}.json"), saved_as.as_bytes());
        assert_eq!(report(&host), whole);
    }
}

#[test]
fn an_export_says_when_it_was_made_or_is_dated_by_its_reading() {
    let mut github = documents("github");
    github.remove("export");
    let run = run(&saved(&github));
    let population = &run.claim("change").unwrap().population;
    assert_eq!((population.observed_at, population.covers_from), (None, None));
    assert_eq!(run.notes()[1], "the export has no file `export.json` that says when it was made");
    let host = saved(&documents("github")).file("github", "export.json", br#"{"exported_at":"today"}"#);
    assert_eq!(report(&host), "invalid: `export.json` was made at `today`\n");
}

#[test]
fn on_the_default_branch_is_in_production_where_the_settings_say_so() {
    let run = run(&saved(&documents("github")).with_setting("deployed_by", "merge"));
    let claim = run.claim("change").unwrap();
    assert_eq!((claim.count, claim.population.source_total, claim.population.excluded), (7, Some(7), 0));
    let pushed = run.rows("change").iter().find(|row| flag(row, "direct_push")).unwrap();
    assert_eq!(pushed.get("deployed_at"), pushed.get("created_at"));
    let merged = row(&run, 101);
    assert_eq!(merged.get("deployed_at"), merged.get("merged_at"));
    // OPS-105 was approved by then, 106 too.
    assert!(flag(&row(&run, 105), "approved_before_deploy") && flag(&row(&run, 106), "approved_before_deploy"));
}

/// The date of a commit is its committer's word. It stands upon a change of 3 November, so it is no older.
#[test]
fn a_backdated_push_neither_ends_the_walk_nor_hides_in_the_past() {
    let mut github = documents("github");
    let pushed = sha("Raise the timeout");
    let date = json!("2001-01-01T00:00:00Z");
    github.get_mut(&format!("{REPOSITORY}/commits/{pushed}")).unwrap()["commit"]["committer"]["date"] = date.clone();
    for commit in commits_of(&mut github) {
        if commit["sha"] == pushed.as_str() {
            commit["commit"]["committer"]["date"] = date.clone();
        }
    }
    let run = run(&saved(&github).with_setting("deployed_by", "merge"));
    assert_eq!(run.claim("change").unwrap().population.source_total, Some(7));
    let row = run.rows("change").iter().find(|row| flag(row, "direct_push")).unwrap();
    assert_eq!(row.get("deployed_at"), self::row(&run, 102).get("merged_at"));
}

#[test]
fn a_baseline_ends_the_walk() {
    let mut github = documents("github");
    // The deployment before the window is not recorded; the walk would go on to commits that are not there.
    github.get_mut(&format!("{REPOSITORY}/deployments")).unwrap().as_array_mut().unwrap().pop();
    assert_eq!(summary(&saved(&github)).1, None);
    let baseline = format!("acme/web@{}", sha("Baseline"));
    let (rows, total, notes) = summary(&saved(&github).with_setting("baselines", vec![baseline]));
    assert_eq!((rows, total, notes), (8, Some(9), vec![]));
}

#[test]
fn without_any_deployment_the_window_bounds_the_walk() {
    let mut github = documents("github");
    github.insert(format!("{REPOSITORY}/deployments"), json!([]));
    let run = run(&saved(&github));
    assert_eq!(run.claim("change").unwrap().population.source_total, Some(7));
    assert!(run.rows("change").iter().all(|row| row.get("deployed_at") == &Value::Absent));
}

#[test]
fn what_was_deployed_from_elsewhere_has_no_pull_request() {
    let mut github = documents("github");
    let branch = documents("github")[&format!("{REPOSITORY}/pulls/106/commits")][0].clone();
    let elsewhere = branch["sha"].as_str().unwrap().to_owned();
    let mut single = branch.clone();
    single["files"] = json!([{"filename": "services/api.rs"}]);
    github.insert(format!("{REPOSITORY}/commits/{elsewhere}"), single);
    // Its pull request was merged after the deployment.
    let pull = github[&format!("{REPOSITORY}/pulls/106")].clone();
    github.insert(format!("{REPOSITORY}/commits/{elsewhere}/pulls"), json!([pull]));
    let deployments = github.get_mut(&format!("{REPOSITORY}/deployments")).unwrap().as_array_mut().unwrap();
    deployments.push(json!({
        "id": 9, "sha": elsewhere, "environment": "production", "created_at": "2026-11-19T10:00:00Z",
        "creator": {"login": "Ada"}, "task": "emergency", "description": "Could not wait",
    }));
    // Another environment is not looked at.
    deployments.push(json!({"id": 10, "sha": elsewhere, "environment": "staging", "created_at": "2026-11-19T11:00:00Z", "creator": null}));
    github.insert(format!("{REPOSITORY}/deployments/9/statuses"), json!([]));
    let run = run(&saved(&github));
    let row = run.row("change", "acme/web/deployments/9").unwrap();
    assert_eq!(row.get("request"), &Value::Absent);
    assert_eq!(row.get("merged_by").as_text(), Some("ada"));
    assert_eq!(row.get("emergency_reason").as_text(), Some("Could not wait"));
    assert!(!flag(row, "direct_push") && !flag(row, "technical_approved") && flag(row, "emergency"));
    assert!(!flag(row, "verification_done"));
    assert_eq!(run.claim("change").unwrap().population.source_total, Some(10));
}

#[test]
fn a_deployment_whose_states_are_not_known_counts_and_is_said() {
    let mut github = documents("github");
    github.remove(&format!("{REPOSITORY}/deployments/2/statuses"));
    let run = run(&saved(&github));
    assert_eq!(run.claim("change").unwrap().population.source_total, None);
    let row = row(&run, 101);
    assert_eq!(
        row.get("deployed_at"),
        &Value::from(tickmark_collector::time::rfc3339("2026-11-02T12:50:00Z").unwrap())
    );
    assert!(run.notes().iter().any(|note| note.contains("the states of deployment 2 are not known")));
}

#[test]
fn a_repository_that_is_not_there_is_said() {
    let host = saved(&documents("github")).with_setting("repositories", vec!["acme/web", "acme/gone"]);
    let (rows, total, notes) = summary(&host);
    assert_eq!((rows, total), (8, None));
    assert_eq!(notes, ["acme/gone: the default branch is not known: `github` has no file `repos/acme/gone.json`"]);
}

#[test]
fn a_pull_request_into_another_branch_brings_nothing_to_this_one() {
    let check = |change: &dyn Fn(&mut Json)| {
        let mut github = documents("github");
        change(&mut github.get_mut(&format!("{REPOSITORY}/commits/{}/pulls", sha("OPS-103"))).unwrap()[0]);
        let run = run(&saved(&github));
        let id = format!("acme/web@{}", sha("OPS-103"));
        let row = run.row("change", &id).unwrap();
        assert!(flag(row, "direct_push") && row.get("request") == &Value::Absent);
        assert_eq!(row.get("issue").as_text(), Some("OPS-103"));
    };
    check(&|pull| pull["base"]["ref"] = json!("develop"));
    check(&|pull| pull["merged_at"] = json!(null));
    check(&|pull| pull["base"]["repo"]["full_name"] = json!("upstream/web"));
}

#[test]
fn whoever_committed_to_it_does_not_approve_it() {
    // Boris has a commit in 103; his approval of its last one does not count.
    let check = |change: &dyn Fn(&mut Json), author_known: bool| {
        let mut github = documents("github");
        let reviews = github.get_mut(&format!("{REPOSITORY}/pulls/103/reviews")).unwrap();
        reviews[0]["commit_id"] = reviews[1]["commit_id"].clone();
        let approved = row(&run(&saved(&github)), 103);
        assert!(flag(&approved, "approved_before_deploy") && !flag(&approved, "self_approved"));
        change(&mut github.get_mut(&format!("{REPOSITORY}/pulls/103/commits")).unwrap()[0]);
        let row = row(&run(&saved(&github)), 103);
        assert_eq!(flag(&row, "author_known"), author_known);
        if author_known {
            assert!(flag(&row, "self_approved") && !flag(&row, "technical_approved"));
            assert!(!flag(&row, "approval_void") && !flag(&row, "approved_before_deploy"));
        }
    };
    check(&|commit| commit["author"]["login"] = json!("Boris"), true);
    check(&|commit| commit["committer"] = json!({"login": "boris", "type": "User"}), true);
    check(
        &|commit| commit["commit"]["message"] = json!("x\n\nCo-authored-by: B <1+boris@users.noreply.github.com>"),
        true,
    );
    check(&|commit| commit["author"] = json!(null), false);
    check(&|commit| commit["author"] = json!({}), false);
}

#[test]
fn the_approval_of_a_program_counts_for_nothing() {
    let mut github = documents("github");
    let reviews = github.get_mut(&format!("{REPOSITORY}/pulls/101/reviews")).unwrap();
    reviews[1]["user"] = json!({"login": "approve[bot]", "type": "Bot"});
    let row = row(&run(&saved(&github).with_setting("jira", Value::Absent)), 101);
    // What Boris had asked for before then stands.
    assert!(!flag(&row, "technical_approved") && flag(&row, "security_approved") && flag(&row, "changes_requested"));
}

#[test]
fn an_issue_is_approved_after_the_last_commit_unless_the_settings_let_it_be() {
    let mut issues = documents("jira");
    let entry = &mut issues.get_mut("rest/api/3/issue/OPS-101").unwrap()["changelog"]["histories"][1];
    entry["created"] = json!("2026-11-01T09:00:00.000+0100");
    let host = || files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &issues);
    assert!(!flag(&row(&run(&host()), 101), "issue_approved"));
    assert!(flag(&row(&run(&host().with_setting("issue_approval_before_commits", true)), 101), "issue_approved"));
    // An approval that was taken back is none.
    let mut issues = documents("jira");
    let histories =
        issues.get_mut("rest/api/3/issue/OPS-101").unwrap()["changelog"]["histories"].as_array_mut().unwrap();
    histories[1]["items"]
        .as_array_mut()
        .unwrap()
        .push(json!({"field": "status", "fieldId": "status", "toString": "Declined"}));
    let host = files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &issues);
    assert!(!flag(&row(&run(&host), 101), "issue_approved"));
}

#[test]
fn an_approval_by_nobody_known_is_said_and_is_none() {
    let host = saved(&documents("github")).with_setting("identities", vec!["boris=5b10a2844c20165700ede21g"]);
    let run = run(&host);
    assert!(!flag(&row(&run, 105), "issue_approved"));
    assert_eq!(run.notes()[1], "issue OPS-105 was approved by `Carla`, whom `identities` does not name");
}

#[test]
fn an_issue_that_is_not_there_approves_nothing_and_one_that_is_not_known_leaves_the_change_unread() {
    let host =
        |answer| online(&documents("github"), 100).answer("jira", "/rest/api/3/issue/OPS-103?expand=changelog", answer);
    let body =
        json!({"errorMessages": ["Issue does not exist or you do not have permission to see it."], "errors": {}});
    let absent = host(Answer { status: 404, ..ok(&body, None) });
    let run = run(&absent);
    assert_eq!(row(&run, 103).get("issue").as_text(), Some("OPS-103"));
    assert!(run.notes()[1].starts_with(
        "issue OPS-103 is not there: jira/rest/api/3/issue/OPS-103?expand=changelog: status 404: Issue does"
    ));
    let (rows, total, notes) = summary(&host(refusal(500, &[], "oops")));
    assert_eq!((rows, total), (7, Some(9)));
    assert!(
        notes[0].ends_with("cannot be read: jira/rest/api/3/issue/OPS-103?expand=changelog: status 500: oops"),
        "{notes:?}"
    );
}

/// Pages: "Get changelogs" of
/// <https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get>.
#[test]
fn a_long_history_has_pages_of_its_own() {
    let mut issues = documents("jira");
    let issue = issues.get_mut("rest/api/3/issue/OPS-101").unwrap();
    let histories = issue["changelog"]["histories"].as_array().unwrap().clone();
    issue["changelog"]["histories"] = json!([histories[2]]);
    let page = |start: usize, values: &[Json]| {
        json!({
            "self": "https://acme.atlassian.net/rest/api/3/issue/OPS-101/changelog", "maxResults": 2, "startAt": start,
            "total": 3, "isLast": start == 2, "values": values,
        })
    };
    let whole = report(&online(&documents("github"), 100));
    let path = |start: usize| format!("/rest/api/3/issue/OPS-101/changelog?startAt={start}&maxResults=100");
    let host = || jira(http(settings(TestHost::new()), &documents("github"), 100), &issues);
    let good = host().answer("jira", &path(0), ok(&page(0, &histories[..2]), None)).answer(
        "jira",
        &path(2),
        ok(&page(2, &histories[2..]), None),
    );
    assert_eq!(report(&good), whole);
    // A page that brings nothing is no end.
    let short = host().answer("jira", &path(0), ok(&page(0, &histories[..2]), None)).answer(
        "jira",
        &path(2),
        ok(&page(2, &[]), None),
    );
    let (rows, total, notes) = summary(&short);
    assert_eq!((rows, total), (7, Some(9)));
    assert!(notes[0].ends_with("/changelog: 2 entries of a history of 3 are there"), "{notes:?}");
    // Saved, the pages stand one after another in one file.
    let pages = format!("{}{}", page(0, &histories[..2]), page(2, &histories[2..]));
    let host = files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &issues);
    let host = host.file("jira", "rest/api/3/issue/OPS-101/changelog.json", pages.as_bytes());
    let files_alone = report(&saved(&documents("github")));
    assert_eq!(report(&host), files_alone);
}

#[test]
fn fields_of_an_issue_stand_beside_the_pull_request() {
    let mut issues = documents("jira");
    let fields = &mut issues.get_mut("rest/api/3/issue/OPS-105").unwrap()["fields"];
    fields["customfield_10042"] = json!("Point the name back.");
    fields["customfield_10043"] = json!({"value": "Low"});
    let host = files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &issues);
    let host =
        host.with_setting("issue_fields", vec!["rollback_plan=customfield_10042", "risk_label=customfield_10043"]);
    let row = row(&run(&host), 105);
    assert!(flag(&row, "has_rollback_plan"));
    assert_eq!((row.get("risk").as_text(), row.get("risk_label").as_text()), (Some("high"), Some("Low")));
}

#[test]
fn paths_that_are_not_all_known_are_of_high_risk() {
    let check = |files: usize, previous: Option<&str>| {
        let mut github = documents("github");
        let commit = github.get_mut(&format!("{REPOSITORY}/commits/{}", sha("Explain refunds"))).unwrap();
        let file = |at: usize| json!({"filename": format!("docs/billing/{at}.md"), "previous_filename": previous});
        commit["files"] = (0..files).map(file).collect();
        row(&run(&saved(&github)), 102).get("risk").as_text().unwrap().to_owned()
    };
    assert_eq!(check(299, None), "low");
    // A full page may have had a next one; it was not saved.
    assert_eq!(check(300, None), "high");
    assert_eq!(check(301, None), "low");
    assert_eq!(check(3_000, None), "high");
    assert_eq!(check(1, Some("infra/main.tf")), "high");
}

#[test]
fn files_of_a_commit_go_on_over_pages() {
    let path = format!("/{REPOSITORY}/commits/{}", sha("Explain refunds"));
    let mut first = documents("github")[path.trim_start_matches('/')].clone();
    let file = |name: String| json!({"filename": name});
    first["files"] = (0..300).map(|at| file(format!("docs/billing/{at}.md"))).collect();
    let mut second = first.clone();
    second["files"] = json!([file("infra/main.tf".into())]);
    let host = |second: &Json| {
        online(&documents("github"), 100).answer("github", &path, ok(&first, Some("/x?page=2"))).answer(
            "github",
            "/x?page=2",
            ok(second, None),
        )
    };
    assert_eq!(row(&run(&host(&second)), 102).get("risk").as_text(), Some("high"));
    second["files"] = json!([file("docs/billing/300.md".into())]);
    assert_eq!(row(&run(&host(&second)), 102).get("risk").as_text(), Some("low"));
}

#[test]
fn an_enterprise_server_has_a_prefix() {
    let prefixed =
        documents("github").into_iter().map(|(path, document)| (format!("api/v3/{path}"), document)).collect();
    let host =
        jira(http(settings(TestHost::new()), &prefixed, 2), &documents("jira")).with_setting("api_prefix", "/api/v3");
    assert_eq!(report(&host), report(&online(&documents("github"), 2)));
}

#[test]
fn nothing_later_than_the_judged_instant_counts() {
    let then = tickmark_collector::time::rfc3339("2026-11-16T09:30:00Z").unwrap();
    let run = run(&online(&documents("github"), 2).at(then));
    let claim = run.claim("change").unwrap();
    // 105 and 106 had not been merged; the window goes back to October.
    assert_eq!((claim.count, claim.population.source_total, claim.population.excluded), (5, Some(7), 2));
    let emergency = row(&run, 104);
    assert!(flag(&emergency, "technical_approved") && !flag(&emergency, "security_approved"));
    assert_eq!(emergency.get("emergency_approved_at"), &Value::Absent);
}
