//! Asks a real Prometheus server, started here on a loopback port, and checks what the collector makes of its answers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::cell::RefCell;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration as Wait, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{
    Batch, Blob, Collector as _, Datetime, Decimal, Duration, Failure, Host, Level, Listing, Output, Request, Response,
    Rows, Scalar, Value,
};
use tickmark_uptime::Uptime;

/// Between two looks at the server; a bounded number of them.
const POLL: Wait = Wait::from_millis(200);
const POLLS: u32 = 300;

/// A server that scrapes itself, and a port where nobody listens, every second.
struct Prometheus {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Prometheus {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\n\
             scrape_configs:\n\
             - {{ job_name: self, static_configs: [{{ targets: ['127.0.0.1:{port}'] }}] }}\n\
             - {{ job_name: nobody, static_configs: [{{ targets: ['127.0.0.1:1'] }}] }}\n"
        );
        let file = folder.path().join("prometheus.yml");
        std::fs::write(&file, config).unwrap();
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
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

    /// Asks until the answer is as wished, and gives its body.
    fn wait_for(&mut self, path_and_query: &str, status: u16, text: &str) -> Vec<u8> {
        for _ in 0..POLLS {
            match self.get(path_and_query) {
                Some((is, body)) if is == status && String::from_utf8_lossy(&body).contains(text) => return body,
                _ => assert_eq!(self.process.try_wait().unwrap(), None, "prometheus has ended"),
            }
            std::thread::sleep(POLL);
        }
        panic!("prometheus did not answer `{path_and_query}` with {status} and `{text}` in {POLLS} looks");
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A host whose requests go to the real server, and which keeps the answers.
struct Online<'p> {
    prometheus: &'p Prometheus,
    offline: TestHost,
    answers: RefCell<Vec<(String, Answer)>>,
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

fn host(as_of: Datetime, window_ms: i64, step_ms: i64) -> TestHost {
    TestHost::new()
        .at(as_of)
        .with_setting("sources", vec!["prometheus"])
        .with_setting("window", Duration(window_ms))
        .with_setting("step", Duration(step_ms))
}

fn now() -> Datetime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Datetime(i64::try_from(since_epoch.as_millis()).unwrap())
}

#[test]
fn the_answers_of_a_real_server_are_understood() {
    let mut prometheus = Prometheus::start();
    // Both targets have been scraped three times, and the server itself was up.
    let scraped = "count(count_over_time(up[1m])>=3)==2 and count(up==1)";
    let query =
        scraped.replace(' ', "%20").replace('=', "%3D").replace('>', "%3E").replace('[', "%5B").replace(']', "%5D");
    prometheus.wait_for(&format!("/api/v1/query?query={query}"), 200, "\"2\"");
    let as_of = now();

    // An hour in seconds is two requests; the server has been up for seconds only.
    let offline = host(as_of, 3_600_000, 1_000);
    let online = Online { prometheus: &prometheus, offline, answers: RefCell::default() };
    Uptime::collect(&online).unwrap();
    let answers = online.answers.into_inner();
    assert_eq!(answers.iter().map(|(_, answer)| answer.status).collect::<Vec<_>>(), [200, 200]);

    let replayed = answers.into_iter().fold(host(as_of, 3_600_000, 1_000), |host, (path_and_query, answer)| {
        host.answer("prometheus", &path_and_query, answer)
    });
    let run = replayed.collect::<Uptime>().unwrap();
    assert_eq!(run.notes(), [] as [&str; 0]);
    let claim = run.claim("target").unwrap();
    assert_eq!((claim.count, claim.population.source_total), (2, Some(2)));
    assert_eq!(claim.population.covers_to, Some(as_of));
    assert!(claim.population.covers_from > Some(Datetime(as_of.0 - 3_000_000)), "{claim:?}");

    let itself = format!("up{{instance=\"127.0.0.1:{}\",job=\"self\"}}", prometheus.port);
    for (id, is_up) in [(itself.as_str(), true), ("up{instance=\"127.0.0.1:1\",job=\"nobody\"}", false)] {
        let row = run.row("target", id).unwrap();
        let (samples, up) = (row.get("samples").as_long().unwrap(), row.get("up").as_long().unwrap());
        assert!((2..600).contains(&samples) && up <= samples, "{samples}, {up}");
        assert_eq!(up > 0, is_up);
        assert_eq!(row.get("availability"), &Value::from(Decimal(up * 1_000_000 / samples)));
        assert_eq!(row.get("expected"), &Value::from(3_600));
        assert_eq!(row.sources, [0, 1]);
    }
}

#[test]
fn a_real_refusal_is_reported_with_the_servers_reason() {
    let mut prometheus = Prometheus::start();
    // The answer to a range that the collector would have cut into parts.
    let body = prometheus.wait_for("/api/v1/query_range?query=up&start=1000&end=100000&step=1", 400, "error");
    let as_of = Datetime(1_000_000_000);
    let path = "/api/v1/query_range?query=up&start=999940&end=1000000&step=60";
    let answer = Answer { status: 400, body, ..Answer::default() };
    let failure =
        host(as_of, 120_000, 60_000).answer("prometheus", path, answer).collect::<Uptime>().unwrap_err().to_string();
    let refused =
        "invalid: prometheus answered with status 400: bad_data: exceeded maximum resolution of 11,000 points";
    assert!(failure.starts_with(refused), "{failure}");
}
