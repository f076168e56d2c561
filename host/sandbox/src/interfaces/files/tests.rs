use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use tickmark_model::{BlobRef, Digest};

use super::*;
use crate::digest::sha256;

/// A folder `granted` with some files, beside a file `outside`.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let granted = dir.path().join("granted");
    std::fs::create_dir_all(granted.join("sub")).unwrap();
    std::fs::write(granted.join("a.txt"), "alpha").unwrap();
    std::fs::write(granted.join("sub/b.txt"), "beta").unwrap();
    std::fs::write(dir.path().join("outside"), "secret").unwrap();
    dir
}

fn grant(path: impl AsRef<Path>) -> FilesGrant {
    FilesGrant { path: path.as_ref().to_owned(), ..FilesGrant::default() }
}

fn text(body: Body) -> String {
    String::from_utf8(body.read(0, u32::MAX).unwrap()).unwrap()
}

/// What reading `path` of `granted` gives, with the folder of the test left out of the message.
fn read(dir: &Path, granted: &str, path: &str) -> Result<String, String> {
    open(&grant(dir.join(granted)), path, &Limits::default(), None)
        .map(text)
        .map_err(|refusal| refusal.to_string().replace(&format!("{}/", dir.display()), ""))
}

#[test]
fn a_file_is_read_by_an_empty_path_and_a_folder_by_names() {
    let dir = folder();
    let check = |granted, path| read(dir.path(), granted, path);
    assert_eq!(check("granted/a.txt", ""), Ok("alpha".into()));
    assert_eq!(check("granted", "a.txt"), Ok("alpha".into()));
    assert_eq!(check("granted", "sub/b.txt"), Ok("beta".into()));
    assert_eq!(
        check("granted/a.txt", "a.txt"),
        Err("denied: `a.txt` is asked of a grant that is a file, not a folder".into())
    );
    assert_eq!(
        check("granted", ""),
        Err("denied: an empty path is asked of a grant that is a folder, not a file".into())
    );
    assert_eq!(check("granted", "sub"), Err("denied: `sub` is a folder, not a regular file".into()));
}

#[test]
fn what_the_host_knows_reads_as_the_bytes_that_were_given() {
    let limits = Limits::default();
    let short = Limits { response_bytes: 2, ..Limits::default() };
    let check = |grants: &crate::Grants, path: &str, limits: &Limits| {
        open(&grants.files["it"], path, limits, None).map(text).map_err(|refusal| refusal.to_string())
    };
    for (field, value, called) in [
        ("ledger", "reviews", "the state `reviews` of the ledger"),
        ("facts", "Hr::Person", "what was observed of `Hr::Person`"),
    ] {
        let grants: crate::Grants = toml::from_str(&format!("[files.it]\n{field} = '{value}'")).unwrap();
        assert_eq!(grants.problems(), vec![]);
        let states: Vec<crate::HostState> = grants.host_states().into_iter().collect();
        let [state] = states.as_slice() else { panic!("{states:?}") };
        assert_eq!(grants.describe()["files"]["it"], serde_json::json!({ field: value }));
        assert_eq!(check(&grants, "", &limits), Err(format!("unavailable: nobody gave {called}")));
        let given = grants.clone().giving(state, &b"{}\n"[..].into());
        assert_eq!(check(&given, "", &limits), Ok("{}\n".into()));
        let refused = check(&given, "a", &limits);
        assert_eq!(refused, Err("denied: `a` is asked of a grant that is a file, not a folder".into()));
        assert_eq!(check(&given, "", &short), Err(format!("limit: {called} is more than 2 bytes")));
        let refused = list(&given.files["it"], "", &limits).unwrap_err().to_string();
        assert_eq!(refused, "denied: a listing is asked of a grant that is a file, not a folder");
        let another = crate::HostState::Facts(<crate::FactKind as crate::Spelling>::read("Hr::Other").unwrap());
        assert_eq!(
            check(&grants.giving(&another, &b"{}\n"[..].into()), "", &limits).unwrap_err(),
            format!("unavailable: nobody gave {called}")
        );
    }
}

#[test]
fn only_a_missing_path_of_the_collectors_is_not_found() {
    let dir = folder();
    let check = |granted, path| read(dir.path(), granted, path);
    assert_eq!(check("granted", "none"), Err("not-found: `none` is not there".into()));
    assert_eq!(check("granted", "a.txt/none"), Err("not-found: `a.txt/none` is not there".into()));
    assert_eq!(
        check("none", ""),
        Err("unavailable: `none` cannot be opened: No such file or directory (os error 2)".into())
    );
}

#[test]
fn no_path_leads_out_of_a_folder() {
    let dir = folder();
    let granted = dir.path().join("granted");
    symlink("../outside", granted.join("up")).unwrap();
    symlink(dir.path().join("outside"), granted.join("absolute")).unwrap();
    symlink("..", granted.join("parent")).unwrap();
    symlink("/proc/self/root", granted.join("magic")).unwrap();
    symlink("sub/../a.txt", granted.join("within")).unwrap();
    symlink("loop", granted.join("loop")).unwrap();
    let check = |path| read(dir.path(), "granted", path);
    assert_eq!(check("within"), Ok("alpha".into()));
    for path in ["up", "absolute", "parent/outside", "magic/etc/hostname"] {
        assert_eq!(check(path), Err(format!("denied: `{path}` leads out of the granted folder")));
    }
    assert_eq!(check("loop"), Err("denied: `loop` leads through a link that may not be followed".into()));
    assert_eq!(check("../outside"), Err("denied: path `../outside` has an empty, `.` or `..` part".into()));
    assert_eq!(check("sub//b.txt"), Err("denied: path `sub//b.txt` has an empty, `.` or `..` part".into()));
    assert_eq!(check("/etc/hostname"), Err("denied: path `/etc/hostname` is absolute".into()));
    assert_eq!(check("a\0b"), Err("denied: path `a\\0b` has a backslash or a control character".into()));
    assert_eq!(check("a\\b"), Err("denied: path `a\\\\b` has a backslash or a control character".into()));
    assert_eq!(check(&"a".repeat(4097)), Err("denied: path is 4097 bytes, more than 4096".into()));
}

#[test]
fn a_fifo_does_not_block_and_a_device_is_not_read() {
    let dir = folder();
    let fifo = dir.path().join("granted/fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let expected = |name: &str| Err(format!("denied: `{name}` is a FIFO, not a regular file"));
    assert_eq!(read(dir.path(), "granted", "fifo"), expected("fifo"));
    assert_eq!(read(dir.path(), "granted/fifo", ""), expected("granted/fifo"));
    assert_eq!(read(Path::new("/"), "dev/zero", ""), Err("denied: `/dev/zero` is a device, not a regular file".into()));
    std::os::unix::net::UnixListener::bind(dir.path().join("granted/socket")).unwrap();
    assert_eq!(
        read(dir.path(), "granted", "socket"),
        Err("denied: `socket` is a socket or a device, not a regular file".into())
    );
}

#[test]
fn files_of_the_kernel_are_read_whole_although_they_state_no_size() {
    let uptime = read(Path::new("/"), "proc/uptime", "").unwrap();
    let fields: Vec<f64> = uptime.split_whitespace().map(|field| field.parse().unwrap()).collect();
    assert!(matches!(fields[..], [up, _] if up > 0.0), "{uptime}");
    let stat = read(Path::new("/"), "proc/stat", "").unwrap();
    assert!(stat.lines().any(|line| line.starts_with("btime ")), "{stat}");
}

#[test]
fn folders_of_the_kernel_are_refused() {
    let denied = |name: &str, kind: &str| {
        Err(format!("denied: `{name}` is in the kernel's {kind} file system; single files there can be granted"))
    };
    assert_eq!(read(Path::new("/"), "proc", "uptime"), denied("/proc", "proc"));
    assert_eq!(read(Path::new("/"), "proc/self", "environ"), denied("/proc/self", "proc"));
    assert_eq!(read(Path::new("/"), "sys", "kernel/uevent_seqnum"), denied("/sys", "sysfs"));
    assert_eq!(read(Path::new("/"), "dev", "null"), denied("/dev", "dev"));
    assert_eq!(read(Path::new("/"), "", "proc/uptime"), denied("proc/uptime", "proc"));
    assert_eq!(
        list(&grant("/"), "proc", &Limits::default()).map(|_| String::new()).map_err(|refusal| refusal.to_string()),
        denied("proc", "proc")
    );
}

#[test]
fn a_file_at_the_bound_is_read_and_one_beyond_is_refused() {
    let dir = folder();
    let limits = Limits { response_bytes: 5, ..Limits::default() };
    let path = dir.path().join("granted/a.txt");
    assert_eq!(open(&grant(&path), "", &limits, None).map(text), Ok("alpha".to_owned()));
    std::fs::write(&path, "alpha!").unwrap();
    let refusal = open(&grant(&path), "", &limits, None).unwrap_err();
    assert_eq!(refusal.to_string(), format!("limit: `{}` is more than 5 bytes", path.display()));
}

#[test]
fn a_file_that_states_no_size_meets_the_bound_too() {
    let limits = Limits { response_bytes: 3, ..Limits::default() };
    let refusal = open(&grant("/proc/uptime"), "", &limits, None).unwrap_err();
    assert_eq!(refusal.to_string(), "limit: `/proc/uptime` is more than 3 bytes");
}

/// Keeps large files in a folder, where it does and its disk is not full.
struct Sink {
    dir: tempfile::TempDir,
    keeps: bool,
    room: u64,
}

impl BlobSink for Sink {
    fn put(&self, _: &[u8]) -> io::Result<Digest> {
        unreachable!("the recorder's work")
    }

    fn stream(&self, source: &mut dyn Read) -> io::Result<Option<(BlobRef, File)>> {
        if !self.keeps {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes)?;
        if bytes.len() as u64 > self.room {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let path = self.dir.path().join("kept");
        std::fs::write(&path, &bytes)?;
        Ok(Some((BlobRef { digest: sha256(&bytes), size: bytes.len() as u64 }, File::open(path)?)))
    }
}

#[test]
fn a_large_file_is_kept_at_once_and_a_small_one_is_held() {
    let (dir, mib) = (tempfile::tempdir().unwrap(), HELD_BYTES);
    let path = dir.path().join("log");
    let mut sink = Sink { dir: tempfile::tempdir().unwrap(), keeps: true, room: u64::MAX };
    let check = |sink: &Sink, size: u64, most: u64, left: u64| {
        let bytes: Vec<u8> = (0..size).map(|at| (at % 251) as u8).collect();
        std::fs::write(&path, &bytes).unwrap();
        let limits = Limits { response_bytes: most, ..Limits::default() };
        let body = match open(&grant(&path), "", &limits, Some(Keep { sink, left })) {
            Ok(body) => body,
            Err(refusal) => return refusal.to_string().replace(&format!("{}/", dir.path().display()), ""),
        };
        let how = match &body {
            Body::Held(_) => "held",
            Body::Kept(blob, _) => {
                assert_eq!(blob.digest, sha256(&bytes));
                "kept"
            }
            Body::Over(size) => return format!("{size} are too many"),
            Body::Lost(error) => return error.to_string(),
        };
        assert_eq!(body.read(0, u32::MAX).unwrap(), bytes);
        format!("{how} {}", body.size())
    };
    let all = u64::MAX;
    assert_eq!(check(&sink, mib - 1, all, all), format!("held {}", mib - 1));
    assert_eq!(check(&sink, mib, all, all), format!("kept {mib}"));
    assert_eq!(check(&sink, 3 * mib + 7, all, all), format!("kept {}", 3 * mib + 7));
    assert_eq!(check(&sink, 2 * mib, 2 * mib, 2 * mib), format!("kept {}", 2 * mib));
    // What all responses may have together is for the recorder to say, the bound of one is said here.
    assert_eq!(check(&sink, 2 * mib + 1, all, 2 * mib), format!("{} are too many", 2 * mib + 1));
    let refused = format!("limit: `log` is more than {} bytes", 2 * mib);
    assert_eq!(check(&sink, 2 * mib + 1, 2 * mib, all), refused);
    assert_eq!(check(&sink, 2 * mib + 1, 2 * mib, mib), refused);
    sink.room = 2 * mib;
    assert_eq!(check(&sink, 2 * mib + 1, all, all), "no storage space");
    sink.keeps = false;
    assert_eq!(check(&sink, 3 * mib, all, all), format!("held {}", 3 * mib));
    assert_eq!(check(&sink, 3 * mib, 2 * mib, all), refused);
}

/// A file without a stated size that is larger than anything it may be.
#[test]
fn a_file_that_grows_while_it_is_read_meets_its_bound() {
    let endless = || Capped { inner: io::repeat(7), left: 1 << 20, error: None };
    let mut source = endless();
    assert!(io::copy(&mut source, &mut io::sink()).is_err());
    assert!(matches!(source.error, Some(Trouble::Over)));
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("a bad block"))
        }
    }
    let mut source = Capped { inner: Broken, left: 9, error: None };
    assert!(io::copy(&mut source, &mut io::sink()).is_err());
    assert!(matches!(source.error, Some(Trouble::Unreadable(error)) if error.to_string() == "a bad block"));
}

#[test]
fn a_listing_is_sorted_and_hides_nothing() {
    let dir = folder();
    let granted = dir.path().join("granted");
    symlink("sub", granted.join("link")).unwrap();
    symlink("../outside", granted.join("up")).unwrap();
    let file = std::fs::File::options().write(true).open(granted.join("a.txt")).unwrap();
    file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_795_000_000_250)).unwrap();
    let check = |dir| {
        let entries = list(&grant(&granted), dir, &Limits::default()).unwrap();
        entries.into_iter().map(|e| (e.path, e.is_dir)).collect::<Vec<_>>()
    };
    let (file, folder) = (|path: &str| (path.to_owned(), false), |path: &str| (path.to_owned(), true));
    assert_eq!(check(""), [file("a.txt"), folder("link"), folder("sub"), file("up")]);
    assert_eq!(check("sub"), [file("sub/b.txt")]);
    assert_eq!(check("link"), [file("link/b.txt")]);
    let first = list(&grant(&granted), "", &Limits::default()).unwrap().remove(0);
    assert_eq!((first.size, first.modified.to_string()), (5, "2026-11-18T11:06:40.250Z".to_owned()));
}

#[test]
fn listings_are_refused_like_files() {
    let dir = folder();
    let check = |granted: &str, path, limits: &Limits| {
        let refusal = list(&grant(dir.path().join(granted)), path, limits).unwrap_err();
        refusal.to_string()
    };
    let limits = Limits::default();
    assert_eq!(
        check("granted/a.txt", "", &limits),
        "denied: a listing is asked of a grant that is a file, not a folder"
    );
    assert_eq!(check("granted", "none", &limits), "not-found: `none` is not there");
    assert_eq!(check("granted", "a.txt", &limits), "not-found: `a.txt` is not there");
    assert_eq!(check("granted", "..", &limits), "denied: path `..` has an empty, `.` or `..` part");
    let small = Limits { response_bytes: 4, ..limits };
    assert_eq!(check("granted", "", &small), "limit: listing of `` is more than 4 bytes");
}

proptest! {
    #[test]
    fn no_spelling_reads_the_file_outside(
        path in prop::collection::vec(prop::sample::select(vec![
            "..", ".", "/", "\\", "\0", "a.txt", "sub", "b.txt", "up", "parent", "outside", "", "~", "%2e%2e",
        ]), 0..6).prop_map(|parts| parts.concat())
    ) {
        let dir = folder();
        symlink("../outside", dir.path().join("granted/up")).unwrap();
        symlink("..", dir.path().join("granted/parent")).unwrap();
        if let Ok(content) = read(dir.path(), "granted", &path) {
            prop_assert!(content == "alpha" || content == "beta", "{path:?} gave {content:?}");
        }
    }
}
