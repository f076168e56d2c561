//! A real server on loopback that gives one prepared answer per connection and remembers the first request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A running server.
pub(super) struct Served {
    /// How to reach it.
    pub(super) origin: String,
    requests: mpsc::Receiver<String>,
    stay_open: Arc<AtomicBool>,
}

impl Served {
    /// The first request as it came over the wire.
    pub(super) fn request(&self) -> String {
        self.requests.recv().unwrap()
    }

    /// Whether no request has come.
    pub(super) fn was_not_asked(&self) -> bool {
        self.requests.try_recv().is_err()
    }

    /// From now on, connections are kept open after the answer.
    pub(super) fn stay_open(&self) {
        self.stay_open.store(true, Ordering::SeqCst);
    }
}

/// An answer with its length.
pub(super) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// `body` packed.
pub(super) fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

/// Serves `answer` over plain HTTP at `127.0.0.1`.
pub(super) fn serve(answer: Vec<u8>) -> Served {
    start("http://127.0.0.1", answer, Ok)
}

/// Serves `answer` over HTTPS at `localhost`.
pub(super) fn serve_tls(config: Arc<ServerConfig>, answer: Vec<u8>) -> Served {
    start("https://localhost", answer, move |stream| {
        let conn = ServerConnection::new(config.clone()).unwrap();
        Ok(StreamOwned::new(conn, stream))
    })
}

/// Sends `first`, and then one byte after the other, each a little later, until the other side goes.
pub(super) fn drip(base: &str, first: &[u8]) -> Served {
    let first = first.to_vec();
    start(base, Vec::new(), move |mut stream| {
        stream.write_all(&first)?;
        trickle(&stream, std::iter::repeat(b'x'))?;
        Ok(stream)
    })
}

/// Answers over HTTPS at `localhost` with one long record, whose bytes come one after the other.
pub(super) fn drip_tls(config: Arc<ServerConfig>, first: &[u8]) -> Served {
    let answer = [first, &[b'x'; 10_000]].concat();
    start("https://localhost", Vec::new(), move |stream| {
        let mut tls = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        read_request(&mut BufReader::new(&mut tls))?;
        tls.conn.writer().write_all(&answer)?;
        let mut records = Vec::new();
        while tls.conn.wants_write() {
            tls.conn.write_tls(&mut records)?;
        }
        trickle(&tls.sock, records.into_iter())?;
        Ok(tls)
    })
}

/// Waits for the other side to say something more, which it does not, between one byte and the next.
fn trickle(mut stream: &TcpStream, bytes: impl Iterator<Item = u8>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(20)))?;
    for byte in bytes {
        stream.write_all(&[byte])?;
        match stream.read(&mut [0; 4096]) {
            Ok(0) => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn start<S: Read + Write>(
    base: &str,
    answer: Vec<u8>,
    wrap: impl Fn(TcpStream) -> std::io::Result<S> + Send + 'static,
) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("{base}:{}", listener.local_addr().unwrap().port());
    let (sender, requests) = mpsc::channel();
    let stay_open = Arc::new(AtomicBool::new(false));
    let stay = stay_open.clone();
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming().flatten() {
            // A client that refuses the certificate leaves here; that is what such a test is about.
            let Ok(stream) = wrap(stream).and_then(|stream| one(stream, &answer, &sender)) else {
                continue;
            };
            if stay.load(Ordering::SeqCst) {
                kept.push(stream);
            }
        }
    });
    Served { origin, requests, stay_open }
}

/// Reads one request and writes the answer.
fn one<S: Read + Write>(stream: S, answer: &[u8], requests: &mpsc::Sender<String>) -> std::io::Result<S> {
    let mut reader = BufReader::new(stream);
    let mut request = read_request(&mut reader)?;
    let length = request.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    request.push_str(&String::from_utf8_lossy(&body));
    requests.send(request).ok();
    let mut stream = reader.into_inner();
    stream.write_all(answer)?;
    stream.flush()?;
    Ok(stream)
}

/// The request up to its body.
fn read_request(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if reader.read_line(&mut request)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(request)
}

/// A certificate authority of the test's own.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    dir: tempfile::TempDir,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "Acme Test Root");
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), dir }
    }

    /// Its root certificate as a file.
    pub(super) fn pem_file(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// A server for `host` whose certificate ends on the second of January of `until_year`.
    pub(super) fn leaf(&self, host: &str, until_year: i32) -> Arc<ServerConfig> {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(until_year, 1, 2);
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(DnType::OrganizationName, "Acme");
        params.distinguished_name.push(DnType::CommonName, host);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        Arc::new(config)
    }
}
