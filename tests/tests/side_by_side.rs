//! A hundred collectors side by side, a third of them hostile: the others find what they find alone, each hostile one ends
//! with its own word, and the process has no more memory than the limits of all of them together allow.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which are to fail at once"
)]

#[cfg(test)]
#[path = "../guests/assemble.rs"]
#[expect(dead_code, reason = "what a program's text says of limits and compilers is for the table of fates")]
mod assemble;
#[cfg(test)]
#[path = "../guests/descriptor.rs"]
mod descriptor;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::process::Stdio;

use serde_json::Value;
use tickmark_ledger::{Body, LogReader, Record};
use tickmark_model::Digest;
use tickmark_tests::Site;

/// What every well-behaved collector may use; the sum over the site is what its process may use.
const SOUND_LIMITS: &[(&str, u64)] =
    &[("memory_bytes", 16 << 20), ("total_response_bytes", 1 << 20), ("emitted_bytes", 1 << 20)];

/// The same for the hostile ones, which have all the fuel that they ask for.
const HOSTILE_LIMITS: &[(&str, u64)] = &[
    ("memory_bytes", 16 << 20),
    ("total_response_bytes", 4 << 20),
    ("emitted_bytes", 4 << 20),
    ("fuel", u64::MAX >> 1),
];

/// What a process has that runs no collector at all: the program, its policies, compiled code.
const BASE_BYTES: u64 = 128 << 20;

/// Hostile programs, how many collectors run each, a further limit of theirs, and how each of them ends. What only time ends
/// keeps a core busy until then.
const HOSTILE: &[(&str, usize, (&str, u64), &str)] = &[
    ("endless-loop-under-endless-fuel", 3, ("wall_time_ms", 4_000), "deadline: ran longer than 4000 ms"),
    ("expensive-fill", 3, ("wall_time_ms", 4_000), "deadline: ran longer than 4000 ms"),
    ("memory-hog", 3, ("wall_time_ms", 4_000), "deadline: ran longer than 4000 ms"),
    ("memory-bomb", 2, ("memories", 1), "memory: bytes of memory would grow to 17825792, limit is 16777216"),
    ("table-bomb", 2, ("table_elements", 50_000), "memory: table elements would grow to 50011, limit is 50000"),
    ("handle-leak", 2, ("handles", 500), "output-limit: live handles exceed 500"),
    ("cheap-calls", 3, ("host_calls", 300_000), "output-limit: more than 300000 host calls"),
    ("log-flood", 2, ("log_lines", 5_000), "output-limit: more than 5000 log lines"),
    ("heavy-rows", 3, ("rows", 10_000), "output-limit: 4208610 bytes emitted, limit is 4194304"),
    ("huge-emit", 3, ("memory_bytes", 256 << 20), "output-limit: one host call carries more than 16777216 bytes"),
    ("unreachable", 2, ("fuel", 1_000), "trapped: unreachable-code-reached: wasm `unreachable` instruction executed"),
    (
        "command-grandchild",
        3,
        ("command_timeout_ms", 3_000),
        "plugin-error: timeout: program `/bin/sleep` took more than 3000 ms",
    ),
    (
        "sql-endless",
        3,
        ("sql_timeout_ms", 3_000),
        "plugin-error: timeout: query on `[DIR]/acme.db` took more than 3000 ms",
    ),
];

/// How many systems are like the example company, with its six collectors and a small one.
const SYSTEMS: usize = 9;
/// How many of the small ones are on a system by themselves, so that there are a hundred collectors in all.
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

/// Limits as a site file has them; of two of the same name the later holds.
fn limits<'a>(limits: impl IntoIterator<Item = &'a (&'a str, u64)>) -> String {
    let limits: BTreeMap<&str, u64> = limits.into_iter().copied().collect();
    let limits: Vec<String> = limits.iter().map(|(name, bound)| format!("{name} = {bound}")).collect();
    format!("limits = {{ {} }}\n", limits.join(", "))
}

fn component(name: &str, program: &str) -> Vec<u8> {
    assemble::program_called(name, &assemble::text(program).unwrap()).unwrap()
}

/// One collector that is no built-in one, with everything granted that any of them asks for.
fn guest(plugin: &str, instance: &str, limits: &str) -> String {
    format!(
        r#"
[[system.collector]]
plugin = "{plugin}"
name = "{instance}"
path = "{plugin}.wasm"
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

/// The site, with the hostile collectors in front of the others or without them.
fn site(hostile: bool) -> Site {
    let mut site = Site::acme()
        .file("vital/data", "what the source says")
        .file("agreeable.wasm", component("agreeable", "well-behaved"))
        .file("policies/controls.toml", CONTROL)
        .file("policies/things.cedar", POLICY);
    let example = site.read("tickmark.toml");
    let (mut text, example) = example.split_once("[[system]]").map(|(head, system)| (head.to_owned(), system)).unwrap();
    if hostile {
        text.push_str("[[system]]\nname = \"hostile\"\nenvironment = \"production\"\n");
        for (program, count, further, _) in HOSTILE {
            site = site.file(&format!("{program}.wasm"), component(program, program));
            let limits = limits(HOSTILE_LIMITS.iter().chain([further]));
            for number in 0..*count {
                text.push_str(&guest(program, &format!("{program}-{number}"), &limits));
            }
        }
    }
    for number in 0..SYSTEMS {
        let system = example.replace("\"acme-prod\"", &format!("\"acme-{number}\""));
        let system =
            system.replace("[[system.collector]]\n", &format!("[[system.collector]]\n{}", limits(SOUND_LIMITS)));
        write!(text, "\n[[system]]{system}{}", guest("agreeable", "agreeable", &limits(SOUND_LIMITS))).unwrap();
    }
    text.push_str("\n[[system]]\nname = \"things\"\nenvironment = \"production\"\n");
    for number in 0..THINGS {
        text.push_str(&guest("agreeable", &format!("agreeable-{number}"), &limits(SOUND_LIMITS)));
    }
    site.file("tickmark.toml", text)
}

/// What a run says of one control on one system: its finding without the record, and the finding's digest.
type Findings = BTreeMap<(String, String), (Value, Digest)>;

/// What a run leaves behind.
struct Seen {
    findings: Findings,
    /// How each collector ended, by system and name, and the digest of what it observed.
    ended: BTreeMap<(String, String), (String, Value)>,
    /// The most memory that the process ever had, in bytes.
    peak: u64,
}

/// Runs the program on the site.
fn run(site: &Site) -> Seen {
    let mut child =
        site.command("run --as-of 2026-11-20T09:00:00Z -o json --quiet").stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut said = vec![0];
    // The report is the last that a run does, and it is larger than a pipe: while it is not read, the process stands.
    stdout.read_exact(&mut said).unwrap_or_else(|_| panic!("nothing was reported, {}", child.wait().unwrap()));
    let peak = peak(child.id());
    stdout.read_to_end(&mut said).unwrap();
    child.wait().unwrap();
    assert!(said.len() > 2 << 16, "a report of {} bytes may be written before anybody looks", said.len());

    let document: Value = serde_json::from_slice(&said).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let mut ended = BTreeMap::new();
    for evidence in document["evidence"].as_array().unwrap() {
        let outcome = word(&evidence["outcome"]);
        let outcome = evidence["detail"].as_str().map_or(outcome.clone(), |detail| format!("{outcome}: {detail}"));
        let id = (word(&evidence["system"]), word(&evidence["collector"]));
        ended.insert(id, (outcome, evidence["observations"].clone()));
    }
    let digests = digests(site);
    let mut findings = BTreeMap::new();
    for finding in document["findings"].as_array().unwrap() {
        let id = (word(&finding["system"]), word(&finding["control"]));
        let mut finding = finding.clone();
        finding["record"].take();
        findings.insert(id.clone(), (finding, digests[&id]));
    }
    Seen { findings, ended, peak }
}

/// The digests of all findings that are in the ledger.
fn digests(site: &Site) -> BTreeMap<(String, String), Digest> {
    let log = LogReader::open(&site.path().join(".tickmark/ledger")).unwrap();
    let records = (0..log.size()).map(|index| serde_json::from_slice::<Record>(&log.entry(index).unwrap()).unwrap());
    let evaluations = records.filter_map(|record| match record.body {
        Body::Evaluation(it) => Some(((it.system.name.clone(), it.control.id.clone()), it.finding)),
        _ => None,
    });
    evaluations.collect()
}

/// The most memory that a process ever had (`VmHWM`), in bytes.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
}

/// The bytes that a collector with these limits may use; of two limits of the same name the later holds.
fn bytes<'a>(limits: impl IntoIterator<Item = &'a (&'a str, u64)>) -> u64 {
    let limits: BTreeMap<&str, u64> = limits.into_iter().copied().collect();
    limits.iter().filter(|(name, _)| name.ends_with("bytes")).map(|(_, bound)| bound).sum()
}

#[test]
fn a_third_of_hostile_collectors_changes_nothing_that_the_others_find() {
    let sites = (site(false), site(true));
    let dir = sites.1.path().display().to_string();
    let (alone, beside) = (run(&sites.0), run(&sites.1));
    let count: usize = HOSTILE.iter().map(|(_, count, ..)| count).sum();
    assert_eq!((count, alone.ended.len(), beside.ended.len()), (34, 66, 100));

    for (id, ended) in &alone.ended {
        assert_eq!(ended.0, "ok", "{id:?} does not end well even alone");
        assert_eq!(beside.ended.get(id), Some(ended), "{id:?} beside hostile collectors");
    }
    for (id, finding) in &alone.findings {
        assert_eq!(beside.findings.get(id), Some(finding), "{id:?} beside hostile collectors");
    }
    let outcomes: BTreeSet<&str> =
        alone.findings.values().map(|(finding, _)| finding["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, BTreeSet::from(["fail", "inconclusive", "pass"]), "the findings say too little");

    for (program, count, _, fate) in HOSTILE {
        for number in 0..*count {
            let (ended, _) = &beside.ended[&("hostile".to_owned(), format!("{program}-{number}"))];
            assert_eq!(&ended.replace(&dir, "[DIR]"), fate, "{program}-{number}");
        }
    }
    let things = &beside.findings[&("hostile".to_owned(), "CC7.1-things".to_owned())].0;
    assert_eq!(things["outcome"], "inconclusive");

    let sound = 66 * bytes(SOUND_LIMITS);
    let hostile =
        HOSTILE.iter().map(|(_, count, further, _)| *count as u64 * bytes(HOSTILE_LIMITS.iter().chain([further])));
    let bound = BASE_BYTES + sound + hostile.sum::<u64>();
    assert!(beside.peak <= bound, "the process had {} bytes of memory, all limits together are {bound}", beside.peak);
}
