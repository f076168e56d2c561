//! The example company's site, in each of its versions, and its sources as they are at one minute.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tickmark_ledger::sha256;

use super::calendar::{Minute, day, text};
use super::plan::{ASSETS, Account, BACKUP_JOBS, Day, EXERCISED, Plan, Trouble, holidays, later_holidays};

/// The systems.
pub const PRODUCTION: &str = "acme-prod";
pub const STAGING: &str = "acme-staging";

/// What of the site has changed since the beginning.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Version {
    /// How much a reconciliation may be off.
    pub allowed: Allowed,
    /// Whether the matrix is the second one.
    pub second_matrix: bool,
    /// Whether the firewall's collector is the second build.
    pub second_collector: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Allowed {
    #[default]
    Ten,
    Five,
    Twenty,
    /// After the year, by somebody who wants to look better.
    Anything,
}

impl Allowed {
    pub fn difference(self) -> i64 {
        match self {
            Self::Ten => 10,
            Self::Five => 5,
            Self::Twenty => 20,
            Self::Anything => 1_000_000,
        }
    }
}

/// The built-in controls that the company looks at.
const BUILT_IN: [&str; 11] = [
    "A1.2-backup-daily",
    "A1.3-recovery-exercised",
    "A1.3-restore-test",
    "C1.2-deletion-on-time",
    REMEDIATION,
    "CC6.2-access-review",
    "CC6.3-mfa-for-admins",
    "CC6.6-firewall-review",
    "CC7.1-vulnerability-scan",
    "P5.1-subject-requests",
    "PI1.3-job-balance",
];
/// Those of them whose source is the whole ledger.
pub const OF_LEDGER: [&str; 3] = [REMEDIATION, "CC6.2-access-review", "CC6.6-firewall-review"];
pub const REMEDIATION: &str = "CC4.2-remediation-on-time";
pub const ADMINS: &str = "CC6.3-mfa-for-admins";
pub const DEFAULT_DENY: &str = "CC6.6-firewall-default-deny";

impl Version {
    /// The controls that are run on the system of production.
    pub fn controls(self) -> Vec<String> {
        let own = if self.second_matrix { "ACME-ports" } else { "ACME-visitors" };
        let all = BUILT_IN.into_iter().chain([DEFAULT_DENY, "ACME-logs", "ACME-reconciliation", own]);
        all.map(str::to_owned).collect()
    }
}

/// Writes the site's own files.
pub fn write(dir: &Path, version: Version) {
    let component = component(version.second_collector);
    fs::write(dir.join("netguard.wasm"), &component).unwrap();
    let holidays: Vec<_> =
        holidays().into_iter().chain(version.second_matrix.then(later_holidays).into_iter().flatten()).collect();
    let holidays: Vec<String> = holidays.iter().map(|day| format!("\"{day}\"")).collect();
    let site = SITE.replace("HOLIDAYS", &holidays.join(", ")).replace("COMPONENT", &sha256(&component).to_string());
    fs::write(dir.join("tickmark.toml"), site).unwrap();
    let policies = dir.join("policies");
    fs::create_dir_all(&policies).unwrap();
    fs::write(policies.join("facts.toml"), FACTS).unwrap();
    let mut matrix = EXERCISED_ROW.to_owned();
    fs::write(policies.join("A1.3-recovery-exercised.cedar"), EXERCISED_POLICY).unwrap();
    let logs = if version.second_matrix { "monthly" } else { "weekly" };
    let own = if version.second_matrix { ("ports", "monthly") } else { ("visitors", "weekly") };
    for (kind, frequency) in [("reconciliation", "business-daily"), ("logs", logs), own] {
        let grace = if kind == "logs" { "grace = { duration = \"2d\" }\n" } else { "" };
        let row = ROW.replace("KIND", kind).replace("FREQUENCY", frequency).replace("GRACE", grace);
        matrix.push_str(&row);
        let policy = POLICY.replace("KIND", kind).replace("ALLOWED", &version.allowed.difference().to_string());
        fs::write(policies.join(format!("ACME-{kind}.cedar")), policy).unwrap();
    }
    for gone in if version.second_matrix { ["visitors"] } else { ["ports"] } {
        let _ = fs::remove_file(policies.join(format!("ACME-{gone}.cedar")));
    }
    fs::write(policies.join("controls.toml"), matrix).unwrap();
}

/// The firewall's collector under the name of another vendor, of which there is a second build that does the same.
fn component(second: bool) -> Vec<u8> {
    let mut bytes = tickmark_builtin::find("firewall").unwrap().component.to_vec();
    // Its name is eight bytes of data in one place, and in another the constant that writes them at once.
    let (from, to) = (*b"firewall", *b"netguard");
    replace(&mut bytes, &from, &to);
    replace(&mut bytes, &constant(i64::from_le_bytes(from)), &constant(i64::from_le_bytes(to)));
    if second {
        // A custom section: its id, its size, the length of its name, its name, and a note.
        let (name, note) = (b"build", b"2");
        let size = 1 + name.len() + note.len();
        bytes.extend([0, u8::try_from(size).unwrap(), u8::try_from(name.len()).unwrap()]);
        bytes.extend(name);
        bytes.extend(note);
    }
    bytes
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
}

/// A number as WebAssembly writes constants: signed LEB128.
fn constant(mut number: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if (number == 0 && low & 0x40 == 0) || (number == -1 && low & 0x40 != 0) {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// Writes the sources as they are at `now` on `today`.
pub fn write_sources(dir: &Path, plan: &Plan, today: &Day, now: Minute, trouble: Option<Trouble>) {
    let write = |name: &str, text: String| fs::write(dir.join(name), text).unwrap();
    let days = || plan.days.iter();
    let minutes_of = |days: i64| days * 24 * 60;

    let rules = dir.join("ruleset.json");
    let _ = fs::remove_file(&rules);
    if trouble != Some(Trouble::Firewall) {
        let deny = today.default_deny && trouble != Some(Trouble::OtherFirewall);
        write("ruleset.json", ruleset(deny));
    }
    write("staging.json", ruleset(true));

    // The tables of the register, of the jobs and of deletions hold forty days.
    let recent = |at: Minute, days: i64| at <= now && at >= now - minutes_of(days);
    let mut duties = "id,kind,done_at,difference\n".to_owned();
    for (day, duty) in days().flat_map(|day| day.duties.iter().map(move |duty| (day, duty))) {
        if recent(duty.at, 40) {
            let id = format!("{}/{}/{}", day.date, duty.kind, duty.at);
            writeln!(duties, "{id},{},{},{}", duty.kind, text(duty.at), duty.difference).unwrap();
        }
    }
    if trouble == Some(Trouble::Duties) {
        duties.push_str("smudge,reconciliation,the day before yesterday,0\n");
    }
    write("duties.csv", duties);

    let mut jobs = "run,job,status,started_at,finished_at,records_in,records_out,rejected\n".to_owned();
    for job in days().flat_map(|day| &day.jobs).filter(|job| recent(job.at, 40)) {
        let (started, finished, out) = (text(job.at - 20), text(job.at), if job.balanced { 98 } else { 97 });
        writeln!(jobs, "invoices/{},invoices,succeeded,{started},{finished},100,{out},2", job.at).unwrap();
    }
    write("jobs.csv", jobs);

    let mut deletions = "id,record_class,personal,due_at,deleted_at\n".to_owned();
    for deletion in days().flat_map(|day| &day.deletions).filter(|deletion| recent(deletion.at, 40)) {
        let (due, deleted) = (text(deletion.due), text(deletion.at));
        writeln!(deletions, "R-{},applications,yes,{due},{deleted}", deletion.at).unwrap();
    }
    write("deletions.csv", deletions);

    let mut requests = "no,kind,received_at,answered_at,verified\n".to_owned();
    for request in days().flat_map(|day| &day.requests).filter(|request| recent(request.received, 120)) {
        let answered = request.answered.filter(|at| *at <= now).map(text).unwrap_or_default();
        writeln!(requests, "{},access,{},{answered},yes", request.received, text(request.received)).unwrap();
    }
    write("requests.csv", requests);

    let exercises = [calendar_exercise()].into_iter().chain(days().filter_map(|day| day.exercised));
    let lines: Vec<String> = exercises.filter(|at| *at <= now).flat_map(exercise).collect();
    write("exercises.jsonl", lines.concat());

    let newest = days().flat_map(|day| &day.scanned).filter(|at| **at <= now).max().unwrap();
    write("scan.nessus", scan(*newest));
    let assets = ASSETS.iter().map(|(name, address)| format!("{name},{address},nessus\n"));
    write("inventory.csv", format!("asset,ip,scanner\n{}", assets.collect::<String>()));

    database(dir, plan, today, now, trouble);
}

/// The exercise before the year, which no day of the plan has.
pub fn calendar_exercise() -> Minute {
    super::calendar::at(day(2027, 5, 10), 14, 0)
}

fn ruleset(deny: bool) -> String {
    let policy = if deny { "drop" } else { "accept" };
    let chain = |name: &str, handle: u32, policy: &str| {
        json!({ "chain": {
            "family": "inet", "table": "filter", "name": name, "handle": handle, "type": "filter", "hook": name, "prio": 0,
            "policy": policy,
        } })
    };
    let established = json!({ "match": {
        "op": "in", "left": { "ct": { "key": "state" } }, "right": ["established", "related"],
    } });
    let all: Vec<Value> = vec![
        json!({ "metainfo": { "version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1 } }),
        json!({ "table": { "family": "inet", "name": "filter", "handle": 1 } }),
        chain("input", 1, policy),
        chain("forward", 2, "drop"),
        chain("output", 3, "accept"),
        json!({ "rule": {
            "family": "inet", "table": "filter", "chain": "input", "handle": 4, "expr": [established, { "accept": null }],
        } }),
    ];
    json!({ "nftables": all }).to_string()
}

fn exercise(at: Minute) -> Vec<String> {
    let line = |system: &&str| {
        let it = json!({
            "format": "tickmark-dr-1", "id": format!("dr-{at}-{system}"), "system": system, "scenario": "loss of the site",
            "started_at": text(at - 240), "disruption_at": text(at - 200), "recovery_point_at": text(at - 210),
            "service_restored_at": text(at - 60), "performed_at": text(at), "performed_by": "Boris Okafor",
            "approved_by": "Ada Park", "approved_at": text(at),
            "steps": [{ "name": "restore", "outcome": "passed" }], "issues": [],
        });
        format!("{it}\n")
    };
    EXERCISED.iter().map(line).collect()
}

fn scan(at: Minute) -> String {
    let host = |(name, address): &(&str, &str)| {
        let (start, end) = ((at - 10) * 60, at * 60);
        format!(
            r#"<ReportHost name="{address}"><HostProperties>
<tag name="HOST_END_TIMESTAMP">{end}</tag><tag name="host-fqdn">{name}.acme.example</tag>
<tag name="host-ip">{address}</tag><tag name="Credentialed_Scan">true</tag>
<tag name="HOST_START_TIMESTAMP">{start}</tag></HostProperties>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="19506"
 pluginName="Nessus Scan Information" pluginFamily="Settings"><plugin_output>
Credentialed checks : yes
</plugin_output></ReportItem></ReportHost>
"#
        )
    };
    let hosts: String = ASSETS.iter().map(host).collect();
    format!(
        "<?xml version=\"1.0\" ?>\n<NessusClientData_v2><Report name=\"weekly\">\n{hosts}</Report></NessusClientData_v2>\n"
    )
}

/// Accounts, runs of backups and restores on trial.
fn database(dir: &Path, plan: &Plan, today: &Day, now: Minute, trouble: Option<Trouble>) {
    let path = dir.join("acme.db");
    let new = !path.exists();
    let mut db = rusqlite::Connection::open(&path).unwrap();
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;").unwrap();
    if new {
        db.execute_batch(TABLES).unwrap();
    }
    let tx = db.transaction().unwrap();
    tx.execute_batch("DELETE FROM users; DELETE FROM backup_log; DELETE FROM restore_log;").unwrap();
    for Account { id, name, admin, enrolled } in &today.accounts {
        let (roles, department) = if *admin { ("admin", "engineering") } else { ("finance", "finance") };
        let email = format!("{name}@acme.example");
        tx.execute("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)", (id, name, email, roles, enrolled, department))
            .unwrap();
    }
    if trouble == Some(Trouble::Accounts) {
        tx.execute("INSERT INTO users VALUES (NULL, 'smudge', NULL, 'finance', 1, 'finance')", ()).unwrap();
    }
    let reaches = now - today.backup_log_days * 24 * 60;
    for backup in plan.days.iter().flat_map(|day| &day.backups).filter(|it| reaches <= it.at && it.at <= now) {
        tx.execute("INSERT INTO backup_log VALUES (?, ?, ?)", (backup.job, text(backup.at), backup.success)).unwrap();
    }
    for restore in plan.days.iter().flat_map(|day| &day.restores).filter(|it| it.at <= now) {
        tx.execute("INSERT INTO restore_log VALUES (?, ?, 1)", (restore.job, text(restore.at))).unwrap();
    }
    tx.commit().unwrap();
}

const TABLES: &str = "
CREATE TABLE users (id TEXT, name TEXT, email TEXT, roles TEXT, mfa_enabled INTEGER, department TEXT);
CREATE TABLE backup_log (job TEXT, finished_at TEXT, success INTEGER);
CREATE TABLE restore_log (job TEXT, finished_at TEXT, success INTEGER);
";

const FACTS: &str = r#"
[[fact]]
name = "duty"
kind = "Acme::Duty"
doc = "something that was done by the calendar, as the register has it"
event_time = "done_at"

[[fact.column]]
name = "kind"
type = "text"
required = true
doc = "what was done"

[[fact.column]]
name = "done_at"
type = "datetime"
required = true
doc = "when"

[[fact.column]]
name = "difference"
type = "long"
required = true
doc = "what was off"
"#;

const EXERCISED_ROW: &str = r#"
[[control]]
id = "A1.3-recovery-exercised"
title = "The recovery of every system is exercised within a year"
criteria = ["A1.3"]
frequency = "annual"
anchor = "06-15"
operation = "event"
combine = "each"
owner = "Engineering"
evidence = "Reports of exercises"
collector = "recovery"
fact = "system"
policy = "A1.3-recovery-exercised.cedar"
mode = "subject"
severity = "high"
remediation_days = 30
replaces = true
"#;

const EXERCISED_POLICY: &str = r#"
@id("exercised")
permit (principal, action == Action::"A1.3-recovery-exercised", resource);

@id("never-exercised")
@message("the recovery was never exercised")
@severity("high")
@remediation("exercise the recovery of the system, and report it")
forbid (principal, action == Action::"A1.3-recovery-exercised", resource)
unless { resource has last_restored };
"#;

const ROW: &str = r#"
[[control]]
id = "ACME-KIND"
title = "The KIND are looked at when the calendar says so"
criteria = ["CC7.2"]
frequency = "FREQUENCY"
GRACEoperation = "event"
owner = "Engineering"
evidence = "Register of duties"
collector = "table"
fact = "duty"
policy = "ACME-KIND.cedar"
mode = "subject"
severity = "medium"
remediation_days = 60
"#;

const POLICY: &str = r#"
@id("KIND-scope")
permit (principal, action == Action::"ACME-KIND/scope", resource)
when { resource.kind == "KIND" };

@id("KIND-done")
permit (principal, action == Action::"ACME-KIND", resource);

@id("KIND-off")
@message("it was off by more than is allowed")
@severity("medium")
@remediation("find out why")
forbid (principal, action == Action::"ACME-KIND", resource)
unless { resource.difference <= ALLOWED };
"#;

const SITE: &str = r#"
company = "Acme Rockets (example)"

[engagement]
boundary = "the production service and the people who run it"
period = { from = "2028-01-01", to = "2028-12-31" }
time_zone = "Europe/Berlin"
holidays = [HOLIDAYS]

[review.access]
reviewers = { engineering = "lead@acme.example", finance = "cfo@acme.example" }
fallback = "cto@acme.example"

[review.firewall]
reviewers = ["lead@acme.example"]

[[system]]
name = "acme-prod"
environment = "production"

[[system.collector]]
plugin = "netguard"
path = "netguard.wasm"
sha256 = "COMPONENT"
provides = ["Firewall::Chain", "Firewall::Rule"]
settings = { source = "nft-file" }
grants.files.nft.path = "ruleset.json"

[[system.collector]]
plugin = "mfa"
facts = ["user"]
settings = { source = "sql" }

[system.collector.grants.sql.users]
sqlite = "acme.db"
query = "SELECT id, name, email, roles, mfa_enabled, department FROM users ORDER BY id"
columns = { mfa_enabled = "boolean" }

[[system.collector]]
plugin = "backup"
settings = { source = "sql", restore_source = "sql", expected_jobs = ["customer-files", "orders-db"] }

[system.collector.grants.sql.runs]
sqlite = "acme.db"
query = "SELECT job, finished_at, success FROM backup_log ORDER BY job, finished_at"
columns = { finished_at = "datetime", success = "boolean" }

[system.collector.grants.sql.restores]
sqlite = "acme.db"
query = "SELECT job, finished_at, success FROM restore_log ORDER BY job, finished_at"
columns = { finished_at = "datetime", success = "boolean" }

[[system.collector]]
plugin = "vulnerability"
settings = { scanner = ["nessus"], inventory = "csv", inventory_names = ["ip"] }
grants.files.inventory.path = "inventory.csv"
grants.files.nessus.path = "scan.nessus"

[[system.collector]]
plugin = "recovery"
settings = { exercise_source = "file", expected_systems = ["customer-files", "orders-db"] }
grants.files.exercises.path = "exercises.jsonl"

[[system.collector]]
plugin = "table"
name = "job-ledger"
facts = ["job_run"]
settings = { format = "csv", key = "run", covers_from = "as-of-40d", covers_to = "as-of" }
grants.files.source.path = "jobs.csv"

[[system.collector]]
plugin = "table"
name = "retention"
facts = ["deletion"]
settings = { format = "csv", key = "id", covers_from = "as-of-40d", covers_to = "as-of" }
grants.files.source.path = "deletions.csv"

[[system.collector]]
plugin = "table"
name = "requests"
facts = ["subject_request"]
settings = { format = "csv", key = "no", covers_from = "as-of-120d", covers_to = "as-of" }
grants.files.source.path = "requests.csv"

[[system.collector]]
plugin = "table"
name = "duties"
facts = ["duty"]
settings = { format = "csv", key = "id", covers_from = "as-of-40d", covers_to = "as-of" }
grants.files.source.path = "duties.csv"

[[system.collector]]
plugin = "review"
settings = { expected = ["access", "firewall"] }
grants.files.reviews.ledger = "reviews"

[[system.collector]]
plugin = "table"
name = "remediations"
facts = ["remediation"]
settings = { format = "json", array = "remediations", key = "id", total = "/total", observed_at = "/as_of" }
grants.files.source.ledger = "remediations"

[[system]]
name = "acme-staging"
environment = "staging"

[[system.collector]]
plugin = "netguard"
path = "netguard.wasm"
sha256 = "COMPONENT"
provides = ["Firewall::Chain", "Firewall::Rule"]
settings = { source = "nft-file" }
grants.files.nft.path = "staging.json"
"#;

/// Every backup job is one that the site expects.
#[test]
fn the_site_expects_the_jobs_of_the_plan() {
    let expected = BACKUP_JOBS.map(|job| format!("\"{job}\"")).join(", ");
    assert!(SITE.contains(&format!("expected_jobs = [{expected}]")));
}
