//! The outline of a component, from the heads of its sections alone: how deep components stand in each other, how many
//! modules and components there are, and how large their types are.
//!
//! **Invariant:** this is looked at before the compiler sees the component. What the compiler keeps of nested components
//! grows with the square of their depth, so that a file of a megabyte can take all the memory of the machine; and it walks
//! types within types by recursion, so that one can take all of its stack.
//! **Absent on purpose:** judging what is malformed. The compiler has better words for it, and stops there, too.

use crate::load::LoadError;

/// Deepest component within components; what toolchains make is 1 to 3 deep.
const MAX_DEPTH: usize = 16;

/// Largest section of types, in bytes. A type of a component within another takes three bytes, and so many levels of the
/// compiler's stack.
pub(crate) const MAX_TYPES_BYTES: usize = 32 << 10;

/// Most modules and components of one plugin.
const MAX_PARTS: usize = 1_000;

/// Bytes of the magic number and the version.
const HEADER_BYTES: usize = 8;

/// Ids of sections, in the binary format of the component model.
const CORE_MODULE: u8 = 1;
const CORE_TYPE: u8 = 3;
const COMPONENT: u8 = 4;
const TYPE: u8 = 7;

/// Looks at the outline of the component `bytes`.
///
/// # Errors
/// [`LoadError::Nesting`], [`LoadError::Types`] and [`LoadError::Parts`].
pub(crate) fn check(bytes: &[u8]) -> Result<(), LoadError> {
    let mut ends = vec![bytes.len()];
    let mut at = HEADER_BYTES;
    let mut parts = 0;
    while let Some(&end) = ends.last() {
        if at >= end {
            ends.pop();
            continue;
        }
        let Some((id, start, size)) = head(bytes, at) else { return Ok(()) };
        let Some(after) = start.checked_add(size).filter(|after| *after <= end) else { return Ok(()) };
        at = after;
        if matches!(id, CORE_MODULE | COMPONENT) {
            parts += 1;
        }
        if matches!(id, CORE_TYPE | TYPE) && size > MAX_TYPES_BYTES {
            return Err(LoadError::Types { value: size, bound: MAX_TYPES_BYTES });
        }
        if parts > MAX_PARTS {
            return Err(LoadError::Parts { bound: MAX_PARTS });
        }
        if id == COMPONENT && size >= HEADER_BYTES {
            if ends.len() > MAX_DEPTH {
                return Err(LoadError::Nesting { bound: MAX_DEPTH });
            }
            ends.push(after);
            at = start + HEADER_BYTES;
        }
    }
    Ok(())
}

/// The id of the section at `at`, where its body starts and how many bytes that has; nothing where it is cut off.
fn head(bytes: &[u8], at: usize) -> Option<(u8, usize, usize)> {
    let (id, rest) = bytes.get(at..)?.split_first()?;
    let mut size = 0_u64;
    for (n, byte) in rest.iter().take(5).enumerate() {
        size |= u64::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return Some((*id, at + 2 + n, usize::try_from(size).ok()?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    /// A component of these sections.
    fn component(sections: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = HEADER.to_vec();
        for (id, body) in sections {
            bytes.push(*id);
            let mut size = body.len();
            while size >= 0x80 {
                bytes.push((size & 0x7f) as u8 | 0x80);
                size >>= 7;
            }
            bytes.push(size as u8);
            bytes.extend(body);
        }
        bytes
    }

    fn nested(depth: usize) -> Vec<u8> {
        (0..depth).fold(component(&[]), |inner, _| component(&[(0, vec![0; 200]), (4, inner), (7, vec![])]))
    }

    fn check(bytes: &[u8]) -> Result<(), String> {
        super::check(bytes).map_err(|error| error.to_string())
    }

    #[test]
    fn depth_and_number_of_parts_are_bounded() {
        assert_eq!(check(&nested(16)), Ok(()));
        assert_eq!(check(&nested(17)), Err("plugin has components more than 16 deep within each other".into()));
        let wide = |count| component(&vec![(1, vec![9; 20]); count]);
        assert_eq!(check(&wide(1_000)), Ok(()));
        assert_eq!(check(&wide(1_001)), Err("plugin has more than 1000 modules and components".into()));
        let both = component(&[(4, wide(600)), (4, wide(400))]);
        assert_eq!(check(&both), Err("plugin has more than 1000 modules and components".into()));
    }

    #[test]
    fn types_are_bounded_wherever_they_stand() {
        let types = |id, size| component(&[(4, component(&[(id, vec![0; size])]))]);
        for id in [3, 7] {
            assert_eq!(check(&types(id, 32_768)), Ok(()));
            assert_eq!(
                check(&types(id, 32_769)),
                Err("plugin has 32769 bytes of types in one section, limit is 32768".into())
            );
        }
        assert_eq!(check(&types(0, 70_000)), Ok(()));
    }

    #[test]
    fn depth_is_that_of_the_place_and_not_the_number() {
        let siblings = component(&vec![(4, nested(3)); 40]);
        assert_eq!(check(&siblings), Ok(()));
    }

    proptest! {
        /// Whatever the bytes are, it ends and does not panic; what is cut off is left to the compiler.
        #[test]
        fn any_bytes_have_an_outline(tail in prop::collection::vec(prop_oneof![Just(4_u8), any::<u8>()], 0..300)) {
            check(&[&HEADER[..], &tail].concat()).ok();
        }

        #[test]
        fn a_cut_changes_nothing_but_what_is_beyond_it(depth in 0_usize..16, cut in 0_usize..4_000) {
            let bytes = nested(depth);
            prop_assert_eq!(check(&bytes[..cut.min(bytes.len())]), Ok(()));
        }
    }
}
