//! Writes the seeds of the collectors, of descriptors, rows and recordings anew: `cargo run --example collector_seeds`.
//! What real tools have printed is taken from the collectors' own fixtures.

use std::fs;
use std::path::{Path, PathBuf};

use tickmark_collector::Collector;
use tickmark_fuzz::{collect, seeds};

/// All files below a folder, sorted.
fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn main() -> std::io::Result<()> {
    let put = |target: &str, name: &str, bytes: &[u8]| {
        fs::create_dir_all(seeds::folder(target))?;
        fs::write(seeds::folder(target).join(name), bytes)
    };
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    let fixture = |path: &str| fs::read(plugins.join(path));
    let from = |target: &str, name: &str, head: &str, files: &[&str]| -> std::io::Result<()> {
        let parts: Vec<Vec<u8>> =
            files.iter().map(|file| fixture(&format!("{target}/tests/fixtures/{file}"))).collect::<Result<_, _>>()?;
        put(target, name, &[head.as_bytes(), b"\n", &parts.join(&b"\0"[..])].concat())
    };

    from("firewall", "docker-nft", "nft-file", &["docker.json"])?;
    from("firewall", "server-nft", "nft-file", &["server.json"])?;
    from("firewall", "docker-iptables", "iptables-file", &["docker.v4", "docker.v6"])?;
    from("firewall", "counters", "iptables-file", &["docker-counters.v4", "docker6.rules"])?;
    from("firewall", "both", "iptables", &["both.v4", "ufw.v6", "both.stderr"])?;
    from("firewall", "ufw", "iptables-file", &["ufw.v4", "ufw6.rules"])?;

    from("mfa", "aws-csv", "aws-credential-report admin_users=ada", &["credential-report.csv"])?;
    from("mfa", "aws-json", "aws-credential-report service_accounts=deploy", &["credential-report.json"])?;
    from("mfa", "okta", "okta admin_roles=SUPER_ADMIN", &["okta-users.json"])?;
    let users = "id\tname\troles\tmfa_enabled\tfactors\tlast_login\nl1\ttada\ttadmin, ops\tb1\tttotp\td1795000000000\nl2\ttb\t\t\t\t";
    put("mfa", "sql", format!("sql\n{users}").as_bytes())?;
    let logins = "attempts\tfailures\toldest\nl3\tl1\td1795000000000";
    put("mfa", "logins", format!("sql login_source=sql\n{users}\0{logins}").as_bytes())?;

    from("encryption", "tls", "tls", &["tls/good.txt", "tls/legacy-refused.txt"])?;
    from("encryption", "tls-old", "tls", &["tls/expired.txt", "tls/legacy-half.txt"])?;
    from("encryption", "luks", "lsblk-file expected_volumes=/srv out_of_scope=/boot", &["lsblk/luks.json"])?;
    from("encryption", "machine", "lsblk-file expected_volumes=/srv/data", &["lsblk/luks-machine.json"])?;
    from("encryption", "mountpoint", "lsblk-file", &["lsblk/here-mountpoint.json"])?;
    from("encryption", "volumes", "aws-volumes out_of_scope=scratch", &["aws/volumes.json"])?;
    from("encryption", "databases", "aws-databases expected_volumes=orders", &["aws/databases.json"])?;

    let monitored = ["targets.json", "rules.json", "capacity-files.json"];
    let head = "prometheus-file expected_systems=db-1 replicas=web=2 required_rules=InstanceDown";
    from("monitoring", "all", &format!("{head} capacity=disk<=0.9"), &monitored)?;
    for (name, bound) in [("files-peak", "disk>=0.1"), ("memory", "disk<=9")] {
        let saved = fixture(&format!("monitoring/tests/fixtures/capacity-{name}.json"))?;
        put("monitoring", name, &[format!("prometheus-file capacity={bound}\n\0\0").as_bytes(), &saved].concat())?;
    }

    from("backup", "restic", "restic-file expected_jobs=/srv", &["restic-snapshots.json"])?;
    from("backup", "restic-tags", "restic-file job_by=tag expected_jobs=db", &["restic-snapshots.json"])?;
    from("backup", "pgbackrest", "pgbackrest-file expected_jobs=main", &["pgbackrest-info.json"])?;
    from("backup", "pgbackrest-never", "pgbackrest-file expected_jobs=main", &["pgbackrest-never.json"])?;
    from("backup", "borg", "borg-file utc_offset=+01:00 expected_jobs=home", &["borg-list.json"])?;
    from("backup", "borg-repository", "borg-file job_by=repository expected_jobs=home", &["borg-list-end.json"])?;
    let runs = "job\tfinished_at\tsuccess\tsize\tstarted_at\ntdb\td1795000000000\tb1\tl9\td1794999000000\ntdb\t\tb0";
    let restores = "job\tfinished_at\tsuccess\ntdb\td1795000000000\tb1";
    put("backup", "sql", format!("sql restore_source=sql expected_jobs=db\n{runs}\0{restores}").as_bytes())?;

    from("change", "json-lines", "json-lines security_reviewers=carla identities=ada=a@x", &["audit.jsonl"])?;
    let csv = "id,kind,author,deployed_at,created_at,paths,emergency,approved_by,approved_at\n\
        a,infrastructure,ada,2026-11-19T10:00:00Z,2026-11-18T10:00:00Z,infra/a;\"b,c\",true,boris,2026-11-19T09:00:00Z\n\
        ,coverage,,2026-11-20T08:00:00Z,2026-10-01T00:00:00Z,,,,\n";
    put("change", "csv", format!("csv high_risk_paths=infra/ holidays=2026-11-19\n{csv}").as_bytes())?;
    let mut answers = Vec::new();
    for grant in ["github", "jira"] {
        let root = plugins.join("change/tests/fixtures").join(grant);
        for path in files(&root)? {
            let document: serde_json::Value = serde_json::from_slice(&fs::read(&path)?)?;
            let name = path.strip_prefix(&root).map_err(std::io::Error::other)?;
            answers.push(format!("{}\n{document}", name.display()));
        }
    }
    let head =
        "files repositories=acme/web issue_projects=OPS security_reviewers=carla identities=carla=carla@example.com";
    put("change", "files", format!("{head}\n{}", answers.join("\0")).as_bytes())?;

    from("uptime", "proc", "proc", &["stat", "uptime"])?;
    from("uptime", "prometheus", "prometheus-file metrics=up", &["query_range.json"])?;
    put("uptime", "http", b"http\nfine\0xxxxxxxx")?;

    from("ids", "suricata", "file expected_sensors=ids-1", &["suricata-pcap.json"])?;
    let eve = |what: &str| format!(r#"{{"timestamp":"2026-11-20T08:00:00.5+0000","host":"a",{what}}}"#) + "\n";
    let stats = r#""event_type":"stats","stats":{"uptime":9,"capture":{"kernel_packets":5,"kernel_drops":1}}"#;
    let alert = r#""event_type":"alert","alert":{"gid":1,"signature_id":7,"signature":"x","category":"","severity":1}"#;
    let log = eve(stats) + &eve(alert) + &eve(r#""event_type":"dns""#);
    let answer = r#"{"alert":"a/1:7/2026-11-20","answered_at":"2026-11-20T08:30:00Z","answered_by":"ada"}"#;
    put("ids", "answers", format!("file expected_sensors=a responses=file\n{log}\0{answer}\n").as_bytes())?;
    let table = "alert\tanswered_at\tclosed_at\nta/1:7/2026-11-20\td1795163400000\t\nta\t\t";
    put("ids", "folder", format!("folder expected_sensors=a responses=sql\n{log}\0{table}\0{log}").as_bytes())?;

    let agent = |id: &str, name: &str, more: &str| {
        format!(r#"{{"id":"{id}","name":"{name}","dateAdd":"2026-10-26T09:52:01Z",{more}}}"#)
    };
    let agents = [
        agent("000", "manager", r#""status":"active","lastKeepAlive":"9999-12-31T23:59:59Z""#),
        agent("001", "web-1", r#""status":"active","lastKeepAlive":"2026-11-20T08:59:50+00:00""#),
        agent("002", "old", r#""status":"never_connected""#),
    ];
    let list = format!(r#"{{"data":{{"affected_items":[{}],"total_affected_items":3}},"error":0}}"#, agents.join(","));
    put("ids", "agents", format!("agents expected_agents=web-1\n{list}").as_bytes())?;
    let both = "file expected_sensors=a agents=file expected_agents=db-1";
    put("ids", "log-and-agents", format!("{both}\n{log}\0\0\0{list}").as_bytes())?;

    let details = ["authorization-details.json", "credential-report.csv"];
    from("iam", "aws-csv", "aws approved_admins=ada trusted_accounts=111122223333", &details)?;
    from(
        "iam",
        "aws-json",
        "aws service_accounts=deploy=ada",
        &["authorization-details.json", "credential-report.json"],
    )?;
    from("iam", "okta", "okta event_source=okta", &["okta-users.json", "okta-log.json"])?;
    from("iam", "okta-pages", "okta event_source=okta", &["okta-users.json", "okta-log-pages.json"])?;
    let user = |id: &str| format!(r#"[{{"id":"{id}","status":"ACTIVE","profile":{{"login":"a{id}"}}}}]"#);
    let roles = r#"[{"type":"APP_ADMIN","status":"ACTIVE"}]"#;
    put("iam", "okta-http", format!("okta-http\n{}\0{}\0{roles}", user("1"), user("2")).as_bytes())?;
    let users = "id\tlogin\tstatus\troles\tcreated_at\tlast_login\nl1\ttada\ttactive\ttadmin,a\td1780000000000\td1795000000000\ntx\ttb\ttdisabled\t\t\t";
    let keys = "account\tid\tactive\tcreated_at\tlast_used\nl1\ttk1\tb1\td1780000000000\t\nt9\ttk2\t\t\t";
    put("iam", "sql", format!("sql key_source=sql disabled_statuses=disabled\n{users}\0{keys}").as_bytes())?;

    from("accesslog", "auth", "auth-log login_services=sshd", &["auth-rfc3339.log"])?;
    from("accesslog", "auth-yearless", "auth-log year=latest utc_offset=+01:00", &["auth-reduced.log"])?;
    from("accesslog", "auth-folder", "auth-log-folder login_services=su", &["auth-rfc3339.log", "auth-rfc3339.log"])?;
    let journal = fixture("accesslog/tests/fixtures/journal.json")?;
    let few: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').skip(3).step_by(7).collect();
    put("accesslog", "journal", &[b"journal\n", few.concat().as_slice()].concat())?;
    let line = |at: &str, ip: &str| {
        let rest = r#""action":"read","resource":"/","outcome":"allowed","correlation_id":"c","extra":[null,{}]"#;
        format!(r#"{{"timestamp":"{at}","user_id":7,"source_ip":"{ip}",{rest}}}"#) + "\n"
    };
    let log = line("2026-11-19T08:00:00Z", "10.0.0.5") + &line("2026-11-20 08:00:00,5+0100", "unknown") + "torn\n{}\n";
    put("accesslog", "access", format!("access field_names=user_id=user_id\n{log}").as_bytes())?;
    put("accesslog", "access-folder", format!("access-folder placeholders=-\n{log}\0{log}").as_bytes())?;
    let inventory = "asset,ip\nweb-1,10.20.0.11\ndb-1,10.20.0.21\nregistry.acme.example/orders:4.2,";
    let scanned = |names: &str, reports: &[&str]| -> std::io::Result<Vec<u8>> {
        let reports: Vec<Vec<u8>> = reports
            .iter()
            .map(|report| fixture(&format!("vulnerability/tests/fixtures/{report}")))
            .collect::<Result<_, _>>()?;
        Ok([format!("{names}\n{inventory}\0").as_bytes(), &reports.join(&b"\0"[..])].concat())
    };
    let weeks = ["nessus/2026-w45.nessus", "nessus/2026-w46.nessus"];
    put("vulnerability", "nessus", &scanned("nessus inventory_names=ip", &weeks[1..])?)?;
    put("vulnerability", "nessus-folder", &scanned("nessus match_by=ip inventory_names=ip", &weeks)?)?;
    put("vulnerability", "trivy", &scanned("trivy trivy_names=tag", &["trivy/orders.json"])?)?;
    let lines = b"trivy inventory_id=id\n{\"id\":\"app\"}\n\0{\"SchemaVersion\":2,\"ArtifactName\":\"app\",\"Results\":[{\"Class\":\"os-pkgs\"}]}";
    put("vulnerability", "json-lines", lines)?;
    from("recovery", "restic-check", "log expected_checks=restic-check/app", &["restic-check.log"])?;
    from("recovery", "restic-changed", "log expected_checks=restic-check/app", &["restic-changed.log"])?;
    from("recovery", "restic-restore", "log expected_checks=restic-restore/app", &["restic-restore.log"])?;
    let logs = ["restic-gone.log", "restic-aborted.log"];
    from("recovery", "folder", "log-folder expected_checks=restic-check/app", &logs)?;
    let verified = "log manifest=orders-db expected_checks=pg_verifybackup/orders-db";
    from("recovery", "manifest", verified, &["pg_verifybackup.log", "backup_manifest"])?;
    let changed = "log expected_checks=pg_verifybackup/orders-db";
    from("recovery", "pg_verifybackup", changed, &["pg_verifybackup-changed.log"])?;
    let restic = "restic expected_checks=restic-check/app\n{\"message_type\":\"summary\",\"num_errors\":1}";
    put("recovery", "restic-json", format!("{restic}\0{{\"message_type\":\"error\"}}\01").as_bytes())?;
    from("recovery", "exercises", "file expected_systems=orders-db", &["exercises.jsonl"])?;
    let head = "id;name;size;share;open;at;took;address;owner;tags";
    let row = "1;\"a;\"\"b\"\"\";7;1,5;yes;01.02.2026;26h;10.0.0.0/8;ada;x,y\r\n2;b;;;;;;;;";
    let csv =
        "csv key=id delimiter=; decimal_separator=, list_separator=, datetime_format=%d.%m.%Y time_zone=Europe/Berlin";
    put("table", "csv", format!("{csv}\n{head}\r\n{row}\r\n").as_bytes())?;
    let object =
        r#"{"id":1,"name":"a","size":7,"share":0.5,"open":true,"at":1795165200,"tags":["x"],"more":{"owner":"ada"}}"#;
    let json = "key=id datetime_format=unix columns=owner?=more.owner";
    let document = format!("json {json} array=/data/rows total=/n\n{{\"n\":1,\"data\":{{\"rows\":[{object}]}}}}");
    put("table", "json", document.as_bytes())?;
    put("table", "jsonl", format!("jsonl {json} exclude=name=b\n{object}\n{{\"name\":\"b\"}}\n{{").as_bytes())?;
    put("table", "pages", format!("pages {json}\n[{object}]\0[{{\"id\":2,\"name\":\"b\"}}]\0[]").as_bytes())?;
    let rows = "id\tname\tsize\tat\ntx\tta\tl7\td1795000000000\nl1\ttb\t\t";
    let total = "total\tcovers_from\tcovers_to\nl2\td0\td1795000000000";
    put("table", "sql", format!("sql key=id total=query\n{rows}\0{total}").as_bytes())?;
    put("table", "total", b"csv key=id total=file\nid,name\n1,a\n\x001")?;

    let declared = [
        ("accesslog", tickmark_accesslog::AccessLog::describe(), "\"4h\""),
        ("backup", tickmark_backup::Backup::describe(), "\"1d2h\""),
        ("change", tickmark_change::Change::describe(), "[\"acme/web\"]"),
        ("encryption", tickmark_encryption::Encryption::describe(), "[\"example.com:443\"]"),
        ("firewall", tickmark_firewall::Firewall::describe(), "[\"10.0.0.0/8\"]"),
        ("iam", tickmark_iam::Iam::describe(), "[\"deploy=ada\"]"),
        ("ids", tickmark_ids::Ids::describe(), "true"),
        ("mfa", tickmark_mfa::Mfa::describe(), "\"2026-11-20T09:00:00Z\""),
        ("recovery", tickmark_recovery::Recovery::describe(), "\"4h\""),
        ("monitoring", tickmark_monitoring::Monitoring::describe(), "[\"disk<=0.9\"]"),
        ("table", tickmark_table::Table::describe(), "[\"a\",\"b\"]"),
        ("uptime", tickmark_uptime::Uptime::describe(), "\"99.9000\""),
        ("vulnerability", tickmark_vulnerability::Vulnerability::describe(), "true"),
    ];
    for (name, declared, value) in declared {
        let json = serde_json::to_string(&collect::descriptor(&declared))?;
        put("descriptor", name, format!("{json}\n{value}").as_bytes())?;
    }
    let entity = r#"{"facts":[{"columns":[{"doc":"","entity_kind":"A::Role","name":"role","required":true,"shape":"set-of","ty":"entity"}],"doc":"","entity_kind":"A::B","event_time":null,"name":"b","parent_kinds":["A::Role"]}],"name":"a","needs":[{"kind":"sql","name":"users","reason":"","required":true}],"settings":[],"version":"1.0.0"}"#;
    put("descriptor", "entity", format!("{entity}\n[{{\"id\":\"x\",\"kind\":\"A::Role\"}}]").as_bytes())?;

    // Column, cell, id, parents: see `rows`.
    put("rows", "long", &[1, 8, 1, 9, 1, b'a', 0, 255, 8, 5, 7, 1, b'b', 1, 1, 1, b'r'])?;
    put("rows", "text", b"\x02\x08\x02\x03abc\x01a\x00\xff\x08\x04\x0a10.0.0.0/8\x01b\x00")?;
    put("rows", "set", b"\x0a\x04\x02\x01a\x02\x01b\x02\x01a\x01a\x00\x07\x08\x07\x01\x01r\x01b\x00")?;

    let digest = format!("sha256:{}", "0a".repeat(32));
    let calls = format!(
        r#"[{{"blobs":{{"rows":{{"digest":"{digest}","size":9}}}},"failure":null,"function":"sql.query","grant":"users","request":"{digest}","seq":0,"summary":{{"principal":"audit","rows":2}}}},{{"blobs":{{}},"failure":"timeout","function":"http.send","grant":"health","request":"{digest}","seq":1,"summary":{{"message":"late","principal":"none","retryable":true}}}}]"#
    );
    put("recording", "two", calls.as_bytes())?;
    put("recording", "none", b"[]")
}
