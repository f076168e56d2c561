//! The one wasmtime engine: what every guest is compiled with, and the thread that counts time for it.
//!
//! **Invariant:** the same component and the same host responses give the same run: NaNs are canonical, relaxed SIMD is
//! off, there are no threads. Fuel is the deterministic limit, epochs are the wall-clock one.
//! **Absent on purpose:** WASI, async, garbage collection, 64-bit memories; and switching multiple memories off, which
//! makes wasmtime 48.0.8 panic on components with adapters.

use std::thread;
use std::time::Duration;

use wasmtime::{Config, Engine};

/// The host's program and version, as records name it.
pub const RUNTIME: &str = "wasmtime 48.0.8";

/// Length of one epoch, in milliseconds: how late a deadline of a guest that computes is noticed at most, and how long a run computes at least before
/// somebody else may have its turn.
pub(crate) const TICK_MS: u64 = 1;

/// Stack of a guest in bytes.
pub(crate) const STACK_BYTES: usize = 512 * 1024;

/// Builds the engine and starts its ticker, which ends with it and does `each_tick` as well.
///
/// # Errors
/// Where this machine cannot run the configuration, or no thread can be started.
pub(crate) fn start(each_tick: impl Fn() + Send + 'static) -> wasmtime::Result<Engine> {
    let engine = Engine::new(&config())?;
    let weak = engine.weak();
    thread::Builder::new().name("tickmark-epochs".to_owned()).spawn(move || {
        loop {
            thread::sleep(Duration::from_millis(TICK_MS));
            match weak.upgrade() {
                Some(engine) => engine.increment_epoch(),
                None => return,
            }
            each_tick();
        }
    })?;
    Ok(engine)
}

fn config() -> Config {
    let mut config = Config::new();
    config
        .consume_fuel(true)
        .epoch_interruption(true)
        .cranelift_nan_canonicalization(true)
        .wasm_relaxed_simd(false)
        .wasm_memory64(false)
        .max_wasm_stack(STACK_BYTES);
    config
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::WasmFeatures;

    #[test]
    fn the_runtime_is_the_locked_version() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
        let lines: Vec<&str> = lock.lines().collect();
        let at = lines.iter().position(|line| *line == "name = \"wasmtime\"").unwrap();
        let version = lines[at + 1].trim_start_matches("version = ").trim_matches('"');
        assert_eq!(RUNTIME, format!("wasmtime {version}"));
    }

    #[test]
    fn what_determinism_rests_on_is_set() {
        let engine = start(|| ()).unwrap();
        assert_eq!(engine.get_cranelift_nan_canonicalization(), Some(true));
        assert!(engine.get_consume_fuel() && engine.get_epoch_interruption());
        let features = engine.get_wasm_features();
        assert!(!features.contains(WasmFeatures::RELAXED_SIMD | WasmFeatures::MEMORY64));
        assert!(features.contains(WasmFeatures::MULTI_MEMORY), "48.0.8 panics in adapters without it");
    }
}
