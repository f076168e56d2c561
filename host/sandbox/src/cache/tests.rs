use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::digest::sha256;

/// The smallest component: its header alone.
const EMPTY: [u8; 8] = *b"\0asm\x0d\0\x01\0";

fn engine() -> Engine {
    crate::engine::start(|| ()).unwrap()
}

fn temp() -> tempfile::TempDir {
    tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o700)).tempdir().unwrap()
}

fn only_file(dir: &Path) -> PathBuf {
    let mut names: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names.remove(0)
}

/// A cache that holds the empty component.
fn filled(dir: &Path) -> (Engine, Cache, Digest) {
    let engine = engine();
    let cache = Cache::open(dir, &engine).unwrap();
    let digest = sha256(&EMPTY);
    assert!(cache.get(&engine, &digest).is_none());
    cache.put(&digest, &Component::from_binary(&engine, &EMPTY).unwrap()).unwrap();
    (engine, cache, digest)
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn keeps_a_component_for_its_owner_only() {
    let folder = temp();
    let dir = folder.path().join("a/b");
    let (engine, cache, digest) = filled(&dir);
    assert!(cache.get(&engine, &digest).is_some());
    assert!(cache.get(&engine, &sha256(b"another")).is_none());
    assert_eq!((mode(&dir), mode(&only_file(&dir))), (0o700, 0o600));
}

#[test]
fn a_folder_that_others_can_enter_is_refused() {
    let folder = temp();
    for bits in [0o701, 0o710, 0o720, 0o704, 0o777] {
        chmod(folder.path(), bits);
        let error = Cache::open(folder.path(), &engine()).unwrap_err();
        assert!(matches!(error, CacheDirError::Mode { mode, .. } if mode == bits), "{error}");
    }
    chmod(folder.path(), 0o700);
    assert!(Cache::open(folder.path(), &engine()).is_ok());
}

#[test]
fn what_is_no_folder_is_refused() {
    let folder = temp();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = Cache::open(&file, &engine()).unwrap_err().to_string();
    assert_eq!(error, format!("cache folder `{}` cannot be opened", file.display()));
}

#[test]
fn a_damaged_file_counts_as_absent() {
    let folder = temp();
    let (engine, cache, digest) = filled(folder.path());
    let file = only_file(folder.path());
    let sound = std::fs::read(&file).unwrap();
    let mut flipped = sound.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for damaged in [&[][..], &sound[..31], &sound[..sound.len() - 1], &flipped] {
        std::fs::write(&file, damaged).unwrap();
        assert!(cache.get(&engine, &digest).is_none());
    }
    std::fs::write(&file, sound).unwrap();
    assert!(cache.get(&engine, &digest).is_some());
}

#[test]
fn code_of_another_component_under_this_name_counts_as_absent() {
    let folder = temp();
    let (engine, cache, _) = filled(folder.path());
    let other = sha256(b"another");
    std::fs::rename(only_file(folder.path()), folder.path().join(cache.name(&other))).unwrap();
    assert!(cache.get(&engine, &other).is_none());
}

#[test]
fn a_file_that_others_can_write_or_that_is_a_link_is_not_read() {
    let folder = temp();
    let (engine, cache, digest) = filled(folder.path());
    let file = only_file(folder.path());
    for bits in [0o602, 0o620, 0o644] {
        chmod(&file, bits);
        assert!(cache.get(&engine, &digest).is_none(), "{bits:o}");
    }
    chmod(&file, 0o600);
    assert!(cache.get(&engine, &digest).is_some());
    let elsewhere = temp();
    let moved = elsewhere.path().join("code");
    std::fs::rename(&file, &moved).unwrap();
    symlink(&moved, &file).unwrap();
    assert!(cache.get(&engine, &digest).is_none());
}

#[test]
fn other_compiler_settings_do_not_share_files() {
    let folder = temp();
    let (_, _, digest) = filled(folder.path());
    let other = Engine::default();
    let cache = Cache::open(folder.path(), &other).unwrap();
    assert!(cache.get(&other, &digest).is_none());
}
