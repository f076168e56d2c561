//! A reader that gives up where one record takes too many bytes, such as one whose quote is never closed.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::MAX_RECORD_BYTES;

/// The bytes that may be read before the next record.
#[derive(Clone, Debug)]
pub(super) struct Allowance(Rc<Cell<usize>>);

impl Allowance {
    pub fn renew(&self) {
        self.0.set(MAX_RECORD_BYTES);
    }
}

pub(super) struct Bounded<R> {
    from: R,
    allowance: Allowance,
}

impl<R: Read> Bounded<R> {
    pub fn new(from: R) -> (Self, Allowance) {
        let allowance = Allowance(Rc::new(Cell::new(MAX_RECORD_BYTES)));
        (Self { from, allowance: allowance.clone() }, allowance)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.0.get();
        if left == 0 {
            return Err(io::Error::other(format!("a record longer than {MAX_RECORD_BYTES} bytes")));
        }
        let bytes = self.from.read(into)?;
        self.allowance.0.set(left.saturating_sub(bytes));
        Ok(bytes)
    }
}
