//! CC6.2 and CC6.3 on joiners, movers and leavers: which policies speak against a row that differs from a sound one.

use super::logs::Sound;
use super::*;

fn one(fact: &'static str, control: &'static str, cells: Given) -> Sound {
    Sound { control, plugin: "lifecycle", fact, cells }
}

/// The only row is outside of the control's scope, so that nothing is shown.
fn check_outside(sound: &Sound, changes: &[(&'static str, Value)]) {
    let plugin = plugin("lifecycle");
    let mut cells = sound.cells.clone();
    for (column, value) in changes {
        cells.retain(|(name, _)| name != column);
        cells.push((*column, value.clone()));
    }
    let rows = table(plugin.fact(sound.fact).unwrap(), &[("one".to_owned(), cells)]);
    let finding = judged(sound.control, &[&collection(&plugin, vec![rows])]);
    assert_eq!((finding.counts.excluded, finding.outcome), (1, Outcome::Inconclusive), "{changes:?}");
}

#[test]
fn the_last_account_of_a_leaver_is_closed_within_a_day() {
    let left = vec![
        ("employee_number", text("1")),
        ("ended_at", datetime("2026-11-01")),
        ("left_at", datetime("2026-11-02")),
        ("accounts", long(2)),
        ("open", long(0)),
        ("undated", long(0)),
        ("gone", long(0)),
        ("by_email", long(0)),
        ("still_open", texts(&[])),
        ("last_closed_at", datetime("2026-11-03")),
        ("took", duration("1d")),
    ];
    let sound = one("leaver", "CC6.2-access-termination", left);
    sound.check(&[], "");
    sound.check(&[("took", Some(duration("-5d")))], "");
    sound.check(&[("took", Some(duration("1d1ms")))], "access-termination-late");
    sound.check(&[("open", Some(long(1)))], "access-termination-open");
    sound.check(&[("undated", Some(long(1)))], "access-termination-undated");
    sound.check(&[("accounts", Some(long(0))), ("took", None)], "access-termination-not-shown");
    // Whoever is hired again by the deadline keeps what they have; a moment later, nothing of it is excused.
    let open = |at| [("open", Some(long(1))), ("took", None), ("rehired_at", Some(datetime(at)))];
    sound.check(&open("2026-11-03"), "");
    sound.check(&open("2026-11-03T00:00:00.001Z"), "access-termination-open");
    // The deadline of somebody who left just now is still to come.
    let today = || ("left_at", datetime("2026-11-20T08:00:00Z"));
    check_outside(&sound, &[today(), ("open", long(2))]);
    check_outside(&sound, &[today(), ("accounts", long(0))]);
    sound.check(&[("left_at", Some(today().1))], "");
    // What is closed while there is still time was closed in time, whenever that was.
    sound.check(&[("left_at", Some(today().1)), ("undated", Some(long(1))), ("took", None)], "");
}

#[test]
fn an_account_that_can_be_used_is_somebodys_who_works_here() {
    let own = vec![
        ("system", text("web")),
        ("collector", text("okta")),
        ("account", text("a")),
        ("enabled", yes(true)),
        ("kind", text("person")),
        ("matched", text("number")),
        ("employed", text("active")),
    ];
    let sound = one("owner", "CC6.2-account-owner", own);
    sound.check(&[], "");
    sound.check(&[("matched", Some(text("email")))], "");
    sound.check(&[("employed", Some(text("not-yet")))], "account-owner-not-yet");
    sound.check(&[("employed", Some(text("left")))], "account-owner-left");
    sound.check(&[("employed", Some(text("unknown"))), ("matched", Some(text("none")))], "account-owner-nobody");
    let service = || [("kind", Some(text("service"))), ("employed", Some(text("unknown")))];
    sound.check(&service(), "account-owner-service");
    let owned = |by| [&service()[..], &[("owner", Some(text("ada"))), ("owner_employed", by)]].concat();
    sound.check(&owned(None), "");
    sound.check(&owned(Some(text("active"))), "");
    sound.check(&owned(Some(text("left"))), "account-owner-service-left");
    check_outside(&sound, &[("enabled", yes(false)), ("employed", text("left"))]);
}

#[test]
fn an_account_is_approved_first_and_by_somebody_else() {
    let own = vec![
        ("system", text("web")),
        ("created_at", datetime("2026-11-01")),
        ("requested", yes(true)),
        ("approved_before", yes(true)),
        ("self_approved", yes(false)),
    ];
    let sound = one("joiner", "CC6.2-joiner-approved", own);
    sound.check(&[], "");
    sound.check(&[("approved_before", Some(yes(false)))], "joiner-approved-late");
    sound.check(&[("self_approved", Some(yes(true)))], "joiner-approved-by-oneself");
    sound
        .check(&[("requested", Some(yes(false))), ("approved_before", Some(yes(false)))], "joiner-approved-no-request");
}

#[test]
fn whoever_moves_loses_the_old_roles_within_a_week() {
    let own = vec![
        ("employee_number", text("1")),
        ("effective_at", datetime("2026-11-01")),
        ("lost", texts(&["support"])),
        ("accounts", long(1)),
        ("left_count", long(0)),
        ("left", texts(&[])),
        ("removed_at", datetime("2026-11-08")),
    ];
    let sound = one("mover", "CC6.3-mover-roles", own);
    sound.check(&[], "");
    sound.check(&[("removed_at", None)], "");
    sound.check(&[("removed_at", Some(datetime("2026-11-08T00:00:00.001Z")))], "mover-roles-late");
    sound.check(&[("left_count", Some(long(1)))], "mover-roles-left");
    check_outside(&sound, &[("effective_at", datetime("2026-11-13T09:00:00Z")), ("left_count", long(1))]);
}

#[test]
fn old_roles_that_are_gone_need_a_date_where_the_control_says_so_and_there_were_any() {
    let matrix = matrix_with(&[("CC6.3-mover-roles", "date_needed = false", "date_needed = true")]);
    let control = &matrix.entry("CC6.3-mover-roles").unwrap().control;
    let policies = Policies::compile(&matrix, &descriptors()).unwrap();
    let plugin = plugin("lifecycle");
    let exceptions = |lost: &[&str], removed_at: Option<Value>| {
        let mut cells = vec![
            ("employee_number", text("1")),
            ("effective_at", datetime("2026-11-01")),
            ("lost", texts(lost)),
            ("accounts", long(1)),
            ("left_count", long(0)),
            ("left", texts(&[])),
        ];
        cells.extend(removed_at.map(|at| ("removed_at", at)));
        let rows = table(plugin.fact("mover").unwrap(), &[("one".to_owned(), cells)]);
        let (system, collection) = (system(), collection(&plugin, vec![rows]));
        let finding =
            policies.assess(control, Input { system: &system, collections: &[&collection], as_of: at(AS_OF) });
        let policies = finding.exceptions.iter().flat_map(|exception| &exception.policies);
        (finding.outcome, policies.map(|policy| policy.id.clone()).collect::<Vec<_>>())
    };
    assert_eq!(exceptions(&["support"], None), (Outcome::Fail, vec!["mover-roles-undated".to_owned()]));
    assert_eq!(exceptions(&["support"], Some(datetime("2026-11-02"))), (Outcome::Pass, vec![]));
    assert_eq!(exceptions(&[], None), (Outcome::Pass, vec![]));
}
