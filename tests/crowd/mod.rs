//! A site of a hundred collectors on the example company's files: two thirds of them are its own, the others are programs
//! of `tests/guests/programs`. Who puts it to the test and who measures it has the same one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use crate::assemble;

/// A hostile program, and how many collectors run it.
#[derive(Clone, Copy, Debug)]
pub struct Hostile {
    pub program: &'static str,
    pub count: usize,
    /// A limit beside [`HOSTILE_LIMITS`].
    pub limit: Limit,
    /// How each of them ends.
    pub fate: &'static str,
}

/// A limit's name and bound.
pub type Limit = (&'static str, u64);

/// What every well-behaved collector may use.
pub const SOUND_LIMITS: &[Limit] =
    &[("memory_bytes", 16 << 20), ("total_response_bytes", 1 << 20), ("emitted_bytes", 1 << 20)];

/// The same for the hostile ones, which have all the fuel that they ask for.
pub const HOSTILE_LIMITS: &[Limit] = &[
    ("memory_bytes", 16 << 20),
    ("total_response_bytes", 4 << 20),
    ("emitted_bytes", 4 << 20),
    ("fuel", u64::MAX >> 1),
];

const fn hostile(program: &'static str, count: usize, limit: Limit, fate: &'static str) -> Hostile {
    Hostile { program, count, limit, fate }
}

/// A third of the hundred. What only time ends keeps a core busy until then.
pub const HOSTILE: &[Hostile] = &[
    hostile(
        LOOP,
        3,
        ("wall_time_ms", 4_000),
        "deadline: more than 4000 ms of wall time, limit is 4000 (limits.wall_time_ms)",
    ),
    hostile(
        "expensive-fill",
        3,
        ("wall_time_ms", 4_000),
        "deadline: more than 4000 ms of wall time, limit is 4000 (limits.wall_time_ms)",
    ),
    hostile(
        "memory-hog",
        3,
        ("wall_time_ms", 4_000),
        "deadline: more than 4000 ms of wall time, limit is 4000 (limits.wall_time_ms)",
    ),
    hostile(
        "memory-bomb",
        2,
        ("memories", 1),
        "memory: 17825792 bytes of memory, limit is 16777216 (limits.memory_bytes)",
    ),
    hostile(
        "table-bomb",
        2,
        ("table_elements", 50_000),
        "memory: 50011 table elements, limit is 50000 (limits.table_elements)",
    ),
    hostile(
        "handle-leak",
        2,
        ("handles", 500),
        "output-limit: more than 500 live handles, limit is 500 (limits.handles)",
    ),
    hostile(
        "cheap-calls",
        3,
        ("host_calls", 300_000),
        "output-limit: 300001 host calls, limit is 300000 (limits.host_calls)",
    ),
    hostile("log-flood", 2, ("log_lines", 5_000), "output-limit: 5001 log lines, limit is 5000 (limits.log_lines)"),
    hostile(
        "heavy-rows",
        3,
        ("rows", 10_000),
        "output-limit: 4208610 bytes emitted, limit is 4194304 (limits.emitted_bytes)",
    ),
    hostile(
        "huge-emit",
        3,
        ("memory_bytes", 256 << 20),
        "output-limit: more than 16777216 bytes in one host call, limit is 16777216",
    ),
    hostile(
        "unreachable",
        2,
        ("fuel", 1_000),
        "trapped: unreachable-code-reached: wasm `unreachable` instruction executed",
    ),
    hostile(
        "command-grandchild",
        3,
        ("command_timeout_ms", 3_000),
        "plugin-error: timeout: program `/bin/sleep` took more than 3000 ms",
    ),
    hostile(
        "sql-endless",
        3,
        ("sql_timeout_ms", 3_000),
        "plugin-error: timeout: query on `[DIR]/acme.db` took more than 3000 ms",
    ),
];

/// The worst third for whoever shares the cores with it: nothing but endless loops.
pub const LOOPING: &[Hostile] = &[hostile(
    LOOP,
    34,
    ("wall_time_ms", 4_000),
    "deadline: more than 4000 ms of wall time, limit is 4000 (limits.wall_time_ms)",
)];

const LOOP: &str = "endless-loop-under-endless-fuel";

/// Collectors that are not hostile.
pub const SOUND: usize = SYSTEMS * (COLLECTORS + 1) + THINGS;

/// The system that the hostile ones are on.
pub const HOSTILE_SYSTEM: &str = "hostile";

/// How many systems are like the example company, with the first of its collectors and a small one.
const SYSTEMS: usize = 9;
/// How many of the example's collectors each of them has.
const COLLECTORS: usize = 6;
/// What a collector in a site file starts with.
const COLLECTOR: &str = "[[system.collector]]\n";
/// How many of the small ones are on a system by themselves.
const THINGS: usize = 3;

/// A control about what the small collector and the hostile ones declare.
const CONTROL: &str = r#"
[[control]]
id = "CC7.1-things"
matrix_id = "CC7.1"
title = "Every thing is called as its source says"
criteria = ["CC7.1"]
frequency = "daily"
operation = "state"
owner = "IT"
evidence = "Things"
collector = "agreeable"
fact = "thing"
policy = "things.cedar"
mode = "subject"
severity = "low"
remediation_days = 30
max_age = { duration = "24h" }
"#;

const POLICY: &str = r#"
@id("things-scope")
permit (principal, action == Action::"CC7.1-things/scope", resource);

@id("things-conform")
permit (principal, action == Action::"CC7.1-things", resource);

@id("things-named")
@message("the thing has another name than its source says")
@severity("low")
@remediation("name it as the source does")
forbid (principal, action == Action::"CC7.1-things", resource)
unless { resource.name == "what the source says" };
"#;

/// The files to put beside those of the example company, whose site file is `example`; the hostile collectors come first.
///
/// # Errors
/// Where the example's site file is another than this knows, or a program cannot be made.
pub fn files(example: &str, hostile: &[Hostile]) -> Result<Vec<(String, Vec<u8>)>> {
    let component = |name, program| assemble::program_called(name, &assemble::text(program)?);
    let mut files = vec![
        ("vital/data".to_owned(), b"what the source says".to_vec()),
        ("agreeable.wasm".to_owned(), component("agreeable", "well-behaved")?),
        ("policies/controls.toml".to_owned(), CONTROL.into()),
        ("policies/things.cedar".to_owned(), POLICY.into()),
    ];
    let (head, example) = example.split_once("[[system]]").context("the example has no system")?;
    let sections: Vec<&str> = example.split(COLLECTOR).take(1 + COLLECTORS).collect();
    let example = sections.join(COLLECTOR);
    let mut text = head.to_owned();
    if !hostile.is_empty() {
        write!(text, "[[system]]\nname = \"{HOSTILE_SYSTEM}\"\nenvironment = \"production\"\n")?;
    }
    for Hostile { program, count, limit, .. } in hostile {
        files.push((format!("{program}.wasm"), component(program, program)?));
        for number in 0..*count {
            let limits = limits(HOSTILE_LIMITS.iter().chain([limit]));
            text.push_str(&guest(program, &format!("{program}-{number}"), &limits));
        }
    }
    let bounded = format!("{COLLECTOR}{}", limits(SOUND_LIMITS));
    for number in 0..SYSTEMS {
        let system = example.replace("\"acme-prod\"", &format!("\"acme-{number}\""));
        let system = system.replace(COLLECTOR, &bounded);
        write!(text, "\n[[system]]{system}{}", guest("agreeable", "agreeable", &limits(SOUND_LIMITS)))?;
    }
    text.push_str("\n[[system]]\nname = \"things\"\nenvironment = \"production\"\n");
    for number in 0..THINGS {
        text.push_str(&guest("agreeable", &format!("agreeable-{number}"), &limits(SOUND_LIMITS)));
    }
    files.push(("tickmark.toml".to_owned(), text.into()));
    Ok(files)
}

/// One collector that is no built-in one, with everything granted that any of them asks for.
fn guest(plugin: &str, instance: &str, limits: &str) -> String {
    format!(
        r#"
[[system.collector]]
plugin = "{plugin}"
name = "{instance}"
path = "{plugin}.wasm"
sha256 = "any"
provides = ["Test::Thing"]
{limits}
grants.files.vital.path = "vital"
grants.command.grandchild = {{ argv = ["/bin/sleep", "3600"] }}

[system.collector.grants.sql.endless]
sqlite = "acme.db"
query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS name FROM n WHERE ?1 <> ''"
params = ["text"]
columns = {{ name = "text" }}
"#
    )
}

/// Limits as a site file has them.
fn limits<'a>(limits: impl IntoIterator<Item = &'a Limit>) -> String {
    let limits: Vec<String> = last(limits).into_iter().map(|(name, bound)| format!("{name} = {bound}")).collect();
    format!("limits = {{ {} }}\n", limits.join(", "))
}

/// The bytes that a collector with these limits may have.
pub fn bytes<'a>(limits: impl IntoIterator<Item = &'a Limit>) -> u64 {
    last(limits).into_iter().filter(|(name, _)| name.ends_with("bytes")).map(|(_, bound)| bound).sum()
}

/// Of two limits of the same name the later.
fn last<'a>(limits: impl IntoIterator<Item = &'a Limit>) -> BTreeMap<&'static str, u64> {
    limits.into_iter().copied().collect()
}
