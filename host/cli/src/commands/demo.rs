//! `tickmark demo`: the example company, written out and judged, so that everything it shows can be looked up in its data.

use std::path::Path;

use anyhow::{Context as _, ensure};
use tickmark_engine::{Engine, Scope, waivers};
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
    ("access-requests.csv", include_str!("../../../../examples/acme/access-requests.csv")),
    ("acme.db", include_str!("../../../../examples/acme/acme.db")),
    ("authorization-details.json", include_str!("../../../../examples/acme/authorization-details.json")),
    ("changes.jsonl", include_str!("../../../../examples/acme/changes.jsonl")),
    ("checks.log", include_str!("../../../../examples/acme/checks.log")),
    ("credential-report.json", include_str!("../../../../examples/acme/credential-report.json")),
    ("exercises.jsonl", include_str!("../../../../examples/acme/exercises.jsonl")),
    ("github/export.json", include_str!("../../../../examples/acme/github/export.json")),
    ("github/repos/acme/web.json", include_str!("../../../../examples/acme/github/repos/acme/web.json")),
    (
        "github/repos/acme/web/branches/main.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/branches/main.json"),
    ),
    (
        "github/repos/acme/web/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/commits.json"),
    ),
    (
        "github/repos/acme/web/commits/1197955e4244c18bdb9b375076bcb6ca05414672.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/1197955e4244c18bdb9b375076bcb6ca05414672.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/1197955e4244c18bdb9b375076bcb6ca05414672/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/1197955e4244c18bdb9b375076bcb6ca05414672/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/2f22765d04931a078909145ca628d2264c852d7d.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/2f22765d04931a078909145ca628d2264c852d7d.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/2f22765d04931a078909145ca628d2264c852d7d/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/2f22765d04931a078909145ca628d2264c852d7d/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/555c3f9218ba41a596519c8f01708a0ec9ef821b.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/555c3f9218ba41a596519c8f01708a0ec9ef821b.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/555c3f9218ba41a596519c8f01708a0ec9ef821b/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/555c3f9218ba41a596519c8f01708a0ec9ef821b/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/6b1f53303a732ccc8c6aae6640399827c15250e3.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/6b1f53303a732ccc8c6aae6640399827c15250e3.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/6b1f53303a732ccc8c6aae6640399827c15250e3/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/6b1f53303a732ccc8c6aae6640399827c15250e3/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/8dc29fc58c0bd99068c2e5c752aa61521d4f11ce.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/8dc29fc58c0bd99068c2e5c752aa61521d4f11ce.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/8dc29fc58c0bd99068c2e5c752aa61521d4f11ce/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/8dc29fc58c0bd99068c2e5c752aa61521d4f11ce/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/a625406f6977d45c1391b078f4d3656e0b75bfcb.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/a625406f6977d45c1391b078f4d3656e0b75bfcb.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/a625406f6977d45c1391b078f4d3656e0b75bfcb/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/a625406f6977d45c1391b078f4d3656e0b75bfcb/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/dd61a9b593df63335dc0acf0fd4349662b30756d.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/dd61a9b593df63335dc0acf0fd4349662b30756d.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/dd61a9b593df63335dc0acf0fd4349662b30756d/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/dd61a9b593df63335dc0acf0fd4349662b30756d/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/e4666a670f042877c67a84473a71675ee0950a08.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/e4666a670f042877c67a84473a71675ee0950a08.json"
        ),
    ),
    (
        "github/repos/acme/web/commits/e4666a670f042877c67a84473a71675ee0950a08/pulls.json",
        include_str!(
            "../../../../examples/acme/github/repos/acme/web/commits/e4666a670f042877c67a84473a71675ee0950a08/pulls.json"
        ),
    ),
    (
        "github/repos/acme/web/deployments.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments.json"),
    ),
    (
        "github/repos/acme/web/deployments/1/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/1/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/2/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/2/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/3/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/3/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/4/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/4/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/5/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/5/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/6/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/6/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/7/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/7/statuses.json"),
    ),
    (
        "github/repos/acme/web/deployments/8/statuses.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/deployments/8/statuses.json"),
    ),
    (
        "github/repos/acme/web/pulls/101.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/101.json"),
    ),
    (
        "github/repos/acme/web/pulls/101/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/101/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/101/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/101/reviews.json"),
    ),
    (
        "github/repos/acme/web/pulls/102.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/102.json"),
    ),
    (
        "github/repos/acme/web/pulls/102/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/102/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/102/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/102/reviews.json"),
    ),
    (
        "github/repos/acme/web/pulls/103.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/103.json"),
    ),
    (
        "github/repos/acme/web/pulls/103/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/103/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/103/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/103/reviews.json"),
    ),
    (
        "github/repos/acme/web/pulls/104.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/104.json"),
    ),
    (
        "github/repos/acme/web/pulls/104/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/104/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/104/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/104/reviews.json"),
    ),
    (
        "github/repos/acme/web/pulls/105.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/105.json"),
    ),
    (
        "github/repos/acme/web/pulls/105/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/105/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/105/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/105/reviews.json"),
    ),
    (
        "github/repos/acme/web/pulls/106.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/106.json"),
    ),
    (
        "github/repos/acme/web/pulls/106/commits.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/106/commits.json"),
    ),
    (
        "github/repos/acme/web/pulls/106/reviews.json",
        include_str!("../../../../examples/acme/github/repos/acme/web/pulls/106/reviews.json"),
    ),
    ("hr-people.csv", include_str!("../../../../examples/acme/hr-people.csv")),
    (
        "jira/rest/api/3/issue/OPS-101.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-101.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-102.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-102.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-103.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-103.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-104.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-104.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-105.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-105.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-106.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-106.json"),
    ),
    (
        "jira/rest/api/3/issue/OPS-107.json",
        include_str!("../../../../examples/acme/jira/rest/api/3/issue/OPS-107.json"),
    ),
    ("lsblk.json", include_str!("../../../../examples/acme/lsblk.json")),
    ("okta-log.json", include_str!("../../../../examples/acme/okta-log.json")),
    ("okta-users.json", include_str!("../../../../examples/acme/okta-users.json")),
    ("prometheus/capacity-disk.json", include_str!("../../../../examples/acme/prometheus/capacity-disk.json")),
    ("prometheus/rules.json", include_str!("../../../../examples/acme/prometheus/rules.json")),
    ("prometheus/targets.json", include_str!("../../../../examples/acme/prometheus/targets.json")),
    ("role-changes.csv", include_str!("../../../../examples/acme/role-changes.csv")),
    (
        "tls/api.example.com_443.legacy.txt",
        include_str!("../../../../examples/acme/tls/api.example.com_443.legacy.txt"),
    ),
    ("tls/api.example.com_443.txt", include_str!("../../../../examples/acme/tls/api.example.com_443.txt")),
    (
        "tls/app.example.com_443.legacy.txt",
        include_str!("../../../../examples/acme/tls/app.example.com_443.legacy.txt"),
    ),
    ("tls/app.example.com_443.txt", include_str!("../../../../examples/acme/tls/app.example.com_443.txt")),
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
    let waivers = engine.site().map(|site| waivers::in_force(site, &sealed)).transpose()?.unwrap_or_default();
    super::run::print(&sealed, &waivers, &args.output, &global.directory, 3)?;
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
