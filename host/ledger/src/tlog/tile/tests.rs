use std::collections::BTreeSet;

use expect_test::expect;
use proptest::prelude::*;

use super::*;

#[test]
fn paths_are_as_the_format_shows_them() {
    let paths = [
        Tile::new(0, 0, 256).unwrap().path(),
        Tile::new(1, 5, 3).unwrap().path(),
        Tile::new(0, 1067, 256).unwrap().path(),
        Tile::new(2, 1_234_067, 255).unwrap().path(),
        Tile::new(7, 0, 1).unwrap().path(),
        Tile::new(0, u64::MAX / 256, 256).unwrap().path(),
        Bundle::new(1_000_000, 256).unwrap().path(),
        Bundle::new(999, 17).unwrap().path(),
    ];
    expect![[r#"
        tile/0/000
        tile/1/005.p/3
        tile/0/x001/067
        tile/2/x001/x234/067.p/255
        tile/7/000.p/1
        tile/0/x072/x057/x594/x037/x927/935
        tile/entries/x001/x000/000
        tile/entries/999.p/17"#]]
    .assert_eq(&paths.join("\n"));
}

#[test]
fn only_those_paths_are_read() {
    for bad in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/001/067",
        "tile/0/x001/x067",
        "tile/0/x01/067",
        "tile/0/x1000/067",
        "tile/0/X001/067",
        "tile/0/+01",
        "tile/0/-01",
        "tile/0/ 01",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/65537",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/x001.p/067",
        "tile/00/000",
        "tile/8/000",
        "tile/64/000",
        "tile/256/000",
        "tile/-1/000",
        "tile/8/0/000",
        "tile/7/001",
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/data/000",
        "Tile/0/000",
        "tile/0/000\n",
        "tile/0/../000",
    ] {
        assert_eq!(Tile::parse(bad), Err(TileError::Path(bad.to_owned())));
        let bundle = bad.replacen("tile/0/", "tile/entries/", 1);
        assert_eq!(Bundle::parse(&bundle), Err(TileError::Path(bundle.clone())));
    }
    assert!(Bundle::parse("tile/0/000").is_err());
    assert!(Tile::parse("tile/entries/000").is_err());
    assert_eq!(Bundle::parse("tile/entries/000"), Ok(Bundle::new(0, 256).unwrap()));
}

#[test]
fn seventy_thousand_entries() {
    let all: Vec<_> = tiles(70_000).collect();
    let full = |level| all.iter().filter(|tile| tile.level == level && tile.is_full()).count();
    let partial: Vec<_> = all.iter().filter(|tile| !tile.is_full()).map(Tile::path).collect();
    assert_eq!((full(0), full(1), full(2)), (273, 1, 0));
    assert_eq!(partial, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
    assert_eq!(all.len(), 273 + 1 + 3);
    let entries: Vec<_> = bundles(70_000).map(|bundle| bundle.path()).collect();
    assert_eq!(entries.len(), 274);
    assert_eq!(entries.last().unwrap(), "tile/entries/273.p/112");
    assert_eq!(Bundle::holding(69_999, 70_000).unwrap().path(), "tile/entries/273.p/112");
    assert_eq!(Bundle::holding(70_000, 70_144), Bundle::new(273, 256));
    assert_eq!(Bundle::holding(70_144, 70_144), None);
    assert_eq!(Bundle::holding(70_000, 70_000), None);
}

#[test]
fn a_full_tile_has_its_hash_above_and_an_empty_one_does_not_exist() {
    let names = |size| tiles(size).map(|tile| tile.path()).collect::<Vec<_>>();
    assert_eq!(names(0), [""; 0]);
    assert_eq!(names(1), ["tile/0/000.p/1"]);
    assert_eq!(names(255), ["tile/0/000.p/255"]);
    assert_eq!(names(256), ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(names(257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    assert_eq!(names(65_536).last().unwrap(), "tile/2/000.p/1");
}

#[test]
fn what_changes_is_named() {
    let changed = |old, new| changed_tiles(old, new).map(|tile| tile.path()).collect::<Vec<_>>();
    let superseded = |old, new| superseded_tiles(old, new).map(|tile| tile.path()).collect::<Vec<_>>();
    assert_eq!(changed(255, 257), ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1"]);
    assert_eq!(superseded(255, 257), ["tile/0/000.p/255"]);
    assert_eq!(changed(256, 256), [""; 0]);
    assert_eq!(changed(257, 256), [""; 0]);
    assert_eq!(superseded(256, 300), [""; 0]);
    assert_eq!(changed(70_000, 70_001), ["tile/0/273.p/113"]);
    assert_eq!(superseded(70_000, 70_001), ["tile/0/273.p/112"]);
    assert_eq!(superseded(70_000, 70_144), ["tile/0/273.p/112", "tile/1/001.p/17"]);
    let bundles: Vec<_> = changed_bundles(255, 257).map(|bundle| bundle.path()).collect();
    assert_eq!(bundles, ["tile/entries/000", "tile/entries/001.p/1"]);
    assert_eq!(superseded_bundles(255, 257).next(), Bundle::new(0, 255));
    assert_eq!(superseded_bundles(256, 257).next(), None);
}

#[test]
fn a_tile_is_as_long_as_its_width_says() {
    let hashes = [Digest([1; 32]), Digest([2; 32])];
    let bytes = encode_tile(&hashes);
    assert_eq!(bytes, [[1; 32], [2; 32]].concat());
    assert_eq!(decode_tile(&bytes, 2).unwrap(), hashes);
    assert_eq!(decode_tile(&bytes, 1), Err(TileError::Size { found: 64, expected: 32 }));
    assert_eq!(decode_tile(&bytes[1..], 2), Err(TileError::Size { found: 63, expected: 64 }));
}

#[test]
fn a_hash_is_found_in_the_tile_that_covers_it() {
    let covering = |level, index, size| {
        Tile::covering(HashIndex { level, index }, size).map(|s| (s.tile.path(), s.start, s.count))
    };
    let at = |path: &str, start, count| Some((path.to_owned(), start, count));
    assert_eq!(covering(0, 0, 1), at("tile/0/000.p/1", 0, 1));
    assert_eq!(covering(0, 300, 70_000), at("tile/0/001", 44, 1));
    assert_eq!(covering(3, 8, 70), None);
    assert_eq!(covering(3, 7, 70), at("tile/0/000.p/70", 56, 8));
    assert_eq!(covering(7, 1, 256), at("tile/0/000", 128, 128));
    assert_eq!(covering(8, 0, 256), at("tile/1/000.p/1", 0, 1));
    assert_eq!(covering(8, 272, 70_000), at("tile/1/001.p/17", 16, 1));
    assert_eq!(covering(16, 0, 70_000), at("tile/2/000.p/1", 0, 1));
    assert_eq!(covering(16, 1, 70_000), None);
    assert_eq!(covering(0, 1, 1), None);
    assert_eq!(covering(64, 0, u64::MAX), None);
    assert_eq!(covering(255, 0, u64::MAX), None);
    assert_eq!(covering(63, 0, u64::MAX), at("tile/7/000.p/255", 0, 128));
    assert_eq!(covering(63, 1, u64::MAX), None);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_come_back(level in 0u8..9, index in any::<u64>(), shift in 0u32..64, width in 0u16..300) {
        let tile = Tile::new(level, index >> shift, width);
        if let Some(tile) = tile {
            prop_assert_eq!(Tile::parse(&tile.path()), Ok(tile));
        }
        if let Some(bundle) = Bundle::new(index >> shift, width) {
            prop_assert_eq!(Bundle::parse(&bundle.path()), Ok(bundle));
        }
        prop_assert!(tile.is_none_or(|t| t.level <= 7 && (1..=256).contains(&t.width)));
    }

    #[test]
    fn changes_are_the_difference_of_the_trees(old in 0u64..200_000, more in 0u64..1000) {
        let new = old + more;
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (tiles(old).collect(), tiles(new).collect());
        prop_assert_eq!(changed_tiles(old, new).collect::<BTreeSet<_>>(), &after - &before);
        prop_assert_eq!(superseded_tiles(old, new).collect::<BTreeSet<_>>(), &before - &after);
        let (before, after): (BTreeSet<_>, BTreeSet<_>) = (bundles(old).collect(), bundles(new).collect());
        prop_assert_eq!(changed_bundles(old, new).collect::<BTreeSet<_>>(), &after - &before);
        prop_assert_eq!(superseded_bundles(old, new).collect::<BTreeSet<_>>(), &before - &after);
    }

    #[test]
    fn every_hash_of_a_tree_is_covered_by_one_of_its_tiles(size in 1u64..200_000, level in 0u8..20, at in any::<u64>()) {
        let subtrees = size >> level;
        prop_assume!(subtrees > 0);
        let hash = HashIndex { level, index: at % subtrees };
        let span = Tile::covering(hash, size).unwrap();
        prop_assert!(tiles(size).any(|tile| tile == span.tile));
        prop_assert!(span.start + span.count <= usize::from(span.tile.width));
        // The first leaf below both is the same, and so is the number of leaves.
        let height = 8 * u32::from(span.tile.level);
        let first = (span.tile.index * 256 + span.start as u64) << height;
        prop_assert_eq!(first, hash.index << level);
        prop_assert_eq!((span.count as u64) << height, 1 << level);
        prop_assert_eq!(Tile::covering(HashIndex { level, index: subtrees }, size), None);
    }
}
