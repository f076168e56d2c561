use super::*;
use crate::event::Event;
use crate::spool::Bounds;
use crate::target::Address;
use crate::testing::{Clockwork, numbered};

/// What a receiver does with each batch in turn: how many it takes, and whether it then fails. After the last it takes all.
struct Scripted {
    script: Vec<(usize, Fails)>,
    got: Vec<Event>,
    calls: usize,
}

#[derive(Clone, Copy)]
enum Fails {
    ForNow,
    ForGood,
}

impl Receiver for Scripted {
    fn take(&mut self, events: &[Event]) -> Taken {
        self.calls += 1;
        let Some((count, fails)) = (!self.script.is_empty()).then(|| self.script.remove(0)) else {
            self.got.extend_from_slice(events);
            return Taken { count: events.len(), trouble: None };
        };
        self.got.extend_from_slice(&events[..count]);
        let trouble = match fails {
            Fails::ForNow => SendError::Closed { address: Address { host: "siem".into(), port: 601 }, when: "early" },
            Fails::ForGood => SendError::Status { origin: "https://siem".into(), status: 403 },
        };
        Taken { count, trouble: Some(trouble) }
    }
}

const RETRY: Retry =
    Retry { first: Duration::from_secs(1), longest: Duration::from_secs(4), deadline: Duration::from_secs(20) };

/// Delivers 100 events: what was got, calls, sent, waiting, what was said, and the seconds that it took.
fn check(script: Vec<(usize, Fails)>) -> (Vec<u64>, usize, usize, usize, Option<String>, u64) {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), Bounds::default()).unwrap();
    spool.put(&numbered(0..100)).unwrap();
    let mut receiver = Scripted { script, got: vec![], calls: 0 };
    let clock = Clockwork::default();
    let delivered = clock.with(|pace| deliver(&spool, &mut receiver, RETRY, pace)).unwrap();
    assert_eq!(delivered.waiting, spool.waiting().unwrap());
    let got = receiver.got.iter().map(|event| event.index).collect();
    let said = delivered.trouble.map(|trouble| trouble.to_string());
    (got, receiver.calls, delivered.sent, delivered.waiting, said, clock.now.get().as_secs())
}

#[test]
fn all_is_sent_in_order() {
    assert_eq!(check(vec![]), ((0..100).collect(), 2, 100, 0, None, 0));
}

#[test]
fn what_was_not_taken_is_sent_again_and_nothing_else() {
    let script = vec![(0, Fails::ForNow), (0, Fails::ForNow), (10, Fails::ForNow), (0, Fails::ForNow)];
    // The pauses are 1 and 2 seconds, and after some progress 1 and 2 once more.
    assert_eq!(check(script), ((0..100).collect(), 6, 100, 0, None, 6));
}

#[test]
fn the_deadline_ends_it_and_the_rest_waits() {
    // 1, 2, 4, 4, 4, 4: a pause more would go beyond 20 seconds.
    let said = Some("the connection to `siem:601` ended early".to_owned());
    assert_eq!(check(vec![(0, Fails::ForNow); 99]), (vec![], 7, 0, 100, said, 19));
}

#[test]
fn what_trying_again_does_not_help_ends_it_at_once() {
    let said = Some("`https://siem` answered with status 403".to_owned());
    assert_eq!(check(vec![(3, Fails::ForGood)]), (vec![0, 1, 2], 1, 3, 97, said, 0));
}

/// The receiver has taken them, and the machine stops before they are removed.
#[test]
fn a_crash_after_sending_sends_again_under_the_same_uid() {
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool::open(dir.path(), Bounds::default()).unwrap();
    spool.put(&numbered(0..2)).unwrap();
    let mut receiver = Scripted { script: vec![], got: vec![], calls: 0 };
    let batch = spool.sending().unwrap().next(9).unwrap();
    assert_eq!(receiver.take(&batch.events).count, 2);

    let spool = Spool::open(dir.path(), Bounds::default()).unwrap();
    Clockwork::default().with(|pace| deliver(&spool, &mut receiver, RETRY, pace)).unwrap();
    assert_eq!(receiver.got, [numbered(0..2), numbered(0..2)].concat());
    assert_eq!(spool.waiting().unwrap(), 0);
}
