use expect_test::expect;

use super::*;
use crate::tlog::{EMPTY_ROOT, SigningKey};

fn key() -> SigningKey {
    SigningKey::from_seed("tickmark/3f9c2a71d04be885", [7; 32]).unwrap()
}

fn checkpoint() -> Checkpoint {
    Checkpoint { origin: "tickmark/3f9c2a71d04be885".to_owned(), size: 70_000, root: EMPTY_ROOT }
}

#[test]
fn the_specification_s_example() {
    let note = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\
        \u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
    let checkpoint = Checkpoint::parse_unverified(note.as_bytes()).unwrap();
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("example.com/behind-the-sofa", 20_852_163));
    let root = "sha256:0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62";
    assert_eq!(checkpoint.root.to_string(), root);
    assert_eq!(checkpoint.text(), note.split_once("\n\n").unwrap().0.to_owned() + "\n");
}

#[test]
fn a_signed_checkpoint() {
    let note = checkpoint().sign(&key()).unwrap();
    expect![[r#"
        tickmark/3f9c2a71d04be885
        70000
        47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

        — tickmark/3f9c2a71d04be885 x9+NwyVcRCGij1jVaKtUHO/vxcnbqNT0BIGoc3tLnH5mREcbX+9Ji1B4Ci4b9wLrZJgHjlArb9FNtUp6kHMaT0zo2Q4=
    "#]]
    .assert_eq(std::str::from_utf8(&note).unwrap());
    assert_eq!(Checkpoint::open(&note, key().verifier()), Ok(checkpoint()));
    assert_eq!(Checkpoint::parse_unverified(&note), Ok(checkpoint()));
}

#[test]
fn every_changed_byte_is_noticed() {
    let note = checkpoint().sign(&key()).unwrap();
    let key = key();
    for at in 0..note.len() {
        for bit in 0..8 {
            let mut changed = note.clone();
            changed[at] ^= 1 << bit;
            assert!(Checkpoint::open(&changed, key.verifier()).is_err(), "byte {at}, bit {bit}");
        }
        assert!(Checkpoint::open(&note[..at], key.verifier()).is_err());
    }
}

#[test]
fn there_is_one_way_to_write_it() {
    let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let parse = Checkpoint::parse_text;
    assert_eq!(parse(&format!("a\n0\n{root}\n")).unwrap().text(), format!("a\n0\n{root}\n"));
    let lines = CheckpointError::Lines;
    let size = |text: &str| CheckpointError::Size(text.to_owned());
    let origin = |text: &str| CheckpointError::Origin(text.to_owned());
    for (text, error) in [
        (String::new(), lines(0)),
        ("a\n".to_owned(), lines(1)),
        ("a\n1\n".to_owned(), lines(2)),
        (format!("a\n1\n{root}"), lines(3)),
        (format!("a\n01\n{root}\n"), size("01")),
        (format!("a\n-1\n{root}\n"), size("-1")),
        (format!("a\n+1\n{root}\n"), size("+1")),
        (format!("a\n\n{root}\n"), size("")),
        (format!("a\n1 \n{root}\n"), size("1 ")),
        (format!("a\n18446744073709551616\n{root}\n"), size("18446744073709551616")),
        (format!("\n1\n{root}\n"), origin("")),
        (format!("a b\n1\n{root}\n"), origin("a b")),
        (format!("a+b\n1\n{root}\n"), origin("a+b")),
        (format!("a\n1\n{root}\n\n"), CheckpointError::Extension(String::new())),
        (format!("a\n1\n{root}\nmore\n"), CheckpointError::Extension("more".to_owned())),
        (format!("a\n1\n{root} \n"), CheckpointError::Root(format!("{root} "))),
        ("a\n1\n47DE\n".to_owned(), CheckpointError::Root("47DE".to_owned())),
        (format!("a\n1\n{}\n", root.replace('=', "")), CheckpointError::Root(root.replace('=', ""))),
        (format!("a\n1\n{}\n", root.replace("FU=", "FV=")), CheckpointError::Root(root.replace("FU=", "FV="))),
    ] {
        assert_eq!(parse(&text), Err(error), "{text:?}");
    }
}

#[test]
fn the_checkpoint_of_another_log_is_refused() {
    let other = SigningKey::from_seed("tickmark/0000000000000000", [7; 32]).unwrap();
    let error = checkpoint().sign(&other).unwrap_err();
    assert_eq!(error.to_string(), "cannot sign: the signed checkpoint does not verify");
    let source = std::error::Error::source(&error).unwrap().to_string();
    let said = "the checkpoint is of the log `tickmark/3f9c2a71d04be885`, the key is of `tickmark/0000000000000000`";
    assert_eq!(source, said);

    let text = checkpoint().text();
    let bytes = other.sign(text.as_bytes()).to_vec();
    let signature = NoteSignature { name: other.verifier().name().to_owned(), id: other.verifier().id(), bytes };
    let note = Note { text, signatures: vec![signature] }.encode();
    let error = Checkpoint::open(note.as_bytes(), other.verifier()).unwrap_err();
    assert_eq!(error.to_string(), said);
    let error = Checkpoint::open(note.as_bytes(), key().verifier()).unwrap_err();
    assert!(matches!(error, CheckpointError::Note(NoteError::NotSigned { .. })), "{error}");
}

#[test]
fn a_signer_that_lies_is_found_out() {
    struct Liar(SigningKey);
    impl LogSigner for Liar {
        fn verifier(&self) -> &VerifierKey {
            self.0.verifier()
        }
        fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
            Ok(self.0.sign(b"something else"))
        }
    }
    struct Away(SigningKey);
    impl LogSigner for Away {
        fn verifier(&self) -> &VerifierKey {
            self.0.verifier()
        }
        fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignError> {
            Err(SignError::new("nobody answers"))
        }
    }
    let error = checkpoint().sign(&Liar(key())).unwrap_err();
    assert_eq!(error.to_string(), "cannot sign: the signed checkpoint does not verify");
    assert_eq!(checkpoint().sign(&Away(key())).unwrap_err().to_string(), "cannot sign: nobody answers");
}

#[test]
fn other_signatures_do_not_matter() {
    let mut note = Note::parse(&checkpoint().sign(&key()).unwrap()).unwrap();
    let witness = NoteSignature { name: "witness.example".to_owned(), id: 4, bytes: vec![9; 72] };
    note.signatures.insert(0, witness);
    assert_eq!(Checkpoint::open(note.encode().as_bytes(), key().verifier()), Ok(checkpoint()));
    note.signatures.pop();
    assert!(Checkpoint::open(note.encode().as_bytes(), key().verifier()).is_err());
}
