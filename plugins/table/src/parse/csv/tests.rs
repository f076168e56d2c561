//! What a CSV file may hold, and a slow model of it.

use std::io::BufReader;

use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8], delimiter: u8, encoding: Encoding, buffer: usize) -> Result<Vec<(u64, Vec<String>)>, Broken> {
    let mut reader = Reader::new(BufReader::with_capacity(buffer, bytes), delimiter, encoding);
    let mut record = Record::default();
    let mut records = Vec::new();
    while reader.read(&mut record)? {
        assert!(!record.is_empty());
        records.push((record.row, record.cells().map(str::to_owned).collect()));
    }
    Ok(records)
}

#[track_caller]
fn check(bytes: &[u8], expected: &str) {
    let show = |read: Result<Vec<(u64, Vec<String>)>, Broken>| match read {
        Ok(records) => records.iter().map(|(row, cells)| format!("{row} {cells:?}")).collect::<Vec<_>>().join("\n"),
        Err(Broken(why)) => why,
    };
    for buffer in [1, 2, 7, 4_096] {
        assert_eq!(show(read(bytes, b',', Encoding::Utf8, buffer)), expected, "in pieces of {buffer}");
    }
}

#[test]
fn records_are_numbered_as_a_spreadsheet_does() {
    check(b"", "");
    check(b"\n\r\n", "");
    check(b"a,b\n1,2\n", "1 [\"a\", \"b\"]\n2 [\"1\", \"2\"]");
    check(b"a,b\r\n\r\n1,2", "1 [\"a\", \"b\"]\n3 [\"1\", \"2\"]");
    check(b"a,\n,", "1 [\"a\", \"\"]\n2 [\"\", \"\"]");
    check(b"a\n\"\"\nb", "1 [\"a\"]\n2 [\"\"]\n3 [\"b\"]");
}

#[test]
fn quotes_hold_delimiters_quotes_and_lines() {
    check(b"\"a,\"\"b\"\"\r\nc\",d\r\ne", "1 [\"a,\\\"b\\\"\\r\\nc\", \"d\"]\n2 [\"e\"]");
    check(b"5\" pipe,a\"b\n", "1 [\"5\\\" pipe\", \"a\\\"b\"]");
    check(b"a\rb,c\r", "1 [\"a\\rb\", \"c\"]");
    check(b"\"a\"\r", "1 [\"a\"]");
    check(b"a,\"b\n", "row 1: the quote of cell 2 is not closed, the file was cut off");
    check(b"a\n\"b\"c,d\n", "row 2: cell 1 goes on behind its closing quote");
}

#[test]
fn a_mark_at_the_start_is_no_letter() {
    check(b"\xef\xbb\xbf\"a\",b\n", "1 [\"a\", \"b\"]");
    check("\u{ff01}a,b".as_bytes(), "1 [\"\u{ff01}a\", \"b\"]");
    check(b"\xef\xbb\xbf", "");
    check("a\n\u{feff}b".as_bytes(), "1 [\"a\"]\n2 [\"\\u{feff}b\"]");
}

#[test]
fn other_encodings_are_named() {
    check(b"a\nM\xfcller\n", "row 2 is not UTF-8, perhaps it is windows-1252");
    check(b"\xff\xfea\0,\0", "row 1 is not UTF-8, it looks like UTF-16");
    let read = |bytes: &[u8]| read(bytes, b';', Encoding::Windows1252, 16);
    assert_eq!(read(b"M\xfcller;\x80 5\n"), Ok(vec![(1, vec!["M\u{fc}ller".into(), "\u{20ac} 5".into()])]));
    let broken = Broken("row 2 is not windows-1252, it has the byte 0x81".into());
    assert_eq!(read(b"a\n\x81"), Err(broken));
}

#[test]
fn a_record_has_an_end() {
    let long = [b"a\n\"".as_slice(), &b"x\n".repeat(RECORD_BYTES)].concat();
    check_long(&long, "row 2 has more than 1048576 bytes, a quote may not be closed");
    let wide = b",".repeat(RECORD_BYTES + 1);
    check_long(&wide, "row 1 has more than 1048576 bytes");
}

#[track_caller]
fn check_long(bytes: &[u8], expected: &str) {
    assert_eq!(read(bytes, b',', Encoding::Utf8, 65_536), Err(Broken(expected.to_owned())));
}

/// The same by looking at the text as a whole, letter by letter.
fn model(text: &str) -> Option<Vec<Vec<String>>> {
    let mut records = Vec::new();
    let letters: Vec<char> = text.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let mut cells = Vec::new();
        let start = at;
        loop {
            let mut cell = String::new();
            if letters.get(at) == Some(&'"') {
                at += 1;
                loop {
                    match (letters.get(at)?, letters.get(at + 1)) {
                        ('"', Some('"')) => {
                            cell.push('"');
                            at += 2;
                        }
                        ('"', _) => break,
                        (letter, _) => {
                            cell.push(*letter);
                            at += 1;
                        }
                    }
                }
                at += 1;
            } else {
                while letters.get(at).is_some_and(|letter| *letter != ',' && *letter != '\n') {
                    cell.push(letters[at]);
                    at += 1;
                }
            }
            cells.push(cell);
            match letters.get(at) {
                Some(',') => at += 1,
                None | Some('\n') => break,
                Some(_) => return None,
            }
        }
        let blank = letters.get(start).is_none_or(|letter| *letter == '\n');
        at += 1;
        if !blank {
            records.push(cells);
        }
    }
    Some(records)
}

proptest! {
    #[test]
    fn it_reads_as_the_model_does(text in "[a,\"\n\u{e4}]{0,40}", buffer in 1_usize..9) {
        let read = read(text.as_bytes(), b',', Encoding::Utf8, buffer);
        match model(&text) {
            None => prop_assert!(read.is_err(), "{read:?}"),
            Some(records) => {
                let cells: Vec<Vec<String>> = read.unwrap().into_iter().map(|(_, cells)| cells).collect();
                prop_assert_eq!(cells, records);
            }
        }
    }

    #[test]
    fn what_is_written_is_read_back(records in proptest::collection::vec(proptest::collection::vec(".*", 1..5), 0..5), crlf in any::<bool>()) {
        let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let end = if crlf { "\r\n" } else { "\n" };
        let text: String = records.iter().map(|cells| cells.iter().map(quote).collect::<Vec<_>>().join(",") + end).collect();
        let read: Vec<Vec<String>> =
            read(text.as_bytes(), b',', Encoding::Utf8, 8).unwrap().into_iter().map(|(_, cells)| cells).collect();
        prop_assert_eq!(read, records);
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), delimiter in any::<u8>()) {
        for encoding in [Encoding::Utf8, Encoding::Windows1252] {
            let _ = read(&bytes, delimiter, encoding, 5);
        }
    }
}
