//! A collector that behaves as its setting `mode` says, well or badly, for the tests of the sandbox.
//!
//! What `describe` does is chosen by [`DESCRIBE`], which a test overwrites in the component's bytes: a descriptor cannot
//! depend on a setting.

mod abuse;
mod emit;
mod witness;

use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

use tickmark_collector::{Collector, Column, Descriptor, Fact, Failure, Host, Need, Population, Request, Summary};

/// `describe:` and what it does, padded with spaces.
static DESCRIBE: [u8; 24] = *b"describe:soundly        ";

/// The collector.
#[derive(Debug)]
pub struct Guest;

impl Collector for Guest {
    fn describe() -> Descriptor {
        let sound = Descriptor::new("guest", "0.1.0")
            .fact(
                Fact::new("thing", "Test::Thing", "one thing")
                    .column(Column::text("name", "its name").required())
                    .column(Column::long("size", "its size in bytes"))
                    .column(Column::boolean("flag", "whether it is flagged"))
                    .column(Column::datetime("at", "when it was made"))
                    .column(Column::duration("took", "how long that took"))
                    .column(Column::text("tags", "its tags").set())
                    .parent_kind("Test::Group"),
            )
            .fact(Fact::new("other", "Test::Other", "never emitted").column(Column::long("size", "its size in bytes")))
            .need(Need::files("vital", "read what it cannot do without"))
            .need(Need::files("extra", "read more").optional())
            .need(Need::command("tool", "run a tool").optional())
            .need(Need::http("site", "ask a site").optional())
            .need(Need::sql("table", "read a table").optional())
            .setting(Column::text("mode", "what to do").required())
            .setting(Column::long("count", "how often"))
            .setting(Column::text("words", "what to say").set());
        match black_box(DESCRIBE).get(9..16) {
            Some(b"soundly") => sound,
            Some(b"forever") => spin(),
            Some(b"outside") => Descriptor { facts: vec![], ..sound }.setting(Column::declared()),
            Some(b"badly  ") => sound.fact(Fact::new("Thing", "Tickmark::System", "")),
            Some(b"newly  ") => {
                static CALLS: AtomicU32 = AtomicU32::new(0);
                Descriptor::new("guest", &format!("0.{}.0", CALLS.fetch_add(1, Ordering::Relaxed)))
            }
            Some(b"nosily ") => {
                let _ = abuse::raw_as_of();
                sound
            }
            _ => abuse::fail(),
        }
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let mode = host.setting("mode");
        let mode = mode.as_text().unwrap_or_default();
        let count = host.setting("count").as_long().unwrap_or(0);
        match mode {
            "ok" => emit::rows(host, 2, 2),
            "declared" => {
                let fact = tickmark_collector::declared::fact(host)?;
                let columns = fact.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
                Ok(emit::rows(host, 2, 2)?.note(format!("{}: {columns}", fact.entity_kind)))
            }
            "many" => emit::rows(host, count, count),
            "lie" => emit::rows(host, 2, 5),
            "fail" => Err(Failure::invalid("not what was expected")),
            "forbid-itself" => Err(Failure::new("denied", "by nobody")),
            "outside-need" => host.open("secrets", "").map(|_| Summary::new()),
            "ungranted" => host.open("extra", "").map(|_| Summary::new()),
            "swallow" => {
                let _ = host.open("extra", "");
                emit::rows(host, 2, 2)
            }
            "swallow-required" => {
                let _ = host.open("vital", "../outside");
                Ok(Summary::new())
            }
            "swallow-last" => {
                let _ = host.open("vital", "data");
                Ok(Summary::new())
            }
            "missing" => host.open("vital", "no-such-file").map(|_| Summary::new()),
            "interfaces" => interfaces(host),
            "witness" => witness::all(host, count),
            "undeclared-setting" => {
                let _ = host.setting("colour");
                Ok(Summary::new())
            }
            "spin" => spin(),
            mode => abuse::run(mode, host, count)
                .or_else(|| emit::run(mode, host))
                .unwrap_or_else(|| Err(Failure::invalid(format!("no mode `{mode}`")))),
        }
    }
}

/// Uses every host interface once and says what came back.
fn interfaces(host: &dyn Host) -> Result<Summary, Failure> {
    let listing = host.list("vital", "")?;
    let files: Vec<String> = listing.entries.iter().map(|entry| format!("{}:{}", entry.path, entry.size)).collect();
    let output = host.run("tool", &[])?;
    let rows = host.query("table", &[])?;
    let mut cells = Vec::new();
    rows.for_each(|row| {
        cells.push(format!("{row:?}"));
        Ok(())
    })?;
    let refused = host.send(&Request::get("site", "/")).map_or_else(|failure| failure.code, |r| r.status.to_string());
    Ok(Summary::new()
        .note(format!("files {}", files.join(" ")))
        .note(format!("tool {} {}", output.exit_code, output.stdout.text()?))
        .note(format!("table {} {}", rows.columns().join(","), cells.join(" ")))
        .note(format!("site {refused}"))
        .note(format!("as of {} words {:?}", host.as_of().0, host.setting("words").texts())))
}

/// A population of `total` things, as read from `vital`.
fn population(total: i64, receipt: u32) -> Population {
    Population::of(total.unsigned_abs(), receipt)
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = black_box(turns).wrapping_add(1);
    }
}

tickmark_collector::export!(Guest);
