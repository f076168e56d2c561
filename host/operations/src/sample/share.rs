//! How a size is shared among strata.

/// How many of each stratum: in proportion to their sizes by largest remainder, and where that gives a stratum none, one that the
/// stratum with the most gives up. Ties go to the stratum that comes first. Never more than a stratum has.
pub(super) fn shares(sizes: &[usize], size: usize) -> Vec<usize> {
    let total: usize = sizes.iter().sum();
    if size >= total {
        return sizes.to_vec();
    }
    // Whole parts and remainders of size * stratum / total.
    let parts = |stratum: &usize| {
        let product = size as u128 * *stratum as u128;
        let whole = usize::try_from(product / total as u128).unwrap_or(size);
        (whole, product % total as u128)
    };
    let parts: Vec<(usize, u128)> = sizes.iter().map(parts).collect();
    let mut shares: Vec<usize> = parts.iter().map(|(whole, _)| *whole).collect();
    let mut order: Vec<(usize, u128)> = parts.iter().map(|(_, rest)| *rest).enumerate().collect();
    // A stable sort: equal remainders stay in the order of the strata.
    order.sort_by_key(|(_, rest)| std::cmp::Reverse(*rest));
    let left = size - shares.iter().sum::<usize>();
    for (at, _) in order.into_iter().take(left) {
        if let Some(share) = shares.get_mut(at) {
            *share += 1;
        }
    }
    if size >= sizes.len() {
        raise(&mut shares, sizes);
    }
    shares
}

/// Gives one to each stratum that has none, from the one with the most.
fn raise(shares: &mut [usize], sizes: &[usize]) {
    for (at, stratum) in sizes.iter().enumerate() {
        if *stratum == 0 || shares.get(at) != Some(&0) {
            continue;
        }
        let most = shares.iter().copied().max().unwrap_or(0);
        if most < 2 {
            return;
        }
        if let Some(share) = shares.iter_mut().find(|share| **share == most) {
            *share -= 1;
        }
        if let Some(share) = shares.get_mut(at) {
            *share = 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_in_proportion_by_largest_remainder() {
        let check = |sizes: &[usize], size, expected: &[usize]| assert_eq!(shares(sizes, size), expected, "{sizes:?}");
        check(&[90, 10], 10, &[9, 1]);
        check(&[50, 30, 20], 7, &[4, 2, 1]);
        // 2.5 and 2.5: the tie goes to the first.
        check(&[10, 10], 5, &[3, 2]);
        // 24.0, 0.5 and 0.5 of 25: the last one has none, and the first gives up one.
        check(&[96, 2, 2], 25, &[23, 1, 1]);
        check(&[1, 1, 1], 3, &[1, 1, 1]);
        check(&[3, 2], 9, &[3, 2]);
        check(&[], 3, &[]);
    }

    proptest! {
        #[test]
        fn every_stratum_gives_some_and_none_more_than_it_has(
            sizes in prop::collection::vec(1usize..400, 1..12),
            size in 0usize..600,
        ) {
            let shares = shares(&sizes, size);
            prop_assert_eq!(shares.iter().sum::<usize>(), size.min(sizes.iter().sum()));
            prop_assert!(shares.iter().zip(&sizes).all(|(share, stratum)| share <= stratum));
            prop_assert!(size < sizes.len() || shares.iter().all(|share| *share >= 1), "{:?}", shares);
        }
    }
}
