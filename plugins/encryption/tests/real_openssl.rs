//! Runs the real `openssl s_client` against a real `openssl s_server`, with a CA that is made here, and checks what the
//! collector makes of it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration as Wait, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use tickmark_collector::testing::{TestHost, TestRow};
use tickmark_collector::{Datetime, Value};
use tickmark_encryption::Encryption;

/// Between two looks at the server; a bounded number of them.
const POLL: Wait = Wait::from_millis(100);
const POLLS: u32 = 300;

const CONFIG: &str = "[req]\ndistinguished_name = dn\n[dn]\n[root]\nbasicConstraints = critical, CA:true\n\
                      [leaf]\nsubjectAltName = DNS:app.example.com\n";

fn openssl(folder: &Path, args: &[&str]) -> Output {
    Command::new("openssl")
        .current_dir(folder)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .expect("this test needs `openssl`: type `cargo xtask setup`")
}

/// A folder with a root, and a certificate of it for `app.example.com` that holds for 90 days.
fn authority() -> TempDir {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("ca.cnf"), CONFIG).unwrap();
    let done = |args: &str| {
        let output = openssl(folder.path(), &args.split(' ').collect::<Vec<_>>());
        assert!(output.status.success(), "{args}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config ca.cnf";
    done(&format!("req -x509 {key} -keyout root.key -out root.pem -days 365 -subj /CN=Root -extensions root"));
    done(&format!("req {key} -keyout app.key -out app.csr -subj /CN=app.example.com"));
    done(
        "x509 -req -in app.csr -CA root.pem -CAkey root.key -CAcreateserial -days 90 -out app.pem -extfile ca.cnf -extensions leaf",
    );
    folder
}

struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// A server with the certificate of the folder, and these options.
    fn start(folder: &Path, options: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut process = Command::new("openssl")
            .current_dir(folder)
            .args(["s_server", "-accept", &format!("127.0.0.1:{port}"), "-www", "-quiet"])
            .args(["-cert", "app.pem", "-key", "app.key", "-cert_chain", "root.pem"])
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs `openssl`: type `cargo xtask setup`");
        for _ in 0..POLLS {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { process, port };
            }
            assert_eq!(process.try_wait().unwrap(), None, "the server has ended");
            std::thread::sleep(POLL);
        }
        panic!("nobody listens at {port} after {POLLS} looks");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What the collector makes of this port, asked as its page says, with `-CAfile` or not.
fn observe(folder: &Path, port: u16, trusted: bool) -> TestRow {
    let connect = format!("127.0.0.1:{port}");
    let mut args = vec!["s_client", "-connect", &connect, "-servername", "app.example.com", "-showcerts"];
    if trusted {
        args.extend(["-CAfile", "root.pem"]);
    }
    let current = openssl(folder, &args);
    args.extend(["-max_protocol", "TLSv1.1", "-cipher", "ALL@SECLEVEL=0"]);
    let legacy = openssl(folder, &args);
    let host = TestHost::new()
        .with_setting("tls", "openssl")
        .with_setting("probe_legacy", true)
        .with_setting("endpoints", vec![format!("app.example.com:443={connect}")])
        .command("openssl", current.status.code().unwrap(), &current.stdout, &current.stderr)
        .command("openssl-legacy", legacy.status.code().unwrap(), &legacy.stdout, &legacy.stderr);
    let run = host.collect::<Encryption>().unwrap();
    let claim = run.claim("endpoint").unwrap();
    assert_eq!((claim.count, claim.population.source_total, claim.population.total_source), (1, Some(1), Some(0)));
    run.row("endpoint", "app.example.com:443").unwrap().clone()
}

fn cells<const N: usize>(row: &TestRow, columns: [&str; N]) -> [Value; N] {
    columns.map(|column| row.get(column).clone())
}

const STATE: [&str; 5] = ["observed", "protocol", "legacy_accepted", "verified", "name_matches"];

#[test]
fn a_real_endpoint_is_understood() {
    let folder = authority();
    let server = Server::start(folder.path(), &[]);
    let row = observe(folder.path(), server.port, true);
    assert_eq!(cells(&row, STATE), [true.into(), "TLSv1.3".into(), false.into(), true.into(), true.into()]);
    assert_eq!(
        cells(&row, ["key_type", "key_bits", "certificates", "names", "subject", "issuer", "self_signed"]),
        [
            "EC".into(),
            256.into(),
            2.into(),
            vec!["app.example.com"].into(),
            "CN=app.example.com".into(),
            "CN=Root".into(),
            false.into()
        ]
    );
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let Value::One(tickmark_collector::Scalar::Datetime(Datetime(until))) = row.get("not_after") else {
        panic!("{row:?}")
    };
    let days = (until - now) / 86_400_000;
    assert!((88..=90).contains(&days), "{days} days");
    assert_eq!(row.get("chain_not_after"), row.get("not_after"));
    assert_eq!(row.sources, [0, 1]);

    let row = observe(folder.path(), server.port, false);
    let words = "self-signed certificate in certificate chain".into();
    assert_eq!(
        cells(&row, ["observed", "verified", "verify_code", "verify_error"]),
        [true.into(), false.into(), 19.into(), words]
    );
}

#[test]
fn a_real_server_of_old_versions_is_found_out() {
    let folder = authority();
    let server = Server::start(folder.path(), &["-cipher", "ALL@SECLEVEL=0"]);
    let row = observe(folder.path(), server.port, true);
    assert_eq!(cells(&row, STATE), [true.into(), "TLSv1.3".into(), true.into(), true.into(), true.into()]);
}

#[test]
fn a_port_where_nobody_listens_is_a_row() {
    let folder = authority();
    let row = observe(folder.path(), 1, true);
    assert_eq!(cells(&row, STATE), [false.into(), Value::Absent, Value::Absent, Value::Absent, Value::Absent]);
    assert!(row.get("error").as_text().unwrap().contains("refused"), "{row:?}");
}
