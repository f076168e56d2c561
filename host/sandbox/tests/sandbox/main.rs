//! The sandbox with a real guest: a component that behaves, or misbehaves, as a setting says.

// The guest is compiled as the collectors that ship are. `cfg(test)` always holds here; lints go by it.
#[path = "../../../../plugins/builtin/build/guest.rs"]
mod build;
#[path = "../../../../plugins/builtin/build/toolchain.rs"]
mod toolchain;

// The PostgreSQL server of the interface's own tests.
#[cfg(test)]
#[path = "../../src/interfaces/sql/postgres_tests/cluster.rs"]
mod cluster;

#[cfg(test)]
mod compiling;
#[cfg(test)]
mod declared;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod loading;
#[cfg(test)]
mod recording;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replaying;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod secrets;
