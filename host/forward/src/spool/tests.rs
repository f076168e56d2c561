use super::*;
use crate::testing::numbered;

fn spool(dir: &tempfile::TempDir, events: usize, reserve: usize) -> Spool {
    Spool::open(&dir.path().join("site/.tickmark/spool/one"), Bounds { events, reserve }).unwrap()
}

fn indexes(spool: &Spool, most: usize) -> Vec<u64> {
    spool.sending().unwrap().next(most).unwrap().events.iter().map(|event| event.index).collect()
}

#[test]
fn what_is_put_waits_in_the_order_of_the_records_until_it_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    spool(&dir, 9, 0).put(&numbered(10..12)).unwrap();
    spool(&dir, 9, 0).put(&numbered(8..10)).unwrap();
    let spool = spool(&dir, 9, 0);
    assert_eq!((indexes(&spool, 3), spool.waiting().unwrap()), (vec![8, 9, 10], 4));
    let sending = spool.sending().unwrap();
    let batch = sending.next(2).unwrap();
    assert_eq!(batch.events, numbered(8..10));
    sending.taken(&batch.events).unwrap();
    drop(sending);
    assert_eq!(indexes(&spool, 9), [10, 11]);
}

#[test]
fn an_event_that_is_put_twice_waits_once() {
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 9, 0);
    spool.put(&numbered(1..3)).unwrap();
    spool.put(&numbered(2..4)).unwrap();
    assert_eq!(indexes(&spool, 9), [1, 2, 3]);
}

#[test]
fn a_full_spool_says_so_and_takes_none_of_what_does_not_fit() {
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 5, 2);
    spool.put(&numbered(1..4)).unwrap();
    spool.room().unwrap();
    let check = |result: Result<(), SpoolError>| {
        result.unwrap_err().to_string().replace(&spool.folder().display().to_string(), "[SPOOL]")
    };
    assert_eq!(
        check(spool.put(&numbered(4..7))),
        "the spool `[SPOOL]` has 3 events, with 3 more it would have more than 5"
    );
    assert_eq!(spool.waiting().unwrap(), 3);
    spool.put(&numbered(4..5)).unwrap();
    assert_eq!(check(spool.room()), "the spool `[SPOOL]` has 4 events, with 2 more it would have more than 5");
}

/// The third of them cannot be written, as something is in its way.
#[test]
fn where_one_event_cannot_be_written_none_waits() {
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 9, 0);
    let events = [numbered(1..3), numbered(1..2)].concat();
    let error = spool.put(&events).unwrap_err().to_string();
    assert!(error.starts_with("cannot write `") && error.contains("File exists"), "{error}");
    let left = spool.all().unwrap();
    assert_eq!((spool.waiting().unwrap(), left), (0, vec!["write.lock".to_owned()]));
}

/// A crash while putting leaves a file without its name; one after it leaves the event.
#[test]
fn what_a_crash_left_half_written_never_counts() {
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 9, 0);
    spool.put(&numbered(1..2)).unwrap();
    let torn = spool.folder().join(format!("{PART}00000000000000000002-ab.event"));
    fs::write(&torn, "tickmark-spool 1 sha2").unwrap();
    assert_eq!(indexes(&spool, 9), [1]);
    spool.put(&numbered(3..4)).unwrap();
    assert!(!torn.exists());
    assert_eq!(indexes(&spool, 9), [1, 3]);
}

#[test]
fn a_broken_file_is_set_aside_and_said_and_the_others_go_on() {
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 9, 0);
    spool.put(&numbered(1..6)).unwrap();
    let path = |at: usize| spool.folder().join(&spool.names().unwrap()[at]);
    let (changed, cut, other) = (path(0), path(2), path(3));
    let text = fs::read_to_string(&changed).unwrap();
    fs::write(&changed, text.replace("build-7", "build-8")).unwrap();
    fs::write(&cut, "").unwrap();
    fs::copy(path(4), &other).unwrap();
    let batch = spool.sending().unwrap().next(9).unwrap();
    assert_eq!(batch.events, [numbered(2..3), numbered(5..6)].concat());
    let aside: Vec<PathBuf> = [changed, cut, other].iter().map(|path| path.with_extension("broken")).collect();
    assert_eq!(batch.broken, aside);
    assert!(aside.iter().all(|path| path.exists()));
    assert_eq!((spool.waiting().unwrap(), spool.sending().unwrap().next(9).unwrap().broken.len()), (2, 0));
}

#[test]
fn only_one_sends_and_others_still_put() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (spool(&dir, 9, 0), spool(&dir, 9, 0));
    let sending = one.sending().unwrap();
    assert!(matches!(other.sending(), Err(SpoolError::Busy { .. })));
    other.put(&numbered(1..2)).unwrap();
    drop(sending);
    assert_eq!(indexes(&other, 9), [1]);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let spool = spool(&dir, 9, 0);
    spool.put(&numbered(1..2)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(spool.folder()), 0o700);
    assert_eq!(mode(&spool.folder().join(&spool.names().unwrap()[0])), 0o600);
}
