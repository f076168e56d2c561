//! Any one bit: of the file as it stands, and of any file in it where somebody makes the container anew.

use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use tickmark_ledger::verify::{Options, Report, verify_package};
use tickmark_model::Outcome;

use super::forge::{pack, unpack, verify_with};
use super::history::{MFA, SCAN, all, begin, export_with, judge, period, rotate};
use crate::site::{failures, names, pinned};

/// The package of two runs of two controls, of which one fails, with a rotation between them, sealed, for somebody who has
/// kept a checkpoint.
fn package() -> Vec<u8> {
    let mut log = begin(1);
    judge(&mut log, "2026-11-10", MFA, Outcome::Pass, "users");
    judge(&mut log, "2026-11-10", SCAN, Outcome::Pass, "hosts");
    rotate(&mut log, "2026-11-11", 2);
    let kept = log.checkpoint();
    judge(&mut log, "2026-11-12", MFA, Outcome::Fail, "more users");
    judge(&mut log, "2026-11-12", SCAN, Outcome::Pass, "more hosts");
    log.seal("2026-11-10", "2026-11-12", "2026-11-13");
    export_with(&log, &all(period()), Some(&kept))
}

/// The file of a package on disk, one bit of which is changed at a time.
struct OnDisk {
    file: tempfile::NamedTempFile,
    bytes: Vec<u8>,
}

impl OnDisk {
    fn new(package: &[u8]) -> Self {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().write_all_at(package, 0).unwrap();
        Self { file, bytes: package.to_vec() }
    }

    /// What verifying says with this bit changed.
    fn flipped(&self, bit: usize) -> Report {
        let (at, byte) = (bit / 8, self.bytes[bit / 8]);
        self.file.as_file().write_all_at(&[byte ^ 1 << (bit % 8)], at as u64).unwrap();
        let report = verify_package(self.file.path(), &pinned());
        self.file.as_file().write_all_at(&[byte], at as u64).unwrap();
        report
    }
}

/// Does `it` for all of these, in two threads.
fn for_each<T: Sync>(all: &[T], it: impl Fn(&T, &OnDisk) + Sync, package: &[u8]) {
    std::thread::scope(|scope| {
        for half in 0..2 {
            let it = &it;
            scope.spawn(move || {
                let disk = OnDisk::new(package);
                all.iter().skip(half).step_by(2).for_each(|one| it(one, &disk));
                assert_eq!(failures(&verify_package(disk.file.path(), &pinned())), [""; 0]);
            });
        }
    });
}

/// Where the bytes of each file stand in the package.
fn places(package: &[u8]) -> Vec<(String, Range<usize>)> {
    let find = |part: &[u8], from: usize| {
        let at = package[from..].windows(part.len()).position(|it| it == part).unwrap();
        from + at
    };
    let mut at = 0;
    let mut places = Vec::new();
    for (path, bytes) in unpack(package) {
        // The first time that a path stands behind the last file's bytes, it is in the header of its own.
        let start = find(path.as_bytes(), at) + path.len();
        assert_eq!(package[start..start + bytes.len()], bytes);
        at = start + bytes.len();
        places.push((path, start..at));
    }
    places
}

/// All eight bits of every byte that is of no file: headers, directory and end.
#[test]
fn every_bit_around_the_files_is_found() {
    let package = package();
    let mut around = vec![true; package.len()];
    places(&package).into_iter().for_each(|(_, range)| around[range].fill(false));
    let bits: Vec<usize> = (0..package.len() * 8).filter(|bit| around[bit / 8]).collect();
    assert_eq!(bits.len() / 8, package.len() - unpack(&package).values().map(Vec::len).sum::<usize>());
    let check = |bit: &usize, disk: &OnDisk| {
        let report = disk.flipped(*bit);
        let steps: Vec<&str> = report.steps.iter().map(|step| step.name).collect();
        assert!(report.failed(), "bit {bit}");
        assert_eq!(steps, ["container"], "bit {bit}");
    };
    for_each(&bits, check, &package);
}

/// One bit of every byte of the files of up to 200 bytes and of the manifest, and of 40 bytes of each larger one. All bits
/// of all bytes of a package would be 325,000 of them, at some milliseconds each.
#[test]
fn a_bit_of_any_file_is_found_and_named() {
    let package = package();
    let places = places(&package);
    let of_file = |(path, range): &(String, Range<usize>)| {
        let step = if range.len() <= 200 || path == "manifest.json" { 1 } else { range.len() / 40 };
        let path = path.clone();
        range.clone().step_by(step).map(move |at| (path.clone(), at * 8 + at * 5 % 8))
    };
    let bits: Vec<(String, usize)> = places.iter().flat_map(of_file).collect();
    assert!(places.iter().all(|(path, _)| bits.iter().any(|(of, _)| of == path)));
    let check = |(path, bit): &(String, usize), disk: &OnDisk| {
        let report = disk.flipped(*bit);
        assert!(report.failed() && names(&report, path), "bit {bit} of `{path}`: {:?}", failures(&report));
    };
    for_each(&bits, check, &package);
}

/// The same by somebody who makes the container anew, so that no checksum of it tells.
#[test]
fn a_bit_of_any_file_in_a_new_container_is_found_and_named() {
    let package = package();
    let files = unpack(&package);
    let bits_of = |(path, bytes): (&String, &Vec<u8>)| {
        let (path, len) = (path.clone(), bytes.len());
        let step = (len / if path.starts_with("manifest") { 150 } else { 12 }).max(1);
        (0..len).step_by(step).map(move |at| (path.clone(), at, 1 << (at * 5 % 8)))
    };
    let bits: Vec<(String, usize, u8)> = files.iter().flat_map(bits_of).collect();
    let check = |(path, at, bit): &(String, usize, u8), _: &OnDisk| {
        let mut files = files.clone();
        files.get_mut(path).unwrap()[*at] ^= bit;
        let report = verify_with(&pack(&files), &pinned());
        assert!(report.failed() && names(&report, path), "byte {at} of `{path}`: {:?}", failures(&report));
    };
    for_each(&bits, check, &package);
}

/// Cut off anywhere, or with something before, behind or in between.
#[test]
fn a_byte_more_or_less_is_found() {
    let package = package();
    let write = |bytes: &[u8]| verify_with(bytes, &Options::default());
    for at in (0..package.len()).step_by(97).chain(package.len() - 120..package.len()) {
        assert!(write(&package[..at]).failed(), "cut at {at}");
        assert!(write(&[&package[..at], &[0], &package[at..]].concat()).failed(), "a byte more at {at}");
    }
    assert!(write(&[&package[..], &[0]].concat()).failed());
    assert!(write(&[&package[..], &package[..]].concat()).failed());
}
