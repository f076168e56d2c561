//! Dictionaries: each distinct thing is kept once and known by a number.

use std::hash::{BuildHasher as _, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// A code, and half of the hash of what it stands for, so that a growing index need not hash everything again.
#[derive(Clone, Copy, Debug)]
struct Slot {
    code: u32,
    half: u32,
}

/// The hash under which a slot is kept: the half, spread over all 64 bits (multiplied by 2^64 / golden ratio).
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn half<T: Hash + ?Sized>(hasher: &DefaultHashBuilder, item: &T) -> u32 {
    let hash = hasher.hash_one(item);
    u32::try_from((hash >> 32) ^ (hash & u64::from(u32::MAX))).unwrap_or_default()
}

/// Finds the code of an item among `index`, or gives it the code `next`.
fn intern(index: &mut HashTable<Slot>, half: u32, next: usize, is: impl Fn(u32) -> bool) -> (u32, bool) {
    if let Some(slot) = index.find(spread(half), |slot| slot.half == half && is(slot.code)) {
        return (slot.code, false);
    }
    let code = u32::try_from(next).unwrap_or(u32::MAX);
    index.insert_unique(spread(half), Slot { code, half }, |slot| spread(slot.half));
    (code, true)
}

/// Distinct strings in one allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    bytes: String,
    ends: Vec<usize>,
    index: HashTable<Slot>,
    hasher: DefaultHashBuilder,
}

impl Strings {
    /// The number of distinct strings.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The string with this code.
    pub(super) fn get(&self, code: u32) -> Option<&str> {
        slice(&self.bytes, &self.ends, code)
    }

    /// The code of `text`, which is new if it equals the length before the call.
    pub(super) fn intern(&mut self, text: &str) -> u32 {
        let Self { bytes, ends, index, hasher } = self;
        let is = |code| slice(bytes, ends, code) == Some(text);
        let (code, new) = intern(index, half(hasher, text), ends.len(), is);
        if new {
            bytes.push_str(text);
            ends.push(bytes.len());
        }
        code
    }
}

fn slice<'a>(bytes: &'a str, ends: &[usize], code: u32) -> Option<&'a str> {
    let at = code as usize;
    let start = match at.checked_sub(1) {
        Some(before) => *ends.get(before)?,
        None => 0,
    };
    bytes.get(start..*ends.get(at)?)
}

/// Distinct values of any other kind; few of them, so each is its own allocation.
#[derive(Clone, Debug)]
pub(super) struct Dictionary<T> {
    items: Vec<T>,
    index: HashTable<Slot>,
    hasher: DefaultHashBuilder,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }
}

impl<T: Hash + Eq> Dictionary<T> {
    pub(super) fn get(&self, code: u32) -> Option<&T> {
        self.items.get(code as usize)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter()
    }

    pub(super) fn intern(&mut self, item: T) -> u32 {
        let Self { items, index, hasher } = self;
        let is = |code: u32| items.get(code as usize) == Some(&item);
        let (code, new) = intern(index, half(hasher, &item), items.len(), is);
        if new {
            items.push(item);
        }
        code
    }
}
