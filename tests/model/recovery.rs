//! The controls on checks of backups and on exercises of recovery.

use super::{DAY, MINUTE, Subject, said};

/// Whether a check, a system or a report is in the scope of `control`.
pub(super) fn in_scope(control: &str, subject: &Subject<'_>) -> bool {
    let is = |name| subject.flag(name) == Some(true);
    match control {
        "A1.3-backup-checked" => is("expected") || is("damaged"),
        "A1.3-recovery-exercised" | "A1.3-recovery-objectives" => is("expected"),
        _ => true,
    }
}

/// The policies that speak against a check, a system or a report.
pub(super) fn against(control: &str, subject: &Subject<'_>, as_of: i128) -> Vec<&'static str> {
    let is = |name| subject.flag(name) == Some(true);
    let has = |name| subject.0.contains_key(name);
    let number = |name| subject.number(name).unwrap();
    let age = |name| subject.number(name).map(|at| as_of - at);
    let ahead = |name| age(name).is_some_and(|age| age < -5 * MINUTE);
    match control {
        "A1.3-backup-checked" => {
            let restore = subject.text("tool") == Some("restic-restore");
            let over = |limit| age("last_read").is_some_and(|age| age > limit);
            said(&[
                ("backup-checked-never", !has("last_read")),
                ("backup-checked-too-old", !restore && over(35 * DAY)),
                ("backup-checked-restore-too-old", restore && over(92 * DAY)),
                ("backup-checked-damaged", is("damaged")),
                ("backup-checked-without-checksums", subject.number("manifest_unchecked").is_some_and(|n| n > 0)),
                ("backup-checked-in-the-future", ahead("last_read")),
            ])
        }
        "A1.3-recovery-exercised" => {
            let restored = subject.number("last_restored");
            let later = restored.zip(subject.number("last_performed")).is_some_and(|(good, last)| last > good);
            said(&[
                ("recovery-exercised-never", restored.is_none()),
                ("recovery-exercised-too-old", age("last_restored").is_some_and(|age| age > 366 * DAY)),
                ("recovery-exercised-not-restored", later),
                ("recovery-exercised-in-the-future", ahead("last_restored")),
            ])
        }
        "A1.3-recovery-objectives" => {
            let misses =
                |took, most| subject.number(took).zip(subject.number(most)).is_some_and(|(took, most)| took > most);
            said(&[
                ("recovery-objectives-no-time-objective", !has("recovery_time_objective")),
                ("recovery-objectives-no-point-objective", !has("recovery_point_objective")),
                ("recovery-objectives-time-not-measured", !has("recovery_time")),
                ("recovery-objectives-point-not-measured", !has("recovery_point")),
                ("recovery-objectives-too-slow", misses("recovery_time", "recovery_time_objective")),
                ("recovery-objectives-too-much-lost", misses("recovery_point", "recovery_point_objective")),
            ])
        }
        "A1.3-exercise-report" => {
            let before = subject.number("approved_at").is_some_and(|at| at < number("performed_at"));
            said(&[
                ("exercise-report-no-steps", number("steps") == 0),
                ("exercise-report-step-without-follow-up", number("steps_open") > 0),
                ("exercise-report-issue-without-follow-up", number("issues_open") > 0),
                ("exercise-report-not-approved", !(has("approved_by") && has("approved_at"))),
                ("exercise-report-approved-by-performer", has("approved_by") && !is("approved_apart")),
                ("exercise-report-approved-before-end", before),
                ("exercise-report-approved-in-the-future", ahead("approved_at")),
            ])
        }
        other => panic!("no model of {other}"),
    }
}
