//! `tickmark demo`: the example company, written out and judged, so that everything it shows can be looked up in its data.

use std::path::Path;

use anyhow::{Context as _, ensure};
use tickmark_engine::{Engine, Scope};
use tickmark_model::parse_instant;

use crate::args::{DemoArgs, Global};

/// The example's files, by path.
const FILES: &[(&str, &str)] = &[
    ("tickmark.toml", include_str!("../../../../examples/acme/tickmark.toml")),
    ("acme.sql", include_str!("../../../../examples/acme/acme.sql")),
    ("ruleset.json", include_str!("../../../../examples/acme/ruleset.json")),
    ("restic-snapshots.json", include_str!("../../../../examples/acme/restic-snapshots.json")),
    ("prometheus-up.json", include_str!("../../../../examples/acme/prometheus-up.json")),
    ("proc/uptime", include_str!("../../../../examples/acme/proc/uptime")),
    ("proc/stat", include_str!("../../../../examples/acme/proc/stat")),
    ("eve.json", include_str!("../../../../examples/acme/eve.json")),
    ("alert-answers.json", include_str!("../../../../examples/acme/alert-answers.json")),
    ("access.log", include_str!("../../../../examples/acme/access.log")),
    ("auth.log", include_str!("../../../../examples/acme/auth.log")),
    ("inventory.csv", include_str!("../../../../examples/acme/inventory.csv")),
    ("nessus/2026-w45.nessus", include_str!("../../../../examples/acme/nessus/2026-w45.nessus")),
    ("nessus/2026-w46.nessus", include_str!("../../../../examples/acme/nessus/2026-w46.nessus")),
    ("trivy/orders.json", include_str!("../../../../examples/acme/trivy/orders.json")),
    ("consents.jsonl", include_str!("../../../../examples/acme/consents.jsonl")),
    ("data-register.csv", include_str!("../../../../examples/acme/data-register.csv")),
    ("job-ledger.csv", include_str!("../../../../examples/acme/job-ledger.csv")),
    ("requests.json", include_str!("../../../../examples/acme/requests.json")),
    ("retention.csv", include_str!("../../../../examples/acme/retention.csv")),
];

/// The day that the example's data were written for.
const AS_OF: &str = "2026-11-20T09:00:00Z";

pub fn demo(global: &Global, args: &DemoArgs) -> anyhow::Result<u8> {
    let dir = global.directory.join(&args.dir);
    write_example(&dir)?;
    if !global.quiet {
        anstream::eprintln!("The example company is in {}, judged as of {AS_OF}.\n", dir.display());
    }
    let engine = Engine::open(Some(&dir.join("tickmark.toml")), &super::options()?)?;
    let sealed = super::run::judge(global, &engine, Scope::default(), Some(parse_instant(AS_OF)?))?;
    super::run::print(&sealed, &args.output, &global.directory, 3)?;
    if !global.quiet {
        anstream::eprintln!("\nSome controls are meant to fail. To look further:");
        let dir = args.dir.display();
        anstream::eprintln!("  tickmark -C {dir} run --as-of {AS_OF} -o json");
        anstream::eprintln!("  tickmark -C {dir} policy explain CC6.3-mfa-for-admins 2 --as-of {AS_OF}");
    }
    Ok(tickmark_engine::exit::PASS)
}

fn write_example(dir: &Path) -> anyhow::Result<()> {
    let full = dir.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    let ours = dir.join("acme.sql").is_file();
    ensure!(!full || ours, "`{}` is not empty; name a new folder: tickmark demo DIR", dir.display());
    for (path, text) in FILES {
        let path = dir.join(path);
        let parent = path.parent().unwrap_or(dir);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::write(&path, text))
            .with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    make_database(dir)
}

/// Makes `acme.db` from `acme.sql`, anew each time.
fn make_database(dir: &Path) -> anyhow::Result<()> {
    let (sql, database) = (dir.join("acme.sql"), dir.join("acme.db"));
    let text = std::fs::read_to_string(&sql).with_context(|| format!("cannot read `{}`", sql.display()))?;
    if database.exists() {
        std::fs::remove_file(&database).with_context(|| format!("cannot replace `{}`", database.display()))?;
    }
    rusqlite::Connection::open(&database)
        .and_then(|connection| connection.execute_batch(&text))
        .with_context(|| format!("cannot make `{}`", database.display()))
}
