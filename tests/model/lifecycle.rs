//! The controls on joiners, movers and leavers, and on whose accounts are.

use tickmark_model::Control;

use super::{DAY, Subject, asks, said};

/// Whether a subject is in the scope of `control`: what may still be done by its deadline is not.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>, as_of: i128) -> bool {
    let number = |name| subject.number(name).unwrap();
    match control {
        "CC6.2-access-termination" => {
            let closed = number("accounts") > 0 && number("open") == 0;
            closed || as_of > number("left_at") + DAY
        }
        "CC6.2-account-owner" => subject.flag("enabled") == Some(true),
        "CC6.3-mover-roles" => number("left_count") == 0 || as_of > number("effective_at") + 7 * DAY,
        _ => true,
    }
}

/// The policies that speak against a subject.
pub(super) fn against(control: &Control, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let is = |name| subject.flag(name) == Some(true);
    let number = |name| subject.number(name).unwrap();
    match control.id.as_str() {
        "CC6.2-access-termination" => {
            let kept = subject.number("rehired_at").is_some_and(|rehired| rehired - number("left_at") <= DAY);
            if kept {
                return vec![];
            }
            said(&[
                ("access-termination-open", number("open") > 0),
                ("access-termination-late", subject.number("took").is_some_and(|took| took > DAY)),
                // What is closed while there is still time was closed in time.
                ("access-termination-undated", number("undated") > 0 && as_of > number("left_at") + DAY),
                ("access-termination-not-shown", number("accounts") == 0),
            ])
        }
        "CC6.2-account-owner" => {
            // HR need not know who answers for a service, such as a team. Whoever it knows to have left answers for nothing.
            let (service, owner) = (subject.text("kind") == Some("service"), subject.text("owner"));
            let employed = subject.text("employed");
            said(&[
                ("account-owner-nobody", subject.text("kind") == Some("person") && employed == Some("unknown")),
                ("account-owner-left", employed == Some("left")),
                ("account-owner-not-yet", employed == Some("not-yet")),
                ("account-owner-service", service && owner.is_none()),
                ("account-owner-service-left", service && subject.text("owner_employed") == Some("left")),
                (
                    "account-owner-by-email",
                    subject.text("matched") == Some("email") && !asks(control, "email_is_enough"),
                ),
            ])
        }
        "CC6.2-joiner-approved" => said(&[
            ("joiner-approved-no-request", !is("requested")),
            ("joiner-approved-late", is("requested") && !is("approved_before")),
            ("joiner-approved-by-oneself", is("self_approved")),
        ]),
        "CC6.3-mover-roles" => {
            let took = subject.number("removed_at").map(|removed| removed - number("effective_at"));
            // Who had no account, or no role that the new ones are not, had nothing to lose.
            let removed = number("accounts") > 0 && subject.has_any("lost") && number("left_count") == 0;
            said(&[
                ("mover-roles-left", number("left_count") > 0),
                ("mover-roles-late", took.is_some_and(|took| took > 7 * DAY)),
                ("mover-roles-undated", removed && took.is_none() && asks(control, "date_needed")),
            ])
        }
        other => panic!("no model of {other}"),
    }
}
