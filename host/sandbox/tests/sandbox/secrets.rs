//! Sources that repeat what they were asked with: nothing of it reaches the guest, the blobs, the exchanges, the log or the
//! reason of a run that failed.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use tickmark_model::Collection;

use crate::cluster::Cluster;
use crate::fixture::Fixture;
use crate::replaying::{Tape, seen};

/// Has what each encoding writes otherwise.
const TOKEN: &str = "s3cret/\"t&k<n?>~\\+=";
const PASSWORD: &str = "pass'word \\ of the \"auditor\"";

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&#34;")
}

/// All that must not be found anywhere: each encoding of `secret`, and its start and end, should one be cut in two.
fn forms(secret: &str) -> Vec<String> {
    let base64 = ["", "a", "ab"].map(|before| {
        let encoded = STANDARD.encode(format!("{before}{secret}"));
        // Without the characters that hold bits of other bytes.
        encoded[4..encoded.len() - 4].to_owned()
    });
    let json = serde_json::to_string(secret).unwrap();
    let json = json.trim_matches('"').to_owned();
    let twice = serde_json::to_string(&json).unwrap().trim_matches('"').to_owned();
    let debug = secret.escape_debug().to_string();
    let half = secret.len() / 2;
    let halves = [secret[..half].to_owned(), secret[half..].to_owned()];
    [vec![secret.to_owned(), percent(secret), html(secret), json, twice, debug], base64.to_vec(), halves.to_vec()]
        .concat()
}

/// Whether nothing of `secret` is in what is left of a run.
#[track_caller]
fn assert_nowhere(secret: &str, collection: &Collection, fixture: &Fixture) {
    let seen = seen(collection);
    let blobs = fixture.blobs.0.lock().unwrap();
    for form in forms(secret) {
        assert!(!seen.contains(&form), "`{form}` is in the collection: {seen}");
        for blob in blobs.values() {
            let blob = String::from_utf8_lossy(blob);
            assert!(!blob.contains(&form), "`{form}` is in a blob: {blob}");
        }
    }
}

/// In how many places each exchange lost a secret.
fn redacted(collection: &Collection) -> Vec<u64> {
    let count =
        |exchange: &tickmark_model::Exchange| exchange.summary.get("redacted").and_then(serde_json::Value::as_u64);
    collection.exchanges.iter().map(|exchange| count(exchange).unwrap_or(0)).collect()
}

/// Repeats the credential of each request in every way; `/gone` is broken off.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().for_each(|stream| repeat(stream.unwrap())));
    origin
}

fn repeat(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let lines: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    if !first.starts_with("GET /health ") {
        return;
    }
    let all = lines.iter().find_map(|line| line.strip_prefix("authorization: ")).unwrap();
    let token = all.strip_prefix("Bearer ").unwrap();
    let asked = format!("GET /health\nauthorization: {all}\n");
    let wrapped: Vec<String> =
        STANDARD.encode(&asked).as_bytes().chunks(20).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    let body = [
        asked.clone(),
        token.to_owned(),
        json!({ "headers": { "Authorization": all } }).to_string(),
        format!("<input value=\"{}\">", html(token)),
        format!("?token={}&next=1", percent(token)),
        STANDARD.encode(token),
        URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"none\",\"token\":\"{token}\"}}")),
        wrapped.join("\r\n"),
        "end".to_owned(),
    ]
    .join("\n--\n");
    let head = format!(
        "HTTP/1.1 200 OK\r\nX-Asked-With: {all}\r\nX-Base64: {}\r\nLocation: /login?token={}\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        STANDARD.encode(token),
        percent(token)
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Each secret is cut by the chunks, and by the writes.
    for chunk in body.as_bytes().chunks(7) {
        stream.write_all(format!("{:x}\r\n", chunk.len()).as_bytes()).unwrap();
        stream.write_all(chunk).unwrap();
        stream.write_all(b"\r\n").unwrap();
        stream.flush().unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
}

/// A run of the guest that puts all that it is told into its rows. The header's secret is in a file, the command's is in
/// the environment of this process, and a command prints the database's.
fn run(dir: &Path, postgres: &str, query: &str) -> Fixture {
    let folder = dir.join("folder");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("one"), "1").unwrap();
    std::fs::write(folder.join("two"), "2").unwrap();
    std::fs::write(dir.join("token"), format!("Bearer {TOKEN}\n")).unwrap();
    std::fs::write(dir.join("password"), format!("{PASSWORD}\n")).unwrap();
    let script = "env; env >&2; env | base64 -w 13; printf %s \"$TOKEN\" | od -An -v -tx1 | tr -d ' \\n'";
    Fixture::new("witness").granting(json!({
        "files": { "vital": { "path": folder } },
        "command": { "tool": {
            "argv": ["/bin/bash", "-c", script],
            "env": { "TOKEN": { "file": dir.join("token") }, "ABOUT": { "env": "CARGO_PKG_DESCRIPTION" }, "LANG": "plain-text" },
        } },
        "sql": { "table": {
            "postgres": postgres.replace("user=postgres", "user=audit"),
            "password": { "command": ["/bin/cat", dir.join("password")] },
            "query": query,
        } },
        "http": { "site": { "origin": serve(), "headers": { "Authorization": { "file": dir.join("token") } } } },
    }))
}

#[test]
fn a_credential_that_a_source_sends_back_comes_no_further() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start();
    let quoted = PASSWORD.replace('\'', "''");
    cluster.execute(&format!("CREATE ROLE audit LOGIN PASSWORD '{quoted}'"));
    let about = std::env::var("CARGO_PKG_DESCRIPTION").unwrap();

    let query =
        format!("SELECT 'the password is {quoted}' AS a, encode(convert_to('{quoted}', 'UTF8'), 'base64') AS b");
    let fixture = run(dir.path(), &cluster.connection(), &query);
    let collection = fixture.check("ok");
    for secret in [TOKEN, PASSWORD, &about] {
        assert_nowhere(secret, &collection, &fixture);
    }
    assert!(seen(&collection).contains("LANG=plain-text"), "what is no secret stays");
    assert!(seen(&collection).contains("the password is <redacted>"));
    let functions: Vec<&str> = collection.exchanges.iter().map(|exchange| exchange.function.as_str()).collect();
    assert_eq!(functions[3..6], ["command.run", "sql.query", "http.send"]);
    assert_eq!(redacted(&collection), [0, 0, 0, 7, 2, 11, 0, 0]);
    assert_eq!(collection.exchanges[4].summary["principal"], "audit");
    let token = format!("file {}", dir.path().join("token").display());
    assert_eq!(collection.exchanges[5].summary["principal"], token.as_str());

    let body = fixture.blobs.text(collection.exchanges[5].blobs["body"].digest);
    let parts: Vec<&str> = body.split("\n--\n").collect();
    assert_eq!(
        parts[..6],
        [
            "GET /health\nauthorization: <redacted>\n",
            "<redacted>",
            r#"{"headers":{"Authorization":"<redacted>"}}"#,
            "<input value=\"<redacted>\">",
            "?token=<redacted>&next=1",
            "<redacted>==",
        ]
    );
    assert_eq!(parts[8], "end");

    let tape = Tape::of(fixture);
    let again = tape.replay().unwrap();
    assert_eq!(seen(&again), seen(&tape.collection), "what was taken out is played as it was told");
}

#[test]
fn what_a_source_says_in_an_error_comes_no_further() {
    let dir = tempfile::tempdir().unwrap();
    let cluster = Cluster::start();
    let quoted = PASSWORD.replace('\'', "''");
    cluster.execute(&format!("CREATE ROLE audit LOGIN PASSWORD '{quoted}'"));
    let check = |query: &str, detail: &str| {
        let fixture = run(dir.path(), &cluster.connection(), query);
        let collection = fixture.check(detail);
        assert_nowhere(PASSWORD, &collection, &fixture);
        let message = collection.exchanges[4].summary["message"].as_str().unwrap();
        assert_eq!(format!("plugin-error: invalid: {message}"), detail);
        assert_eq!(redacted(&collection)[4], 1);
    };
    check(
        &format!("SELECT '{quoted}'::int AS a"),
        "plugin-error: invalid: PostgreSQL: invalid input syntax for type integer: \"<redacted>\" (22P02)",
    );
    check(
        &format!("SELECT 1 AS \"{0}\", 2 AS \"{0}\"", PASSWORD.replace('"', "\"\"")),
        "plugin-error: invalid: query has two columns `<redacted>`; give one another name with AS",
    );
}

#[test]
fn a_secret_that_is_not_there_is_told_and_nothing_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let check = |secret: serde_json::Value, message: &str| {
        let fixture = Fixture::new("interfaces").granting(json!({
            "files": { "vital": { "path": dir.path() } },
            "command": { "tool": { "argv": ["/usr/bin/touch", dir.path().join("ran")], "env": { "TOKEN": secret } } },
        }));
        let collection = fixture.check(&format!("plugin-error: unavailable: {message}"));
        assert_eq!(collection.exchanges[1].summary["message"], message);
        assert!(!dir.path().join("ran").exists());
        assert!(!seen(&collection).contains("s3cret"), "{}", seen(&collection));
    };
    check(
        json!({ "command": ["/bin/sh", "-c", "echo s3cret-token; echo s3cret-token >&2; exit 3"] }),
        "secret from command `/bin/sh` ended with exit code 3",
    );
    check(
        json!({ "env": "TICKMARK_TEST_NOT_SET" }),
        "secret from environment variable `TICKMARK_TEST_NOT_SET` is not set",
    );
    check(
        json!({ "command": ["/bin/echo", "s3cret"] }),
        "secret from command `/bin/echo` is 6 bytes, at least 8 are needed to find it again in an answer; write what is no \
         secret as plain text",
    );
}
