//! What the collector declares: three facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("recovery", env!("CARGO_PKG_VERSION"))
        .fact(check())
        .fact(system())
        .fact(exercise())
        .need(Need::files("checks", "read the log of checks (check_source `log` or `log-folder`)").optional())
        .need(Need::command("restic", "check a restic repository (check_source `command`)").optional())
        .need(Need::command("pg-verifybackup", "verify a base backup (check_source `command`)").optional())
        .need(Need::files("manifest", "read the backup_manifest of a base backup (setting `manifest`)").optional())
        .need(Need::files("exercises", "read the reports of exercises (setting `exercise_source`)").optional())
        .setting(Column::text("check_source", "log, log-folder or command; absent: checks are not looked at"))
        .setting(Column::text("prefix", "how the files of the log begin (check_source `log-folder`); default checks"))
        .setting(
            Column::text(
                "expected_checks",
                "the checks that must be there, as TOOL/TARGET; tools are restic-check, restic-restore, pg_verifybackup",
            )
            .set(),
        )
        .setting(Column::text("manifest", "the target of pg_verifybackup whose manifest is granted as `manifest`"))
        .setting(Column::text(
            "exercise_source",
            "file: a report in each line; folder: a report in each file that ends in .json; absent: not looked at",
        ))
        .setting(Column::text("expected_systems", "the systems whose recovery must be exercised, by name").set())
        .setting(Column::text("objectives", "the objectives of systems, such as `orders-db rto=4h rpo=15m`").set())
        .setting(Column::duration(
            "exercise_window",
            "how far back from the judged instant each exercise is a fact of its own; default 400d",
        ))
}

fn check() -> Fact {
    Fact::new("check", "Recovery::Check", "one backup and the tool that it is checked with, expected or seen")
        .column(Column::text("tool", "restic-check, restic-restore or pg_verifybackup").required())
        .column(Column::text("target", "the operator's name of the repository, snapshot or base backup").required())
        .column(Column::boolean("expected", "whether the settings expect it").required())
        .column(Column::long("runs", "runs that the source has, up to the judged instant").required())
        .column(Column::datetime("last_run", "when the last run ended"))
        .column(Column::text("last_result", "how it ended: verified, damaged or aborted"))
        .column(Column::datetime("last_verified", "when the last run ended that found no errors"))
        .column(Column::datetime("last_read", "when the last run ended that found no errors and read data"))
        .column(Column::text("read", "how much that run read: part or all"))
        .column(Column::long("items_read", "packs or files that it read; absent where it does not say"))
        .column(Column::long("bytes_read", "bytes that it read; absent where it does not say"))
        .column(Column::boolean("damaged", "whether a run found errors that no later run shows to be gone").required())
        .column(Column::datetime("last_damage", "when the last run ended that found errors"))
        .column(Column::long("errors", "errors that it found, at least 1"))
        .column(Column::long("manifest_files", "files of the manifest; absent where none is granted"))
        .column(Column::long("manifest_bytes", "bytes of these files"))
        .column(Column::long("manifest_unchecked", "those of the files that have no checksum"))
        .column(Column::text("manifest_wal", "the manifest's ranges of WAL as TIMELINE:START-END").set())
        .column(Column::text("manifest_sha256", "the manifest's own checksum"))
        .event_time("last_read")
}

fn system() -> Fact {
    Fact::new("system", "Recovery::System", "one system with its last exercises, expected or seen")
        .column(Column::text("name", "the system's name").required())
        .column(Column::boolean("expected", "whether the settings expect it").required())
        .column(Column::long("exercises", "exercises that the source has, up to the judged instant").required())
        .column(Column::text("last_exercise", "the id of the last one"))
        .column(Column::datetime("last_performed", "when it ended"))
        .column(Column::text("last_recovery", "the id of the last exercise in which the service was restored"))
        .column(Column::datetime("last_restored", "when that one ended"))
        .column(Column::duration(
            "recovery_time",
            "its time from disruption to restored service, rounded up to seconds",
        ))
        .column(Column::duration("recovery_point", "its time from newest data to disruption, rounded up to seconds"))
        .column(Column::duration("recovery_time_objective", "the most that the settings allow"))
        .column(Column::duration("recovery_point_objective", "the most that the settings allow"))
        .event_time("last_restored")
}

fn exercise() -> Fact {
    Fact::new("exercise", "Recovery::Exercise", "one exercise, as its report tells it")
        .column(Column::text("system", "the system that was recovered").required())
        .column(Column::text("scenario", "what was supposed to have happened").required())
        .column(Column::datetime("started_at", "when it began").required())
        .column(Column::datetime("performed_at", "when it ended").required())
        .column(Column::datetime("disruption_at", "when the service went down, or was supposed to"))
        .column(Column::datetime("service_restored_at", "when it was back"))
        .column(Column::datetime("recovery_point_at", "the time of the newest data that was restored"))
        .column(Column::duration("recovery_time", "from disruption to restored service, rounded up to seconds"))
        .column(Column::duration("recovery_point", "from the newest data to the disruption, rounded up to seconds"))
        .column(Column::text("performed_by", "who performed it").set().required())
        .column(Column::text("approved_by", "who approved the report"))
        .column(Column::datetime("approved_at", "when"))
        .column(Column::boolean("approved_apart", "whether somebody approved it who did not perform it").required())
        .column(Column::long("steps", "steps of the exercise").required())
        .column(Column::long("steps_failed", "those that failed").required())
        .column(Column::long("steps_skipped", "those that were left out").required())
        .column(Column::long("steps_open", "those that failed or were left out without a follow-up").required())
        .column(Column::long("issues", "issues that came up").required())
        .column(Column::long("issues_open", "those without a follow-up").required())
        .event_time("performed_at")
}
