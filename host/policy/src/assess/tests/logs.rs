//! Controls about logs: which policies speak against a row that differs from a sound one in one thing.

use super::*;

/// A row of `fact` that conforms to its control.
pub(super) struct Sound {
    pub(super) control: &'static str,
    pub(super) plugin: &'static str,
    pub(super) fact: &'static str,
    pub(super) cells: Given,
}

impl Sound {
    /// The policies that speak against the row with these cells in the place of its own; absent where there is no value.
    pub(super) fn check(&self, changes: &[(&'static str, Option<Value>)], against: &str) {
        let plugin = plugin(self.plugin);
        let mut cells = self.cells.clone();
        for (column, value) in changes {
            cells.retain(|(name, _)| name != column);
            cells.extend(value.clone().map(|value| (*column, value)));
        }
        let rows = table(plugin.fact(self.fact).unwrap(), &[("one".to_owned(), cells)]);
        let finding = judged(self.control, &[&collection(&plugin, vec![rows])]);
        let ids: Vec<&str> = finding.exceptions.iter().flat_map(|it| &it.policies).map(|it| it.id.as_str()).collect();
        assert_eq!(ids.join(" "), against, "{changes:?}");
        assert_eq!(finding.reasons, [], "{changes:?}");
        assert_eq!(finding.outcome, if against.is_empty() { Outcome::Pass } else { Outcome::Fail }, "{changes:?}");
    }
}

fn window() -> Given {
    vec![("window_from", datetime("2026-11-19T09:00:00Z")), ("window_to", datetime(AS_OF))]
}

#[test]
fn a_sensor_must_be_alive_without_long_gaps() {
    let own = vec![
        ("name", text("ids-1")),
        ("expected", yes(true)),
        ("heartbeats", long(180)),
        ("longest_gap", duration("10m")),
        ("gaps", long(0)),
        ("covered_percent", decimal("99.0")),
        ("packets", long(1_000)),
        ("dropped", long(50)),
    ];
    let sound =
        Sound { control: "CC7.2-ids-monitoring", plugin: "ids", fact: "sensor", cells: [window(), own].concat() };
    sound.check(&[], "");
    sound.check(&[("expected", Some(yes(false)))], "");
    sound.check(
        &[
            ("heartbeats", Some(long(0))),
            ("longest_gap", Some(duration("1d"))),
            ("covered_percent", Some(decimal("0.0"))),
        ],
        "ids-monitoring-coverage ids-monitoring-gap ids-monitoring-silent",
    );
    sound.check(&[("longest_gap", Some(duration("10m1ms")))], "ids-monitoring-gap");
    sound.check(&[("covered_percent", Some(decimal("98.9999")))], "ids-monitoring-coverage");
    sound.check(&[("dropped", Some(long(51)))], "ids-monitoring-dropped");
    sound.check(&[("dropped", None)], "");
    sound.check(&[("packets", None)], "");
    sound.check(&[("window_from", Some(datetime("2026-11-19T09:00:01Z")))], "ids-monitoring-window-too-short");
}

#[test]
fn an_alert_must_be_answered_in_the_time_of_its_severity() {
    let cells = vec![
        ("sensor", text("ids-1")),
        ("gid", long(1)),
        ("signature_id", long(7)),
        ("signature", text("a")),
        ("severity", long(1)),
        ("first_seen", datetime("2026-11-20T05:00:00Z")),
        ("last_seen", datetime("2026-11-20T08:00:00Z")),
        ("count", long(2)),
    ];
    let sound = Sound { control: "CC7.3-alerts-answered", plugin: "ids", fact: "alert", cells };
    let at = |text: &str| Some(datetime(text));
    // Four hours are not over yet.
    sound.check(&[], "");
    sound.check(&[("first_seen", at("2026-11-20T04:59:59Z"))], "alerts-answered-high-late");
    let answered = |first, answer| [("first_seen", at(first)), ("answered_at", at(answer))];
    sound.check(&answered("2026-11-19T05:00:00Z", "2026-11-19T09:00:00Z"), "");
    sound.check(&answered("2026-11-19T05:00:00Z", "2026-11-19T09:00:01Z"), "alerts-answered-high-late");
    sound.check(&answered("2026-11-19T05:00:00Z", "2026-11-19T04:59:59Z"), "alerts-answered-before-seen");
    for (severity, id) in
        [(2, "alerts-answered-medium-late"), (3, "alerts-answered-low-late"), (255, "alerts-answered-low-late")]
    {
        let of = |first| [("severity", Some(long(severity))), ("first_seen", at(first))];
        sound.check(&of("2026-11-19T09:00:00Z"), "");
        sound.check(&of("2026-11-19T08:59:59Z"), id);
    }
}

#[test]
fn an_access_log_must_lack_nothing() {
    let own = vec![
        ("name", text("access")),
        ("expected", yes(true)),
        ("lines", long(10)),
        ("unreadable", long(0)),
        ("incomplete", long(0)),
        ("missing_timestamp", long(0)),
        ("missing_user_id", long(0)),
        ("missing_action", long(0)),
        ("missing_resource", long(0)),
        ("missing_source_ip", long(0)),
        ("missing_outcome", long(0)),
        ("missing_correlation_id", long(0)),
        ("out_of_order", long(0)),
        ("duplicates", long(3)),
        ("longest_gap", duration("4h")),
        ("truncated", yes(false)),
    ];
    let sound = Sound {
        control: "CC7.2-access-log-complete",
        plugin: "accesslog",
        fact: "stream",
        cells: [window(), own].concat(),
    };
    sound.check(&[], "");
    sound.check(&[("lines", Some(long(0)))], "access-log-complete-empty");
    sound.check(&[("unreadable", Some(long(1)))], "access-log-complete-unreadable");
    let user = [("incomplete", Some(long(1))), ("missing_user_id", Some(long(1)))];
    sound.check(&user, "access-log-complete-fields");
    sound.check(&[("longest_gap", Some(duration("4h1ms")))], "access-log-complete-gap");
    sound.check(&[("out_of_order", Some(long(1)))], "access-log-complete-order");
    let cut = [("truncated", Some(yes(true))), ("unreadable", Some(long(1)))];
    sound.check(&cut, "access-log-complete-truncated access-log-complete-unreadable");
    sound.check(&[("window_from", Some(datetime("2026-11-19T10:00:00Z")))], "access-log-complete-window-too-short");
}

#[test]
fn failed_logins_must_stay_below_the_alarm_level() {
    let own = vec![("source", text("sshd")), ("attempts", long(200)), ("failures", long(100))];
    let sound = Sound {
        control: "CC7.2-failed-logins-ssh",
        plugin: "accesslog",
        fact: "login_window",
        cells: [window(), own].concat(),
    };
    sound.check(&[], "");
    sound.check(&[("failures", Some(long(101)))], "failed-logins-ssh-too-many");
    sound.check(&[("window_from", Some(datetime("2026-11-20T08:00:00Z")))], "failed-logins-ssh-window-too-short");
}
