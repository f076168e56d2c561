//! What a crash can leave of a write-ahead file is told from damage.

use expect_test::expect;
use proptest::prelude::*;

use super::*;

/// A file with these frames, the first of which begins at record `first`.
fn file(first: u64, frames: &[&[&[u8]]]) -> Vec<u8> {
    let mut bytes = HEADER.to_vec();
    let mut next = first;
    for entries in frames {
        bytes.extend(frame(next, entries).unwrap());
        next += entries.len() as u64;
    }
    bytes
}

fn two_frames() -> Vec<u8> {
    file(7, &[&[b"one", b"two"], &[b"three"]])
}

/// Where the second frame of [`two_frames`] begins.
const SECOND: usize = 15 + 8 + 8 + 2 * 5;

fn waiting(entries: &[&str], torn: usize) -> Result<Waiting, String> {
    Ok(Waiting { first: 7, entries: entries.iter().map(|it| it.as_bytes().to_vec()).collect(), torn })
}

#[test]
fn the_bytes_are_literally_these() {
    let hex: String = file(7, &[&[b"one", b"two"]]).iter().map(|byte| format!("{byte:02x}")).collect();
    expect!["7469636b6d61726b2d77616c20310a000000126f055f110000000000000007"].assert_eq(&hex[..62]);
    expect!["00036f6e65000374776f"].assert_eq(&hex[62..]);
}

#[test]
fn the_checksum_is_castagnolis() {
    // RFC 3720, B.4: the CRC of 32 bytes of zeros.
    assert_eq!(crc32c::crc32c(&[0; 32]), 0x8a91_36aa);
}

#[test]
fn a_torn_final_frame_does_not_count() {
    let whole = two_frames();
    assert_eq!(parse(&whole), waiting(&["one", "two", "three"], 0));
    for end in SECOND + 1..whole.len() {
        assert_eq!(parse(&whole[..end]), waiting(&["one", "two"], end - SECOND), "{end} bytes");
    }
    let mut other = whole.clone();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(parse(&other), waiting(&["one", "two"], whole.len() - SECOND));
    // The file's size was durable, its bytes were not.
    let mut zeros = whole[..SECOND].to_vec();
    zeros.resize(whole.len(), 0);
    assert_eq!(parse(&zeros), waiting(&["one", "two"], whole.len() - SECOND));
}

#[test]
fn the_first_frame_is_never_torn() {
    let whole = file(7, &[&[b"one"]]);
    for end in HEADER.len() + 1..whole.len() {
        assert_eq!(parse(&whole[..end]).unwrap_err(), "its first frame is not whole", "{end} bytes");
    }
    assert_eq!(parse(HEADER).unwrap_err(), "it has no frame");
    assert_eq!(parse(b"tickmark-wal 2\n").unwrap_err(), "its first line is not `tickmark-wal 1`");
    assert_eq!(parse(b"").unwrap_err(), "its first line is not `tickmark-wal 1`");
}

#[test]
fn what_no_crash_leaves_is_damage() {
    let check = |bytes: &[u8], expected: &str| assert_eq!(parse(bytes).unwrap_err(), expected);
    let mut entry = two_frames();
    entry[SECOND - 1] ^= 1;
    check(&entry, "its frame at byte 15 has another checksum than it says, and is not the last");
    let gap = [file(7, &[&[b"one"]]), frame(9, &[b"x"]).unwrap()].concat();
    check(&gap, "its frame at byte 36 begins at record 9, expected 8");
    check(&file(7, &[&[b"one"], &[]]), "its frame at byte 36 has no entry");
    // A length that reaches beyond the end, though frames follow.
    let mut long = file(7, &[&[b"one"], &[b"two"], &[b"three"]]);
    long[36] = 1;
    check(&long, "its frame at byte 36 is not whole, and one at byte 57 is");
}

#[test]
fn an_append_that_no_frame_holds_is_refused() {
    let entry = vec![0_u8; 65_535];
    let entries = vec![&entry[..]; 16_385];
    let error = frame(0, &entries).unwrap_err();
    assert_eq!(error.to_string(), "an append of 1073823753 bytes does not fit a frame, limit is 1073741824");
}

proptest! {
    #[test]
    fn any_cut_leaves_whole_frames_or_is_damage(
        first in any::<u32>(),
        frames in proptest::collection::vec(proptest::collection::vec(any::<Vec<u8>>(), 1..4), 1..5),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = HEADER.to_vec();
        let (mut ends, mut entries) = (vec![], vec![]);
        for frame_entries in &frames {
            bytes.extend(frame(u64::from(first) + entries.len() as u64, frame_entries).unwrap());
            entries.extend(frame_entries.iter().cloned());
            ends.push((bytes.len(), entries.len()));
        }
        let end = cut.index(bytes.len() + 1);
        let whole = ends.iter().filter(|(at, _)| *at <= end).map(|(_, count)| *count).max();
        match (parse(&bytes[..end]), whole) {
            (Ok(found), Some(count)) => {
                prop_assert_eq!(&found.entries[..], &entries[..count]);
                prop_assert_eq!(found.first, u64::from(first));
            }
            (Err(_), None) => {}
            (found, whole) => prop_assert!(false, "{found:?}, whole {whole:?}"),
        }
    }

    #[test]
    fn one_changed_bit_never_adds_or_changes_an_entry(at in any::<proptest::sample::Index>(), bit in 0..8) {
        let mut bytes = file(7, &[&[b"one", b"two"], &[b"three"], &[b"four", b"five"]]);
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        if let Ok(found) = parse(&bytes) {
            prop_assert_eq!(found.entries, [&b"one"[..], b"two", b"three"]);
        }
    }
}
