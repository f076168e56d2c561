//! Large sources that stream through their collectors: a million lines of an access log, 200 MB of Suricata's `eve.json` and a
//! Nessus report of 100 MB, each in the sandbox under 128 MiB of memory, beside a native program that parses the same file, and beside
//! the same collector as native code.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tickmark_accesslog::AccessLog;
use tickmark_collector::Collector;
use tickmark_ids::Ids;
use tickmark_ledger::tlog::SigningKey;
use tickmark_ledger::{BlobStore, Ledger, OpenLedger};
use tickmark_model::{BlobRef, Collection, Digest, Instant, Scalar, Value};
use tickmark_sandbox::{BlobSink, Limits, Sandbox, SandboxConfig};
use tickmark_vulnerability::Vulnerability;

use crate::libraries;
use crate::parse::{GOAL, Given, builtin, in_turns, native, rows, run, sandboxed, text};
use crate::report::Row;
use crate::subjects::AS_OF_MS;

/// Lines of the access log.
const LINES: u64 = 1_000_000;
/// Bytes of the events.
const EVE_BYTES: u64 = 200_000_000;
/// Bytes of the report.
const REPORT_BYTES: u64 = 100_000_000;
/// Runs of each side.
const SAMPLES: usize = 11;
/// A file system in memory, so that the disk's moods are in no figure.
const MEMORY: &str = "/dev/shm";
/// Memory of the guest, in bytes: with more the run would end as `memory`.
const MEMORY_BYTES: u64 = 128 << 20;

pub fn measure() -> Result<Vec<Row>> {
    let dir = tempfile::tempdir()?;
    let signer = Arc::new(SigningKey::from_seed("tickmark/0123456789abcdef", [1; 32])?);
    let in_memory = tempfile::tempdir_in(MEMORY).with_context(|| format!("a folder in {MEMORY}"))?;
    let folder = in_memory.path().join("ledger");
    let ledger = Ledger::open(OpenLedger { folder, signer, package_key: None, seen: None })?;
    let kept = Arc::new(Kept(Arc::clone(ledger.blobs())));
    let sandbox = Sandbox::new(SandboxConfig::default())?;
    let set = |word: &str| Value::SetOf(vec![Scalar::Text(word.to_owned())]);
    let log = source(&dir, "access.log", access_log)?;
    let settings = [("access_source", text("file")), ("utc_offset", text("+00:00"))];
    let access = Given::of([("access-log", log.0.clone())], settings, limits(), kept.clone());
    let eve = source(&dir, "eve.json", events)?;
    let ids = Given::of([("eve", eve.0.clone())], [("expected_sensors", set("ids-edge"))], limits(), kept.clone());
    let report = source(&dir, "report.nessus", report)?;
    let inventory = source(&dir, "inventory.csv", inventory)?;
    let settings = [("scanner", set("nessus")), ("inventory", text("csv")), ("inventory_names", set("ip"))];
    let scan = Given::of([("nessus", report.0.clone()), ("inventory", inventory.0)], settings, limits(), kept);
    let access_lines = Library {
        name: "serde_json and chrono",
        parse: &|| libraries::access_lines(&log.0),
        says: &|run| long(run, "stream", "lines"),
    };
    let heartbeats = Library {
        name: "serde_json and chrono",
        parse: &|| libraries::heartbeats(&eve.0),
        says: &|run| long(run, "sensor", "heartbeats"),
    };
    let items = Library {
        name: "quick-xml",
        parse: &|| libraries::items(&report.0),
        says: &|run| usize::try_from(run.populations.get("vulnerability")?.source_total?).ok(),
    };
    let mut rows = Vec::new();
    let what = format!("{LINES} lines of an access log, {} MB", log.1);
    rows.extend(measured::<AccessLog>(&sandbox, "accesslog", &access, &what, &access_lines)?);
    let what = format!("Suricata's eve.json, {} MB", eve.1);
    rows.extend(measured::<Ids>(&sandbox, "ids", &ids, &what, &heartbeats)?);
    let what = format!("a Nessus report, {} MB", report.1);
    rows.extend(measured::<Vulnerability>(&sandbox, "vulnerability", &scan, &what, &items)?);
    Ok(rows)
}

/// The blobs of a ledger, which keeps what is read as every run has it kept.
struct Kept(Arc<BlobStore>);

impl BlobSink for Kept {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        self.0.put(bytes)
    }

    fn stream(&self, source: &mut dyn io::Read) -> io::Result<Option<(BlobRef, File)>> {
        self.0.copy(source).map(Some)
    }
}

/// A native program that parses a source with a library.
struct Library<'l> {
    name: &'l str,
    /// Parses it, and says something about it.
    parse: &'l dyn Fn() -> Result<usize>,
    /// What the collector says about the same.
    says: &'l dyn Fn(&Collection) -> Option<usize>,
}

fn measured<C: Collector>(
    sandbox: &Sandbox,
    name: &str,
    given: &Given,
    what: &str,
    library: &Library<'_>,
) -> Result<[Row; 2]> {
    let plugin = builtin(sandbox, name)?;
    let run = run(sandbox, &plugin, given)?;
    let (rows, says, parsed) = (rows(&run), (library.says)(&run), (library.parse)()?);
    ensure!(says == Some(parsed), "{what}: the collector says {says:?}, the library {parsed}");
    ensure!(rows == native::<C>(given)?, "{what}: in the sandbox {rows} rows are emitted, natively others");
    let [inside, parsing, outside] =
        in_turns(SAMPLES, [&|| sandboxed(sandbox, &plugin, given), &|| (library.parse)(), &|| native::<C>(given)])?;
    let words = format!("{what}, under 128 MiB (parsed natively, with {})", library.name);
    let same = "the same (the collector's own code, natively)";
    Ok([Row::side_by_side(words, inside, parsing, GOAL), Row::side_by_side(same, inside, outside, None)])
}

/// The number that the only row of a table has under a column.
fn long(run: &Collection, table: &str, column: &str) -> Option<usize> {
    let table = run.tables.get(table)?;
    match table.value(0, table.fact().column(column)?) {
        Value::One(Scalar::Long(number)) => usize::try_from(number).ok(),
        _ => None,
    }
}

fn limits() -> Limits {
    let bytes = 1 << 30;
    Limits {
        fuel: u64::MAX >> 1,
        memory_bytes: MEMORY_BYTES,
        response_bytes: bytes,
        total_response_bytes: bytes,
        wall_time_ms: 600_000,
        ..Limits::default()
    }
}

/// A file in the folder, and its size in MB.
fn source(
    dir: &TempDir,
    name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<()>,
) -> Result<(std::path::PathBuf, u64)> {
    let path: &Path = &dir.path().join(name);
    let mut out = BufWriter::new(File::create(path)?);
    write(&mut out)?;
    out.into_inner()?.sync_all()?;
    Ok((path.to_owned(), path.metadata()?.len() / 1_000_000))
}

fn at(ms: i64) -> Result<String> {
    Ok(Instant::from_ms(ms).context("an instant")?.to_string())
}

/// Lines in the order of time, over the day before the judged instant.
fn access_log(out: &mut BufWriter<File>) -> Result<()> {
    let day = 86_400_000;
    for number in 0..LINES {
        let at = at(AS_OF_MS - day + i64::try_from(number)? * day / i64::try_from(LINES)?)?;
        writeln!(
            out,
            "{{\"timestamp\": \"{at}\", \"user_id\": \"user-{}\", \"action\": \"read\", \"resource\": \"/customers/{}\", \
             \"source_ip\": \"10.20.{}.{}\", \"outcome\": \"allowed\", \"correlation_id\": \"req-{number:08}\", \"user_agent\": \
             \"Mozilla/5.0\", \"auth_method\": \"sso\", \"event\": \"access_log\", \"level\": \"info\"}}",
            number % 5_000,
            number % 70_001,
            number % 250,
            number % 241,
        )?;
    }
    Ok(())
}

/// Flows between two days before the judged instant and then, a heartbeat after every thousand of them.
fn events(out: &mut BufWriter<File>) -> Result<()> {
    let (mut written, mut number) = (0, 0_i64);
    while written < EVE_BYTES {
        let at = at(AS_OF_MS - 172_800_000 + number * 300)?.replace('Z', "+0000");
        let line = if number % 1_000 == 0 {
            format!(
                "{{\"timestamp\":\"{at}\",\"event_type\":\"stats\",\"stats\":{{\"uptime\":{},\"capture\":{{\"kernel_packets\":{},\
                 \"kernel_drops\":0}}}},\"host\":\"ids-edge\"}}\n",
                number / 3,
                number * 40
            )
        } else {
            format!(
                "{{\"timestamp\":\"{at}\",\"flow_id\":{},\"in_iface\":\"eth0\",\"event_type\":\"flow\",\"src_ip\":\"10.20.0.{}\",\
                 \"src_port\":{},\"dest_ip\":\"203.0.113.{}\",\"dest_port\":443,\"proto\":\"TCP\",\"app_proto\":\"tls\",\"flow\":\
                 {{\"pkts_toserver\":12,\"pkts_toclient\":10,\"bytes_toserver\":1871,\"bytes_toclient\":5120,\"state\":\"closed\",\
                 \"alerted\":false}},\"host\":\"ids-edge\"}}\n",
                number * 7_919,
                number % 250,
                1_024 + number % 60_000,
                number % 250
            )
        };
        out.write_all(line.as_bytes())?;
        written += line.len() as u64;
        number += 1;
    }
    Ok(())
}

/// Hosts with forty items each, of which one is a vulnerability.
fn report(out: &mut BufWriter<File>) -> Result<()> {
    writeln!(out, "<?xml version=\"1.0\" ?>\n<NessusClientData_v2>\n<Report name=\"Weekly\">")?;
    let (mut written, mut number, start) = (0, 0_u64, AS_OF_MS / 1_000 - 100_000);
    while written < REPORT_BYTES {
        let name = format!("10.{}.{}.{}", number / 62_500, number / 250 % 250, number % 250);
        let mut host = format!(
            "<ReportHost name=\"{name}\"><HostProperties><tag name=\"HOST_END_TIMESTAMP\">{}</tag><tag name=\"host-ip\">{name}</tag>\
             <tag name=\"Credentialed_Scan\">true</tag><tag name=\"HOST_START_TIMESTAMP\">{start}</tag></HostProperties>\n",
            start + 600
        );
        for item in 0..40 {
            let (severity, risk) = if item == 7 { (2, "Medium") } else { (0, "None") };
            host.push_str(&format!(
                "<ReportItem port=\"{}\" svc_name=\"www\" protocol=\"tcp\" severity=\"{severity}\" pluginID=\"{}\" pluginName=\"Service \
                 detection {item}\" pluginFamily=\"General\"><description>This plugin says of each host what it found out about one of \
                 its services.</description><risk_factor>{risk}</risk_factor><vuln_publication_date>2026/11/01</vuln_publication_date>\
                 <plugin_output>\nVersion : {item}.{number}\nPath &lt; /srv\n</plugin_output></ReportItem>\n",
                1_000 + item,
                10_000 + item
            ));
        }
        host.push_str("</ReportHost>\n");
        out.write_all(host.as_bytes())?;
        written += host.len() as u64;
        number += 1;
    }
    writeln!(out, "</Report>\n</NessusClientData_v2>")?;
    Ok(())
}

/// A thousand machines of the report's.
fn inventory(out: &mut BufWriter<File>) -> Result<()> {
    writeln!(out, "asset,ip")?;
    for number in 0..1_000 {
        writeln!(out, "host-{number},10.0.{}.{}", number / 250, number % 250)?;
    }
    Ok(())
}
