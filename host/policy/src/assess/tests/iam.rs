//! CC6.1 to CC6.3 on accounts, keys, roles and grants: which policies speak against a row that differs from a sound one.

use tickmark_model::*;

use super::*;

/// A row of `fact` that conforms to its control.
struct Sound {
    control: &'static str,
    fact: &'static str,
    cells: Given,
}

impl Sound {
    /// The policies that speak against the row with these cells in the place of its own; absent where there is no value.
    #[track_caller]
    fn check(&self, changes: &[(&'static str, Option<Value>)], against: &str) {
        let finding = self.judged(changes);
        let ids: Vec<&str> = finding.exceptions.iter().flat_map(|it| &it.policies).map(|it| it.id.as_str()).collect();
        assert_eq!(ids.join(" "), against, "{changes:?}");
        assert_eq!(finding.reasons, [], "{changes:?}");
        assert_eq!(finding.outcome, if against.is_empty() { Outcome::Pass } else { Outcome::Fail }, "{changes:?}");
    }

    /// The row with these cells is out of scope, and nothing else is there.
    #[track_caller]
    fn check_outside(&self, changes: &[(&'static str, Option<Value>)]) {
        let finding = self.judged(changes);
        let codes: Vec<&str> = finding.reasons.iter().map(|reason| reason.code.0.as_str()).collect();
        assert_eq!((finding.counts.excluded, codes), (1, vec!["nothing-in-scope"]), "{changes:?}");
    }

    fn judged(&self, changes: &[(&'static str, Option<Value>)]) -> Finding {
        let iam = plugin("iam");
        let mut cells = self.cells.clone();
        for (column, value) in changes {
            cells.retain(|(name, _)| name != column);
            cells.extend(value.clone().map(|value| (*column, value)));
        }
        let rows = table(iam.fact(self.fact).unwrap(), &[("one".to_owned(), cells)]);
        judged(self.control, &[&collection(&iam, vec![rows])])
    }
}

fn account(control: &'static str) -> Sound {
    let cells = vec![
        ("system", text("aws")),
        ("login", text("ada")),
        ("kind", text("person")),
        ("enabled", yes(true)),
        ("privileged", yes(true)),
        ("approved", yes(true)),
        ("registered", yes(false)),
        ("roles", texts(&[])),
        ("groups", texts(&[])),
        ("created_at", datetime("2026-01-01T00:00:00Z")),
        ("last_active", datetime("2026-11-19T09:00:00Z")),
    ];
    Sound { control, fact: "account", cells }
}

fn at(time: &str) -> Option<Value> {
    Some(datetime(time))
}

#[test]
fn an_active_key_is_young_and_used_and_not_of_root() {
    let cells = vec![
        ("system", text("aws")),
        ("account", text("a")),
        ("login", text("deploy")),
        ("kind", text("service")),
        ("state", text("active")),
        ("created_at", datetime("2026-08-22T09:00:00Z")),
        ("last_used", datetime("2026-08-22T09:00:00Z")),
    ];
    let sound = Sound { control: "CC6.1-access-keys", fact: "access_key", cells };
    let old = ("created_at", at("2026-08-22T08:59:59Z"));
    let unused = ("last_used", at("2026-08-22T08:59:59Z"));
    sound.check(&[], "");
    sound.check(std::slice::from_ref(&old), "access-keys-too-old");
    sound.check(std::slice::from_ref(&unused), "access-keys-unused");
    // One that was never used counts from its creation.
    sound.check(&[("last_used", None)], "");
    sound.check(&[("last_used", None), old.clone()], "access-keys-too-old access-keys-unused");
    sound.check(&[("created_at", None)], "access-keys-too-old");
    sound.check(&[("created_at", None), ("last_used", None)], "access-keys-too-old access-keys-unused");
    sound.check(&[("last_used", at("2026-11-20T09:05:00Z"))], "");
    sound.check(&[("last_used", at("2026-11-20T09:05:01Z"))], "access-keys-in-the-future");
    sound.check(&[("created_at", at("2026-11-20T09:05:01Z"))], "access-keys-in-the-future");
    let state = |word: &str| ("state", Some(text(word)));
    sound.check(&[state("inactive"), old, unused], "");
    sound.check(&[state("none"), ("created_at", None), ("last_used", None)], "");
    sound.check(&[("kind", Some(text("root")))], "access-keys-of-root");
    sound.check(&[("kind", Some(text("root"))), state("none")], "");
    sound.check(&[("kind", Some(text("root"))), state("inactive")], "");
}

#[test]
fn an_enabled_account_was_used_within_ninety_days() {
    let sound = account("CC6.2-inactive-accounts");
    sound.check(&[], "");
    sound.check(&[("last_active", at("2026-08-22T09:00:00Z"))], "");
    sound.check(&[("last_active", at("2026-08-22T08:59:59Z"))], "inactive-accounts-unused");
    sound.check(&[("last_active", at("2026-11-20T09:05:01Z"))], "inactive-accounts-in-the-future");
    sound.check_outside(&[("enabled", Some(yes(false)))]);
    sound.check_outside(&[("kind", Some(text("root")))]);
}

/// Never is not lately.
#[test]
fn an_account_that_was_never_used_ages_from_its_creation() {
    let sound = account("CC6.2-inactive-accounts");
    let never = |created| [("last_active", None), ("created_at", created)];
    sound.check(&never(at("2026-08-22T09:00:00Z")), "");
    sound.check(&never(at("2026-08-22T08:59:59Z")), "inactive-accounts-never-used");
    sound.check(&never(None), "inactive-accounts-never-used");
    sound.check(&never(at("2026-11-20T09:05:01Z")), "inactive-accounts-in-the-future");
}

#[test]
fn a_service_account_has_an_owner() {
    let sound = account("CC6.2-service-account-owners");
    let service = ("kind", Some(text("service")));
    sound.check(&[], "");
    sound.check(std::slice::from_ref(&service), "service-account-owners-unregistered");
    sound.check(&[service.clone(), ("registered", Some(yes(true)))], "service-account-owners-unregistered");
    sound.check(&[service.clone(), ("registered", Some(yes(true))), ("owner", Some(text("ada")))], "");
    sound.check_outside(&[service, ("enabled", Some(yes(false)))]);
}

#[test]
fn whoever_administers_is_approved_and_a_program_registered_too() {
    let sound = account("CC6.3-privileged-accounts");
    let service = ("kind", Some(text("service")));
    let (not_approved, unregistered) = ("privileged-accounts-not-approved", "privileged-accounts-unregistered-service");
    sound.check(&[], "");
    sound.check(&[("approved", Some(yes(false)))], not_approved);
    sound.check(std::slice::from_ref(&service), unregistered);
    sound.check(&[service.clone(), ("approved", Some(yes(false)))], &format!("{not_approved} {unregistered}"));
    let registered = [("registered", Some(yes(true))), ("owner", Some(text("ada")))];
    sound.check(&[[service.clone()].as_slice(), &registered].concat(), "");
    sound.check(&[[service, ("approved", Some(yes(false)))].as_slice(), &registered].concat(), not_approved);
    sound.check_outside(&[("privileged", Some(yes(false))), ("approved", Some(yes(false)))]);
    sound.check_outside(&[("enabled", Some(yes(false))), ("approved", Some(yes(false)))]);
    sound.check_outside(&[("kind", Some(text("root"))), ("approved", Some(yes(false)))]);
}

#[test]
fn a_privileged_role_is_closed_to_others() {
    let cells = vec![
        ("system", text("aws")),
        ("name", text("admin")),
        ("privileged", yes(true)),
        ("provider_owned", yes(false)),
        ("policies", texts(&["AdministratorAccess"])),
        ("trusts", texts(&["arn:aws:iam::123456789012:root"])),
        ("trusts_anyone", yes(false)),
        ("outside_accounts", texts(&[])),
    ];
    let sound = Sound { control: "CC6.3-privileged-roles", fact: "role", cells };
    sound.check(&[], "");
    sound.check(&[("trusts_anyone", Some(yes(true)))], "privileged-roles-anyone");
    sound.check(&[("outside_accounts", Some(texts(&["111122223333"])))], "privileged-roles-outside");
    sound.check_outside(&[("privileged", Some(yes(false))), ("trusts_anyone", Some(yes(true)))]);
}

#[test]
fn a_grant_is_by_somebody_else_who_is_known() {
    let cells = vec![
        ("system", text("okta")),
        ("kind", text("grant")),
        ("event_type", text("user.account.privilege.grant")),
        ("time", datetime("2026-11-10T10:00:00Z")),
        ("actor", text("00u1")),
        ("target", text("00u2")),
        ("grants", yes(true)),
        ("by_oneself", yes(false)),
        ("succeeded", yes(true)),
    ];
    let sound = Sound { control: "CC6.3-grants-by-others", fact: "event", cells };
    sound.check(&[], "");
    sound.check(&[("by_oneself", Some(yes(true)))], "grants-by-others-oneself");
    sound.check(&[("actor", None)], "grants-by-others-nobody-known");
    sound.check(&[("target", None)], "grants-by-others-nobody-known");
    sound.check_outside(&[("succeeded", Some(yes(false))), ("by_oneself", Some(yes(true)))]);
    sound.check_outside(&[("grants", Some(yes(false))), ("by_oneself", Some(yes(true)))]);
}
