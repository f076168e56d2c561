use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use tickmark_model::{Digest, Instant};

use super::*;

fn item(system: u8, version: u8, number: u32) -> Item {
    let at = |hours: u32| Instant::from_ms(i64::from(hours) * 3_600_000);
    Item {
        at: None,
        day: None,
        end: at(number * 24 + 24),
        records: vec![u64::from(number)],
        start: at(number * 24),
        stratum: None,
        subject: None,
        system: format!("system-{system}"),
        version: Digest([version; 32]),
    }
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    prop::collection::btree_set((0u8..3, 0u8..3, 0u32..60), 1..80)
        .prop_map(|all| all.into_iter().map(|(system, version, number)| item(system, version, number)).collect())
}

fn days(count: u32) -> Vec<Item> {
    (0..count).map(|number| item(0, 0, number)).collect()
}

proptest! {
    #[test]
    fn the_order_of_items_does_not_matter(items in items(), size in 0usize..90, seed in "[a-z0-9 ]{0,8}", turn in 0usize..80) {
        let mut others = items.clone();
        others.reverse();
        let turn = turn % others.len();
        others.rotate_left(turn);
        others.extend(items.first().cloned());
        prop_assert_eq!(choose(&items, size, &seed).unwrap(), choose(&others, size, &seed).unwrap());
    }

    #[test]
    fn a_sample_has_its_size_and_something_of_each_stratum(items in items(), size in 0usize..90, seed in "[a-z]{1,8}") {
        let chosen = choose(&items, size, &seed).unwrap();
        prop_assert_eq!(chosen.len(), size.min(items.len()));
        prop_assert!(chosen.iter().all(|it| items.contains(it)));
        prop_assert_eq!(chosen.iter().collect::<BTreeSet<_>>().len(), chosen.len());
        let strata = |items: &[Item]| items.iter().map(|it| (it.system.clone(), it.version)).collect::<BTreeSet<_>>();
        if size >= strata(&items).len() {
            prop_assert_eq!(strata(&chosen), strata(&items));
        }
    }

    /// The rule once more, for one stratum, with the hashes as text and without anything of the module.
    #[test]
    fn the_rule_is_the_one_that_is_written_down(count in 1u32..40, size in 0usize..40, seed in "\\PC{0,6}") {
        let items = days(count);
        let hash = |it: &Item| {
            let text = format!(
                r#"{{"end":"{}","records":[{}],"start":"{}","system":"system-0","version":"sha256:{}"}}"#,
                it.end.unwrap(), it.records[0], it.start.unwrap(), "00".repeat(32),
            );
            let mut bytes = seed.as_bytes().to_vec();
            bytes.push(0);
            bytes.extend(text.as_bytes());
            Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let mut ordered: BTreeMap<String, Item> = items.iter().map(|it| (hash(it), it.clone())).collect();
        let mut expected = Vec::new();
        while expected.len() < size && let Some((_, first)) = ordered.pop_first() {
            expected.push(first);
        }
        expected.sort();
        prop_assert_eq!(choose(&items, size, &seed).unwrap(), expected);
    }
}

#[test]
fn every_item_can_be_drawn_and_another_seed_draws_others() {
    let check = |items: &[Item], size: usize| {
        let mut drawn = BTreeSet::new();
        let mut samples = BTreeSet::new();
        for seed in 0..400 {
            let chosen = choose(items, size, &seed.to_string()).unwrap();
            drawn.extend(chosen.clone());
            samples.insert(chosen);
        }
        assert_eq!(drawn.len(), items.len());
        assert!(samples.len() > 1);
    };
    check(&days(12), 2);
    // More strata than items to draw, which the first of them must not have for themselves.
    let strata: Vec<Item> = (0..3).flat_map(|system| (0..3).map(move |version| item(system, version, 1))).collect();
    check(&strata, 2);
}

/// Nine of ten days were judged by the first version, and all of the staging system's by the second one.
#[test]
fn strata_are_the_system_and_the_version_of_the_control() {
    let all: Vec<Item> = (0..90)
        .map(|day| item(0, 0, day))
        .chain((90..100).map(|day| item(0, 1, day)))
        .chain((0..5).map(|day| item(1, 1, day)))
        .collect();
    let of = |chosen: &[Item], system: u8, version: u8| {
        chosen
            .iter()
            .filter(|it| (&it.system, it.version) == (&format!("system-{system}"), Digest([version; 32])))
            .count()
    };
    for seed in ["a", "b", "c"] {
        let chosen = choose(&all, 21, seed).unwrap();
        assert_eq!((of(&chosen, 0, 0), of(&chosen, 0, 1), of(&chosen, 1, 1)), (18, 2, 1), "{seed}");
    }
}

/// Most changes are ordinary ones; of the few standard ones some are drawn all the same, of each system and version.
#[test]
fn standard_changes_are_a_stratum_of_their_own() {
    let standard = |it: Item| Item { stratum: Some("standard_change".to_owned()), ..it };
    let all: Vec<Item> = (0..90)
        .map(|number| item(0, 0, number))
        .chain((90..94).map(|number| standard(item(0, 0, number))))
        .chain((94..100).map(|number| standard(item(0, 1, number))))
        .collect();
    for seed in ["a", "b", "c"] {
        let chosen = choose(&all, 10, seed).unwrap();
        let of = |version: u8, stratum: Option<&str>| {
            let is = |it: &&Item| (it.version, it.stratum.as_deref()) == (Digest([version; 32]), stratum);
            chosen.iter().filter(is).count()
        };
        // Of 9.0, 0.4 and 0.6 the last one is rounded up, and the second takes one from the first.
        let some = Some("standard_change");
        assert_eq!((of(0, None), of(0, some), of(1, some), of(1, None)), (8, 1, 1, 0), "{seed}");
    }
    // What nothing sets apart is spelled, and so drawn, as if there were no strata but system and version.
    assert!(!String::from_utf8(item(0, 0, 1).canonical().unwrap()).unwrap().contains("stratum"));
}

#[test]
fn every_item_of_a_population_can_be_asked_for() {
    let mut all: Vec<Item> = (0..3).flat_map(|system| (0..7).map(move |day| item(system, 0, day))).collect();
    all.sort();
    assert_eq!(choose(&all, all.len(), "seed").unwrap(), all);
}

#[test]
fn a_window_that_nobody_saw_can_be_drawn() {
    let missed = Item { records: vec![], ..item(0, 0, 3) };
    let chosen = choose(std::slice::from_ref(&missed), 1, "seed").unwrap();
    assert_eq!(chosen, [missed]);
}
