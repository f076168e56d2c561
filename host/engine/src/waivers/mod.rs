//! Exceptions that people accept until a day: asked for by one person, approved by another.
//!
//! **Invariant:** a waiver changes nothing that is sealed. It says which exceptions of a failing finding fail no run.
//! **Invariant:** a waiver whose reasons and people were erased covers nothing any more.

mod add;
mod approve;
mod expire;
mod find;
mod import;
mod inspec;

pub use add::AddWaiver;
pub use approve::ApproveWaiver;
pub use expire::ExpireWaiver;
pub use find::{KnownWaiver, NamedSubject, Terms, WaiverNotFound, in_force, in_force_at, waivers};
pub use import::ImportWaivers;
