//! The one encoding: what is written, that nothing else is read, and that other programs read it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::process::Command;

use expect_test::expect;
use proptest::prelude::*;

use super::headers::{self, Directory};
use super::*;

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.add_bytes(path, bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Opens and reads everything.
fn open(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ZipError> {
    let reader = ZipReader::open(Cursor::new(bytes))?;
    reader.entries().iter().map(|entry| Ok((entry.path().to_owned(), reader.read(entry.path())?))).collect()
}

fn refused(bytes: &[u8]) -> String {
    open(bytes).unwrap_err().to_string()
}

const TWO: &[(&str, &[u8])] = &[("VERIFY.md", b"read me\n"), ("blobs/ab", b"")];

#[test]
fn known_bytes() {
    let hex: Vec<String> = zip(TWO).chunks(32).map(|row| row.iter().map(|b| format!("{b:02x}")).collect()).collect();
    expect![[r#"
        504b03040a00000000000000210005a6a1e50800000008000000090000005645
        524946592e6d6472656164206d650a504b03040a000000000000002100000000
        00000000000000000008000000626c6f62732f6162504b01020a000a00000000
        000000210005a6a1e50800000008000000090000000000000000000000000000
        0000005645524946592e6d64504b01020a000a00000000000000210000000000
        000000000000000008000000000000000000000000002f000000626c6f62732f
        6162504b050600000000020002006d000000550000000000"#]]
    .assert_eq(&hex.join("\n"));
}

#[test]
fn streaming_writes_the_same_bytes() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in TWO {
        writer.add(path, bytes.len() as u64, &mut &bytes[..]).unwrap();
    }
    assert_eq!(writer.finish().unwrap().into_inner(), zip(TWO));
    assert_eq!(zip(&[]).len(), 22);
    assert_eq!(open(&zip(&[])).unwrap(), []);
}

#[test]
fn every_flipped_bit_is_refused() {
    let good = zip(TWO);
    assert_eq!(open(&good).unwrap().len(), 2);
    for at in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[at / 8] ^= 1 << (at % 8);
        assert!(open(&bad).is_err(), "bit {at}");
    }
}

#[test]
fn every_cut_and_every_byte_more_is_refused() {
    let good = zip(TWO);
    for at in 0..good.len() {
        assert!(open(&good[..at]).is_err(), "cut at {at}");
        let mut longer = good.clone();
        longer.insert(at, 0);
        assert!(open(&longer).is_err(), "a byte more at {at}");
    }
    assert!(open(&[good.clone(), vec![0]].concat()).is_err());
    assert!(open(&[vec![0], good.clone()].concat()).is_err());
    assert!(open(&[good.clone(), good].concat()).is_err());
}

#[test]
fn refusals_say_where() {
    let good = zip(TWO);
    let with = |at: usize, byte: u8| {
        let mut bad = good.clone();
        bad[at] = byte;
        refused(&bad)
    };
    let mut lines = vec![refused(b""), refused(b"PK"), with(2, 0), with(12, 0x22), with(39, b'R'), with(0x3f, 1)];
    let directory = good.len() - 22 - 46 * 2 - "VERIFY.mdblobs/ab".len();
    lines.extend([with(directory + 4, 20), with(directory + 28, 0), with(directory + 46, b'v')]);
    lines.extend([with(good.len() - 2, 1), with(good.len() - 12, 3), with(good.len() - 6, 0)]);
    expect![[r#"
        the end of the file does not fit in the file's 0 bytes
        the end of the file does not fit in the file's 2 bytes
        the header of `VERIFY.md` is not as it must be encoded, first at byte 2
        the header of `VERIFY.md` is not as it must be encoded, first at byte 12
        `VERIFY.md` has CRC-32 1cd7c453, its header says e5a1a605
        the header of `blobs/ab` is not as it must be encoded, first at byte 63
        the directory's header of `VERIFY.md` is not as it must be encoded, first at byte 89
        the path `` has an empty segment
        the path `vERIFY.md` has a character other than `a-z 0-9 . _ -`
        the end of the file is not as it must be encoded, first at byte 214
        the end of the file is not as it must be encoded, first at byte 202
        the place of the directory is not as it must be encoded, first at byte 194"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn paths_that_could_lead_elsewhere_are_refused() {
    let check = |path: &str| match check_path(path) {
        Ok(()) => "ok".to_owned(),
        Err(e) => e.to_string(),
    };
    let long = "a".repeat(256);
    let paths = [
        "VERIFY.md",
        "manifest.json",
        "policies/0a.cedar",
        "tile/0/x001",
        "",
        "/a",
        "a//b",
        "a/",
        "..",
        "a/../b",
        "./a",
        ".a",
        "A",
        "verify.MD",
        "a b",
        "a\\b",
        "c:a",
        "ä",
        "a\n",
        &long,
    ];
    let lines: Vec<String> = paths.iter().map(|path| check(path)).collect();
    expect![[r#"
        ok
        ok
        ok
        ok
        the path `` has an empty segment
        the path `/a` has an empty segment
        the path `a//b` has an empty segment
        the path `a/` has an empty segment
        the path `..` has a segment that begins with a dot
        the path `a/../b` has a segment that begins with a dot
        the path `./a` has a segment that begins with a dot
        the path `.a` has a segment that begins with a dot
        the path `A` has a character other than `a-z 0-9 . _ -`
        the path `verify.MD` has a character other than `a-z 0-9 . _ -`
        the path `a b` has a character other than `a-z 0-9 . _ -`
        the path `a\\b` has a character other than `a-z 0-9 . _ -`
        the path `c:a` has a character other than `a-z 0-9 . _ -`
        the path `\u{e4}` has a character other than `a-z 0-9 . _ -`
        the path `a\n` has a character other than `a-z 0-9 . _ -`
        the path `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` is longer than 255 bytes"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn the_writer_keeps_the_order_and_the_announced_size() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_bytes("b", b"x").unwrap();
    let order = |again: Result<(), ZipError>| again.unwrap_err().to_string();
    assert_eq!(order(writer.add_bytes("b", b"")), "the path `b` comes after `b`, expected ascending paths, each once");
    assert_eq!(order(writer.add_bytes("a", b"")), "the path `a` comes after `b`, expected ascending paths, each once");
    assert_eq!(order(writer.add("c", 2, &mut &b"x"[..])), "`c` has 1 bytes, 2 were announced");
    assert_eq!(
        order(writer.add_bytes("d", b"")),
        "the package cannot be finished since an entry of it could not be written"
    );
    assert!(matches!(writer.finish(), Err(ZipError::Broken)));

    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    assert_eq!(order(writer.add("c", 2, &mut &b"xyz!"[..])), "`c` has 3 bytes, 2 were announced");
}

#[test]
fn a_reader_gives_its_bytes_and_then_the_checksum() {
    let mut bytes = zip(TWO);
    let reader = ZipReader::open(Cursor::new(&bytes)).unwrap();
    let mut text = String::new();
    reader.reader(reader.find("VERIFY.md").unwrap()).read_to_string(&mut text).unwrap();
    assert_eq!(text, "read me\n");
    assert_eq!(reader.find("blobs"), None);
    assert_eq!(reader.read("blobs").unwrap_err().to_string(), "there is no `blobs` in the package");

    bytes[39] ^= 1;
    let reader = ZipReader::open(Cursor::new(&bytes)).unwrap();
    let error = reader.verify_all().unwrap_err().to_string();
    assert_eq!(error, "`VERIFY.md` has CRC-32 290ba69b, its header says e5a1a605");
    let read = reader.reader(reader.find("VERIFY.md").unwrap()).read_to_end(&mut Vec::new());
    assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidData);
}

/// The highest numbers that ordinary fields hold, and the next ones.
#[test]
fn zip64_exactly_where_a_number_does_not_fit() {
    let entry = |size, offset| ZipEntry { path: "a".into(), size, crc32: 0, offset };
    let lens = |size, offset| {
        let entry = entry(size, offset);
        let (local, central) = (headers::local(&entry), headers::central(&entry));
        assert_eq!(local.len() as u64, entry.local_len());
        (local.len(), local[4], central.len(), central[4])
    };
    let (most, next) = (0xffff_fffe, 0xffff_ffff);
    assert_eq!(lens(most, most), (31, 10, 47, 10));
    assert_eq!(lens(next, most), (51, 45, 67, 45));
    assert_eq!(lens(most, next), (31, 10, 59, 45));
    assert_eq!(lens(next, next), (51, 45, 75, 45));
    let end = |entries, size, offset| headers::end(Directory { entries, size, offset }).len();
    assert_eq!(end(65_534, most, most), 22);
    assert_eq!([end(65_535, 0, 0), end(0, next, 0), end(0, 0, next)], [98; 3]);
}

#[test]
fn many_entries_are_zip64_and_read_back() {
    for (count, end) in [(65_534, 22), (65_535, 98)] {
        let paths: Vec<String> = (0..count).map(|i| format!("{i:05}")).collect();
        let files: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), &b""[..])).collect();
        let bytes = zip(&files);
        assert_eq!(bytes.len(), count * (30 + 46 + 5 + 5) + end);
        assert_eq!(ZipReader::open(Cursor::new(&bytes)).unwrap().entries().len(), count);
        for at in bytes.len() - end..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert!(ZipReader::open(Cursor::new(&bad)).is_err(), "byte {at} of {}", bytes.len());
        }
    }
}

/// Bytes by where they stand.
type Parts = BTreeMap<u64, Vec<u8>>;

/// A file that is zeros but for some places, such as one with an entry of more than 4 GiB.
struct Sparse {
    len: u64,
    parts: Parts,
    at: u64,
}

impl Read for Sparse {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let wanted = to.len().min(usize::try_from(self.len.saturating_sub(self.at)).unwrap());
        let to = &mut to[..wanted];
        to.fill(0);
        for (start, part) in &self.parts {
            for (i, byte) in part.iter().enumerate() {
                if let Some(at) = (start + i as u64).checked_sub(self.at).filter(|at| *at < wanted as u64) {
                    to[at as usize] = *byte;
                }
            }
        }
        self.at += wanted as u64;
        Ok(wanted)
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(at) => at,
            SeekFrom::End(by) => self.len.checked_add_signed(by).unwrap(),
            SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
        };
        Ok(self.at)
    }
}

#[test]
fn an_entry_of_more_than_4_gib_is_read_and_so_is_the_one_behind_it() {
    let large = ZipEntry { path: "large".into(), size: 5 << 30, crc32: 1, offset: 0 };
    let small =
        ZipEntry { path: "small".into(), size: 5, crc32: crc32fast::hash(b"12345"), offset: large.end().unwrap() };
    let offset = small.end().unwrap();
    let directory: Vec<u8> = [&large, &small].into_iter().flat_map(headers::central).collect();
    let end = headers::end(Directory { entries: 2, size: directory.len() as u64, offset });
    let len = offset + (directory.len() + end.len()) as u64;
    let parts = [
        (0, headers::local(&large)),
        (small.offset, headers::local(&small)),
        (small.start().unwrap(), b"12345".to_vec()),
        (offset, [directory, end].concat()),
    ];
    let open = |change: &dyn Fn(&mut Parts)| {
        let mut parts = Parts::from(parts.clone());
        change(&mut parts);
        ZipReader::open(Sparse { len, parts, at: 0 })
    };
    let reader = open(&|_| ()).unwrap();
    assert_eq!(reader.entries(), [large.clone(), small.clone()]);
    assert_eq!(reader.read("small").unwrap(), b"12345");
    for (start, part) in &parts {
        for at in (0..part.len()).filter(|_| *start != small.start().unwrap()) {
            assert!(open(&|parts| parts.get_mut(start).unwrap()[at] ^= 1).is_err(), "byte {at} of the part at {start}");
        }
    }
}

#[test]
fn other_programs_open_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evidence.zip");
    std::fs::write(&path, zip(&[("VERIFY.md", b"read me\n"), ("a/b.json", b"{}"), ("a/c-d", &[7; 70_000])])).unwrap();
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).arg(&path).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run("unzip", &["-t"]).contains("No errors detected"));
    assert_eq!(run("python3", &["-m", "zipfile", "-t"]), "Done testing\n");
    run("unzip", &["-q"]);
    assert_eq!(std::fs::read(folder.path().join("a/c-d")).unwrap(), [7; 70_000]);
}

/// Entries beyond 65,534, and one beyond 4 GiB with another behind it, as a file with a hole.
#[test]
fn other_programs_read_our_zip64() {
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let paths: Vec<String> = (0..65_535).map(|i| format!("{i:05}")).collect();
    let files: Vec<(&str, &[u8])> = paths.iter().map(|path| (path.as_str(), path.as_bytes())).collect();
    std::fs::write(folder.path().join("many.zip"), zip(&files)).unwrap();
    let count =
        "import zipfile; z = zipfile.ZipFile('many.zip'); print(len(z.namelist()), z.read('65534'), z.testzip())";
    assert_eq!(run("python3", &["-c", count]), "65535 b'65534' None\n");
    assert_eq!(run("unzip", &["-p", "many.zip", "65534"]), "65534");

    let large = ZipEntry { path: "large".into(), size: 5 << 30, crc32: 0, offset: 0 };
    let small =
        ZipEntry { path: "small".into(), size: 5, crc32: crc32fast::hash(b"12345"), offset: large.end().unwrap() };
    let offset = small.end().unwrap();
    let directory: Vec<u8> = [&large, &small].into_iter().flat_map(headers::central).collect();
    let end = headers::end(Directory { entries: 2, size: directory.len() as u64, offset });
    let mut file = std::fs::File::create(folder.path().join("large.zip")).unwrap();
    for (at, bytes) in [
        (0, headers::local(&large)),
        (small.offset, headers::local(&small)),
        (small.start().unwrap(), b"12345".to_vec()),
        (offset, [directory, end].concat()),
    ] {
        file.seek(SeekFrom::Start(at)).unwrap();
        io::Write::write_all(&mut file, &bytes).unwrap();
    }
    let sizes = "import zipfile; z = zipfile.ZipFile('large.zip'); print([(i.filename, i.file_size, i.header_offset) for i in z.infolist()], z.read('small'))";
    assert_eq!(run("python3", &["-c", sizes]), "[('large', 5368709120, 0), ('small', 5, 5368709175)] b'12345'\n");
    assert_eq!(run("unzip", &["-p", "large.zip", "small"]), "12345");
}

proptest! {
    #[test]
    fn what_is_written_is_read(files in prop::collection::btree_map("[a-z0-9_-][a-z0-9._-]{0,3}(/[a-z0-9]{1,3}){0,2}", prop::collection::vec(any::<u8>(), 0..200), 0..12)) {
        let list: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
        let bytes = zip(&list);
        let read: BTreeMap<String, Vec<u8>> = open(&bytes).unwrap().into_iter().collect();
        prop_assert_eq!(read, files);
    }

    #[test]
    fn nothing_but_what_is_written_is_read(mut bytes in Just(zip(TWO)), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4)) {
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(files) = open(&bytes) {
            let again: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), &bytes[..])).collect();
            prop_assert_eq!(zip(&again), bytes);
        }
    }
}
