//! The controls on reviews by named people, and on what follows from them.

use super::{DAY, Subject, said};

/// Whether a review, or what one decided, is in the scope of `control`: what may still come by its due date is not.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>, as_of: i128) -> bool {
    let is = |name| subject.flag(name) == Some(true);
    let over = as_of > subject.number("due").unwrap();
    match control {
        "CC6.2-access-review-actions" => subject.text("kind") == Some("access") && (is("done") || over),
        // One that was never opened is not to come: it is not there.
        _ => !is("superseded") && (is("closed") || !is("opened") || over),
    }
}

/// The policies that speak against a review, or against what one decided.
pub(super) fn against(control: &str, subject: &Subject<'_>) -> Vec<&'static str> {
    let is = |name| subject.flag(name) == Some(true);
    let number = |name| subject.number(name).unwrap();
    let some = |name| number(name) > 0;
    if control == "CC6.2-access-review-actions" {
        let due = number("due");
        return said(&[
            ("access-review-actions-undone", !is("done")),
            ("access-review-actions-late", subject.number("done_at").is_some_and(|done| done > due)),
            ("access-review-actions-too-long", due - number("decided_at") > 7 * DAY),
        ]);
    }
    let missing = !is("opened");
    let overdue = is("opened") && !is("closed");
    let late = is("closed") && !is("on_time");
    // A review of nothing decided nothing.
    let undecided = is("closed") && (some("undecided") || !some("items"));
    match control {
        "CC6.2-access-review" => said(&[
            ("access-review-missing", missing),
            ("access-review-overdue", overdue),
            ("access-review-late", late),
            ("access-review-undecided", undecided),
            ("access-review-of-oneself", some("self_reviewed")),
            ("access-review-unauthorised", some("unauthorised")),
            ("access-review-without-department", some("without_department")),
            ("access-review-without-reviewer", some("without_reviewer")),
        ]),
        // Rules have neither owners nor departments.
        "CC6.6-firewall-review" => said(&[
            ("firewall-review-missing", missing),
            ("firewall-review-overdue", overdue),
            ("firewall-review-late", late),
            ("firewall-review-undecided", undecided),
            ("firewall-review-unauthorised", some("unauthorised") || some("without_reviewer")),
        ]),
        other => panic!("no model of {other}"),
    }
}
