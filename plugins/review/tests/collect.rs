//! What the collector gives for a state of the ledger, in one literal each.

mod common;

use common::{host, report};
use tickmark_collector::Value;

const WINDOWS: &str = r#"{"line":"window","kind":"access","frequency":"quarterly","name":"2026-Q2","start":"2026-04-01T00:00:00Z","end":"2026-07-01T00:00:00Z","due":"2026-07-01T00:00:00Z","expected":true}
{"line":"window","kind":"access","frequency":"quarterly","name":"2026-Q3","start":"2026-07-01T00:00:00Z","end":"2026-10-01T00:00:00Z","due":"2026-10-01T00:00:00Z","expected":true}
{"line":"window","kind":"access","frequency":"quarterly","name":"2026-Q4","start":"2026-10-01T00:00:00Z","end":"2027-01-01T00:00:00Z","due":"2027-01-01T00:00:00Z","expected":true}
{"line":"window","kind":"firewall","frequency":"quarterly","name":"2026-Q2","start":"2026-04-01T00:00:00Z","end":"2026-07-01T00:00:00Z","due":"2026-07-01T00:00:00Z","expected":true}
{"line":"window","kind":"firewall","frequency":"quarterly","name":"2026-Q3","start":"2026-07-01T00:00:00Z","end":"2026-10-01T00:00:00Z","due":"2026-10-01T00:00:00Z","expected":true}
{"line":"window","kind":"firewall","frequency":"quarterly","name":"2026-Q4","start":"2026-10-01T00:00:00Z","end":"2027-01-01T00:00:00Z","due":"2027-01-01T00:00:00Z","expected":true}
"#;

/// A state with these lines behind the windows of three quarters for each kind.
fn state(since: &str, lines: &[&str]) -> String {
    let count = |word: &str| lines.iter().filter(|line| line.contains(&format!(r#""line":"{word}""#))).count();
    let (reviews, actions) = (count("review"), count("action"));
    let since = if since.is_empty() { String::new() } else { format!(r#""since":"{since}","#) };
    let mut state = format!(
        r#"{{"line":"head","schema":"tickmark/reviews/1","system":"web",{since}"windows":6,"reviews":{reviews},"actions":{actions}}}"#
    );
    state.push('\n');
    state.push_str(WINDOWS);
    for line in lines {
        state.push_str(line);
        state.push('\n');
    }
    state
}

const COUNTS: &str = r#""counts":{"items":3,"kept":2,"changed":0,"revoked":1,"self_reviewed":0,"unauthorised":0,"without_department":0,"without_reviewer":0}"#;

/// A review of access: its number, when it was opened, when it was closed (or nothing), and more members.
fn review(number: u64, opened: &str, closed: &str, more: &str) -> String {
    let closed = if closed.is_empty() { String::new() } else { format!(r#""closed_at":"{closed}T12:00:00Z","#) };
    let month: String = opened.chars().take(7).collect();
    format!(
        r#"{{"line":"review","id":"review/{number}","kind":"access","opened_at":"{opened}T08:00:00Z","due":"{month}-28T00:00:00Z",{closed}{more}"reviewers":["cto@example.com"],{COUNTS}}}"#
    )
}

#[test]
fn a_quarter_without_a_review_is_a_row_and_one_before_the_ledger_is_in_doubt() {
    assert_eq!(
        report(&host(&state("2026-08-01T00:00:00Z", &[]))),
        "access_review access/2026-Q3 from [0]: window=2026-Q3 due=2026-10-01T00:00:00Z late_for_window
access_review: 1 of 2
firewall_review firewall/2026-Q3 from [0]: window=2026-Q3 due=2026-10-01T00:00:00Z late_for_window
firewall_review: 1 of 2
follow_up: 0 of 0
note: nothing shows whether a review of kind access was done in 2026-Q2: it was over before the ledger began
note: nothing shows whether a review of kind firewall was done in 2026-Q2: it was over before the ledger began
"
    );
    let empty = report(&host(&state("", &[])).with_setting("expected", vec!["firewall"]));
    assert!(empty.starts_with("access_review: 0 of 0\nfirewall_review: 0 of 2\n"), "{empty}");
}

#[test]
fn a_window_is_open_until_its_end_and_the_grace_are_over() {
    let started = "2026-01-01T00:00:00Z";
    let closed = review(12, "2026-06-02", "2026-06-20", "");
    let host = host(&state(started, &[&closed])).with_setting("expected", vec!["access"]);
    let missing = "access_review access/2026-Q3 from [0]: window=2026-Q3 due=2026-10-01T00:00:00Z late_for_window\n";
    assert!(report(&host).contains(missing), "{}", report(&host));
    let third = r#""name":"2026-Q3","start":"2026-07-01T00:00:00Z","end":"2026-10-01T00:00:00Z","due":"#;
    let text = state(started, &[&closed]);
    let text = text.replace(&format!("{third}\"2026-10-01"), &format!("{third}\"2026-11-30"));
    let later = common::host(&text).with_setting("expected", vec!["access"]);
    assert!(!report(&later).contains("access/2026-Q3"), "{}", report(&later));
    assert!(report(&later).contains("access_review: 1 of 1\n"), "{}", report(&later));
}

#[test]
fn a_closed_review_fills_its_window_with_all_that_was_counted() {
    let closed =
        review(12, "2026-09-02", "2026-09-20", r#""digest":"sha256:aa","in_force":"sha256:bb","signed":true,"#);
    let action = r#"{"line":"action","review":"review/12","item":"mfa/user/7","name":"Mallory","decision":"revoke","decided_at":"2026-09-19T10:00:00Z","due":"2026-09-26T10:00:00Z","done":true,"done_at":"2026-09-21T02:00:00Z","looked_at":"2026-11-19T02:00:00Z","shown_by":"evaluation/40"}"#;
    let host = host(&state("2026-07-01T00:00:00Z", &[&closed, action])).with_setting("expected", vec!["access"]);
    assert_eq!(
        report(&host),
        "access_review review/12 from [0]: window=2026-Q3 opened opened_at=2026-09-02T08:00:00Z \
         due=2026-09-28T00:00:00Z closed closed_at=2026-09-20T12:00:00Z on_time reviewers=cto@example.com items=3 \
         decided=3 kept=2 revoked=1 elapsed=18d4h digest=sha256:aa in_force=sha256:bb signed
access_review: 1 of 2
firewall_review: 0 of 0
follow_up review/12/mfa/user/7 from [0]: kind=access review=review/12 name=Mallory item=mfa/user/7 decision=revoke \
         decided_at=2026-09-19T10:00:00Z due=2026-09-26T10:00:00Z done done_at=2026-09-21T02:00:00Z \
         looked_at=2026-11-19T02:00:00Z shown_by=evaluation/40
follow_up: 1 of 1
note: nothing shows whether a review of kind access was done in 2026-Q2: it was over before the ledger began
"
    );
}

#[test]
fn a_review_is_dated_when_it_was_closed() {
    use tickmark_collector::Collector as _;
    let facts = tickmark_review::Review::describe().facts;
    let dated = facts.iter().map(|fact| (fact.name.as_str(), fact.event_time.as_deref()));
    assert_eq!(
        dated.collect::<Vec<_>>(),
        [("access_review", Some("closed_at")), ("firewall_review", Some("closed_at")), ("follow_up", Some("done_at"))]
    );
}

#[test]
fn a_review_without_consequences_is_a_row_of_its_own() {
    let closed = review(12, "2026-11-02", "2026-11-10", "");
    let text = report(&host(&state("2026-10-01T00:00:00Z", &[&closed])));
    let expected = "follow_up review/12 from [0]: kind=access review=review/12 decision=none \
                    decided_at=2026-11-10T12:00:00Z due=2026-11-10T12:00:00Z done done_at=2026-11-10T12:00:00Z
follow_up: 1 of 1\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_is_over_is_left_out_but_for_what_is_not_done() {
    let old = review(2, "2025-11-02", "2025-11-10", "");
    let action = |item: &str, done: bool| {
        format!(
            r#"{{"line":"action","review":"review/2","item":"{item}","decision":"revoke","decided_at":"2025-11-09T10:00:00Z","due":"2025-11-16T10:00:00Z","done":{done}}}"#
        )
    };
    let state = state("2025-01-01T00:00:00Z", &[&old, &action("mfa/user/1", true), &action("mfa/user/2", false)]);
    let text = report(&host(&state).with_setting("expected", vec!["access"]));
    let expected = "access_review: 2 of 3, 1 reviews of windows that are not looked at
firewall_review: 0 of 0
follow_up review/2/mfa/user/2 from [0]: kind=access review=review/2 item=mfa/user/2 decision=revoke \
                    decided_at=2025-11-09T10:00:00Z due=2025-11-16T10:00:00Z
follow_up: 1 of 2, 1 decisions of reviews of windows that are not looked at, which the source shows done\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_cannot_be_read_any_more_is_missing_from_the_population() {
    let erased = r#"{"line":"review","id":"review/3","kind":"access","opened_at":"2026-11-02T08:00:00Z","due":"2026-12-02T00:00:00Z","reviewers":[]}"#;
    let other = r#"{"line":"review","id":"review/4","kind":"physical","opened_at":"2026-11-02T08:00:00Z","due":"2026-12-02T00:00:00Z","reviewers":[]}"#;
    let text = report(&host(&state("2026-10-01T00:00:00Z", &[erased, other])));
    assert_eq!(
        text,
        "access_review: 0 of 3
firewall_review: 0 of 2
follow_up: 0 of 2
note: what `review/3` was about is not there any more
note: nothing shows whether a review of kind access was done in 2026-Q2: it was over before the ledger began
note: nothing shows whether a review of kind access was done in 2026-Q3: it was over before the ledger began
note: nothing shows whether a review of kind firewall was done in 2026-Q2: it was over before the ledger began
note: nothing shows whether a review of kind firewall was done in 2026-Q3: it was over before the ledger began
note: `review/4` is of kind `physical`, which is not known here
"
    );
}

#[test]
fn every_wrong_setting_is_said_with_what_it_may_be() {
    let host = || host(&state("", &[]));
    let none = Value::SetOf(Vec::new());
    for (name, value, message) in [
        ("expected", none, "invalid: setting `expected` is empty, expected access, firewall or both\n"),
        ("expected", vec!["acess"].into(), "invalid: setting `expected` has `acess`, expected access or firewall\n"),
    ] {
        assert_eq!(report(&host().with_setting(name, value)), message);
    }
}

#[test]
fn what_is_no_whole_state_is_a_failure() {
    let good = state("", &[&review(12, "2026-09-02", "", "")]);
    let check = |text: String| report(&host(&text));
    let failed = |why: &str| format!("invalid: {why}\n");
    assert_eq!(check(String::new()), failed("the state does not start with its head"));
    assert_eq!(check(WINDOWS.to_owned()), failed("the state does not start with its head"));
    assert_eq!(
        check(good.replace("reviews/1", "reviews/2")),
        failed("the state is of schema `tickmark/reviews/2`, expected `tickmark/reviews/1`")
    );
    let cut = good.lines().take(7).map(|line| format!("{line}\n")).collect::<String>();
    assert_eq!(check(cut.clone()), failed("the state has 0 reviews, its head says 1"));
    assert_eq!(check(good.trim_end().to_owned()), failed("the state is cut off: its last line does not end"));
    let last = good.lines().last().unwrap_or_default();
    assert_eq!(check(format!("{good}{last}\n")), failed("line 9 of the state has review `review/12` again"));
    let window = WINDOWS.lines().next().unwrap_or_default();
    assert_eq!(check(format!("{good}{window}\n")), failed("line 9 of the state stands too late"));
    assert_eq!(check(format!("{cut}{window}\n")), failed("line 8 of the state has window `2026-Q2` again"));
    assert_eq!(
        check(good.replace("review/12", "review/12/x")),
        failed("line 8 of the state has review `review/12/x`, which is no id of a review")
    );
    let again = window.replace("2026-04-01", "2027-01-01").replace("2026-07-01", "2027-04-01");
    assert_eq!(check(format!("{cut}{again}\n")), failed("line 8 of the state has window `2026-Q2` again"));
    assert!(
        check(good.replace("\"items\":3", "\"items\":-3")).starts_with("invalid: line 8 of the state cannot be read")
    );
    let action = r#"{"line":"action","review":"review/1","item":"x","decision":"revoke","decided_at":"2025-11-09T10:00:00Z","due":"2025-11-16T10:00:00Z","done":false}"#;
    assert_eq!(
        check(format!("{good}{action}\n")),
        failed("line 9 of the state is about review `review/1`, which is not there")
    );
    let action = action.replace("review/1", "review/12");
    assert_eq!(
        check(format!("{good}{action}\n{action}\n")),
        failed("line 10 of the state has item `x` of `review/12` again")
    );
    // Days of work need not follow each other; but they are apart, and none is due before it ends.
    assert_eq!(
        check(good.replace("\"start\":\"2026-07-01", "\"start\":\"2026-06-30")),
        failed("line 3 of the state has window `2026-Q3`, which does not follow `2026-Q2`")
    );
    assert_eq!(
        check(good.replace("\"due\":\"2026-07-01", "\"due\":\"2026-06-30")),
        failed("line 2 of the state has window `2026-Q2`, which is due before it ends")
    );
    assert!(check(good.replace("\"start\":\"2026-07-01", "\"start\":\"2026-07-02")).starts_with("access_review"));
    assert!(check(good.replace("08:00:00Z", "8 o'clock")).contains("is no time"));
    assert!(check(good.replace("\"kind\"", "\"kinds\"")).starts_with("invalid: line 2 of the state cannot be read"));
}
