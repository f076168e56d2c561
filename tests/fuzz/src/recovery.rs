//! The recovery collector: logs of checks, what restic and pg_verifybackup print, manifests and reports of exercises.

use tickmark_recovery::Recovery;

use crate::collect::{self, Input};

/// Reads one part with the checks or the reports, and one with a manifest, another log, another report or the errors of a
/// command, which ends badly where there is a third part.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_checks", "expected_systems"]);
    let (checks, exercises) = ("check_source", "exercise_source");
    let exit_code = i32::from(!input.part(2).is_empty());
    collect::check::<Recovery>(&match input.source {
        "log" => host.with_setting(checks, "log").file("checks", "", input.part(0)).file("manifest", "", input.part(1)),
        "log-folder" => host.with_setting(checks, "log-folder").file("checks", "checks.log", input.part(0)).file(
            "checks",
            "checks.log.1",
            input.part(1),
        ),
        command @ ("restic" | "pg_verifybackup") => {
            let name = command.replace('_', "-");
            host.with_setting(checks, "command").command(&name, exit_code, input.part(0), input.part(1))
        }
        "file" => host.with_setting(exercises, "file").file("exercises", "", input.part(0)),
        "folder" => host.with_setting(exercises, "folder").file("exercises", "a.json", input.part(0)).file(
            "exercises",
            "b.json",
            input.part(1),
        ),
        _ => return false,
    })
}
