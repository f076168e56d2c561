//! The controls about reviews: what fails, what is still to come, and that nothing missing passes.

use super::*;

/// Reviews of the fact `fact`, written `name:words`: `open` and `missing` are not closed, `due` is still to come; `late`, `given-up`;
/// `column=number`. Otherwise it is closed in time with ten items, all decided.
fn reviews(fact: &str, text: &str) -> Collection {
    let rows: Vec<(String, Given)> = text.split_whitespace().map(review).collect();
    let plugin = plugin("review");
    collection(&plugin, vec![table(plugin.fact(fact).unwrap(), &rows)])
}

fn review(text: &str) -> (String, Given) {
    let (name, words) = text.split_once(':').unwrap();
    let words: Vec<&str> = words.split(',').collect();
    let is = |word: &str| words.contains(&word);
    let number = |column: &str, otherwise: i64| {
        let set = words.iter().find_map(|word| word.strip_prefix(column)?.strip_prefix('='));
        long(set.map_or(otherwise, |number| number.parse().unwrap()))
    };
    let closed = !is("open") && !is("missing");
    let mut cells = vec![
        ("window", text_of("2026-Q3")),
        ("opened", yes(!is("missing"))),
        ("due", datetime(if is("due") { "2026-12-01" } else { "2026-10-01" })),
        ("closed", yes(closed)),
        ("on_time", yes(closed && !is("late"))),
        ("late_for_window", yes(false)),
        ("superseded", yes(is("given-up"))),
        ("departments", texts(&[])),
        ("reviewers", texts(&["ada@example.com"])),
        ("items", number("items", 10)),
        ("decided", long(10)),
        ("undecided", number("undecided", 0)),
        ("kept", long(10)),
        ("changed", long(0)),
        ("revoked", long(0)),
        ("self_reviewed", number("self_reviewed", 0)),
        ("unauthorised", number("unauthorised", 0)),
        ("without_department", number("without_department", 0)),
        ("without_reviewer", number("without_reviewer", 0)),
    ];
    if closed {
        cells.push(("closed_at", datetime("2026-09-20")));
    }
    (name.to_owned(), cells)
}

fn text_of(text: &str) -> Value {
    fixture::text(text)
}

#[test]
fn a_review_passes_when_everybody_was_decided_in_time_by_who_was_to() {
    let check = |text: &str, expected: &str| check("CC6.2-access-review", &[&reviews("access_review", text)], expected);
    check(
        "a:closed b:open,due c:open,given-up",
        "pass: 1 in scope, 1 conforming, 0 exceptions, 0 undecided, 2 excluded",
    );
    check(
        "a:closed b:missing c:open d:late e:undecided=1 f:items=0 g:self_reviewed=1 h:unauthorised=2 \
         i:without_department=1 j:without_reviewer=1",
        r#"fail: 10 in scope, 1 conforming, 9 exceptions, 0 undecided, 0 excluded
           Review::Access::"b": access-review-missing
           Review::Access::"c": access-review-overdue
           Review::Access::"d": access-review-late
           Review::Access::"e": access-review-undecided
           Review::Access::"f": access-review-undecided
           Review::Access::"g": access-review-of-oneself
           Review::Access::"h": access-review-unauthorised
           Review::Access::"i": access-review-without-department
           Review::Access::"j": access-review-without-reviewer"#,
    );
}

#[test]
fn a_review_that_is_still_to_come_shows_nothing() {
    check(
        "CC6.2-access-review",
        &[&reviews("access_review", "a:open,due")],
        "inconclusive: 0 in scope, 0 conforming, 0 exceptions, 0 undecided, 1 excluded
         nothing-in-scope: none of 1 subjects is in scope",
    );
}

#[test]
fn rules_have_no_owners_and_no_departments() {
    check(
        "CC6.6-firewall-review",
        &[&reviews(
            "firewall_review",
            "a:self_reviewed=1,without_department=1 b:missing c:open d:late e:undecided=1 f:unauthorised=1",
        )],
        r#"fail: 6 in scope, 1 conforming, 5 exceptions, 0 undecided, 0 excluded
           Review::Firewall::"b": firewall-review-missing
           Review::Firewall::"c": firewall-review-overdue
           Review::Firewall::"d": firewall-review-late
           Review::Firewall::"e": firewall-review-undecided
           Review::Firewall::"f": firewall-review-unauthorised"#,
    );
}

#[test]
fn what_was_decided_is_done_in_time_as_the_source_shows() {
    let row = |name: &str, kind: &str, [decided, due]: [&str; 2], done_at: Option<&str>| {
        let mut cells = vec![
            ("kind", text_of(kind)),
            ("review", text_of("review/12")),
            ("decision", text_of("revoke")),
            ("decided_at", datetime(decided)),
            ("due", datetime(due)),
            ("done", yes(done_at.is_some())),
        ];
        cells.extend(done_at.map(|at| ("done_at", datetime(at))));
        (name.to_owned(), cells)
    };
    let week = ["2026-11-01", "2026-11-08"];
    let rows = [
        row("in-time", "access", week, Some("2026-11-08")),
        row("late", "access", week, Some("2026-11-09")),
        row("long", "access", ["2026-11-01", "2026-11-09"], Some("2026-11-02")),
        row("none", "access", ["2026-11-01", "2026-11-01"], Some("2026-11-01")),
        row("rule", "firewall", week, None),
        row("to-come", "access", ["2026-11-18", "2026-11-25"], None),
        row("undone", "access", week, None),
    ];
    let plugin = plugin("review");
    let collection = collection(&plugin, vec![table(plugin.fact("follow_up").unwrap(), &rows)]);
    check(
        "CC6.2-access-review-actions",
        &[&collection],
        r#"fail: 5 in scope, 2 conforming, 3 exceptions, 0 undecided, 2 excluded
           Review::FollowUp::"late": access-review-actions-late
           Review::FollowUp::"long": access-review-actions-too-long
           Review::FollowUp::"undone": access-review-actions-undone"#,
    );
}
