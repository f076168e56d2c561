//! Dictionaries: each distinct thing is kept once and known by a number.

use std::hash::{BuildHasher, Hash, RandomState};

use hashbrown::HashTable;

/// Distinct strings in one allocation.
#[derive(Clone, Debug, Default)]
pub(super) struct Strings {
    bytes: String,
    ends: Vec<usize>,
    index: HashTable<u32>,
    hasher: RandomState,
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
        let hash = hasher.hash_one(text);
        if let Some(code) = index.find(hash, |code| slice(bytes, ends, *code) == Some(text)) {
            return *code;
        }
        let code = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        bytes.push_str(text);
        ends.push(bytes.len());
        index.insert_unique(hash, code, |code| hasher.hash_one(slice(bytes, ends, *code).unwrap_or_default()));
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
    index: HashTable<u32>,
    hasher: RandomState,
}

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: HashTable::new(), hasher: RandomState::new() }
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
        let hash = hasher.hash_one(&item);
        if let Some(code) = index.find(hash, |code| items.get(*code as usize) == Some(&item)) {
            return *code;
        }
        let code = u32::try_from(items.len()).unwrap_or(u32::MAX);
        items.push(item);
        index.insert_unique(hash, code, |code| items.get(*code as usize).map_or(0, |item| hasher.hash_one(item)));
        code
    }
}
