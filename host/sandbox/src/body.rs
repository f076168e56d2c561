//! The bytes of one part of a response: in memory where they are few, otherwise in the file that the blob store keeps them in.
//!
//! **Invariant:** what is read of a kept one is what was hashed: the file was written by this run and nobody else writes to it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use tickmark_model::BlobRef;

/// All bytes of one part.
#[derive(Debug)]
pub(crate) enum Body {
    /// In memory.
    Held(Vec<u8>),
    /// In the blob store already, open for reading.
    Kept(BlobRef, File),
    /// Not there: so many would be more than all responses may have together.
    Over(u64),
    /// Not there: the blob store cannot keep them.
    Lost(io::Error),
}

impl Body {
    /// How many they are.
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Held(bytes) => bytes.len() as u64,
            Self::Kept(blob, _) => blob.size,
            Self::Over(size) => *size,
            Self::Lost(_) => 0,
        }
    }

    /// Exactly min(len, size - offset) bytes; none from the end on.
    ///
    /// # Errors
    /// Where the file that they are kept in cannot be read, or has become shorter.
    pub(crate) fn read(&self, offset: u64, len: u32) -> io::Result<Vec<u8>> {
        let start = offset.min(self.size());
        let end = start.saturating_add(len.into()).min(self.size());
        match self {
            Self::Held(bytes) => {
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
                Ok(bytes.get(place(start)..place(end)).map(<[u8]>::to_vec).unwrap_or_default())
            }
            Self::Kept(_, file) => {
                let mut bytes = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
                file.read_exact_at(&mut bytes, start)?;
                Ok(bytes)
            }
            Self::Over(_) | Self::Lost(_) => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::sha256;

    /// The same bytes, wherever they are.
    impl PartialEq for Body {
        fn eq(&self, other: &Self) -> bool {
            let all = |it: &Self| it.read(0, u32::MAX).unwrap();
            all(self) == all(other)
        }
    }

    #[test]
    fn reads_are_never_short_inside_and_empty_outside() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("it"), "abcdef").unwrap();
        let kept = |size| {
            let file = File::open(dir.path().join("it")).unwrap();
            Body::Kept(BlobRef { digest: sha256(b"abcdef"), size }, file)
        };
        for body in [Body::Held(b"abcdef".to_vec()), kept(6)] {
            let check = |offset, len| String::from_utf8(body.read(offset, len).unwrap()).unwrap();
            assert_eq!(check(0, 6), "abcdef");
            assert_eq!(check(2, 2), "cd");
            assert_eq!(check(4, u32::MAX), "ef");
            assert_eq!(check(6, 1), "");
            assert_eq!(check(u64::MAX, u32::MAX), "");
        }
        assert_eq!(kept(7).read(4, 9).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
