//! A bound on what one record may take: a parser allows anew for each, so that one endless record ends the run and not
//! the machine.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// How many bytes may still be read, shared by a reader and the parser above it.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter(Rc<Cell<u64>>);

impl Meter {
    /// Allows `bytes` from here on, whatever was left.
    pub fn allow(&self, bytes: u64) {
        self.0.set(bytes);
    }

    /// Whether nothing may be read any more.
    pub fn is_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

/// A reader that fails where more is read than its [`Meter`] allows. At first nothing is allowed.
#[derive(Debug)]
pub(super) struct Metered<R> {
    inner: R,
    meter: Meter,
}

impl<R: BufRead> Metered<R> {
    /// Reads from `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, meter: Meter::default() }
    }

    /// The meter, to allow with.
    pub fn meter(&self) -> Meter {
        self.meter.clone()
    }
}

impl<R: BufRead> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.meter.0.get();
        let mut there = self.inner.fill_buf()?;
        if left == 0 && !there.is_empty() {
            return Err(io::Error::other("more than one record may have"));
        }
        there = there.get(..usize::try_from(left).unwrap_or(usize::MAX).min(there.len())).unwrap_or_default();
        let read = there.read(buf)?;
        self.meter.0.set(left.saturating_sub(read as u64));
        self.inner.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A reader gives exactly what was allowed, fails where there is more, and ends quietly where there is not.
        #[test]
        fn no_more_is_read_than_allowed(len in 0_usize..50, allowed in proptest::collection::vec(0_u64..20, 0..6)) {
            let bytes = vec![7; len];
            let mut metered = Metered::new(&bytes[..]);
            let meter = metered.meter();
            let mut read = 0;
            for allow in allowed {
                meter.allow(allow);
                let want = (allow as usize).min(len - read);
                let mut out = Vec::new();
                let result = metered.read_to_end(&mut out);
                prop_assert_eq!(out.len(), want);
                read += want;
                prop_assert_eq!(result.is_ok(), read == len);
                prop_assert!(read == len || meter.is_used_up());
            }
        }
    }
}
