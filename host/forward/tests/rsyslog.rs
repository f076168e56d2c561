//! A real rsyslogd takes what is sent, and nothing is lost when it is killed in the middle.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which are to fail at once")]

use std::cell::Cell;
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tickmark_forward::{
    Bounds, Delivered, EVENT_BYTES, Event, Level, Pace, Receiver, Retry, Spool, Taken, Target, deliver, receiver,
};
use tickmark_model::parse_instant;

/// An rsyslogd of the test's own, in a scratch folder and on loopback.
struct Rsyslogd {
    config: PathBuf,
    log: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Rsyslogd {
    /// `module` is what the module `imtcp` is loaded with, `global` what the program is.
    fn new(dir: &Path, global: &str, module: &str) -> Self {
        let (config, log) = (dir.join("rsyslog.conf"), dir.join("log"));
        // Free now, and nobody else on this machine asks for a certain one.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let form = "%hostname% %app-name% %msgid% %structured-data%|%msg%\\n";
        let text = format!(
            "global(workDirectory=\"{}\" {global})
             module(load=\"imtcp\" {module})
             main_queue(queue.type=\"Direct\")
             template(name=\"all\" type=\"string\" string=\"{form}\")
             ruleset(name=\"in\" queue.type=\"Direct\") {{ action(type=\"omfile\" file=\"{}\" template=\"all\") }}
             input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\" ruleset=\"in\")\n",
            dir.display(),
            log.display()
        );
        std::fs::write(&config, text).unwrap();
        Self { config, log, port, process: None }
    }

    /// Returns once it listens.
    fn start(&mut self) {
        assert!(self.process.is_none(), "rsyslogd runs already");
        let child = Command::new("rsyslogd")
            .args(["-n", "-f"])
            .arg(&self.config)
            .arg("-i")
            .arg(self.config.with_file_name("pid"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("rsyslogd: {error}; `cargo xtask setup` installs it"));
        let child = self.process.insert(child);
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err() {
            assert!(child.try_wait().unwrap().is_none(), "rsyslogd ended before it listened");
            assert!(started.elapsed() < Duration::from_secs(60), "rsyslogd has not listened for a minute");
            std::thread::yield_now();
        }
    }

    /// Gives it no time to do anything.
    fn kill(&mut self) {
        let mut child = self.process.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Returns once every thread of it stands still.
    fn stop(&self) {
        let id = self.process.as_ref().unwrap().id();
        assert!(Command::new("kill").args(["-STOP", &id.to_string()]).status().unwrap().success());
        let stands = |task: std::io::Result<std::fs::DirEntry>| {
            let stat = std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap();
            stat.rsplit_once(") ").unwrap().1.starts_with('T')
        };
        while !std::fs::read_dir(format!("/proc/{id}/task")).unwrap().all(stands) {
            std::thread::yield_now();
        }
    }

    /// What it wrote, a line for each event.
    fn lines(&self) -> Vec<String> {
        std::fs::read_to_string(&self.log).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Drop for Rsyslogd {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}

fn events(count: u64) -> Vec<Event> {
    let event = |index: u64| Event {
        host: "build-7".into(),
        index,
        json: format!("{{\"sequence\":{index}}}"),
        level: Level::High,
        time: parse_instant("2026-11-20T09:00:02Z").unwrap(),
        uid: format!("sha256:{index:064x}"),
        word: "fail".into(),
    };
    (0..count).map(event).collect()
}

/// The line that rsyslogd writes of an event.
fn line(event: &Event) -> String {
    let data = "[origin software=\"tickmark\" swVersion=\"0.1.0\"][timeQuality tzKnown=\"1\"]";
    format!("build-7 tickmark fail {data}|{}", event.json)
}

/// Does something before each batch is sent.
struct Before<'a> {
    receiver: Box<dyn Receiver>,
    act: Box<dyn FnMut(usize) + 'a>,
    batch: usize,
}

impl Receiver for Before<'_> {
    fn take(&mut self, events: &[Event]) -> Taken {
        (self.act)(self.batch);
        self.batch += 1;
        self.receiver.take(events)
    }
}

/// Delivers these events; `pause` is what happens instead of waiting.
fn send(dir: &Path, target: &str, events: &[Event], act: &mut dyn FnMut(usize), pause: &dyn Fn()) -> Delivered {
    let spool = Spool::open(&dir.join("spool"), Bounds::default()).unwrap();
    spool.put(events).unwrap();
    let target = Target::parse(target, dir).unwrap();
    let mut receiver = Before { receiver: receiver(&target, None).unwrap(), act: Box::new(act), batch: 0 };
    let waited = Cell::new(Duration::ZERO);
    let pause = |time| {
        waited.set(waited.get() + time);
        pause();
    };
    let pace = Pace { elapsed: &|| waited.get(), pause: &pause };
    deliver(&spool, &mut receiver, Retry::until(Duration::from_secs(60)), &pace).unwrap()
}

/// All of them came, in order; some came twice where that is so.
fn check(lines: &[String], events: &[Event]) {
    let mut seen = BTreeSet::new();
    let first: Vec<&String> = lines.iter().filter(|line| seen.insert(*line)).collect();
    assert_eq!(first, events.iter().map(line).collect::<Vec<_>>().iter().collect::<Vec<_>>());
}

#[test]
fn rsyslogd_reads_every_part_and_the_longest_event_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut rsyslogd = Rsyslogd::new(dir.path(), "", "");
    rsyslogd.start();
    let mut events = events(2);
    let longest = events.last_mut().unwrap();
    longest.json = format!("{{\"pad\":\"{}\"}}", "x".repeat(EVENT_BYTES - 10));
    assert_eq!(longest.json.len(), EVENT_BYTES);
    let target = format!("syslog+tcp://127.0.0.1:{}", rsyslogd.port);
    let delivered = send(dir.path(), &target, &events, &mut |_| {}, &|| {});
    assert_eq!((delivered.sent, delivered.waiting), (2, 0), "{:?}", delivered.trouble);
    assert_eq!(rsyslogd.lines(), events.iter().map(line).collect::<Vec<_>>());
}

/// Killed between two batches, and started again while it is tried again.
fn killed_between_batches(dir: &Path, rsyslogd: Rsyslogd, target: &str) {
    let rsyslogd = std::cell::RefCell::new(rsyslogd);
    rsyslogd.borrow_mut().start();
    let events = events(200);
    let starts = Cell::new(0);
    let delivered = send(
        dir,
        target,
        &events,
        &mut |batch| {
            if batch == 1 {
                rsyslogd.borrow_mut().kill();
            }
        },
        &|| {
            starts.set(starts.get() + 1);
            rsyslogd.borrow_mut().start();
        },
    );
    assert_eq!((delivered.sent, delivered.waiting, starts.get()), (200, 0, 1), "{:?}", delivered.trouble);
    check(&rsyslogd.borrow().lines(), &events);
}

#[test]
fn rsyslogd_is_killed_between_batches_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let rsyslogd = Rsyslogd::new(dir.path(), "", "");
    let target = format!("syslog+tcp://127.0.0.1:{}", rsyslogd.port);
    killed_between_batches(dir.path(), rsyslogd, &target);
}

#[test]
fn rsyslogd_over_tls_is_killed_between_batches_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "Acme Test Root");
    std::fs::write(path("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    std::fs::write(path("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
    let global = format!(
        "defaultNetstreamDriverCAFile=\"{}\" defaultNetstreamDriverCertFile=\"{}\" defaultNetstreamDriverKeyFile=\"{}\"",
        path("ca.pem").display(),
        path("cert.pem").display(),
        path("key.pem").display()
    );
    let module = "StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"";
    let rsyslogd = Rsyslogd::new(dir.path(), &global, module);
    let target = format!("syslog+tls://127.0.0.1:{}?ca=ca.pem", rsyslogd.port);
    killed_between_batches(dir.path(), rsyslogd, &target);
}

/// It stands still, so that its kernel takes every byte and the end of the connection, and is killed before it has read
/// anything. Whoever counts what was written as sent loses the batch.
#[test]
fn rsyslogd_is_killed_with_a_batch_unread_and_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut rsyslogd = Rsyslogd::new(dir.path(), "", "");
    rsyslogd.start();
    let port = rsyslogd.port;
    let target = format!("syslog+tcp://127.0.0.1:{port}");
    let events = events(100);
    let rsyslogd = std::cell::RefCell::new(rsyslogd);
    std::thread::scope(|scope| {
        let killer = Cell::new(None);
        let delivered = send(
            dir.path(),
            &target,
            &events,
            &mut |batch| {
                if batch == 1 {
                    let mut held = rsyslogd.borrow_mut();
                    held.stop();
                    let mut child = held.process.take().unwrap();
                    killer.set(Some(scope.spawn(move || {
                        let table = until_all_is_unread(port);
                        child.kill().unwrap();
                        child.wait().unwrap();
                        assert_eq!(table, None, "the connection was not closed");
                    })));
                }
            },
            &|| {
                killer.take().unwrap().join().unwrap();
                rsyslogd.borrow_mut().start();
            },
        );
        assert_eq!((delivered.sent, delivered.waiting), (100, 0), "{:?}", delivered.trouble);
    });
    check(&rsyslogd.borrow().lines(), &events);
}

/// Waits until the other side of a connection to `port` has said that nothing more comes (state 08, CLOSE_WAIT), with
/// bytes that nobody has read. Gives the connections there are instead, where that does not come.
fn until_all_is_unread(port: u16) -> Option<String> {
    let started = Instant::now();
    loop {
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let unread = table.lines().skip(1).any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, state, queues, ..] = words[..] else { return false };
            let unread = queues.split_once(':').is_some_and(|(_, unread)| !unread.trim_start_matches('0').is_empty());
            local.ends_with(&format!(":{port:04X}")) && state == "08" && unread
        });
        if unread {
            return None;
        }
        if started.elapsed() > Duration::from_secs(9) {
            return Some(table);
        }
        std::thread::yield_now();
    }
}
