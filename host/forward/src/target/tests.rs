use super::*;

fn check(text: &str) -> Result<Target, String> {
    Target::parse(text, Path::new("/srv/audit")).map_err(|error| error.to_string())
}

fn at(host: &str, port: u16) -> Address {
    Address { host: host.to_owned(), port }
}

#[test]
fn every_form_is_read_and_shown() {
    assert_eq!(check("syslog+tcp://siem:601"), Ok(Target::SyslogTcp(at("siem", 601))));
    assert_eq!(check("syslog+tcp://[::1]:601"), Ok(Target::SyslogTcp(at("::1", 601))));
    let tls =
        |ca: Option<&str>| Target::SyslogTls { address: at("siem.acme.example", 6514), ca: ca.map(PathBuf::from) };
    assert_eq!(check("syslog+tls://siem.acme.example:6514"), Ok(tls(None)));
    assert_eq!(check("syslog+tls://siem.acme.example:6514?ca=ca.pem"), Ok(tls(Some("/srv/audit/ca.pem"))));
    assert_eq!(check("file:log/events.jsonl"), Ok(Target::File("/srv/audit/log/events.jsonl".into())));
    assert_eq!(check("file:/var/log/events.jsonl"), Ok(Target::File("/var/log/events.jsonl".into())));
    for (text, shown) in [
        ("syslog+tcp://[::1]:601", "syslog+tcp://[::1]:601"),
        ("syslog+tls://siem:6514?ca=ca.pem", "syslog+tls://siem:6514"),
        ("https://siem.acme.example/in?key=s3cret#ca=ca.pem", "https://siem.acme.example/in?..."),
        ("http://siem:8080", "http://siem:8080/"),
        ("file:events.jsonl", "file:/srv/audit/events.jsonl"),
    ] {
        assert_eq!(check(text).unwrap().to_string(), shown, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let no_target = |text: &str, why: &str| assert_eq!(check(text), Err(format!("`{text}` is no target: {why}")));
    let form = "expected HOST:PORT, an IPv6 address in brackets";
    let port = "the port is not a number from 1 to 65535";
    for text in ["syslog+tcp://", "syslog+tcp://siem", "syslog+tcp://:601", "syslog+tcp://::1:601"] {
        no_target(text, form);
    }
    no_target("syslog+tcp://siem:601/path", port);
    no_target("syslog+tcp://[siem]:601", form);
    for text in ["syslog+tcp://siem:", "syslog+tcp://siem:0", "syslog+tcp://siem:65536", "syslog+tcp://siem:+1"] {
        no_target(text, port);
    }
    no_target("syslog+tls://siem:6514?verify=no", "the only parameter is ca=FILE");
    no_target("http://siem/in#ca=ca.pem", "certificates are for https");
    no_target("http:///in", "it is no URL");
    no_target("file:", "it names no file");
    no_target("file:///tmp/x", "a file is written as file:PATH, without //");
    let forms = "expected syslog+tcp://HOST:PORT, syslog+tls://HOST:PORT?ca=FILE, http://..., https://... or file:PATH";
    no_target("syslog+udp://siem:514", forms);
    no_target("siem:514", forms);
}

#[test]
fn a_password_is_refused_and_not_repeated() {
    for text in ["https://ada:s3cret@siem/in", "syslog+tcp://ada:s3cret@siem:601", "ada:s3cret@siem:601"] {
        let error = check(text).unwrap_err();
        assert!(!error.contains("s3cret"), "{error}");
    }
}

/// Whom to trust may change while events wait; the receiver may not.
#[test]
fn a_spool_is_the_receivers() {
    let digest = |text: &str| check(text).unwrap().digest();
    assert_eq!(digest("syslog+tls://siem:6514"), digest("syslog+tls://siem:6514?ca=ca.pem"));
    let others = ["syslog+tls://siem:6514", "syslog+tcp://siem:6514", "https://siem/a?b=1", "https://siem/a?b=2"];
    let digests: std::collections::BTreeSet<_> = others.iter().map(|text| digest(text)).collect();
    assert_eq!(digests.len(), others.len());
}
