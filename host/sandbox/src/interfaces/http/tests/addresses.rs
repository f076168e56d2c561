//! Where a name may lead. Everything is on loopback, so an address that the grant names stands for a public one.

use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use ureq::http::Uri;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::NextTimeout;
use ureq::unversioned::transport::time::Duration;

use super::*;
use crate::interfaces::Code;

/// A resolver that changes its mind: one prepared answer for each look-up, the last of them for all that follow.
#[derive(Clone, Debug)]
struct Fickle {
    answers: Arc<Vec<Vec<IpAddr>>>,
    asked: Arc<AtomicUsize>,
    hosts: Arc<Mutex<Vec<String>>>,
}

impl Fickle {
    fn new(answers: &[&[&str]]) -> Self {
        let answers = answers.iter().map(|answer| answer.iter().map(|it| it.parse().unwrap()).collect());
        Self { answers: Arc::new(answers.collect()), asked: Arc::default(), hosts: Arc::default() }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl Resolver for Fickle {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        self.hosts.lock().unwrap().push(uri.host().unwrap().to_owned());
        let mut all = self.empty();
        for address in &self.answers[turn.min(self.answers.len() - 1)] {
            all.push(SocketAddr::new(*address, uri.port_u16().unwrap_or(80)));
        }
        Ok(all)
    }
}

/// A server at 127.0.0.1, and a listener of the same port at 127.0.0.2 that nothing may reach.
fn two_machines(answer: Vec<u8>) -> (Served, u16, TcpListener) {
    let served = serve(answer);
    let port = served.origin.rsplit(':').next().unwrap().parse().unwrap();
    (served, port, TcpListener::bind(("127.0.0.2", port)).unwrap())
}

/// Whether nothing has connected, which the kernel knows as soon as a client does.
fn saw_nothing(listener: &TcpListener) -> bool {
    listener.set_nonblocking(true).unwrap();
    listener.accept().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

fn named(origin: &str, addresses: &[&str]) -> HttpGrant {
    HttpGrant { addresses: addresses.iter().map(|it| Written::new(*it)).collect(), ..grant(origin) }
}

fn send_through(resolver: &Fickle, grant: &HttpGrant) -> Result<Response, Refusal> {
    send_by(resolver.clone(), grant, &get("/"), &Limits::default(), &mut Vault::default())
}

#[test]
fn a_name_is_looked_up_once_and_reached_where_it_was_vetted() {
    let (served, port, other) = two_machines(answer("302 Found", "Location: http://app.example.com/\r\n", b"here"));
    let grant = named(&format!("http://app.example.com:{port}"), &["127.0.0.1"]);
    let resolver = Fickle::new(&[&["127.0.0.1"], &["127.0.0.2"]]);
    assert_eq!(send_through(&resolver, &grant).unwrap().body, b"here");
    assert_eq!((resolver.asked(), &resolver.hosts.lock().unwrap()[..]), (1, &["app.example.com".to_owned()][..]));
    assert!(served.request().contains(&format!("host: app.example.com:{port}\r\n")));
    assert!(saw_nothing(&other));

    // The next request asks anew, and what it is told then is vetted then.
    let refusal = send_through(&resolver, &grant).unwrap_err();
    assert_eq!((refusal.code, resolver.asked()), (Code::Denied, 2));
    assert!(served.was_not_asked() && saw_nothing(&other));
}

#[test]
fn of_a_mixed_answer_only_what_is_allowed_is_reached() {
    let (served, port, other) = two_machines(answer("200 OK", "", b"here"));
    let grant = named(&format!("http://app.example.com:{port}"), &["127.0.0.1"]);
    let resolver = Fickle::new(&[&["127.0.0.2", "169.254.169.254", "127.0.0.1", "10.0.0.1"]]);
    assert_eq!(send_through(&resolver, &grant).unwrap().body, b"here");
    served.request();
    assert!(saw_nothing(&other));
}

#[test]
fn a_name_that_leads_to_nothing_public_is_denied_and_nothing_connects() {
    let (served, port, other) = two_machines(answer("200 OK", "", b"here"));
    for scheme in ["http", "https"] {
        let origin = format!("{scheme}://app.example.com:{port}");
        let check = |grant: &HttpGrant, addresses: &[&str]| {
            let refusal = send_through(&Fickle::new(&[addresses]), grant).unwrap_err();
            assert_eq!((refusal.code, refusal.retryable), (Code::Denied, false));
            refusal.message.replace(&origin, "ORIGIN")
        };
        assert_eq!(
            check(&grant(&origin), &["127.0.0.1"]),
            "`ORIGIN` leads to 127.0.0.1 (loopback), which the grant does not name, add `addresses = [\"127.0.0.1\"]`"
        );
        assert_eq!(
            check(&grant(&origin), &["127.0.0.2", "::ffff:127.0.0.1", "127.0.0.1", "fd00::1"]),
            "`ORIGIN` leads to 127.0.0.2 (loopback) and ::ffff:127.0.0.1 (loopback, it carries 127.0.0.1) and \
             127.0.0.1 (loopback) and fd00::1 (unique-local), which the grant does not name, add \
             `addresses = [\"127.0.0.2\", \"127.0.0.1\", \"fd00::1\"]`"
        );
        assert_eq!(
            check(&named(&origin, &["10.0.0.0/8", "169.254.0.0/16"]), &["169.254.169.254"]),
            "`ORIGIN` leads to 169.254.169.254 (metadata), which the grant does not name, add \
             `addresses = [\"169.254.169.254\"]`"
        );
    }
    assert!(served.was_not_asked() && saw_nothing(&other));
}

#[test]
fn addresses_are_barred_by_the_system_s_own_resolver_too() {
    let check = |origin: &str| send(&grant(origin), &get("/"), &Limits::default()).unwrap_err().to_string();
    assert_eq!(
        check("http://169.254.169.254"),
        "denied: `http://169.254.169.254` leads to 169.254.169.254 (metadata), which the grant does not name, add \
         `addresses = [\"169.254.169.254\"]`"
    );
    assert_eq!(
        check("https://[64:ff9b::7f00:1]"),
        "denied: `https://[64:ff9b::7f00:1]` leads to 64:ff9b::7f00:1 (loopback, it carries 127.0.0.1), which the grant \
         does not name, add `addresses = [\"127.0.0.1\"]`"
    );
    assert_eq!(
        check("http://127.1"),
        "invalid: origin `127.1` ends in a number, expected an IPv4 address of four plain decimal numbers"
    );
    assert_eq!(
        check("http://[::ffff:127.0.0.1]"),
        "invalid: origin `[::ffff:127.0.0.1]` hides an IPv4 address, expected `127.0.0.1` itself"
    );
}

#[test]
fn localhost_leads_to_this_machine_without_being_told() {
    let served = serve(answer("200 OK", "", b"here"));
    let origin = served.origin.replace("127.0.0.1", "localhost");
    assert_eq!(check(&grant(&origin), &get("/"), &Limits::default()), Ok("200 content-length=4 [here]".into()));

    let elsewhere = Fickle::new(&[&["10.0.0.1"]]);
    let refusal = send_through(&elsewhere, &grant(&origin)).unwrap_err();
    assert!(refusal.message.ends_with("add `addresses = [\"10.0.0.1\"]`"), "{refusal}");
}

#[test]
fn a_name_without_an_address_may_have_one_later() {
    let refusal = send_through(&Fickle::new(&[&[]]), &grant("http://app.example.com")).unwrap_err();
    assert_eq!(
        (refusal.to_string(), refusal.retryable),
        ("unavailable: `http://app.example.com`: host name has no address".to_owned(), true)
    );
}

proptest! {
    #[test]
    fn no_address_is_left_that_the_grant_bars(
        found in proptest::collection::vec(prop_oneof![
            any::<[u8; 4]>().prop_map(IpAddr::from),
            any::<[u16; 8]>().prop_map(IpAddr::from),
            (0..4_u8, any::<[u8; 2]>()).prop_map(|(at, [c, d])| {
                let [a, b] = [[10, 0], [127, 0], [169, 254], [192, 168]][usize::from(at)];
                IpAddr::from([a, b, c, d])
            }),
        ], 0..16),
    ) {
        let grant = named("https://app.example.com", &["10.0.0.0/8"]);
        let origin = grant.origin.get().unwrap();
        let fickle = Fickle { answers: Arc::new(vec![found.clone()]), ..Fickle::new(&[]) };
        let timeout = NextTimeout { after: Duration::NotHappening, ..NextTimeout::default() };
        let uri = Uri::from_static("https://app.example.com:443/");
        let left: Vec<IpAddr> = Vetted::new(fickle, &grant, origin)
            .resolve(&uri, &config(1), timeout)
            .map(|left| left.iter().map(SocketAddr::ip).collect())
            .unwrap_or_default();
        let allowed: Vec<IpAddr> = found.into_iter().filter(|it| grant.bars(origin, *it).is_none()).collect();
        prop_assert_eq!(left, allowed);
    }
}
