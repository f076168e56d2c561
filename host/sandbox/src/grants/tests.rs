use std::path::Path;

use super::*;

const ALL: &str = r#"
[files.ruleset]
path = "ruleset.json"
[command.nft]
argv = ["/usr/sbin/nft", "--json", "list", "ruleset"]
env = { LANG = "C", RESTIC_PASSWORD = { file = "restic.key" } }
timeout = "30s"
[command.journal]
argv = ["/usr/bin/journalctl", "--since={since}"]
params = { since = "datetime" }
[http.health]
origin = "https://app.example.com"
addresses = ["10.1.0.0/16", "fd00::/8"]
ca_file = "/etc/acme/ca.pem"
headers = { Authorization = { env = "TOKEN" }, accept = "text/plain" }
[sql.users]
sqlite = "acme.db"
query = "SELECT id FROM users ORDER BY id"
params = ["datetime"]
columns = { last_login = "datetime" }
[sql.logins]
postgres = "host=/run/postgresql user=audit dbname=app"
password = { env = "PGPASSWORD" }
query = "SELECT 1"
[sql.roles]
postgres = "host=db user=audit"
password = { command = ["/usr/bin/pass", "show", "audit/hunter2"] }
query = "SELECT 2"
"#;

fn grants(text: &str) -> Grants {
    toml::from_str(text).unwrap()
}

fn problems(text: &str) -> Vec<String> {
    grants(text).problems().iter().map(ToString::to_string).collect()
}

#[test]
fn what_the_examples_write_is_sound() {
    assert_eq!(problems(ALL), [""; 0]);
    assert_eq!(grants("").describe(), json!({ "command": {}, "files": {}, "http": {}, "sql": {} }));
}

#[test]
fn the_record_names_secrets_and_does_not_hold_them() {
    let mut all = grants(ALL);
    all.rebase(Path::new("/site"));
    assert_eq!(
        all.describe(),
        json!({
            "files": { "ruleset": { "path": "/site/ruleset.json" } },
            "command": {
                "journal": {
                    "argv": ["/usr/bin/journalctl", "--since={since}"],
                    "env": {}, "params": { "since": "datetime" }, "timeout": null,
                },
                "nft": {
                    "argv": ["/usr/sbin/nft", "--json", "list", "ruleset"],
                    "env": { "LANG": "<written in the configuration>", "RESTIC_PASSWORD": { "file": "/site/restic.key" } },
                    "params": {}, "timeout": "30s",
                },
            },
            "http": {
                "health": {
                    "origin": "https://app.example.com",
                    "addresses": ["10.1.0.0/16", "fd00::/8"],
                    "methods": ["GET", "HEAD"],
                    "ca_file": "/etc/acme/ca.pem",
                    "headers": { "accept": "<written in the configuration>", "authorization": { "env": "TOKEN" } },
                    "timeout": null,
                },
            },
            "sql": {
                "logins": {
                    "sqlite": null, "postgres": "host=/run/postgresql user=audit dbname=app",
                    "password": { "env": "PGPASSWORD" }, "query": "SELECT 1", "params": [], "columns": {}, "timeout": null,
                },
                "roles": {
                    "sqlite": null, "postgres": "host=db user=audit", "password": { "command": "/usr/bin/pass" },
                    "query": "SELECT 2", "params": [], "columns": {}, "timeout": null,
                },
                "users": {
                    "sqlite": "/site/acme.db", "postgres": null, "password": null,
                    "query": "SELECT id FROM users ORDER BY id",
                    "params": ["datetime"], "columns": { "last_login": "datetime" }, "timeout": null,
                },
            },
        })
    );
}

#[test]
fn every_problem_is_reported_at_once() {
    let text = r#"
[files.both]
path = "a"
ledger = "reviews"
[files.none]
path = ""
[files.state]
ledger = "waivers"
[command.empty]
argv = []
[command.nft]
argv = ["nft", "{since}"]
env = { "A=B" = "x", TOKEN = { command = ["pass", "hunter2"] } }
params = { since = "dattime", Until = "text", other = "entity" }
timeout = "2h"
[http.health]
origin = "https://me:hunter2@app.example.com/health"
addresses = ["10.1.0.0/16", "app.internal", "::ffff:10.0.0.1"]
methods = ["get"]
headers = { Host = "x", X-Token = { command = [] }, "a b" = "y", "Proxy-Authorization" = "z", x-a = "1", X-A = "2" }
timeout = "soon"
[http.metadata]
origin = "http://169.254.169.254"
[http.none]
origin = "https://app.example.com"
methods = []
[http.short]
origin = "http://127.1:9090"
[sql.both]
sqlite = "a.db"
postgres = "host=db"
query = "SELECT 1; SELECT 2"
[sql.command]
postgres = "host=db"
password = { command = ["/usr/bin/pass", "hunter2\u0000"] }
query = "SELECT 1"
[sql.neither]
query = " -- nothing"
params = ["entity"]
columns = { a = "date" }
[sql.password]
postgres = "host=db password=hunter2"
query = "SELECT 1"
[sql.unused]
sqlite = "a.db"
password = "hunter2"
query = "SELECT 1"
"#;
    let types = "expected boolean, long, text, decimal, ip, datetime or duration";
    assert_eq!(
        problems(text),
        [
            "grant `files.both`: has `path` and `ledger`, expected one of them".to_owned(),
            "grant `files.none`: has none of `path`, `ledger` and `facts`, expected one".to_owned(),
            "grant `files.state.ledger`: unknown state `waivers` of the ledger, expected `remediations`, `reviews`, \
             `sights` or `vendors`"
                .to_owned(),
            "grant `command.empty.argv`: is empty, expected a program".to_owned(),
            "grant `command.nft.argv`: program `nft` is not an absolute path".to_owned(),
            "grant `command.nft.env`: `A=B` is not a name of an environment variable".to_owned(),
            "grant `command.nft.env`: `TOKEN`: program `pass` is not an absolute path".to_owned(),
            "grant `command.nft.params.Until`: is not a name such as `since` (a-z, 0-9 and _)".to_owned(),
            "grant `command.nft.params.other`: stands in no argument, expected `{other}` after the program".to_owned(),
            format!("grant `command.nft.params.other`: unknown type `entity`, {types}"),
            format!("grant `command.nft.params.since`: unknown type `dattime`, {types}"),
            "grant `command.nft.timeout`: timeout `2h` is outside 1ms to 1h".to_owned(),
            "grant `http.health.origin`: has user information before the host".to_owned(),
            "grant `http.health.addresses`: `app.internal` is not an IP address or network such as `10.1.0.0/16`".to_owned(),
            "grant `http.health.addresses`: `::ffff:10.0.0.1` hides the IPv4 address 10.0.0.1, expected that one".to_owned(),
            "grant `http.health.methods`: unknown method `get`, expected GET, HEAD, OPTIONS or POST".to_owned(),
            "grant `http.health.headers`: `Host` is written by the HTTP client itself".to_owned(),
            "grant `http.health.headers`: `Proxy-Authorization` is written by the HTTP client itself".to_owned(),
            "grant `http.health.headers`: `X-Token`: `command` is empty, expected a program".to_owned(),
            "grant `http.health.headers`: `a b` is not a name of a header".to_owned(),
            "grant `http.health.headers`: `x-a` is written twice".to_owned(),
            "grant `http.health.timeout`: `soon` is not a duration such as `26h`, `7d` or `1d12h` (units d, h, m, s, ms, \
             largest first)"
                .to_owned(),
            "grant `http.metadata.origin`: leads to 169.254.169.254 (metadata), which `addresses` does not name"
                .to_owned(),
            "grant `http.none.methods`: is empty, expected at least one of GET, HEAD, OPTIONS and POST".to_owned(),
            "grant `http.short.origin`: `127.1` ends in a number, expected an IPv4 address of four plain decimal numbers"
                .to_owned(),
            "grant `sql.both`: has both `sqlite` and `postgres`, expected one".to_owned(),
            "grant `sql.both.query`: holds 2 statements, expected 1".to_owned(),
            "grant `sql.command.password`: `command` has a NUL character".to_owned(),
            "grant `sql.neither`: has neither `sqlite` nor `postgres`, expected one".to_owned(),
            "grant `sql.neither.query`: is empty".to_owned(),
            format!("grant `sql.neither.params[0]`: unknown type `entity`, {types}"),
            format!("grant `sql.neither.columns.a`: unknown type `date`, {types}"),
            "grant `sql.password.postgres`: holds a password, expected it in `password = { env = \"NAME\" }`".to_owned(),
            "grant `sql.unused.password`: has no use with `sqlite`".to_owned(),
        ]
    );
    let described = grants(text).describe().to_string();
    assert!(!described.contains("hunter2"), "{described}");
    assert!(!format!("{:?}", grants(text).sql).contains("hunter2"));
}

#[test]
fn misspelt_fields_are_refused_with_the_ones_there_are() {
    let check = |text| toml::from_str::<Grants>(text).unwrap_err().message().to_owned();
    assert_eq!(
        check("[file.x]\npath = 'a'"),
        "unknown field `file`, expected one of `files`, `command`, `http`, `sql`"
    );
    assert_eq!(check("[files.x]\npaht = 'a'"), "unknown field `paht`, expected one of `path`, `ledger`, `facts`");
    assert_eq!(
        check("[command.x]\nargv = ['/x']\nenv = { A = 1 }"),
        "invalid type: integer `1`, expected a string, { env = \"NAME\" }, { file = \"path\" } or { command = [\"/program\"] }"
    );
}
