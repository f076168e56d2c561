//! Controls about monitoring and capacity: which policies speak against a row that differs from a sound one in one thing.

use super::logs::Sound;
use super::*;

#[test]
fn an_expected_system_must_be_monitored() {
    let cells = vec![("name", text("db-1")), ("expected", yes(true)), ("targets", long(2)), ("up", long(1))];
    let sound = Sound { control: "A1.1-systems-monitored", plugin: "monitoring", fact: "system", cells };
    sound.check(&[], "");
    sound.check(&[("up", Some(long(0)))], "systems-monitored-none-up");
    sound.check(&[("targets", Some(long(0))), ("up", Some(long(0)))], "systems-monitored-no-target");
}

#[test]
fn systems_that_nobody_expects_are_out_of_scope() {
    let plugin = plugin("monitoring");
    let cells = vec![("name", text("x")), ("expected", yes(false)), ("targets", long(1)), ("up", long(0))];
    let rows = table(plugin.fact("system").unwrap(), &[("x".to_owned(), cells)]);
    let finding = judged("A1.1-systems-monitored", &[&collection(&plugin, vec![rows])]);
    assert_eq!(finding.outcome, Outcome::Inconclusive);
    assert_eq!(finding.reasons.iter().map(|reason| reason.code.0.as_str()).collect::<Vec<_>>(), ["nothing-in-scope"]);
}

#[test]
fn a_job_must_have_its_replicas_and_more_than_one() {
    let cells = vec![
        ("name", text("web")),
        ("expected", yes(true)),
        ("required", long(2)),
        ("targets", long(3)),
        ("up", long(2)),
    ];
    let sound = Sound { control: "A1.1-replicas-up", plugin: "monitoring", fact: "job", cells };
    sound.check(&[], "");
    sound.check(&[("up", Some(long(1)))], "replicas-up-too-few");
    sound.check(&[("required", Some(long(1)))], "replicas-up-single");
    sound.check(&[("required", None)], "replicas-up-single replicas-up-too-few");
}

#[test]
fn capacity_must_stay_within_its_limit_with_headroom() {
    let cells = vec![
        ("name", text("disk")),
        ("labels", texts(&["instance=db-1:9100"])),
        ("limit", decimal("0.9")),
        ("at_most", yes(true)),
        ("value", decimal("0.81")),
        ("samples", long(1)),
        ("headroom_percent", long(10)),
    ];
    let sound = Sound { control: "A1.1-capacity-headroom", plugin: "monitoring", fact: "capacity", cells };
    let measured =
        |value: &str, headroom| [("value", Some(decimal(value))), ("headroom_percent", Some(long(headroom)))];
    sound.check(&[], "");
    sound.check(&measured("0.8101", 9), "capacity-headroom-too-little");
    sound.check(&measured("0.9", 0), "capacity-headroom-too-little");
    sound.check(&measured("0.9001", -1), "capacity-headroom-exceeded");
    sound.check(&[("value", None), ("headroom_percent", None)], "capacity-headroom-not-measured");
    // Where the limit is 0 there is no percentage of it.
    sound.check(&[("limit", Some(decimal("0.0"))), ("headroom_percent", None)], "capacity-headroom-exceeded");

    let least = |value: &str, headroom| {
        [measured(value, headroom).as_slice(), &[("at_most", Some(yes(false))), ("limit", Some(decimal("20.0")))]]
            .concat()
    };
    sound.check(&least("22.0", 10), "");
    sound.check(&least("20.0", 0), "capacity-headroom-too-little");
    sound.check(&least("19.9999", -1), "capacity-headroom-exceeded");
}

#[test]
fn a_target_must_have_been_scraped() {
    let cells = vec![("pool", text("web")), ("health", text("up"))];
    let sound = Sound { control: "CC7.2-targets-scraped", plugin: "monitoring", fact: "target", cells };
    sound.check(&[], "");
    sound.check(&[("health", Some(text("down")))], "targets-scraped-down");
    sound.check(&[("health", Some(text("unknown")))], "targets-scraped-not-known");
}

#[test]
fn a_required_alert_rule_must_work_and_say_how_bad_it_is() {
    let cells = vec![
        ("name", text("InstanceDown")),
        ("required", yes(true)),
        ("exists", yes(true)),
        ("health", text("ok")),
        ("severity", text("critical")),
        ("summary", text("it does not answer")),
        ("runbook", text("https://runbooks.example.com/instance-down")),
    ];
    let sound = Sound { control: "CC7.2-alert-rules", plugin: "monitoring", fact: "alert_rule", cells };
    sound.check(&[], "");
    sound.check(&[("summary", None)], "");
    sound.check(&[("runbook", None)], "");
    let bare = [("summary", None), ("runbook", None), ("severity", None)];
    sound.check(&bare, "alert-rules-without-severity alert-rules-without-words");
    sound.check(&[bare.as_slice(), &[("required", Some(yes(false)))]].concat(), "");
    for health in [Some(text("err")), Some(text("unknown")), None] {
        sound.check(&[("required", Some(yes(false))), ("health", health)], "alert-rules-not-evaluated");
    }
    sound.check(&[bare.as_slice(), &[("exists", Some(yes(false))), ("health", None)]].concat(), "alert-rules-missing");
}
