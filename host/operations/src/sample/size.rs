//! How many items auditors often test. No standard prescribes it.

use tickmark_model::Frequency;

/// What is said of every default size.
pub const ILLUSTRATIVE: &str = "illustrative, the auditor decides";

/// A usual size for a population of `count` items: annual 1, quarterly 2, monthly 3, weekly 8, daily 25, per event 25, of fewer
/// than 250 events a tenth and at least 5. Of a continuous control the items are days.
#[must_use]
pub fn default_size(frequency: Frequency, count: u64) -> u64 {
    let size = match frequency {
        Frequency::Annual => 1,
        Frequency::Quarterly => 2,
        Frequency::Monthly => 3,
        Frequency::Weekly => 8,
        Frequency::Daily | Frequency::BusinessDaily | Frequency::Continuous => 25,
        Frequency::PerEvent | Frequency::Within if count < 250 => count.div_ceil(10).max(5),
        Frequency::PerEvent | Frequency::Within => 25,
    };
    size.min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_sizes() {
        let check = |frequency, count, size| assert_eq!(default_size(frequency, count), size, "{frequency:?} {count}");
        check(Frequency::Annual, 1, 1);
        check(Frequency::Quarterly, 4, 2);
        check(Frequency::Monthly, 12, 3);
        check(Frequency::Weekly, 52, 8);
        check(Frequency::Daily, 365, 25);
        check(Frequency::Continuous, 92, 25);
        // Fewer than that: all.
        check(Frequency::Quarterly, 1, 1);
        check(Frequency::BusinessDaily, 20, 20);
        // Events: up to 5 all, under 250 a tenth and at least 5, otherwise 25.
        for (count, size) in [(0, 0), (1, 1), (5, 5), (6, 5), (50, 5), (51, 6), (249, 25), (250, 25), (90_000, 25)] {
            check(Frequency::PerEvent, count, size);
        }
    }
}
