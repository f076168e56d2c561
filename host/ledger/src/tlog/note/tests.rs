use super::*;
use crate::tlog::SigningKey;

/// The example of the signed-note specification, and its key.
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo \
    Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

fn open(note: &[u8]) -> Result<Note, NoteError> {
    let note = Note::parse(note)?;
    note.verify(&KEY.parse().unwrap())?;
    Ok(note)
}

#[test]
fn the_specification_s_example() {
    let note = open(NOTE.as_bytes()).unwrap();
    assert_eq!(note.text, "This is an example message.\n");
    assert_eq!(note.signatures.len(), 1);
    assert_eq!((note.signatures[0].name.as_str(), note.signatures[0].id), ("example.com/foo", 0x530d_903a));
    assert_eq!(note.encode(), NOTE);
}

#[test]
fn every_changed_byte_is_noticed() {
    let bytes = NOTE.as_bytes();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << bit;
            assert!(open(&changed).is_err(), "byte {at}, bit {bit}");
        }
        let cut = [&bytes[..at], &bytes[at + 1..]].concat();
        assert!(open(&cut).is_err(), "without byte {at}");
        for more in [b' ', b'\n', b'=', b'A', b'\r', b'\0'] {
            let longer = [&bytes[..at], &[more], &bytes[at..]].concat();
            assert!(open(&longer).is_err(), "{more} before byte {at}");
        }
        assert!(open(&bytes[..at]).is_err(), "the first {at}");
    }
    assert!(open(&[bytes, b"\n"].concat()).is_err());
}

#[test]
fn other_forms_are_refused() {
    let signature = NOTE.split_once("\n\n").unwrap().1;
    let parse = |text: &str| Note::parse(text.as_bytes());
    let a = "\u{2014} a AAAAAQE=\n";
    assert!(parse(&format!("text\n\n{a}")).is_ok());
    for (text, error) in [
        (String::new(), NoteError::Form),
        ("\n\n".to_owned(), NoteError::Form),
        (format!("text\n{signature}"), NoteError::Form),
        (format!("text\n\n{}", a.trim_end()), NoteError::Form),
        ("text\n\n".to_owned(), NoteError::Form),
        (format!("text\n\n{a}\n"), NoteError::Form),
        (format!("text\r\n\n{a}"), NoteError::Control('\r')),
        (format!("te\txt\n\n{a}"), NoteError::Control('\t')),
        ("text\n\nmore\n".to_owned(), NoteError::Signature("more".to_owned())),
    ] {
        assert_eq!(parse(&text), Err(error), "{text:?}");
    }
    for line in [
        "- a AAAAAQE=",
        "\u{2013} a AAAAAQE=",
        "\u{2014}a AAAAAQE=",
        "\u{2014}  a AAAAAQE=",
        "\u{2014} a  AAAAAQE=",
        "\u{2014} a AAAAAQE= ",
        "\u{2014} a b AAAAAQE=",
        "\u{2014} a+b AAAAAQE=",
        "\u{2014} a\u{a0}b AAAAAQE=",
        "\u{2014}  AAAAAQE=",
        "\u{2014} AAAAAQE=",
        "\u{2014} a AAAAAQ==",
        "\u{2014} a AAAAAQE",
        "\u{2014} a AAAAAQF=",
        "\u{2014} a ",
        "\u{2014} a",
    ] {
        let text = format!("text\n\n{a}{line}\n");
        assert_eq!(parse(&text), Err(NoteError::Signature(line.to_owned())));
    }
    assert_eq!(Note::parse(b"te\xff\n\n"), Err(NoteError::Utf8(2)));
    assert_eq!(NoteError::Control('\r').to_string(), "the note has the control character U+000D");
}

#[test]
fn a_text_may_have_blank_lines() {
    let text = "a\n\n\u{2014} b AAAAAQE=\n\n";
    let note = Note::parse(format!("{text}\n\u{2014} c AAAAAQE=\n").as_bytes()).unwrap();
    assert_eq!(note.text, text);
    assert_eq!(note.signatures.len(), 1);
}

#[test]
fn the_limits_are_where_they_are_said_to_be() {
    let line = "\u{2014} a AAAAAQE=\n";
    let with = |count: usize| format!("text\n\n{}", line.repeat(count));
    assert_eq!(Note::parse(with(100).as_bytes()).unwrap().signatures.len(), 100);
    assert_eq!(Note::parse(with(101).as_bytes()), Err(NoteError::Signatures(101)));
    let tail = format!("\n\n{line}");
    let long = |size: usize| format!("{}{tail}", "x".repeat(size - tail.len()));
    assert!(Note::parse(long(1_000_000).as_bytes()).is_ok());
    assert_eq!(Note::parse(long(1_000_001).as_bytes()), Err(NoteError::Size(1_000_001)));
}

#[test]
fn unknown_signatures_are_left_alone_and_false_ones_are_not() {
    let key = SigningKey::from_seed("a", [1; 32]).unwrap();
    let verifier = key.verifier();
    let text = "text\n".to_owned();
    let good = NoteSignature { name: "a".to_owned(), id: verifier.id(), bytes: key.sign(text.as_bytes()).to_vec() };
    let other_name = NoteSignature { name: "b".to_owned(), ..good.clone() };
    let other_id = NoteSignature { id: verifier.id() ^ 1, ..good.clone() };
    let short = NoteSignature { bytes: vec![1], ..good.clone() };
    let wrong = NoteSignature { bytes: key.sign(b"other\n").to_vec(), ..good.clone() };
    let verify = |signatures: &[&NoteSignature]| {
        let signatures = signatures.iter().copied().cloned().collect();
        let note = Note { text: text.clone(), signatures };
        assert_eq!(Note::parse(note.encode().as_bytes()).unwrap(), note);
        note.verify(verifier)
    };
    assert_eq!(verify(&[&good]), Ok(()));
    assert_eq!(verify(&[&other_name, &good, &other_id]), Ok(()));
    assert_eq!(verify(&[&good, &good]), Ok(()));
    let not_signed = Err(NoteError::NotSigned { name: "a".to_owned(), id: verifier.id() });
    assert_eq!(verify(&[&other_name, &other_id]), not_signed);
    let bad = Err(NoteError::Key(KeyError::Signature { name: "a".to_owned(), id: verifier.id() }));
    assert_eq!(verify(&[&wrong]), bad);
    assert_eq!(verify(&[&short]), bad);
    assert_eq!(verify(&[&good, &wrong]), bad);
    assert_eq!(verify(&[&wrong, &good]), bad);
}
