use std::collections::BTreeMap;

use super::*;
use crate::grants::{SecretRef, Written};
use crate::secrets::Vault;

mod addresses;
mod server;
use server::{Authority, Served, answer, drip, drip_tls, gzip, serve, serve_tls};

fn grant(origin: &str) -> HttpGrant {
    HttpGrant {
        origin: Written::new(origin),
        addresses: Vec::new(),
        methods: ["GET", "HEAD", "POST"].map(Written::new).to_vec(),
        ca_file: None,
        headers: BTreeMap::new(),
        timeout: None,
    }
}

fn get(path: &str) -> Request {
    Request { method: "GET".into(), path_and_query: path.into(), headers: vec![], body: None }
}

/// Sends with no secret known yet.
fn send(grant: &HttpGrant, request: &Request, limits: &Limits) -> Result<Response, Refusal> {
    super::send(grant, request, limits, &mut Vault::default())
}

/// What sending gives: status, headers and body in one literal.
fn check(grant: &HttpGrant, request: &Request, limits: &Limits) -> Result<String, String> {
    let response = send(grant, request, limits).map_err(|refusal| refusal.to_string())?;
    let mut shown = response.status.to_string();
    for (name, value) in &response.headers {
        shown.push_str(&format!(" {name}={value}"));
    }
    Ok(format!("{shown} [{}]", String::from_utf8_lossy(&response.body)))
}

fn fetch(served: &Served, path: &str) -> Result<String, String> {
    check(&grant(&served.origin), &get(path), &Limits::default())
        .map_err(|message| message.replace(&served.origin, "ORIGIN"))
}

#[test]
fn status_headers_and_body_of_any_answer() {
    let served = serve(answer(
        "503 Gone Fishing",
        "Retry-After: 5\r\nX-B: 2\r\nX-a: 1\r\nSet-Cookie: session=hunter2\r\n",
        b"down",
    ));
    assert_eq!(
        fetch(&served, "/health?x=1"),
        Ok("503 content-length=4 retry-after=5 set-cookie=<redacted> x-a=1 x-b=2 [down]".into())
    );
    let sent = served.request();
    let mut lines: Vec<&str> = sent.lines().filter(|line| !line.is_empty()).collect();
    lines[1..].sort();
    let host = format!("host: {}", served.origin.trim_start_matches("http://"));
    assert_eq!(
        lines,
        ["GET /health?x=1 HTTP/1.1", "accept-encoding: gzip", "accept: */*", &host, "user-agent: tickmark/0.1.0"]
    );
}

#[test]
fn a_gzip_body_is_unpacked_and_bounded_afterwards() {
    let served = serve(answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&[b'a'; 100_000])));
    let limits = Limits { response_bytes: 100_000, ..Limits::default() };
    let response = send(&grant(&served.origin), &get("/"), &limits).unwrap();
    assert_eq!((response.body, response.headers), (vec![b'a'; 100_000], vec![]));

    let bomb = serve(answer("200 OK", "Content-Encoding: gzip\r\n", &gzip(&[b'a'; 100_001])));
    assert_eq!(
        check(&grant(&bomb.origin), &get("/"), &limits),
        Err(format!("limit: response of `{}` is more than 100000 bytes", bomb.origin))
    );
    let broken = serve(answer("200 OK", "Content-Encoding: gzip\r\n", b"no gzip at all"));
    assert!(fetch(&broken, "/").unwrap_err().starts_with("unavailable: `ORIGIN`: body cannot be decompressed: "));
}

#[test]
fn a_redirect_is_an_answer_and_not_a_way() {
    let elsewhere = serve(answer("200 OK", "", b"elsewhere"));
    let served = serve(answer("302 Found", &format!("Location: {}/\r\n", elsewhere.origin), b""));
    assert_eq!(fetch(&served, "/"), Ok(format!("302 content-length=0 location={}/ []", elsewhere.origin)));
    assert!(elsewhere.was_not_asked());
}

#[test]
fn no_redirect_leads_anywhere_and_no_credential_with_it() {
    let elsewhere = serve(answer("200 OK", "", b"elsewhere"));
    let authority = Authority::new();
    let secret = BTreeMap::from([("Authorization".to_owned(), SecretRef::Plain("Bearer hunter2-token".to_owned()))]);
    for status in
        ["301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"]
    {
        for to in [elsewhere.origin.as_str(), "/other", "//evil.example", "https://localhost"] {
            let moved = answer(status, &format!("Location: {to}\r\n"), b"moved");
            let (plain, tls) = (serve(moved.clone()), serve_tls(authority.leaf("localhost", 2099), moved));
            for served in [plain, tls] {
                let ca_file = Some(authority.pem_file());
                let grant = HttpGrant { ca_file, headers: secret.clone(), ..grant(&served.origin) };
                for method in ["GET", "POST"] {
                    let body = (method == "POST").then(|| b"query".to_vec());
                    let request = Request { method: method.into(), body, ..get("/") };
                    let code = &status[..3];
                    assert_eq!(
                        check(&grant, &request, &Limits::default()),
                        Ok(format!("{code} content-length=5 location={to} [moved]"))
                    );
                    assert!(served.request().contains("authorization: Bearer hunter2-token\r\n"));
                    assert!(served.was_not_asked(), "the same server is not asked again");
                }
            }
        }
    }
    assert!(elsewhere.was_not_asked());
}

#[test]
fn one_deadline_covers_a_body_that_never_ends() {
    let served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec());
    served.stay_open();
    let mut grant = grant(&served.origin);
    grant.timeout = Some(Written::new("500ms"));
    let refusal = send(&grant, &get("/"), &Limits::default()).unwrap_err();
    assert_eq!(
        (refusal.to_string(), refusal.retryable),
        (format!("timeout: request to `{}` took more than 500 ms", served.origin), true)
    );
}

#[test]
fn one_deadline_covers_an_answer_that_comes_drop_by_drop() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    let handshake = [0x16, 3, 3, 0x40, 0];
    let authority = Authority::new();
    for served in [
        drip("http://127.0.0.1", b"HTTP/1.1 200 "),
        drip("http://127.0.0.1", b"HTTP/1.1 200 OK\r\nX-A: "),
        drip("http://127.0.0.1", head),
        drip("http://127.0.0.1", b"HTTP/1.1 200 OK\r\n\r\n"),
        drip("https://localhost", &handshake),
        drip_tls(authority.leaf("localhost", 2099), head),
    ] {
        let timeout = Some(Written::new("400ms"));
        let grant = HttpGrant { ca_file: Some(authority.pem_file()), timeout, ..grant(&served.origin) };
        assert_eq!(
            check(&grant, &get("/"), &Limits::default()),
            Err(format!("timeout: request to `{}` took more than 400 ms", served.origin))
        );
    }
}

#[test]
fn headers_that_never_end_are_cut_off() {
    let long = serve([&b"HTTP/1.1 200 OK\r\nX-A: "[..], &[b'x'; 1_000_000]].concat());
    let refusal = fetch(&long, "/").unwrap_err();
    assert!(refusal.starts_with("limit: header of the response of `ORIGIN`, "), "{refusal}");
    let many = serve([&b"HTTP/1.1 200 OK\r\n"[..], &b"X-A: 1\r\n".repeat(100_000)].concat());
    assert_eq!(
        fetch(&many, "/"),
        Err("unavailable: `ORIGIN`: answer is not HTTP: http parse resulted in too many headers".into())
    );
}

#[test]
fn half_a_body_is_no_answer() {
    let served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec());
    assert_eq!(fetch(&served, "/"), Err("unavailable: `ORIGIN`: Peer disconnected".into()));
    let served = serve(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec());
    assert!(fetch(&served, "/").unwrap_err().starts_with("unavailable: `ORIGIN`: answer is not HTTP: "));
}

#[test]
fn a_service_that_is_down_is_unavailable_and_may_come_back() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refusal = send(&grant(&origin), &get("/"), &Limits::default()).unwrap_err();
    assert_eq!(
        (refusal.to_string(), refusal.retryable),
        (format!("unavailable: `{origin}`: Connection refused (os error 111)"), true)
    );
}

#[test]
fn the_grant_adds_its_headers_over_the_collectors() {
    let served = serve(answer("200 OK", "", b"ok"));
    let mut grant = grant(&served.origin);
    grant.headers = BTreeMap::from([
        ("Authorization".to_owned(), SecretRef::Plain("Bearer hunter2-token".to_owned())),
        ("Accept".to_owned(), SecretRef::Plain("text/plain".to_owned())),
    ]);
    let mut request = get("/");
    request.headers = vec![("Accept".into(), "image/png".into()), ("X-Page".into(), "2".into())];
    assert_eq!(check(&grant, &request, &Limits::default()), Ok("200 content-length=2 [ok]".into()));
    let sent = served.request();
    let mut lines: Vec<&str> = sent.lines().filter(|line| line.starts_with(['a', 'x'])).collect();
    lines.sort();
    assert_eq!(
        lines,
        ["accept-encoding: gzip", "accept: text/plain", "authorization: Bearer hunter2-token", "x-page: 2"]
    );
}

#[test]
fn what_the_grant_leaves_to_the_host_a_collector_cannot_set() {
    let grant = grant("http://127.0.0.1:9");
    let check = |name: &str, value: &str| {
        let request = Request { headers: vec![(name.into(), value.into())], ..get("/") };
        check(&grant, &request, &Limits::default()).unwrap_err()
    };
    for name in
        ["Host", "AUTHORIZATION", "cookie", "Proxy-Authorization", "transfer-encoding", "Content-Length", "connection"]
    {
        let lower = name.to_ascii_lowercase();
        assert_eq!(check(name, "x"), format!("denied: header `{lower}` may not be set by a collector"));
    }
    assert_eq!(check("X\r\nHost", "x"), "invalid: `X\\r\\nHost` is not a name of a header");
    assert_eq!(check("", "x"), "invalid: `` is not a name of a header");
    for value in ["a\r\nHost: b", "a\rb", "a\nb", "a\0b", "\r\n\r\nGET /other HTTP/1.1"] {
        assert_eq!(check("X", value), "invalid: header `x` has a control character");
    }
}

#[test]
fn only_granted_methods_and_paths_are_sent() {
    let check = |request: &Request| check(&grant("http://127.0.0.1:9"), request, &Limits::default()).unwrap_err();
    let method = |method: &str| check(&Request { method: method.into(), ..get("/") });
    assert_eq!(method("OPTIONS"), "denied: method `OPTIONS` is not granted");
    assert_eq!(method("get"), "denied: method `get` is not granted");
    assert_eq!(method("GET /x HTTP/1.1\r\n"), "denied: method `GET /x HTTP/1.1\\r\\n` is not granted");
    assert_eq!(check(&get("//evil.example/")), "invalid: path `//evil.example/` starts with `//`");
    assert_eq!(check(&Request { body: Some(vec![]), ..get("/") }), "invalid: a GET request has no body");
}

#[test]
fn a_post_has_a_body_and_a_head_has_none() {
    let served = serve(answer("200 OK", "", b"ok"));
    let post = Request { method: "POST".into(), body: Some(b"query".to_vec()), ..get("/") };
    assert_eq!(check(&grant(&served.origin), &post, &Limits::default()), Ok("200 content-length=2 [ok]".into()));
    let sent = served.request();
    assert!(sent.starts_with("POST / HTTP/1.1\r\n") && sent.ends_with("\r\n\r\nquery"), "{sent}");

    let served = serve(answer("200 OK", "", b"ok"));
    let empty = Request { method: "POST".into(), ..get("/") };
    assert_eq!(check(&grant(&served.origin), &empty, &Limits::default()), Ok("200 content-length=2 [ok]".into()));
    assert!(served.request().contains("content-length: 0\r\n"));

    let served = serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".to_vec());
    let head = Request { method: "HEAD".into(), ..get("/") };
    assert_eq!(check(&grant(&served.origin), &head, &Limits::default()), Ok("200 content-length=10 []".into()));
}

#[test]
fn a_trusted_certificate_is_reported() {
    let authority = Authority::new();
    let served = serve_tls(authority.leaf("localhost", 2099), answer("200 OK", "", b"ok"));
    let grant = HttpGrant { ca_file: Some(authority.pem_file()), ..grant(&served.origin) };
    let response = send(&grant, &get("/"), &Limits::default()).unwrap();
    assert_eq!(response.body, b"ok");
    assert_eq!(
        response.tls,
        Some(Tls {
            version: "TLSv1.3".into(),
            not_after: tickmark_model::parse_instant("2099-01-02").unwrap(),
            issuer: "CN=Acme Test Root".into(),
            subject: "O=Acme, CN=localhost".into(),
        })
    );
}

#[test]
fn a_certificate_that_does_not_verify_is_unavailable_with_the_reason() {
    let authority = Authority::new();
    let check = |host: &str, until_year: i32, ca_file| {
        let served = serve_tls(authority.leaf(host, until_year), answer("200 OK", "", b"ok"));
        let grant = HttpGrant { ca_file, ..grant(&served.origin) };
        let refusal = send(&grant, &get("/"), &Limits::default()).unwrap_err();
        assert!(!refusal.retryable);
        refusal.to_string().replace(&served.origin, "ORIGIN")
    };
    let trusted = || Some(authority.pem_file());
    assert_eq!(check("localhost", 2001, trusted()), "unavailable: `ORIGIN`: certificate has expired");
    assert_eq!(check("other.example", 2099, trusted()), "unavailable: `ORIGIN`: certificate is for another name");
    assert_eq!(check("localhost", 2099, None), "unavailable: `ORIGIN`: certificate is issued by no trusted authority");
}

#[test]
fn a_ca_file_that_is_no_certificate_is_said_before_anything_is_sent() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ca.pem");
    let check = |content: &str| {
        std::fs::write(&path, content).unwrap();
        let grant = HttpGrant { ca_file: Some(path.clone()), ..grant("https://localhost:9") };
        let refusal = send(&grant, &get("/"), &Limits::default()).unwrap_err();
        refusal.to_string().replace(&path.display().to_string(), "ca.pem")
    };
    assert_eq!(check("nothing"), "unavailable: ca_file `ca.pem` holds no certificate");
    let broken = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    assert!(check(broken).starts_with("unavailable: ca_file `ca.pem` holds an unusable certificate: "));
}
