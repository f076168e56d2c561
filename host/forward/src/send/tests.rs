use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::*;
use crate::deliver::{Retry, deliver};
use crate::spool::{Bounds, Spool};
use crate::syslog;
use crate::testing::{Clockwork, numbered, sequence};

/// A server on loopback that treats each connection by the next of these, and its port.
fn server<T: Send + 'static>(
    connections: usize,
    mut treat: impl FnMut(usize, TcpStream) -> T + Send + 'static,
) -> (u16, thread::JoinHandle<Vec<T>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let treated = move || (0..connections).map(|at| treat(at, listener.accept().unwrap().0)).collect();
    (port, thread::spawn(treated))
}

fn open(text: &str) -> Box<dyn Receiver> {
    open_as(text, None)
}

fn open_as(text: &str, credential: Option<&str>) -> Box<dyn Receiver> {
    let target = Target::parse(text, Path::new("/")).unwrap();
    let authorization = credential.map(|value| {
        let Target::Http { uri, .. } = &target else { panic!() };
        Authorization::new(value, uri).unwrap()
    });
    receiver(&target, authorization).unwrap()
}

/// How many were taken, and what was said, without the port.
fn check(receiver: &mut dyn Receiver, port: u16, events: std::ops::Range<u64>) -> (usize, String) {
    let Taken { count, trouble } = receiver.take(&numbered(events));
    (count, trouble.map(|it| it.to_string()).unwrap_or_default().replace(&port.to_string(), "PORT"))
}

/// All frames of a stream, without their lengths.
fn frames(bytes: &[u8]) -> Vec<String> {
    let mut rest = bytes;
    let mut frames = Vec::new();
    while !rest.is_empty() {
        let at = rest.iter().position(|byte| *byte == b' ').unwrap();
        let length: usize = std::str::from_utf8(&rest[..at]).unwrap().parse().unwrap();
        frames.push(String::from_utf8(rest[at + 1..at + 1 + length].to_vec()).unwrap());
        rest = &rest[at + 1 + length..];
    }
    frames
}

#[test]
fn syslog_counts_as_taken_when_it_was_read_to_its_end() {
    let (port, server) = server(1, |_, mut stream| {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let mut receiver = open(&format!("syslog+tcp://127.0.0.1:{port}"));
    assert_eq!(check(receiver.as_mut(), port, 0..3), (3, String::new()));
    let [bytes] = &server.join().unwrap()[..] else { panic!() };
    let sent: Vec<u8> = numbered(0..3).iter().flat_map(syslog::frame).collect();
    assert_eq!(*bytes, sent);
    assert_eq!(sequence(&frames(bytes).concat()), [0, 1, 2]);
}

/// The kernel took every byte, and the program read the first event only.
#[test]
fn syslog_that_was_not_read_to_its_end_is_not_taken() {
    let (port, server) = server(1, |_, mut stream| {
        let mut some = vec![0; syslog::frame(&numbered(0..1)[0]).len()];
        stream.read_exact(&mut some).unwrap();
        // Everything has come, so that it is closed with bytes left to read.
        let sent: usize = numbered(1..3).iter().map(|event| syslog::frame(event).len()).sum();
        while stream.peek(&mut vec![0; sent]).unwrap() < sent {
            thread::yield_now();
        }
    });
    let mut receiver = open(&format!("syslog+tcp://127.0.0.1:{port}"));
    let (count, said) = check(receiver.as_mut(), port, 0..3);
    assert_eq!(count, 0);
    assert!(said.contains("Connection reset by peer") || said.contains("ended"), "{said}");
    server.join().unwrap();
}

#[test]
fn a_receiver_that_never_closes_is_not_waited_for_without_end() {
    let (done, wait) = std::sync::mpsc::channel();
    let (port, server) = server(1, move |_, mut stream| {
        stream.read_to_end(&mut Vec::new()).unwrap();
        wait.recv().unwrap();
    });
    let address = crate::target::Address { host: "127.0.0.1".into(), port };
    let mut receiver = syslog_tcp::SyslogTcp::new(address, Duration::from_millis(50));
    let said = "the connection to `127.0.0.1:PORT` failed after everything was written and before the receiver had closed it: \
                it took too long";
    assert_eq!(check(&mut receiver, port, 0..1), (0, said.to_owned()));
    done.send(()).unwrap();
    server.join().unwrap();
}

#[test]
fn a_connection_that_is_closed_already_is_seen_before_anything_is_written() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = crate::target::Address { host: "127.0.0.1".into(), port };
    let mut connection = connection::Connection::open(&address, TIMEOUT).unwrap();
    connection.still_open(connection::BEFORE).unwrap();
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"welcome").unwrap();
    drop(peer);
    // What it said comes first, then its end.
    connection.stream.peek(&mut [0]).unwrap();
    while connection.still_open(connection::BEFORE).is_ok() {
        thread::yield_now();
    }
    let error = connection.still_open(connection::BEFORE).unwrap_err().to_string();
    assert_eq!(error, format!("the connection to `127.0.0.1:{port}` ended before anything was written"));
}

#[test]
fn where_nobody_listens_it_is_said() {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let refused = "Connection refused (os error 111)";
    for (scheme, what) in [
        ("syslog+tcp", "cannot connect to `127.0.0.1:PORT`: "),
        ("http", "no answer from `http://127.0.0.1:PORT`: io: "),
    ] {
        let said = check(open(&format!("{scheme}://127.0.0.1:{port}")).as_mut(), port, 0..1);
        assert_eq!(said, (0, format!("{what}{refused}")));
    }
}

/// A certificate authority and a server's certificate by it.
fn authority(dir: &Path, host: &str) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, format!("Authority of {host}"));
    std::fs::write(dir.join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key);
    Arc::new(config.unwrap())
}

#[test]
fn syslog_over_tls_counts_as_taken_when_the_receiver_says_that_it_closes() {
    let dir = tempfile::tempdir().unwrap();
    let config = authority(dir.path(), "127.0.0.1");
    // The first connection ends in order, the second without a word, as anybody on the way could end it.
    let (port, server) = server(2, move |at, stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        let mut bytes = Vec::new();
        tls.read_to_end(&mut bytes).unwrap();
        if at == 0 {
            tls.conn.send_close_notify();
            tls.flush().unwrap();
        }
        bytes
    });
    let mut receiver = open(&format!("syslog+tls://127.0.0.1:{port}?ca={}/ca.pem", dir.path().display()));
    assert_eq!(check(receiver.as_mut(), port, 0..3), (3, String::new()));
    let said = "the connection to `127.0.0.1:PORT` ended without the receiver's close_notify";
    assert_eq!(check(receiver.as_mut(), port, 3..5), (0, said.to_owned()));
    for (bytes, sent) in server.join().unwrap().iter().zip([0..3, 3..5]) {
        assert_eq!(*bytes, numbered(sent).iter().flat_map(syslog::frame).collect::<Vec<u8>>());
    }
}

#[test]
fn nothing_is_written_to_whom_the_certificate_does_not_name() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let elsewhere = authority(ours.path(), "siem.acme.example");
    let strange = authority(theirs.path(), "127.0.0.1");
    let configs = [elsewhere.clone(), strange.clone(), strange];
    let (port, server) = server(3, move |at, stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(configs[at].clone()).unwrap(), stream);
        let mut bytes = Vec::new();
        drop(tls.read_to_end(&mut bytes));
        bytes
    });
    let ca = ours.path().join("ca.pem");
    for (target, word) in [
        (format!("syslog+tls://127.0.0.1:{port}?ca={}", ca.display()), "certificate not valid for name"),
        (format!("syslog+tls://127.0.0.1:{port}?ca={}", ca.display()), "UnknownIssuer"),
        (format!("https://127.0.0.1:{port}/#ca={}", ca.display()), "UnknownIssuer"),
    ] {
        let Taken { count, trouble } = open(&target).take(&numbered(0..1));
        let trouble = trouble.unwrap();
        assert!(count == 0 && trouble.is_lasting() && trouble.to_string().contains(word), "{trouble}");
    }
    assert_eq!(server.join().unwrap(), [const { Vec::<u8>::new() }; 3]);
}

/// Reads one request: its head and its body.
fn request(stream: &mut BufReader<impl std::io::Read>) -> (String, String) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(stream.read_line(&mut head).unwrap() > 0, "{head}");
    }
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// Answers requests with these statuses in turn.
fn http(statuses: &'static [&'static str]) -> (u16, thread::JoinHandle<Vec<(String, String)>>) {
    server(statuses.len(), |at, stream| {
        let mut stream = BufReader::new(stream);
        let request = request(&mut stream);
        write!(stream.get_mut(), "HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", statuses[at])
            .unwrap();
        request
    })
}

#[test]
fn http_gets_arrays_and_what_it_refuses_for_now_comes_again() {
    let (port, server) = http(&["503 Service Unavailable", "429 Too Many Requests", "200 OK", "202 Accepted"]);
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), Bounds::default()).unwrap();
    spool.put(&numbered(0..70)).unwrap();
    let mut receiver = open_as(&format!("http://127.0.0.1:{port}/in?source=audit"), Some("Bearer s3cret"));
    let retry = Retry::until(Duration::from_secs(60));
    let delivered = Clockwork::default().with(|pace| deliver(&spool, receiver.as_mut(), retry, pace)).unwrap();
    assert_eq!((delivered.sent, delivered.waiting), (70, 0));
    let requests = server.join().unwrap();
    let got: Vec<Vec<u64>> = requests.iter().map(|(_, body)| sequence(body)).collect();
    assert_eq!(got, [(0..64).collect::<Vec<_>>(), (0..64).collect(), (0..64).collect(), (64..70).collect()]);
    for (head, body) in requests {
        assert!(head.starts_with("POST /in?source=audit HTTP/1.1\r\n"), "{head}");
        for line in ["authorization: bearer s3cret", "content-type: application/json", "user-agent: tickmark/0.1.0"] {
            assert!(head.to_lowercase().lines().any(|it| it == line), "{line}: {head}");
        }
        let events: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
        assert!(events.iter().all(|event| event["metadata"]["uid"].is_string()));
    }
}

#[test]
fn an_array_that_is_too_long_for_the_receiver_is_sent_in_halves() {
    let (port, server) = http(&["413 Content Too Large", "200 OK", "413 Content Too Large", "200 OK", "413 X"]);
    let mut receiver = open(&format!("http://127.0.0.1:{port}"));
    let said = "`http://127.0.0.1:PORT` answered with status 413";
    assert_eq!(check(receiver.as_mut(), port, 0..4), (3, said.to_owned()));
    let got: Vec<Vec<u64>> = server.join().unwrap().iter().map(|(_, body)| sequence(body)).collect();
    assert_eq!(got, [vec![0, 1, 2, 3], vec![0, 1], vec![2, 3], vec![2], vec![3]]);
}

#[test]
fn a_redirect_is_not_followed_and_a_refusal_is_lasting() {
    let (port, server) = http(&["307 Temporary Redirect\r\nLocation: http://127.0.0.1:1/", "401 Unauthorized"]);
    let mut receiver = open(&format!("http://127.0.0.1:{port}/in?key=s3cret"));
    for status in [307, 401] {
        let trouble = receiver.take(&numbered(0..1)).trouble.unwrap();
        assert_eq!(trouble.to_string(), format!("`http://127.0.0.1:{port}` answered with status {status}"));
        assert!(trouble.is_lasting());
    }
    server.join().unwrap();
}

#[test]
fn https_by_the_authority_of_the_target() {
    let dir = tempfile::tempdir().unwrap();
    let config = authority(dir.path(), "127.0.0.1");
    let (port, server) = server(1, move |_, stream| {
        let tls = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        let mut stream = BufReader::new(tls);
        let (_, body) = request(&mut stream);
        stream.get_mut().write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        sequence(&body)
    });
    let mut receiver = open(&format!("https://127.0.0.1:{port}/#ca={}/ca.pem", dir.path().display()));
    assert_eq!(check(receiver.as_mut(), port, 0..2), (2, String::new()));
    assert_eq!(server.join().unwrap(), [vec![0, 1]]);
}

#[test]
fn a_file_gets_lines_at_its_end_and_a_torn_one_stays_apart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.jsonl");
    let mut receiver = open(&format!("file:{}", path.display()));
    let take = |receiver: &mut dyn Receiver, events| assert_eq!(check(receiver, 0, events), (2, String::new()));
    take(receiver.as_mut(), 0..2);
    take(receiver.as_mut(), 2..4);
    let torn = std::fs::read_to_string(&path).unwrap() + "{\"metadata\":";
    std::fs::write(&path, torn).unwrap();
    take(receiver.as_mut(), 4..6);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<String> = numbered(0..6).into_iter().map(|event| event.json).collect();
    let expected = [lines[..4].join("\n"), "{\"metadata\":".to_owned(), lines[4..].join("\n")].join("\n");
    assert_eq!(text, format!("{expected}\n"));
}

#[test]
fn a_file_that_cannot_be_written_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let trouble = open(&format!("file:{}/gone/events.jsonl", dir.path().display())).take(&numbered(0..1)).trouble;
    let said = trouble.unwrap().to_string().replace(&dir.path().display().to_string(), "[DIR]");
    assert_eq!(said, "cannot write `[DIR]/gone/events.jsonl`: No such file or directory (os error 2)");
}

#[test]
fn certificates_that_cannot_be_read_are_said_before_anything_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let check = |name: &str| {
        let text = format!("syslog+tls://siem:6514?ca={}/{name}", dir.path().display());
        let error = receiver(&Target::parse(&text, Path::new("/")).unwrap(), None).err().unwrap();
        error.to_string().replace(&dir.path().display().to_string(), "[DIR]")
    };
    std::fs::write(dir.path().join("empty.pem"), "").unwrap();
    assert_eq!(check("empty.pem"), "the certificates of `[DIR]/empty.pem` are none: there is no certificate in it");
    assert!(
        check("gone.pem").starts_with("the certificates of `[DIR]/gone.pem` cannot be read: "),
        "{}",
        check("gone.pem")
    );
}
