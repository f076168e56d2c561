//! A real Prometheus server on a loopback port, and a host whose requests go to it.
//!
//! **Absent on purpose:** looking at live answers. A test collects once from the server and looks at what it then makes of the
//! answers that were kept.

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration as Wait, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{
    Batch, Blob, Datetime, Failure, Host, Level, Listing, Output, Request, Response, Rows, Scalar, Value,
};

/// Between two looks at the server; a bounded number of them.
const POLL: Wait = Wait::from_millis(200);
const POLLS: u32 = 300;

/// A server, which ends with the test.
pub struct Prometheus {
    process: Child,
    /// Where it listens.
    pub port: u16,
    _folder: TempDir,
}

impl Prometheus {
    /// Starts one with the configuration that `config` makes of its port, beside which these files stand, by name.
    pub fn start(config: impl FnOnce(u16) -> String, files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("prometheus.yml", &config(port));
        files.iter().for_each(|(name, text)| write(name, text));
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", folder.path().join("prometheus.yml").display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("this test needs `prometheus`: type `cargo xtask setup`");
        Self { process, port, _folder: folder }
    }

    /// Status and body, or nothing where nobody answers.
    fn get(&self, path_and_query: &str) -> Option<(u16, Vec<u8>)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path_and_query} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n").ok()?;
        let mut response = Vec::new();
        stream.read_to_end(&mut response).ok()?;
        let head = response.windows(4).position(|window| window == b"\r\n\r\n")?;
        let status = std::str::from_utf8(response.get(9..12)?).ok()?.parse().ok()?;
        Some((status, response.split_off(head + 4)))
    }

    /// Asks until the answer has this status and all these texts, and gives its body.
    pub fn wait_for(&mut self, path_and_query: &str, status: u16, texts: &[&str]) -> Vec<u8> {
        let wished = |body: &[u8]| texts.iter().all(|text| String::from_utf8_lossy(body).contains(text));
        for _ in 0..POLLS {
            match self.get(path_and_query) {
                Some((is, body)) if is == status && wished(&body) => return body,
                _ => assert_eq!(self.process.try_wait().unwrap(), None, "prometheus has ended"),
            }
            std::thread::sleep(POLL);
        }
        panic!("prometheus did not answer `{path_and_query}` with {status} and {texts:?} in {POLLS} looks");
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A host whose requests go to the real server, and which keeps the answers.
pub struct Online<'p> {
    prometheus: &'p Prometheus,
    offline: TestHost,
    /// Each request with its answer.
    pub answers: RefCell<Vec<(String, Answer)>>,
}

impl<'p> Online<'p> {
    /// Everything but requests is as with `offline`.
    pub fn new(prometheus: &'p Prometheus, offline: TestHost) -> Self {
        Self { prometheus, offline, answers: RefCell::default() }
    }
}

impl Host for Online<'_> {
    fn send(&self, request: &Request) -> Result<Response, Failure> {
        let (status, body) = self.prometheus.get(&request.path_and_query).expect("the server answers");
        let answer = Answer { status, body, ..Answer::default() };
        self.answers.borrow_mut().push((request.path_and_query.clone(), answer.clone()));
        TestHost::new().answer("prometheus", &request.path_and_query, answer).send(request)
    }
    fn as_of(&self) -> Datetime {
        self.offline.as_of()
    }
    fn setting(&self, name: &str) -> Value {
        self.offline.setting(name)
    }
    fn log(&self, level: Level, message: &str) {
        self.offline.log(level, message);
    }
    fn open(&self, grant: &str, path: &str) -> Result<Blob, Failure> {
        self.offline.open(grant, path)
    }
    fn list(&self, grant: &str, dir: &str) -> Result<Listing, Failure> {
        self.offline.list(grant, dir)
    }
    fn run(&self, name: &str, params: &[(String, Scalar)]) -> Result<Output, Failure> {
        self.offline.run(name, params)
    }
    fn query(&self, name: &str, params: &[Scalar]) -> Result<Rows, Failure> {
        self.offline.query(name, params)
    }
    fn emit(&self, batch: Batch) -> Result<(), Failure> {
        self.offline.emit(batch)
    }
}

/// The time.
pub fn now() -> Datetime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Datetime(i64::try_from(since_epoch.as_millis()).unwrap())
}
