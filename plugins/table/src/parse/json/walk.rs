//! One way through a document: the records of an array, and single values beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use super::{DEPTH, Parsed, Reader};
use crate::parse::Broken;
use crate::parse::path::{Path, index};

/// Most keys of one object on the way to what is asked for.
const KEYS: usize = 10_000;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Where the array of records is.
    pub array: Path,
    /// Where single values are, outside of the array.
    pub values: BTreeSet<Path>,
}

/// The single values that are there.
pub type Found = BTreeMap<Path, Parsed>;

/// Reads a document, and hands every record of the array to `each`, in order.
///
/// # Errors
/// [`Broken`] where it is no JSON, has no such array, or has a key twice on the way there; whatever `each` returns.
pub fn walk<R: BufRead, E: From<Broken>>(
    input: R,
    wanted: &Wanted,
    each: &mut dyn FnMut(Parsed) -> Result<(), E>,
) -> Result<Found, E> {
    let mut walk = Walk { reader: Reader::new(input)?, wanted, each, found: Found::new(), seen: false };
    walk.value(&mut Path::default().keys().to_vec())?;
    walk.reader.end()?;
    if !walk.seen {
        return Err(Broken(format!("there is no array at `{}`", wanted.array)).into());
    }
    Ok(walk.found)
}

struct Walk<'w, R, E> {
    reader: Reader<R>,
    wanted: &'w Wanted,
    each: &'w mut dyn FnMut(Parsed) -> Result<(), E>,
    found: Found,
    /// Whether the array was there.
    seen: bool,
}

impl<R: BufRead, E: From<Broken>> Walk<'_, R, E> {
    /// The value at `keys`.
    fn value(&mut self, keys: &mut Vec<String>) -> Result<(), E> {
        let Wanted { array, values } = self.wanted;
        if keys.len() > DEPTH {
            return Err(self.reader.broken("too deep").into());
        }
        if array.keys() == keys {
            return self.records();
        }
        if let Some(path) = values.iter().find(|path| path.keys() == keys) {
            let parsed = self.reader.value()?;
            self.found.insert(path.clone(), parsed);
            return Ok(());
        }
        let on_the_way = |path: &Path| path.keys().starts_with(keys);
        if !on_the_way(array) && !values.iter().any(on_the_way) {
            return Ok(self.reader.skip(keys.len())?);
        }
        match self.reader.token()? {
            Some(b'{') => self.object(keys),
            Some(b'[') => self.list(keys),
            _ => Ok(self.reader.skip(keys.len())?),
        }
    }

    fn records(&mut self) -> Result<(), E> {
        if self.reader.token()? != Some(b'[') {
            let at = &self.wanted.array;
            let what = if at.keys().is_empty() {
                "the document is no array, `array` says where the array is".to_owned()
            } else {
                format!("expected an array at `{at}`")
            };
            return Err(self.reader.broken(&what).into());
        }
        self.seen = true;
        self.reader.expect(b'[')?;
        let mut first = true;
        while self.reader.more(first, b']')? {
            first = false;
            let parsed = self.reader.value()?;
            (self.each)(parsed)?;
        }
        Ok(())
    }

    fn object(&mut self, keys: &mut Vec<String>) -> Result<(), E> {
        self.reader.expect(b'{')?;
        let mut there = BTreeSet::new();
        let mut first = true;
        while self.reader.more(first, b'}')? {
            first = false;
            self.reader.fresh();
            let key = self.reader.key()?;
            if !there.insert(key.clone()) {
                return Err(self.reader.broken(&format!("key {} is there twice", crate::convert::quoted(&key))).into());
            }
            if there.len() > KEYS {
                return Err(self.reader.broken(&format!("an object with more than {KEYS} keys")).into());
            }
            keys.push(key);
            self.value(keys)?;
            keys.pop();
        }
        Ok(())
    }

    fn list(&mut self, keys: &mut Vec<String>) -> Result<(), E> {
        self.reader.expect(b'[')?;
        let mut at = 0_usize;
        while self.reader.more(at == 0, b']')? {
            let key = at.to_string();
            // Beyond the last index that anybody asks for, items are read over.
            let asked = |path: &Path| path.keys().get(keys.len()).and_then(|key| index(key)) == Some(at);
            let asked = asked(&self.wanted.array) || self.wanted.values.iter().any(asked);
            if asked {
                keys.push(key);
                self.value(keys)?;
                keys.pop();
            } else {
                self.reader.skip(keys.len() + 1)?;
            }
            at += 1;
        }
        Ok(())
    }
}
