//! The collectors that ship with tickmark, as components inside the binary.
//!
//! **Invariant:** they are compiled from the source beside this crate, by its build script; no binary is in git.
//! **Invariant:** no path of the machine that built them is in their bytes, so the same source, toolchain and lock file
//! give the same digests anywhere.
//! **Absent on purpose:** trust. A built-in component passes the same admission and asks for the same grants as one that
//! comes from somewhere else.

/// One collector that ships with tickmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builtin {
    /// Its name, the same as in its descriptor.
    pub name: &'static str,
    /// The component's bytes.
    pub component: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/builtin.rs"));

/// All collectors that ship with tickmark, sorted by name.
#[must_use]
pub fn all() -> &'static [Builtin] {
    BUILTIN
}

/// The collector called `name`, or nothing where none ships under that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    all().iter().find(|builtin| builtin.name == name)
}
