use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;
use crate::leaf_hash;

/// All leaf hashes in memory; every other hash is computed anew.
struct Leaves(Vec<Digest>);

impl Leaves {
    fn numbered(size: u64) -> Self {
        Self((0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect())
    }

    fn root(&self, size: u64) -> Digest {
        model(&self.0[..size as usize])
    }
}

impl HashReader for Leaves {
    type Error = Infallible;

    fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
        let leaves = |w: &HashIndex| &self.0[(w.index as usize) << w.level..][..1 << w.level];
        Ok(wanted.iter().map(|w| model(leaves(w))).collect())
    }
}

/// The Merkle tree hash, as the RFC defines it.
fn model(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => EMPTY_ROOT,
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&model(left), &model(right))
        }
    }
}

fn oracle(size: u64) -> MemoryBackedTree<Sha256, [u8; 8]> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|i| tree.push(i.to_be_bytes()));
    tree
}

fn bytes(proof: &[Digest]) -> Vec<u8> {
    proof.iter().flat_map(|hash| hash.0).collect()
}

fn digest(hex: &str) -> Digest {
    format!("sha256:{hex}").parse().unwrap()
}

/// The leaves that the Certificate Transparency project tests with.
const CT_LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

/// The roots of the trees of the first of them.
const CT_ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn known_answers() {
    let mut leaves = Leaves(CT_LEAVES.iter().map(|leaf| leaf_hash(leaf)).collect());
    let mut frontier = Frontier::new();
    for (size, root) in CT_ROOTS.iter().enumerate() {
        assert_eq!(tree_root(size as u64, &mut leaves), Ok(digest(root)), "{size}");
        assert_eq!(frontier.root(), digest(root), "{size}");
        assert_eq!(frontier.size(), size as u64);
        assert_eq!(root_of(&leaves.0[..size]), digest(root), "{size}");
        CT_LEAVES.get(size).into_iter().for_each(|leaf| frontier.push(leaf_hash(leaf)));
    }
    assert_eq!(empty_root(), crate::sha256(b""));

    let inclusion = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(digest);
    assert_eq!(prove_inclusion(5, 8, &mut leaves).unwrap(), inclusion);
    assert_eq!(verify_inclusion(&leaves.0[5], 5, 8, &inclusion, &digest(CT_ROOTS[8])), Ok(()));

    let consistency = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .map(digest);
    assert_eq!(prove_consistency(6, 8, &mut leaves).unwrap(), consistency);
    assert_eq!(verify_consistency(6, &digest(CT_ROOTS[6]), 8, &digest(CT_ROOTS[8]), &consistency), Ok(()));

    let complete = [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]
    .map(digest);
    assert_eq!(prove_consistency(2, 5, &mut leaves).unwrap(), complete);
    assert_eq!(verify_consistency(2, &digest(CT_ROOTS[2]), 5, &digest(CT_ROOTS[5]), &complete), Ok(()));
}

/// Every pair of sizes up to 20, against the oracle, with what must not verify.
#[test]
fn small_trees_in_full() {
    const MOST: u64 = 20;
    let mut leaves = Leaves::numbered(MOST);
    let roots: Vec<_> = (0..=MOST).map(|size| leaves.root(size)).collect();
    for size in 1..=MOST {
        let tree = oracle(size);
        let root = roots[size as usize];
        assert_eq!(root.0[..], tree.root().as_bytes()[..]);
        for index in 0..size {
            let proof = prove_inclusion(index, size, &mut leaves).unwrap();
            assert_eq!(bytes(&proof), tree.prove_inclusion(index as usize).as_bytes(), "{index} of {size}");
            let leaf = leaves.0[index as usize];
            // One path may stand for a leaf in trees of several sizes; their roots differ, and a checkpoint has both.
            for (other, claimed) in (0..=MOST).flat_map(|i| (0..=MOST).map(move |s| (i, s))) {
                let verified = verify_inclusion(&leaf, other, claimed, &proof, &roots[claimed as usize]).is_ok();
                assert_eq!(verified, (other, claimed) == (index, size), "{other} of {claimed} for {index} of {size}");
            }
        }
        for old in 1..size {
            let proof = prove_consistency(old, size, &mut leaves).unwrap();
            assert_eq!(bytes(&proof), tree.prove_consistency((size - old) as usize).as_bytes(), "{old} to {size}");
            for other in 0..=MOST {
                let verified = verify_consistency(other, &roots[old as usize], size, &root, &proof).is_ok();
                assert_eq!(verified, other == old, "{other} for {old} to {size}");
                let verified = verify_consistency(other, &roots[other as usize], size, &root, &proof).is_ok();
                assert_eq!(verified, other == old, "{other} for {old} to {size}");
            }
        }
    }
}

#[test]
fn the_ends_of_consistency() {
    let mut leaves = Leaves::numbered(3);
    let (one, three) = (leaves.root(1), leaves.root(3));
    assert_eq!(prove_consistency(0, 3, &mut leaves), Ok(vec![]));
    assert_eq!(prove_consistency(3, 3, &mut leaves), Ok(vec![]));
    assert_eq!(prove_consistency(0, 0, &mut leaves), Ok(vec![]));
    assert_eq!(prove_consistency(3, 2, &mut leaves), Err(TreeError::OutOfRange { value: 3, size: 2 }));
    assert_eq!(verify_consistency(0, &EMPTY_ROOT, 3, &three, &[]), Ok(()));
    assert_eq!(verify_consistency(0, &EMPTY_ROOT, 0, &EMPTY_ROOT, &[]), Ok(()));
    assert_eq!(verify_consistency(3, &three, 3, &three, &[]), Ok(()));
    let root = |found, root| Err(ProofError::Root { found, root });
    assert_eq!(verify_consistency(0, &one, 3, &three, &[]), root(EMPTY_ROOT, one));
    assert_eq!(verify_consistency(0, &EMPTY_ROOT, 0, &one, &[]), root(EMPTY_ROOT, one));
    assert_eq!(verify_consistency(3, &one, 3, &three, &[]), root(one, three));
    assert_eq!(verify_consistency(3, &three, 1, &one, &[]), Err(ProofError::Shrunk { old: 3, new: 1 }));
    let long = |found| Err(ProofError::Length { found, long: true });
    assert_eq!(verify_consistency(0, &EMPTY_ROOT, 3, &three, &[one]), long(1));
    assert_eq!(verify_consistency(3, &three, 3, &three, &[one]), long(1));
    assert_eq!(verify_consistency(1, &one, 3, &three, &[]), Err(ProofError::Length { found: 0, long: false }));
    assert_eq!(verify_consistency(2, &one, 3, &three, &[]), Err(ProofError::Length { found: 0, long: false }));
}

#[test]
fn what_a_tree_does_not_have_is_not_proven() {
    let mut leaves = Leaves::numbered(3);
    assert_eq!(prove_inclusion(3, 3, &mut leaves), Err(TreeError::OutOfRange { value: 3, size: 3 }));
    assert_eq!(prove_inclusion(0, 0, &mut leaves), Err(TreeError::OutOfRange { value: 0, size: 0 }));
    let (leaf, root) = (leaves.0[0], leaves.root(1));
    assert_eq!(verify_inclusion(&leaf, 0, 1, &[], &root), Ok(()));
    assert_eq!(verify_inclusion(&leaf, 1, 1, &[], &root), Err(ProofError::Index { index: 1, size: 1 }));
    assert_eq!(verify_inclusion(&leaf, 0, 0, &[], &root), Err(ProofError::Index { index: 0, size: 0 }));
    assert_eq!(verify_inclusion(&leaf, 0, 1, &[leaf], &root), Err(ProofError::Length { found: 1, long: true }));
    assert_eq!(
        verify_inclusion(&leaf, 0, 1, &[leaf], &root).unwrap_err().to_string(),
        "a proof of 1 hashes is too long"
    );
}

#[test]
fn the_largest_sizes_do_not_overflow() {
    /// Every complete subtree of one height has one hash.
    struct Same;
    impl HashReader for Same {
        type Error = Infallible;
        fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
            assert!(wanted.iter().all(|w| (w.index + 1).checked_shl(w.level.into()).is_some()));
            Ok(wanted.iter().map(|w| (0..w.level).fold(leaf_hash(b""), |hash, _| node_hash(&hash, &hash))).collect())
        }
    }
    for size in [u64::MAX, 1 << 63, (1 << 63) + 1, (1 << 63) - 1] {
        let root = tree_root(size, &mut Same).unwrap();
        for index in [0, 1, size / 2, size - 2, size - 1] {
            let proof = prove_inclusion(index, size, &mut Same).unwrap();
            assert_eq!(verify_inclusion(&leaf_hash(b""), index, size, &proof, &root), Ok(()), "{index} of {size}");
            let old = tree_root(index + 1, &mut Same).unwrap();
            let proof = prove_consistency(index + 1, size, &mut Same).unwrap();
            assert_eq!(verify_consistency(index + 1, &old, size, &root, &proof), Ok(()), "{index} + 1 to {size}");
        }
    }
}

#[test]
fn a_reader_that_answers_wrongly_is_noticed() {
    struct Short;
    impl HashReader for Short {
        type Error = Infallible;
        fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
            Ok(vec![EMPTY_ROOT; wanted.len() - 1])
        }
    }
    struct Long;
    impl HashReader for Long {
        type Error = Infallible;
        fn hashes(&mut self, wanted: &[HashIndex]) -> Result<Vec<Digest>, Infallible> {
            Ok(vec![EMPTY_ROOT; wanted.len() + 1])
        }
    }
    struct Broken;
    impl HashReader for Broken {
        type Error = &'static str;
        fn hashes(&mut self, _: &[HashIndex]) -> Result<Vec<Digest>, &'static str> {
            Err("no disk")
        }
    }
    assert_eq!(tree_root(7, &mut Short), Err(TreeError::Count { found: 2, wanted: 3 }));
    assert_eq!(tree_root(7, &mut Long), Err(TreeError::Count { found: 4, wanted: 3 }));
    assert_eq!(prove_inclusion(2, 7, &mut Short), Err(TreeError::Count { found: 3, wanted: 4 }));
    assert_eq!(prove_consistency(3, 7, &mut Long), Err(TreeError::Count { found: 6, wanted: 5 }));
    assert_eq!(tree_root(7, &mut Broken), Err(TreeError::Reader("no disk")));
    assert_eq!(prove_inclusion(2, 7, &mut Broken), Err(TreeError::Reader("no disk")));
}

#[test]
fn a_frontier_has_as_many_subtrees_as_its_size_has_ones() {
    assert_eq!(Frontier::from_subtrees(5, vec![EMPTY_ROOT; 2]).unwrap().size(), 5);
    for wrong in [0, 1, 3] {
        assert_eq!(Frontier::from_subtrees(5, vec![EMPTY_ROOT; wrong]), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn agrees_with_another_implementation(size in 1u64..2000, at in any::<prop::sample::Index>()) {
        let mut leaves = Leaves::numbered(size);
        let tree = oracle(size);
        let root = tree_root(size, &mut leaves).unwrap();
        prop_assert_eq!(root.0.to_vec(), tree.root().as_bytes().to_vec());
        let index = at.index(size as usize);
        let proof = prove_inclusion(index as u64, size, &mut leaves).unwrap();
        prop_assert_eq!(bytes(&proof), tree.prove_inclusion(index).as_bytes().to_vec());
        prop_assert_eq!(verify_inclusion(&leaves.0[index], index as u64, size, &proof, &root), Ok(()));
        let old = index as u64 + 1;
        let proof = prove_consistency(old, size, &mut leaves).unwrap();
        prop_assert_eq!(verify_consistency(old, &leaves.root(old), size, &root, &proof), Ok(()));
        if old < size {
            prop_assert_eq!(bytes(&proof), tree.prove_consistency((size - old) as usize).as_bytes().to_vec());
        }
    }

    #[test]
    fn a_changed_proof_does_not_hold(size in 2u64..500, at in any::<prop::sample::Index>(), change in 0usize..3) {
        let mut leaves = Leaves::numbered(size);
        let root = leaves.root(size);
        let index = at.index(size as usize - 1) as u64;
        let (leaf, old) = (leaves.0[index as usize], leaves.root(index + 1));
        let changed = |proof: &[Digest]| {
            let mut proof = proof.to_vec();
            match change {
                0 => proof.push(EMPTY_ROOT),
                1 => { proof.pop(); }
                _ => {
                    let place = at.index(proof.len());
                    proof[place].0[at.index(32)] ^= 1;
                }
            }
            proof
        };
        let proof = prove_inclusion(index, size, &mut leaves).unwrap();
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &root).is_ok());
        prop_assert!(verify_inclusion(&leaf, index, size, &changed(&proof), &root).is_err());
        prop_assert!(verify_inclusion(&EMPTY_ROOT, index, size, &proof, &root).is_err());
        prop_assert!(verify_inclusion(&leaf, index, size, &proof, &leaf).is_err());
        let proof = prove_consistency(index + 1, size, &mut leaves).unwrap();
        prop_assert!(verify_consistency(index + 1, &old, size, &root, &proof).is_ok());
        prop_assert!(verify_consistency(index + 1, &old, size, &root, &changed(&proof)).is_err());
        prop_assert!(verify_consistency(index + 1, &EMPTY_ROOT, size, &root, &proof).is_err());
        prop_assert!(verify_consistency(index + 1, &old, size, &EMPTY_ROOT, &proof).is_err());
    }

    #[test]
    fn a_frontier_goes_on_from_where_it_was_stored(size in 0u64..600, more in 0u64..600) {
        let mut leaves = Leaves::numbered(size + more);
        let mut frontier = Frontier::load(size, &mut leaves).unwrap();
        let stored = Frontier::from_subtrees(size, frontier.subtrees().to_vec()).unwrap();
        prop_assert_eq!(&stored, &frontier);
        prop_assert_eq!(frontier.root(), leaves.root(size));
        leaves.0[size as usize..].iter().for_each(|leaf| frontier.push(*leaf));
        prop_assert_eq!(frontier.size(), size + more);
        prop_assert_eq!(frontier.root(), leaves.root(size + more));
        prop_assert_eq!(frontier, Frontier::load(size + more, &mut leaves).unwrap());
    }
}
