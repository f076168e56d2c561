//! Tokens of a real timestamp authority, which openssl is: what we read in them is what it reads, and whatever is not a token
//! of this checkpoint is none.

use std::fs;
use std::path::Path;
use std::process::Command;

use chrono::NaiveDateTime;
use expect_test::expect;
use tickmark_ledger::package::{NotATimestamp, Timestamp, TimestampRequest};
use tickmark_ledger::sha256;
use tickmark_ledger::verify::{Report, Status};

use super::forge::{Forged, found, short, verify_with};
use super::history::{export, open_period, package_key};
use crate::site::pinned;

const CONFIG: &str = "[req]\ndistinguished_name=dn\n[dn]\n[tsa]\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n\
    extendedKeyUsage=critical,timeStamping\n[service]\ndir=.\nserial=serial\ncrypto_device=builtin\n\
    signer_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\ndigests=sha256\n\
    accuracy=secs:1\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n";

/// A timestamp authority that openssl plays.
struct Authority(tempfile::TempDir);

impl Authority {
    fn new() -> Self {
        let authority = Self(tempfile::tempdir().unwrap());
        authority.write("tsa.conf", CONFIG.as_bytes());
        authority.write("serial", b"01\n");
        let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
        authority.openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=ca"));
        authority.openssl(&format!("req -new {key} -keyout tsa.key -out tsa.csr -subj /CN=tsa"));
        authority.openssl(
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile tsa.conf -extensions tsa \
             -out tsa.pem",
        );
        authority
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        let folder: &Path = self.0.path();
        folder.join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    /// What openssl says to a command that succeeds.
    fn openssl(&self, words: &str) -> String {
        let (ok, said) = self.run(words);
        assert!(ok, "openssl {words}: {said}");
        said
    }

    fn run(&self, words: &str) -> (bool, String) {
        let output = Command::new("openssl").args(words.split(' ')).current_dir(self.0.path()).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// The answer to a query.
    fn answer(&self, query: &[u8]) -> Vec<u8> {
        self.write("query.tsq", query);
        self.run("ts -reply -config tsa.conf -section service -queryfile query.tsq -out answer.tsr");
        fs::read(self.path("answer.tsr")).unwrap()
    }
}

const NONCE: [u8; 8] = [0x8a, 0, 0, 7, 1, 2, 3, 0xff];

fn request() -> TimestampRequest {
    TimestampRequest::new(b"a checkpoint", NONCE)
}

/// The value behind a word in what openssl prints.
fn value<'a>(text: &'a str, word: &str) -> &'a str {
    let line = text.lines().find(|line| line.starts_with(word)).unwrap_or_else(|| panic!("no {word} in {text}"));
    line[word.len()..].trim()
}

/// The bytes that openssl dumps behind `Message data:`.
fn message_data(text: &str) -> Vec<u8> {
    let lines = text.lines().skip_while(|line| *line != "Message data:").skip(1).take(2);
    let digits = lines.flat_map(|line| line[11..58].split([' ', '-']).map(|it| u8::from_str_radix(it, 16).unwrap()));
    digits.collect()
}

#[test]
fn openssl_reads_our_request_and_we_read_what_it_reads_in_its_answer() {
    let authority = Authority::new();
    for nonce in [NONCE, [0; 8], [0, 0, 0, 0, 0, 0, 0, 0x80], [0x7f; 8], [0, 0x80, 0, 0, 0, 0, 0, 0], [0xff; 8]] {
        let request = TimestampRequest::new(b"a checkpoint", nonce);
        let answer = authority.answer(&request.to_der());
        let asked = authority.openssl("ts -query -in query.tsq -text");
        let number = u64::from_be_bytes(nonce);
        assert_eq!(message_data(&asked), sha256(b"a checkpoint").0);
        assert_eq!(value(&asked, "Hash Algorithm:"), "sha256");
        assert_eq!(value(&asked, "Certificate required:"), "yes");
        let openssl_nonce = value(&asked, "Nonce:").trim_start_matches("0x").to_owned();
        assert_eq!(u64::from_str_radix(&openssl_nonce, 16), Ok(number));

        let said = authority.openssl("ts -reply -in answer.tsr -text");
        let time = NaiveDateTime::parse_from_str(value(&said, "Time stamp:"), "%b %e %H:%M:%S %Y GMT").unwrap();
        let timestamp = Timestamp::parse(&answer).unwrap();
        assert_eq!(timestamp.gen_time, time.format("%Y%m%d%H%M%SZ").to_string());
        assert_eq!(timestamp.imprint.0.to_vec(), message_data(&said));
        assert_eq!(timestamp.imprint, sha256(b"a checkpoint"));
        let bytes: Vec<u8> = number.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
        assert_eq!(timestamp.nonce, Some(bytes));
        assert!(request.is_answered_by(&timestamp));
        authority.openssl("ts -verify -queryfile query.tsq -in answer.tsr -CAfile ca.pem");
    }
}

#[test]
fn the_answer_to_another_request_is_none() {
    let authority = Authority::new();
    let answered = |answer: &[u8]| request().is_answered_by(&Timestamp::parse(answer).unwrap());
    assert!(answered(&authority.answer(&request().to_der())));
    assert!(!answered(&authority.answer(&TimestampRequest::new(b"A checkpoint", NONCE).to_der())));
    let mut other = NONCE;
    other[7] ^= 1;
    assert!(!answered(&authority.answer(&TimestampRequest::new(b"a checkpoint", other).to_der())));
    // Somebody else's request, without a nonce.
    authority.write("data", b"a checkpoint");
    authority.openssl("ts -query -data data -sha256 -no_nonce -cert -out bare.tsq");
    let bare = authority.answer(&fs::read(authority.path("bare.tsq")).unwrap());
    let timestamp = Timestamp::parse(&bare).unwrap();
    assert_eq!((timestamp.imprint, timestamp.nonce), (sha256(b"a checkpoint"), None));
    assert!(!answered(&bare));
}

#[test]
fn an_answer_that_grants_nothing_is_none() {
    let authority = Authority::new();
    authority.write("data", b"a checkpoint");
    authority.openssl("ts -query -data data -sha1 -out refused.tsq");
    let refused = authority.answer(&fs::read(authority.path("refused.tsq")).unwrap());
    assert!(authority.openssl("ts -reply -in answer.tsr -text").contains("Status: Rejected."));
    assert_eq!(Timestamp::parse(&refused), Err(NotATimestamp::Refused(vec![2])));
    // A token whose status says that it was refused.
    let mut answer = authority.answer(&request().to_der());
    let status = answer.windows(5).position(|it| it == [0x30, 3, 2, 1, 0]).unwrap();
    for (code, granted) in [(0, true), (1, true), (2, false), (3, false), (4, false), (5, false), (0xff, false)] {
        answer[status + 4] = code;
        assert_eq!(Timestamp::parse(&answer).is_ok(), granted, "{code}");
    }
}

#[test]
fn an_answer_that_is_cut_off_or_longer_is_none() {
    let answer = Authority::new().answer(&request().to_der());
    assert!(Timestamp::parse(&answer).is_ok());
    for at in 0..answer.len() {
        assert!(matches!(Timestamp::parse(&answer[..at]), Err(NotATimestamp::Form(_))), "cut at {at}");
    }
    assert!(Timestamp::parse(&[&answer[..], &[0]].concat()).is_err());
    assert!(Timestamp::parse(&[&answer[..], &answer[..]].concat()).is_err());
}

/// Only a bit of the digest itself gives another digest, and that exact one; otherwise it stays or nothing is read.
#[test]
fn a_flipped_bit_never_makes_it_about_something_else() {
    let answer = Authority::new().answer(&request().to_der());
    let (good, digest) = (Timestamp::parse(&answer).unwrap(), sha256(b"a checkpoint").0);
    let places: Vec<usize> = (0..answer.len() - 32).filter(|at| answer[*at..*at + 32] == digest).collect();
    let [place] = places[..] else { panic!("the digest stands at {places:?}") };
    let nonce = answer.windows(9).position(|it| it[0] == 0 && it[1..] == NONCE).unwrap();
    let mut refused = 0;
    for bit in 0..answer.len() * 8 {
        let mut changed = answer.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        let Ok(timestamp) = Timestamp::parse(&changed) else {
            refused += 1;
            continue;
        };
        let in_digest = (place..place + 32).contains(&(bit / 8));
        let mut expected = digest;
        if in_digest {
            expected[bit / 8 - place] ^= 1 << (bit % 8);
        }
        assert_eq!(timestamp.imprint.0, expected, "bit {bit}");
        assert_eq!(timestamp.nonce != good.nonce, (nonce..nonce + 9).contains(&(bit / 8)), "bit {bit}");
        assert_eq!(request().is_answered_by(&timestamp), !in_digest && timestamp.nonce == good.nonce, "bit {bit}");
    }
    assert!(refused > 300, "{refused} bits are of the form");
}

fn step(package: &[u8]) -> String {
    let report: Report = verify_with(package, &pinned());
    let step = report.step("timestamp").unwrap();
    assert_eq!(report.failed(), step.status == Status::Failed);
    format!("{}: {}", step.status, short(&step.detail))
}

#[test]
fn a_package_with_a_token_of_something_else_is_found() {
    let authority = Authority::new();
    let package = export(&open_period());
    let checkpoint = open_period().checkpoint();
    let token = authority.answer(&TimestampRequest::new(&checkpoint, NONCE).to_der());
    let with = |token: &[u8]| {
        let mut forged = Forged::of(&package);
        forged.files.insert("timestamp.tsr".into(), token.to_vec());
        forged.signed_by(&package_key())
    };
    let date = Timestamp::parse(&token).unwrap().gen_time;
    let good = "not checked: it is of this checkpoint and dated DATE; who signed it, `openssl ts -verify` says (see VERIFY.md)";
    assert_eq!(step(&with(&token)), good.replace("DATE", &date));

    let other = authority.answer(&request().to_der());
    let put = |token: Vec<u8>| move |it: &mut Forged| drop(it.files.insert("timestamp.tsr".into(), token.clone()));
    found(
        &package,
        put(other),
        &expect!["timestamp: `timestamp.tsr`: is of sha256:8c51bcbc, the checkpoint is sha256:c643408f"],
    );
    found(
        &package,
        put(token[..token.len() - 1].to_vec()),
        &expect!["timestamp: `timestamp.tsr`: not a timestamp answer in DER: no answer"],
    );
    found(&package, put(Vec::new()), &expect!["timestamp: `timestamp.tsr`: not a timestamp answer in DER: no answer"]);
    authority.write("data", b"a checkpoint");
    authority.openssl("ts -query -data data -sha1 -out refused.tsq");
    let refused = authority.answer(&fs::read(authority.path("refused.tsq")).unwrap());
    found(
        &package,
        put(refused),
        &expect![
            "timestamp: `timestamp.tsr`: the timestamp server granted nothing: its status is [2], expected 0 or 1"
        ],
    );
}
