//! Approvals against a slow model: what people did to a pull request, told in order. The collector sees what GitHub shows of
//! it afterwards; the model lives through it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{Documents, http};
use proptest::prelude::*;
use serde_json::json;
use tickmark_change::Change;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Datetime, Value, time};

const PEOPLE: [&str; 4] = ["ada", "boris", "carla", "dave"];

/// What can happen to a pull request. People are named by their place.
#[derive(Clone, Copy, Debug)]
enum Event {
    Push(usize),
    /// Of the newest commit, or of an older one whose page was still open.
    Approve(usize, bool),
    RequestChanges(usize),
    Comment(usize),
    /// Dismisses the last review of this person's.
    Dismiss(usize),
    Merge,
    Deploy,
}

/// A story: minutes since the event before, and the event.
fn story() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let person = || 0..PEOPLE.len();
    let event = prop_oneof![
        2 => prop_oneof![Just(0_usize), Just(0), Just(0), Just(3)].prop_map(Event::Push),
        6 => (person(), proptest::bool::weighted(0.2)).prop_map(|(who, stale)| Event::Approve(who, stale)),
        1 => person().prop_map(Event::RequestChanges),
        1 => person().prop_map(Event::Comment),
        2 => person().prop_map(Event::Dismiss),
    ];
    let events = |most| proptest::collection::vec((1_i64..900, event.clone()), 0..most);
    (events(8), 1_i64..900, events(3), 1_i64..900, events(4)).prop_map(|(before, merge, between, deploy, after)| {
        let mut story = vec![(1, Event::Push(0))];
        story.extend(before);
        story.push((merge, Event::Merge));
        story.extend(between);
        story.push((deploy, Event::Deploy));
        story.extend(after);
        story
    })
}

/// A Tuesday.
const START: &str = "2026-11-10T08:00:00Z";

#[derive(Clone, Debug)]
struct Review {
    by: usize,
    at: i64,
    commit: usize,
    state: &'static str,
}

/// What is there afterwards.
#[derive(Debug, Default)]
struct Aftermath {
    /// Who pushed each commit before the merge, and when.
    commits: Vec<(usize, i64)>,
    reviews: Vec<Review>,
    merged_at: i64,
    deployed_at: i64,
}

fn live(story: &[(i64, Event)]) -> Aftermath {
    let mut now = time::rfc3339(START).unwrap().0;
    let mut there = Aftermath::default();
    for (minutes, event) in story {
        now += minutes * 60_000;
        let newest = there.commits.len().saturating_sub(1);
        let review = |by, commit, state| Review { by, at: now, commit, state };
        match *event {
            // The branch of a merged pull request may go on; the pull request does not.
            Event::Push(who) if there.merged_at == 0 => there.commits.push((who, now)),
            Event::Push(_) => {}
            Event::Approve(who, stale) => {
                let commit = if stale { newest.saturating_sub(1) } else { newest };
                there.reviews.push(review(who, commit, "APPROVED"));
            }
            Event::RequestChanges(who) => there.reviews.push(review(who, newest, "CHANGES_REQUESTED")),
            Event::Comment(who) => there.reviews.push(review(who, newest, "COMMENTED")),
            Event::Dismiss(who) => {
                let last = there.reviews.iter_mut().rev().find(|it| it.by == who && it.state != "COMMENTED");
                last.into_iter().for_each(|it| it.state = "DISMISSED");
            }
            Event::Merge => there.merged_at = now,
            Event::Deploy => there.deployed_at = now,
        }
    }
    there
}

fn sha(name: &str) -> String {
    format!("{:0>40}", name.bytes().map(|b| format!("{b:02x}")).collect::<String>())
}

fn text(at: i64) -> String {
    time::text(Datetime(at))
}

/// What GitHub shows of it.
fn documents(there: &Aftermath, emergency: bool) -> Documents {
    let commit = |name: &str, who: &str, at: i64, parent: &str| {
        let by = json!({"name": who, "email": format!("{who}@example.com"), "date": text(at)});
        json!({
            "sha": sha(name), "commit": {"message": "m", "author": by, "committer": by}, "parents": [{"sha": sha(parent)}],
            "author": {"login": who, "type": "User"}, "committer": {"login": who, "type": "User"},
        })
    };
    let login = |who: usize| json!({"login": PEOPLE[who], "type": "User"});
    let commits: Vec<_> = there
        .commits
        .iter()
        .enumerate()
        .map(|(at, (who, when))| commit(&format!("c{at}"), PEOPLE[*who], *when, if at == 0 { "base" } else { "c" }))
        .collect();
    let reviews: Vec<_> = there
        .reviews
        .iter()
        .enumerate()
        .map(|(at, it)| {
            json!({"id": at, "user": login(it.by), "state": it.state, "submitted_at": text(it.at), "commit_id": sha(&format!("c{}", it.commit))})
        })
        .collect();
    let merge = commit("merge", "web-flow", there.merged_at, "base");
    let mut single = merge.clone();
    single["files"] = json!([{"filename": "src/main.rs"}]);
    let base = json!({"ref": "main", "sha": sha("base"), "repo": {"full_name": "acme/web"}});
    let labels = if emergency { json!([{"name": "Emergency"}]) } else { json!([]) };
    let pull = json!({
        "number": 1, "title": "t", "body": "b", "user": login(0), "labels": labels, "created_at": START,
        "updated_at": text(there.merged_at), "merged_at": text(there.merged_at), "merged_by": login(0),
        "merge_commit_sha": sha("merge"), "head": {"ref": "x", "sha": sha(&format!("c{}", there.commits.len() - 1)), "repo": null},
        "base": base, "commits": there.commits.len(),
    });
    let deployment = |id: u64, of: &str, at: i64| json!({"id": id, "sha": sha(of), "environment": "production", "created_at": text(at), "creator": null});
    let begun = |at: i64| json!([{"state": "in_progress", "created_at": text(at)}]);
    let old = time::rfc3339("2026-01-01T00:00:00Z").unwrap().0;
    let place = |path: &str| format!("repos/acme/web{path}");
    [
        (place(""), json!({"default_branch": "main"})),
        (place("/branches/main"), json!({"commit": {"sha": sha("merge")}})),
        (place("/commits"), json!([merge, commit("base", "ada", old, "none")])),
        (place(&format!("/commits/{}", sha("merge"))), single),
        (place(&format!("/commits/{}/pulls", sha("merge"))), json!([pull])),
        (place("/pulls/1"), pull),
        (place("/pulls/1/commits"), commits.into()),
        (place("/pulls/1/reviews"), reviews.into()),
        (place("/deployments"), json!([deployment(1, "merge", there.deployed_at), deployment(0, "base", old)])),
        (place("/deployments/0/statuses"), begun(old)),
        (place("/deployments/1/statuses"), begun(there.deployed_at)),
    ]
    .into_iter()
    .collect()
}

/// What holds at one instant.
#[derive(Clone, Debug, Default)]
struct Moment {
    /// Who approves the commit that will be merged, and since when.
    approving: BTreeMap<usize, i64>,
    /// Whose approval is of another commit.
    void: BTreeSet<usize>,
    objecting: BTreeSet<usize>,
}

/// Lives through the story again, up to just before `until`. A review that is dismissed one day never counted.
fn moment(story: &[(i64, Event)], there: &Aftermath, until: i64) -> Moment {
    let mut now = time::rfc3339(START).unwrap().0;
    let last = there.commits.len() - 1;
    let mut moment = Moment::default();
    let mut reviews = there.reviews.iter();
    for (minutes, event) in story {
        now += minutes * 60_000;
        let (Event::Approve(who, _) | Event::RequestChanges(who) | Event::Comment(who)) = *event else { continue };
        let review = reviews.next().unwrap();
        if now >= until || matches!(event, Event::Comment(_)) {
            continue;
        }
        // Whatever somebody says stands in the place of what they said.
        let approved_since = moment.approving.remove(&who);
        moment.void.remove(&who);
        moment.objecting.remove(&who);
        if review.state == "DISMISSED" {
            continue;
        }
        match event {
            Event::Approve(..) if review.commit == last => {
                moment.approving.insert(who, approved_since.unwrap_or(now));
            }
            Event::Approve(..) => drop(moment.void.insert(who)),
            _ => drop(moment.objecting.insert(who)),
        }
    }
    moment
}

/// Since when a technical reviewer and carla, for security, approve, neither of them an author.
fn complete(moment: &Moment, authors: &BTreeSet<usize>) -> (Option<i64>, Option<i64>, Option<i64>) {
    let carla = 2;
    let others = moment.approving.iter().filter(|(who, _)| !authors.contains(who));
    let technical = others.clone().filter(|(who, _)| **who != carla).map(|(_, since)| *since).min();
    let security = others.filter(|(who, _)| **who == carla).map(|(_, since)| *since).next();
    (technical, security, technical.zip(security).map(|(technical, security)| technical.max(security)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn approvals_agree_with_whoever_was_there(story in story(), emergency: bool, size in 1_usize..4) {
        let there = live(&story);
        let documents = documents(&there, emergency);
        let host = TestHost::new()
            .with_setting("time_zone", "UTC")
            .with_setting("repositories", vec!["acme/web"])
            .with_setting("security_reviewers", vec!["carla"]);
        let host = http(host, &documents, size);
        let run = host.collect::<Change>().unwrap();
        prop_assert_eq!(run.claim("change").unwrap().population.source_total, Some(1), "{:?}", run.notes());
        let row = &run.rows("change")[0];

        let now = tickmark_collector::Host::as_of(&host).0 + 1;
        let authors: BTreeSet<usize> = there.commits.iter().map(|(who, _)| *who).chain([0]).collect();
        let (then, today) = (moment(&story, &there, there.deployed_at), moment(&story, &there, now));
        let ((technical, security, before), (technical_now, security_now, at_last)) = (complete(&then, &authors), complete(&today, &authors));
        // The end of the first day without a weekend in between that follows the deployment.
        let day = 86_400_000;
        let due = (1..).map(|days| (there.deployed_at / day + days) * day).find(|start| !matches!((start / day + 3) % 7, 5 | 6)).unwrap() + day;
        let in_time = complete(&moment(&story, &there, (due + 1).min(now)), &authors).2;
        let approved_at = if emergency { before.or(in_time).or(at_last) } else { before.or(at_last) };

        let flag = |column: &str| row.get(column).as_boolean().unwrap();
        let when = |at: Option<i64>| Value::from(at.map(Datetime));
        prop_assert_eq!(row.get("deployed_at"), &when(Some(there.deployed_at)));
        prop_assert_eq!(flag("approved_before_deploy"), before.is_some());
        prop_assert_eq!(flag("technical_approved"), technical.or(technical_now).is_some());
        prop_assert_eq!(flag("security_approved"), security.or(security_now).is_some());
        prop_assert_eq!(flag("approval_void"), before.is_none() && then.void.iter().any(|who| !authors.contains(who)));
        prop_assert_eq!(flag("self_approved"), then.approving.keys().any(|who| authors.contains(who)));
        prop_assert_eq!(flag("changes_requested"), !then.objecting.is_empty());
        let approvers: BTreeSet<&str> =
            then.approving.keys().chain(today.approving.keys()).filter(|who| !authors.contains(who)).map(|who| PEOPLE[*who]).collect();
        prop_assert_eq!(row.get("approvers").texts(), approvers.into_iter().collect::<Vec<_>>());
        if emergency {
            prop_assert_eq!(row.get("emergency_due"), &when(Some(due)));
            prop_assert_eq!(row.get("emergency_approved_at"), &when(approved_at));
        } else {
            prop_assert_eq!(row.get("approved_at"), &when(approved_at));
            prop_assert_eq!(row.get("emergency_approved_at"), &Value::Absent);
        }
    }
}

/// A model that only ever sees one answer would agree with anything.
#[test]
fn the_stories_reach_every_answer() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeMap::<&str, u32>::new();
    for _ in 0..600 {
        let story = story().new_tree(&mut runner).unwrap().current();
        let there = live(&story);
        let authors: BTreeSet<usize> = there.commits.iter().map(|(who, _)| *who).chain([0]).collect();
        let then = moment(&story, &there, there.deployed_at);
        let before = complete(&then, &authors).2.is_some();
        let later = complete(&moment(&story, &there, i64::MAX), &authors).2.is_some();
        let answers = [
            ("before", before),
            ("not before", !before),
            ("only later", !before && later),
            ("taken back later", before && !later),
            ("void", !before && then.void.iter().any(|who| !authors.contains(who))),
            ("by an author", then.approving.keys().any(|who| authors.contains(who))),
            ("objected", !then.objecting.is_empty()),
        ];
        for (name, _) in answers.iter().filter(|(_, hit)| *hit) {
            *seen.entry(name).or_default() += 1;
        }
    }
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < 8).collect();
    assert!(seen.len() == 7 && rare.is_empty(), "{seen:?}");
}
