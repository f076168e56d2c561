//! What the collector declares: three facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("backup", env!("CARGO_PKG_VERSION"))
        .fact(job())
        .fact(run())
        .fact(restore())
        .need(Need::sql("runs", "read the log of backup runs (source `sql`)").optional())
        .need(Need::sql("restores", "read the log of restore tests (restore_source `sql`)").optional())
        .need(Need::command("restic", "list the snapshots of a restic repository (source `restic`)").optional())
        .need(Need::command("pgbackrest", "list the backups of pgBackRest stanzas (source `pgbackrest`)").optional())
        .need(Need::command("borg", "list the archives of a borg repository (source `borg`)").optional())
        .need(Need::files("restic", "read saved output of restic (source `restic-file`)").optional())
        .need(Need::files("pgbackrest", "read saved output of pgBackRest (source `pgbackrest-file`)").optional())
        .need(Need::files("borg", "read saved output of borg (source `borg-file`)").optional())
        .setting(
            Column::text("source", "sql, restic, restic-file, pgbackrest, pgbackrest-file, borg or borg-file")
                .required(),
        )
        .setting(Column::text("expected_jobs", "the jobs that must exist, by name").set().required())
        .setting(Column::text(
            "job_by",
            "what names a job; restic: path (default), tag, host; borg: prefix (default), repository",
        ))
        .setting(Column::text(
            "utc_offset",
            "offset of the local times that borg prints, such as +01:00; default +00:00",
        ))
        .setting(Column::text("restore_source", "sql; absent: restore tests are not looked at"))
}

fn job() -> Fact {
    Fact::new("job", "Backup::Job", "one backup job, expected or seen")
        .column(Column::text("name", "the job's name").required())
        .column(Column::boolean("expected", "whether the settings expect it").required())
        .column(Column::long("runs", "runs that the source lists, up to the judged instant").required())
        .column(Column::datetime("last_run", "when the last run finished"))
        .column(Column::text("last_result", "how it ended: success or failure"))
        .column(Column::datetime("last_success", "when the last successful run finished"))
        .column(Column::duration("age", "from the last success to the judged instant"))
        .column(Column::long("size", "bytes of the last success"))
        .column(Column::long("failures", "failed runs since the last success").required())
        .event_time("last_success")
}

fn run() -> Fact {
    Fact::new("run", "Backup::Run", "one run of a backup job that has finished")
        .column(Column::text("job", "the job's name").required())
        .column(Column::datetime("started_at", "when it started"))
        .column(
            Column::datetime("finished_at", "when it finished; where the source has one time only, that").required(),
        )
        .column(Column::boolean("success", "whether it succeeded").required())
        .column(Column::long("size", "bytes backed up"))
        .event_time("finished_at")
}

fn restore() -> Fact {
    Fact::new("restore", "Backup::Restore", "the restore tests of one job, expected or seen")
        .column(Column::text("name", "the job's name").required())
        .column(Column::datetime("last_run", "when the last restore test finished"))
        .column(Column::text("last_result", "how it ended: success or failure"))
        .column(Column::datetime("last_success", "when the last successful restore test finished"))
        .column(Column::duration("took", "how long that one took"))
        .event_time("last_success")
}
