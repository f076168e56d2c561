//! How long a component usually computes, remembered from run to run: what it may take before those that nobody knows.
//!
//! A component that nobody knows may take nothing then; one that ended well before may take twice what it took, and at least
//! [`LEAST`]. Only runs that end well are remembered, so one that loops stays unknown, whatever else it did.
//!
//! **Absent on purpose:** any effect on a result, and trust: whoever changes what is remembered changes who goes first.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What any run may take whose component ended well before.
const LEAST: Duration = Duration::from_millis(1);

/// The most that a run may take before the others, whatever it usually takes.
const MOST: Duration = Duration::from_millis(200);

/// What one component usually takes, in microseconds; 0 while that is not known.
#[derive(Debug, Default)]
pub(crate) struct Usual(AtomicU64);

impl Usual {
    /// What is remembered, such as by [`Usual::learn`].
    pub(crate) fn new(microseconds: u64) -> Self {
        Self(AtomicU64::new(microseconds))
    }

    /// Whether a run of it ended well before.
    pub(crate) fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    /// How long a run may compute before those that nobody knows.
    pub(crate) fn allowed(&self) -> Duration {
        match self.0.load(Ordering::Relaxed) {
            0 => Duration::ZERO,
            usual => Duration::from_micros(usual).saturating_mul(2).clamp(LEAST, MOST),
        }
    }

    /// Learns what a run took that ended well. Gives what is to be remembered where that is another than before by much: more, or
    /// less than half.
    pub(crate) fn learn(&self, took: Duration) -> Option<u64> {
        // It ended well, so it is known, however little it took.
        let took = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1);
        let before = self.0.load(Ordering::Relaxed);
        if took <= before && took >= before / 2 {
            return None;
        }
        let usual = took.max(before / 2);
        self.0.store(usual, Ordering::Relaxed);
        // A tenth more every day is not worth a file every day.
        (usual > before.saturating_add(before / 8) || usual < before).then_some(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_known_may_take_nothing_and_who_is_twice_what_it_took() {
        let ms = Duration::from_millis;
        let usual = Usual::default();
        assert_eq!(usual.allowed(), Duration::ZERO);
        assert_eq!((usual.learn(ms(8)), usual.allowed()), (Some(8_000), ms(16)));
        assert_eq!((usual.learn(ms(5)), usual.allowed()), (None, ms(16)), "less, and not by much");
        assert_eq!((usual.learn(ms(1)), usual.allowed()), (Some(4_000), ms(8)), "it is forgotten by halves");
        assert_eq!((usual.learn(ms(9_000)), usual.allowed()), (Some(9_000_000), MOST));
        assert_eq!(Usual::new(30).allowed(), LEAST);
    }
}
