//! The sandbox with a real guest: a component that behaves, or misbehaves, as a setting says.

#[path = "../../../../plugins/builtin/build/guest.rs"]
mod build;
#[path = "../../../../plugins/builtin/build/toolchain.rs"]
mod toolchain;

mod fixture;
mod limits;
mod loading;
mod recording;
mod refusals;
mod rows;
