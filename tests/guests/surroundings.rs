//! What a hostile guest finds around it: a folder with traps in it, programs, a web server on the loopback interface,
//! a database, and limits small enough to be reached soon.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use anyhow::Result;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tickmark_model::{CollectorId, Digest, Instant};
use tickmark_sandbox::{BlobSink, Job, Limits};

/// What no guest may ever see; it stands outside of every granted folder and in the host's environment, and the site is
/// asked with it.
pub const SECRET: &str = "hunter2-must-not-leave";

/// Bytes that all linear memories together may have, where a guest's file does not say otherwise.
const MEMORY_BYTES: u64 = 16 << 20;

/// Blobs in memory.
#[derive(Default)]
pub struct Blobs(Mutex<BTreeMap<Digest, Vec<u8>>>);

impl Blobs {
    /// Whether some blob holds `text`.
    pub fn contain(&self, text: &str) -> bool {
        let blobs = self.0.lock().unwrap();
        blobs.values().any(|blob| blob.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

impl BlobSink for Blobs {
    fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest(Sha256::digest(bytes).into());
        self.0.lock().unwrap().insert(digest, bytes.to_vec());
        Ok(digest)
    }
}

/// All of it, for as long as it is kept.
pub struct Surroundings {
    dir: TempDir,
    origin: String,
    _socket: UnixListener,
}

impl Surroundings {
    pub fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let at = |path: &str| dir.path().join(path);
        std::fs::write(at("secret"), SECRET)?;
        std::fs::create_dir(at("vital"))?;
        std::fs::write(at("vital/data"), "what the source says")?;
        std::fs::create_dir_all(at("folder/sub"))?;
        std::os::unix::fs::symlink("../secret", at("folder/out"))?;
        std::os::unix::fs::symlink("..", at("folder/up"))?;
        rustix::fs::mknodat(
            rustix::fs::CWD,
            at("folder/fifo"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )?;
        let socket = UnixListener::bind(at("folder/socket"))?;
        rusqlite::Connection::open(at("people.db"))?
            .execute_batch("CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('ada'), ('grace');")?;
        std::fs::write(at("growing"), "")?;
        Ok(Self { origin: serve()?, dir, _socket: socket })
    }

    /// Starts to write to the file that grows, faster than anybody reads it, until it is full.
    pub fn grow(&self) -> Result<()> {
        let mut file = std::fs::OpenOptions::new().append(true).open(self.dir.path().join("growing"))?;
        let block = vec![b'x'; 1 << 20];
        file.write_all(&block)?;
        std::thread::spawn(move || (0..64).all(|_| file.write_all(&block).is_ok()));
        Ok(())
    }

    /// `origin` with the port of the server in it; without one, where the server is.
    fn origin(&self, origin: Option<&Value>) -> String {
        let port = self.origin.rsplit(':').next().unwrap_or_default();
        origin.and_then(Value::as_str).map_or_else(|| self.origin.clone(), |origin| origin.replace("PORT", port))
    }

    /// What is granted to every guest: everything that they declare, but for one.
    fn grants(&self, origin: Option<&Value>) -> Value {
        let dir = self.dir.path();
        let database = dir.join("people.db");
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
                       SELECT count(*) AS name FROM n WHERE ?1 <> ''";
        let query = |query: &str| json!({ "sqlite": database, "query": query, "params": ["text"], "columns": { "name": "text" } });
        json!({
            "files": {
                "vital": { "path": dir.join("vital") },
                "folder": { "path": dir.join("folder") },
                "growing": { "path": dir.join("growing") },
                "proc": { "path": "/proc" },
                "device": { "path": "/dev/zero" },
            },
            "command": {
                "echo": { "argv": ["/bin/echo", "{word}"], "params": { "word": "text" } },
                "environment": { "argv": ["/usr/bin/env"] },
                "grandchild": { "argv": ["/bin/sh", "-c", "sleep 60 & exit 0"] },
            },
            "http": { "site": {
                "origin": self.origin(origin),
                "headers": { "Authorization": { "env": "TICKMARK_TEST_SECRET" } },
            } },
            "sql": {
                "by-name": query("SELECT name FROM people WHERE name = ?1"),
                "endless": query(endless),
                "writing": query("DELETE FROM people WHERE name = ?1 RETURNING name"),
            },
        })
    }

    /// A job with these limits in place of the small ones, and perhaps with another origin.
    pub fn job(&self, limits: &Value, origin: Option<&Value>, blobs: &Arc<Blobs>) -> Result<Job> {
        let mut all = json!({ "fuel": 1_000_000_000, "memory_bytes": MEMORY_BYTES, "wall_time_ms": 60_000 });
        if let (Some(all), Some(limits)) = (all.as_object_mut(), limits.as_object()) {
            all.extend(limits.clone());
        }
        let limits: Limits = serde_json::from_value(all)?;
        let time = |ms| Instant::from_ms(ms).unwrap();
        Ok(Job {
            id: CollectorId { instance: "guest".into(), system: "web".into() },
            grants: Arc::new(serde_json::from_value(self.grants(origin))?),
            settings: BTreeMap::new(),
            as_of: time(1_700_000_000_000),
            limits,
            blobs: blobs.clone(),
            clock: Arc::new(move || time(1_700_000_001_000)),
        })
    }

    /// `text` without what differs from run to run.
    pub fn steady(&self, text: &str) -> String {
        text.replace(&self.dir.path().display().to_string(), "DIR").replace(&self.origin, "ORIGIN")
    }

    /// Whether what stands in the folder and in the database is still there.
    pub fn untouched(&self) -> bool {
        let count =
            |db: rusqlite::Connection| db.query_row("SELECT count(*) FROM people", [], |row| row.get::<_, i64>(0));
        let people = rusqlite::Connection::open(self.dir.path().join("people.db")).and_then(count);
        let secret = std::fs::read_to_string(self.dir.path().join("secret"));
        people.ok() == Some(2)
            && secret.ok().as_deref() == Some(SECRET)
            && !Path::new("/tmp/tickmark-was-here").exists()
    }
}

/// Answers badly, for as long as the process lives.
fn serve() -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let origin = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    Ok(origin)
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let head: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let credential = head.iter().find_map(|line| line.strip_prefix("authorization: ")).unwrap_or_default();
    match first.split(' ').nth(1) {
        Some("/redirect") => stream
            .write_all(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/elsewhere\r\nContent-Length: 0\r\n\r\n"),
        Some("/bomb") => {
            let mut packed = GzEncoder::new(Vec::new(), Compression::best());
            (0..64).try_for_each(|_| packed.write_all(&[0; 1_000_000]))?;
            let packed = packed.finish()?;
            let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
            stream.write_all(head.as_bytes())?;
            stream.write_all(&packed)
        }
        Some("/endless") => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            loop {
                stream.write_all(&[b'x'; 10_000])?;
            }
        }
        Some("/back") => {
            let escaped: String = credential.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let base64 = STANDARD.encode(format!("as{credential}"));
            let body = format!("{credential} {{\"t\":\"{escaped}\"}} {base64}");
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nA-Credential: {credential}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        // Holds the line until the other side goes.
        _ => lines.next().map_or(Ok(()), |line| line.map(drop)),
    }
}
