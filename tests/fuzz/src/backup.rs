//! The backup collector: what restic, pgbackrest and borg print, or a query, and restore tests.

use tickmark_backup::Backup;

use crate::collect::{self, Input};

/// Reads one part with the runs, and one with the restores where `restore_source` asks for them.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_jobs"]).with_setting("source", input.source);
    let (columns, rows) = collect::table(input.part(1));
    let host = host.table("restores", &columns, rows);
    collect::check::<Backup>(&match input.source {
        "restic-file" => host.file("restic", "", input.part(0)),
        "pgbackrest-file" => host.file("pgbackrest", "", input.part(0)),
        "borg-file" => host.file("borg", "", input.part(0)),
        "restic" => host.command("restic", 0, input.part(0), input.part(1)),
        "sql" => {
            let (columns, rows) = collect::table(input.part(0));
            host.table("runs", &columns, rows)
        }
        _ => return false,
    })
}
