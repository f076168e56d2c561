//! A large source: it is read, kept and replayed, and the process does not hold it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which are to fail at once"
)]

use std::process::Command;

use tickmark_tests::{Site, program};

/// Lines of the log; each has some 290 bytes.
const LINES: u64 = 300_000;

/// A service whose access log has so many lines, all of them over the day before the judged instant.
fn site(lines: u64) -> Site {
    let mut log = String::new();
    for number in 0..lines {
        let seconds = number * 86_400 / lines;
        log.push_str(&format!(
            "{{\"timestamp\": \"2026-11-19T{:02}:{:02}:{:02}Z\", \"user_id\": \"user-{}\", \"action\": \"read\", \"resource\": \
             \"/customers/{number}\", \"source_ip\": \"10.20.0.{}\", \"outcome\": \"allowed\", \"correlation_id\": \"req-{number}\", \
             \"user_agent\": \"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101\", \"level\": \"info\"}}\n",
            seconds / 3_600,
            seconds / 60 % 60,
            seconds % 60,
            number % 5_000,
            number % 250
        ));
    }
    let toml = r#"
company = "Acme Rockets (example)"

[[system]]
name = "web"
environment = "production"

[[system.collector]]
plugin = "accesslog"
settings = { access_source = "file" }
grants.files.access-log.path = "access.log"
limits = { response_bytes = 500_000_000, total_response_bytes = 500_000_000 }
"#;
    Site::new().file("access.log", log).file("tickmark.toml", toml)
}

/// How a run on it ends and what it says of the log's lines, and the most memory that it and what it started ever had, in bytes.
fn run(site: &Site) -> (String, u64) {
    let arguments = "run --as-of 2026-11-20T00:00:00Z --quiet -o json";
    // The process that waits for a program learns what it had.
    const PEAK: &str = "import resource, subprocess, sys\n\
                        subprocess.run(sys.argv[1:], stdout=open('report.json', 'w'))\n\
                        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)";
    let ready = site.command(arguments);
    let mut python = Command::new("python3");
    python.args(["-c", PEAK]).arg(program()).args(ready.get_args()).current_dir(site.path());
    for (name, value) in ready.get_envs() {
        match value {
            Some(value) => python.env(name, value),
            None => python.env_remove(name),
        };
    }
    let output = python.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let peak = text(&output.stdout).trim().parse().unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    let report: serde_json::Value = serde_json::from_str(&site.read("report.json")).unwrap();
    let evidence = &report["evidence"][0];
    let size = &evidence["receipts"][0]["blobs"]["body"]["size"];
    (format!("{} {size}", evidence["outcome"]), peak)
}

#[test]
fn a_large_log_is_never_held_in_memory_and_replays() {
    let (small, large) = (site(10), site(LINES));
    // Compiles the collector, in a process of its own that takes more than a run.
    run(&small);
    let (_, without) = run(&small);
    let (ended, with) = run(&large);
    let bytes = large.path().join("access.log").metadata().unwrap().len();
    assert_eq!((ended, bytes > 80_000_000), (format!("\"ok\" {bytes}"), true));
    let more = with.saturating_sub(without);
    assert!(more < bytes / 3, "{bytes} bytes of a log took {more} bytes more than a small one");
    let (code, stdout, stderr) = large.run("replay --all");
    assert_eq!(code, 0, "{stdout}{stderr}");
}
