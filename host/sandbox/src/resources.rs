//! What a guest holds by handle: complete host responses, already stored and hashed.

use std::vec::IntoIter;

use tickmark_model::{Receipt, Scalar};
use wasmtime::component::{Resource, ResourceTable, ResourceTableError};

use crate::body::Body;
use crate::bound::Bound;
use crate::outcome::Stop;

/// The bytes of one part of one response.
#[derive(Debug)]
pub struct Blob {
    /// All of them.
    pub(crate) body: Body,
    /// The exchange that they were recorded under.
    pub(crate) receipt: Receipt,
}

impl Blob {
    /// Bytes in memory.
    pub(crate) fn held(bytes: Vec<u8>, receipt: Receipt) -> Self {
        Self { body: Body::Held(bytes), receipt }
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
    fn one_handle_too_many_is_an_output_limit() {
        let mut table = ResourceTable::new();
        table.set_max_capacity(1);
        let blob = || Blob::held(Vec::new(), 0);
        assert!(hand_over(&mut table, blob()).is_ok());
        let error = hand_over(&mut table, blob()).unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&Stop::beyond(Bound::Handles, 1)));
    }
}
