//! What a guest holds by handle: complete host responses, already stored and hashed.

use std::vec::IntoIter;

use tickmark_model::{Receipt, Scalar};
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};

use crate::bound::Bound;
use crate::outcome::Stop;

/// The bytes of one part of one response.
#[derive(Debug)]
pub struct Blob {
    /// All of them.
    pub(crate) bytes: Vec<u8>,
    /// The exchange that they were recorded under.
    pub(crate) receipt: Receipt,
}

impl Blob {
    /// Exactly min(len, size - offset) bytes; none from the end on.
    pub(crate) fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.bytes.len());
        let end = start.saturating_add(len as usize).min(self.bytes.len());
        self.bytes.get(start..end).map(<[u8]>::to_vec).unwrap_or_default()
    }
}

/// The rows of one query that are not handed over yet.
#[derive(Debug)]
pub struct Rows {
    /// The columns' names, in the order of the cells.
    pub(crate) columns: Vec<String>,
    /// The exchange that they were recorded under.
    pub(crate) receipt: Receipt,
    /// The rest.
    pub(crate) rows: IntoIter<Vec<Option<Scalar>>>,
}

/// Gives the guest a handle on `resource`.
///
/// # Errors
/// A [`Stop`] with `output-limit` where it holds as many as it may.
pub(crate) fn hand_over<T: Send + 'static>(table: &mut ResourceTable, resource: T) -> wasmtime::Result<Resource<T>> {
    let bound = table.max_capacity();
    table.push(resource).map_err(|error| match error {
        ResourceTableError::Full => Stop::beyond(Bound::Handles, bound).into(),
        other => wasmtime::Error::new(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_never_short_inside_and_empty_outside() {
        let blob = Blob { bytes: b"abcdef".to_vec(), receipt: 0 };
        let check = |offset, len| String::from_utf8(blob.read(offset, len)).unwrap();
        assert_eq!(check(0, 6), "abcdef");
        assert_eq!(check(2, 2), "cd");
        assert_eq!(check(4, u32::MAX), "ef");
        assert_eq!(check(6, 1), "");
        assert_eq!(check(u64::MAX, u32::MAX), "");
    }

    #[test]
    fn one_handle_too_many_is_an_output_limit() {
        let mut table = ResourceTable::new();
        table.set_max_capacity(1);
        let blob = || Blob { bytes: Vec::new(), receipt: 0 };
        assert!(hand_over(&mut table, blob()).is_ok());
        let error = hand_over(&mut table, blob()).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Stop::beyond(Bound::Handles, 1)));
    }
}
