//! Other people's code verifies what tickmark writes: Go's checksum-database packages, openssl, securesystemslib, unzip.
//! And it refuses what was changed, so that each of these checks can fail.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests, which are to fail at once"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use tickmark_ledger::LogReader;
use tickmark_ledger::tlog::Note;
use tickmark_tests::Site;

const RUN: &str = "run --as-of 2026-11-20T09:00:00Z --quiet";

/// The example company after two runs, and the checkpoint between them.
fn acme() -> (Site, Vec<u8>) {
    let site = Site::acme();
    assert_eq!(site.run(RUN).0, 1);
    let between = std::fs::read(ledger(&site).join("checkpoint")).unwrap();
    assert_eq!(site.run(RUN).0, 1);
    (site, between)
}

fn ledger(site: &Site) -> PathBuf {
    site.path().join(".tickmark/ledger")
}

fn vkey(site: &Site) -> String {
    let (code, stdout, stderr) = site.run("key show");
    assert_eq!(code, 0, "{stderr}");
    stdout.trim_end().to_owned()
}

/// Runs a program that has to be there, and gives whether it ended well, with what it said.
fn run(command: &mut Command) -> (bool, String) {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; `cargo xtask setup` installs it"));
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap()
}

/// The Go program, built once.
fn verifylog() -> &'static Path {
    static PROGRAM: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = PROGRAM.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("verifylog");
        let source = workspace().join("tests/third_party/verifylog");
        // Debian's Go packages are found by path; nothing is fetched.
        let (built, said) = run(Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(source)
            .env("GO111MODULE", "off")
            .env("GOPATH", "/usr/share/gocode")
            .env("GOCACHE", dir.path().join("cache")));
        assert!(built, "{said}");
        (dir, program)
    });
    program
}

/// Flips the lowest bit of one byte of a file.
fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn go_verifies_a_ledger_and_that_it_extends_an_older_checkpoint() {
    let (site, between) = acme();
    let (ledger, vkey) = (ledger(&site), vkey(&site));
    let between = String::from_utf8(between).unwrap();
    let [origin, size, root] = between.lines().take(3).collect::<Vec<_>>()[..] else { panic!("{between}") };
    let go = |size: &str, root: &str| run(Command::new(verifylog()).arg(&ledger).args([&vkey, size, root]));
    assert_eq!(go(size, root), (true, format!("{origin}: 118 records\n")));
    let mut other = root.to_owned();
    other.replace_range(0..1, if root.starts_with('A') { "B" } else { "A" });
    assert!(!go(size, &other).0, "it extends a tree that never was");

    for (path, at) in [("checkpoint", 3), ("tile/0/000.p/118", 40), ("tile/entries/000.p/118", 900)] {
        flip(&ledger.join(path), at);
        let (ok, said) = go(size, root);
        assert!(!ok, "a changed {path} is not refused: {said}");
        flip(&ledger.join(path), at);
    }
    assert!(go(size, root).0);
}

#[test]
fn openssl_verifies_the_signature_of_a_checkpoint() {
    let (site, _) = acme();
    let note = Note::parse(&std::fs::read(ledger(&site).join("checkpoint")).unwrap()).unwrap();
    let key = vkey(&site).parse::<tickmark_ledger::tlog::VerifierKey>().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str| dir.path().join(name);
    // SubjectPublicKeyInfo of an Ed25519 key is this prefix and the key (RFC 8410).
    let prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    std::fs::write(file("key.der"), [&prefix[..], &key.to_bytes()[..]].concat()).unwrap();
    std::fs::write(file("text"), &note.text).unwrap();
    // The first four bytes are the key's id.
    std::fs::write(file("signature"), &note.signatures[0].bytes[..]).unwrap();
    let verify = || {
        run(Command::new("openssl")
            .args(["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", "-inkey", "key.der"])
            .args(["-in", "text", "-sigfile", "signature"])
            .current_dir(dir.path()))
    };
    assert_eq!(verify(), (true, "Signature Verified Successfully\n".to_owned()));
    flip(&file("text"), 5);
    assert!(!verify().0);
}

/// A package of the example's day, unpacked beside it.
fn package(site: &Site, more: &str) -> PathBuf {
    let command = format!("export --from 2026-11-20 --to 2026-11-20 --output-file evidence.zip {more}");
    let (code, _, stderr) = site.run(&command);
    assert_eq!(code, 0, "{stderr}");
    let (ok, said) = run(Command::new("unzip").args(["-q", "evidence.zip", "-d", "package"]).current_dir(site.path()));
    assert!(ok, "{said}");
    site.path().join("package")
}

#[test]
fn unzip_and_securesystemslib_verify_a_package() {
    let (site, _) = acme();
    let package = package(&site, "");
    let (ok, said) = run(Command::new("unzip").args(["-t", "evidence.zip"]).current_dir(site.path()));
    assert!(ok && said.contains("No errors detected"), "{said}");
    let python = workspace().join("target/tools/python/bin/python");
    let script = workspace().join("tests/third_party/verify_dsse.py");
    let dsse = || run(Command::new(&python).arg(&script).arg(&package));
    assert_eq!(dsse(), (true, "https://in-toto.io/attestation/test-result/v0.1 WARNED\n".to_owned()));
    flip(&package.join("manifest.json"), 20);
    assert!(!dsse().0);
    flip(&package.join("manifest.json"), 20);
    flip(&package.join("manifest.sigstore.json"), 200);
    assert!(!dsse().0);
}

/// A timestamp authority: a real one, made by openssl, behind a server that answers as RFC 3161 says.
struct Authority {
    dir: tempfile::TempDir,
    url: String,
}

impl Authority {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let openssl = |arguments: &str| {
            let (ok, said) = run(Command::new("openssl").args(arguments.split(' ')).current_dir(dir.path()));
            assert!(ok, "openssl {arguments}: {said}");
        };
        let config = "[req]\ndistinguished_name=dn\n[dn]\n[tsa]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
            extendedKeyUsage=critical,timeStamping\n[tsa_service]\ndir=.\nserial=serial\ncrypto_device=builtin\n\
            signer_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\n\
            accuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n";
        std::fs::write(dir.path().join("tsa.conf"), config).unwrap();
        std::fs::write(dir.path().join("serial"), "01\n").unwrap();
        openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca",
        );
        openssl(
            "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tsa.key -out tsa.csr -subj /CN=tsa",
        );
        openssl(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile tsa.conf -extensions tsa -out tsa.pem",
        );
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/tsr", listener.local_addr().unwrap());
        let folder = dir.path().to_path_buf();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                answer(&folder, connection.unwrap());
            }
        });
        Self { dir, url }
    }
}

fn answer(folder: &Path, mut connection: std::net::TcpStream) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let (mut length, mut is_query) = (0, false);
    for line in reader.by_ref().lines() {
        let line = line.unwrap().to_ascii_lowercase();
        match line.split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse().unwrap(),
            Some(("content-type", value)) => is_query = value.trim() == "application/timestamp-query",
            Some(_) => {}
            None if line.is_empty() => break,
            None => {}
        }
    }
    let mut query = vec![0; length];
    reader.read_exact(&mut query).unwrap();
    let mut openssl = Command::new("openssl")
        .args(["ts", "-reply", "-config", "tsa.conf", "-section", "tsa_service", "-queryfile", "/dev/stdin"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    openssl.stdin.take().unwrap().write_all(&query).unwrap();
    let reply = openssl.wait_with_output().unwrap().stdout;
    let status = if is_query { "200 OK" } else { "415 Unsupported Media Type" };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        reply.len()
    );
    connection.write_all(&[head.as_bytes(), &reply].concat()).unwrap();
}

#[test]
fn openssl_verifies_the_timestamp_of_a_package() {
    let (site, _) = acme();
    let authority = Authority::new();
    let package = package(&site, &format!("--timestamp {}", authority.url));
    let verify = || {
        run(Command::new("openssl")
            .args(["ts", "-verify", "-data", "checkpoint", "-in", "timestamp.tsr", "-CAfile"])
            .arg(authority.dir.path().join("ca.pem"))
            .args(["-untrusted"])
            .arg(authority.dir.path().join("tsa.pem"))
            .current_dir(&package))
    };
    let (ok, said) = verify();
    assert!(ok && said.contains("Verification: OK"), "{said}");
    flip(&package.join("checkpoint"), 3);
    assert!(!verify().0);
}

#[test]
fn a_ledger_of_three_levels_is_verified_by_go_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let key = tickmark_tests::big_ledger(dir.path(), 70_000);
    assert_eq!(LogReader::open(dir.path()).unwrap().size(), 70_000);
    for tile in ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1", "tile/entries/273.p/112"] {
        assert!(dir.path().join(tile).is_file(), "no {tile}");
    }
    let (ok, said) = run(Command::new(verifylog()).arg(dir.path()).arg(key.to_string()));
    assert!(ok && said.ends_with(": 70000 records\n"), "{said}");
}
