//! Sets of numbers as sorted, disjoint, non-adjacent spans: addresses and ports alike.
//!
//! **Invariant:** equal sets have equal spans, so that what is printed and hashed does not depend on how a rule was
//! written.

/// A set of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ranges(Vec<(u128, u128)>);

impl Ranges {
    /// The union of spans, both ends inclusive. A span whose end is before its start holds nothing.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = (u128, u128)>) -> Self {
        let mut spans: Vec<_> = spans.into_iter().filter(|(from, to)| from <= to).collect();
        spans.sort_unstable();
        let mut merged: Vec<(u128, u128)> = Vec::with_capacity(spans.len());
        for (from, to) in spans {
            match merged.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged)
    }

    /// The numbers that are in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            both.push((a.0.max(b.0), a.1.min(b.1)));
            if a.1 < b.1 {
                mine.next()
            } else {
                theirs.next()
            };
        }
        Self::of(both)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The spans in ascending order, both ends inclusive.
    #[must_use]
    pub fn spans(&self) -> &[(u128, u128)] {
        &self.0
    }

    /// The smallest and the largest number, or nothing where it is empty.
    #[must_use]
    pub fn hull(&self) -> Option<(u128, u128)> {
        Some((self.0.first()?.0, self.0.last()?.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spans() -> impl Strategy<Value = Vec<(u128, u128)>> {
        proptest::collection::vec((0u128..64, 0u128..64), 0..8)
    }

    fn members(spans: &[(u128, u128)]) -> Vec<u128> {
        (0..64).filter(|n| spans.iter().any(|(from, to)| from <= n && n <= to)).collect()
    }

    proptest! {
        #[test]
        fn union_and_intersection_agree_with_membership(a in spans(), b in spans()) {
            let (left, right) = (Ranges::of(a.clone()), Ranges::of(b.clone()));
            prop_assert_eq!(members(left.spans()), members(&a));
            let expected: Vec<_> = members(&a).into_iter().filter(|n| members(&b).contains(n)).collect();
            prop_assert_eq!(members(left.and(&right).spans()), expected);
        }

        #[test]
        fn spans_are_sorted_and_apart(a in spans()) {
            let ranges = Ranges::of(a);
            prop_assert!(ranges.spans().windows(2).all(|pair| pair[0].1 + 1 < pair[1].0));
        }
    }

    #[test]
    fn the_last_number_does_not_overflow() {
        let all = Ranges::of([(0, u128::MAX), (u128::MAX, u128::MAX)]);
        assert_eq!(all.spans(), &[(0, u128::MAX)]);
        assert_eq!(all.hull(), Some((0, u128::MAX)));
    }
}
