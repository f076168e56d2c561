//! What the collector declares: a fact for each kind of review, what follows from them, the state of the ledger that it reads, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("review", env!("CARGO_PKG_VERSION"))
        .fact(review(
            "access_review",
            "Review::Access",
            "one review of accounts, or one that is expected and not there",
        ))
        .fact(review(
            "firewall_review",
            "Review::Firewall",
            "one review of firewall rules, or one that is expected and not there",
        ))
        .fact(follow_up())
        .need(Need::files("reviews", "read what the ledger says of reviews (`ledger = \"reviews\"`)"))
        .setting(Column::text("expected", "the kinds of review that are expected: access, firewall").set().required())
}

/// A fact for each kind of review, so that a doubt about one says nothing about the other.
fn review(name: &str, kind: &str, doc: &str) -> Fact {
    Fact::new(name, kind, doc)
        .column(Column::text("window", "the window that it counts for, such as 2026-Q3").required())
        .column(Column::boolean("opened", "false for one that is expected and not there").required())
        .column(Column::datetime("opened_at", "when its items were frozen"))
        .column(Column::datetime("due", "the instant by which it is due, inclusive").required())
        .column(Column::boolean("closed", "whether somebody closed it").required())
        .column(Column::datetime("closed_at", "when it was closed"))
        .column(Column::boolean("on_time", "whether it was closed by its due date").required())
        .column(Column::boolean("late_for_window", "whether it was closed after its window and the grace").required())
        .column(
            Column::boolean("superseded", "whether it is not closed and another one serves its window instead")
                .required(),
        )
        .column(Column::text("departments", "the only departments that it is about; empty: all").set().required())
        .column(Column::text("reviewers", "who was to decide, by name as asserted").set().required())
        .column(Column::long("items", "what was to be decided").required())
        .column(Column::long("decided", "items decided before it was closed").required())
        .column(Column::long("undecided", "items not decided").required())
        .column(Column::long("kept", "decisions that leave it as it is").required())
        .column(Column::long("changed", "decisions to change it").required())
        .column(Column::long("revoked", "decisions to take it away").required())
        .column(Column::long("self_reviewed", "items that somebody decided about their own account").required())
        .column(Column::long("unauthorised", "items decided by somebody who was not to decide them").required())
        .column(
            Column::long("without_department", "accounts of no department, where departments are reviewed").required(),
        )
        .column(Column::long("without_reviewer", "items that nobody was named for").required())
        .column(Column::duration("elapsed", "from opening to closing"))
        .column(Column::text("digest", "digest of what was reviewed"))
        .column(Column::text("in_force", "digest of the same as it was last collected"))
        .column(Column::boolean(
            "signed",
            "whether every decision that counts and the closing are signed with a key of whoever did them",
        ))
        .event_time("closed_at")
}

fn follow_up() -> Fact {
    Fact::new("follow_up", "Review::FollowUp", "one decision to change or take away, or a review without any")
        .column(Column::text("kind", "what was reviewed: access or firewall").required())
        .column(Column::text("review", "the record that opened the review").required())
        .column(Column::text("name", "what the source calls the account or the rule"))
        .column(Column::text("item", "the item; absent where there is nothing to do"))
        .column(Column::text("decision", "change, revoke, or none where there is nothing to do").required())
        .column(Column::datetime("decided_at", "when it was first decided so, or the review was closed").required())
        .column(Column::datetime("due", "the instant by which it is to be done, inclusive").required())
        .column(Column::boolean("done", "whether the source shows that it is done").required())
        .column(Column::datetime("done_at", "the earliest time at which a look at the source showed it done"))
        .column(Column::datetime("looked_at", "when the source was last looked at since the decision"))
        .column(Column::text("shown_by", "the record or the observations of that look"))
        .event_time("done_at")
}
