//! How a run ended: one typed word and one line with value and bound.
//!
//! **Invariant:** whatever wasmtime reports becomes exactly one [`RunOutcome`]; what is not recognised is the guest
//! breaking the ABI, never ok.

use std::fmt::Display;

use tickmark_model::RunOutcome;
use wasmtime::Trap;

use crate::bound::Bound;
use crate::engine::STACK_BYTES;

/// Why the host ends a run. It travels through wasmtime as an error and is found again by its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub(crate) struct Stop {
    /// The word.
    pub(crate) outcome: RunOutcome,
    /// The line.
    pub(crate) detail: String,
    /// The bound that it went over, where that is why.
    pub(crate) bound: Option<Bound>,
}

impl Stop {
    pub(crate) fn new(outcome: RunOutcome, detail: impl Into<String>) -> Self {
        Self { outcome, detail: detail.into(), bound: None }
    }

    /// `value` is over `limit`, both in the unit of `bound`.
    pub(crate) fn over(bound: Bound, value: impl Display, limit: impl Display) -> Self {
        let detail = format!("{value} {}, limit is {limit}", bound.unit());
        Self { outcome: bound.outcome(), detail, bound: Some(bound) }
    }

    /// More than `limit`; how much more is not known, because it ended there.
    pub(crate) fn beyond(bound: Bound, limit: impl Display) -> Self {
        Self::over(bound, format_args!("more than {limit}"), &limit)
    }

    /// The line, and which key of `tickmark.toml` moves the bound.
    pub(crate) fn with_key(&self) -> String {
        match self.bound.and_then(Bound::key) {
            Some(key) => format!("{} (limits.{key})", self.detail),
            None => self.detail.clone(),
        }
    }

    pub(crate) fn denied(detail: impl Into<String>) -> Self {
        Self::new(RunOutcome::Denied, detail)
    }

    pub(crate) fn violation(detail: impl Into<String>) -> Self {
        Self::new(RunOutcome::ContractViolation, detail)
    }

    pub(crate) fn host_error(detail: impl Into<String>) -> Self {
        Self::new(RunOutcome::HostError, detail)
    }

    pub(crate) fn deadline(wall_time_ms: u64) -> Self {
        Self::beyond(Bound::WallTimeMs, wall_time_ms)
    }
}

/// The bounds that a classified error names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Instructions.
    pub(crate) fuel: u64,
    /// Milliseconds.
    pub(crate) wall_time_ms: u64,
    /// Bytes that one call may carry to the host.
    pub(crate) call_bytes: usize,
    /// Handles that a guest may hold at once.
    pub(crate) handles: u32,
    /// Core instances of one component.
    pub(crate) instances: u32,
    /// Linear memories of one component.
    pub(crate) memories: u32,
    /// Tables of one component.
    pub(crate) tables: u32,
}

/// What an error of a call into the guest means.
pub(crate) fn classify(error: &wasmtime::Error, bounds: Bounds) -> Stop {
    if let Some(stop) = error.downcast_ref::<Stop>() {
        return stop.clone();
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Stop::beyond(Bound::Fuel, bounds.fuel),
        Some(Trap::Interrupt) => Stop::deadline(bounds.wall_time_ms),
        Some(Trap::StackOverflow) => Stop::new(
            RunOutcome::Trapped,
            format!("stack-overflow: calls nest deeper than the stack, limit is {STACK_BYTES} bytes"),
        ),
        Some(trap) => {
            let outcome = if breaks_abi(*trap) { RunOutcome::AbiViolation } else { RunOutcome::Trapped };
            let words = trap.to_string();
            let words = words.strip_prefix("wasm trap: ").unwrap_or(&words);
            Stop::new(outcome, format!("{}: {words}", name(*trap)))
        }
        None => {
            let cause = one_line(&error.root_cause().to_string());
            // wasmtime has no public type for these, so their sentences are all there is to know them by.
            if cause.contains("fuel allocated for hostcalls has been exhausted") {
                return Stop::beyond(Bound::CallBytes, bounds.call_bytes);
            }
            if cause.contains("store handle limit exceeded") {
                return Stop::beyond(Bound::Handles, bounds.handles);
            }
            too_many(&cause, bounds).unwrap_or_else(|| Stop::new(RunOutcome::AbiViolation, cause))
        }
    }
}

/// A component of more parts than it may have, as `resource limit exceeded: memory count too high at 17` says.
fn too_many(cause: &str, bounds: Bounds) -> Option<Stop> {
    let (what, value) = cause.strip_prefix("resource limit exceeded: ")?.split_once(" count too high at ")?;
    let (bound, limit) = match what {
        "instance" => (Bound::Instances, bounds.instances),
        "memory" => (Bound::Memories, bounds.memories),
        "table" => (Bound::Tables, bounds.tables),
        _ => return None,
    };
    Some(Stop::over(bound, format_args!("{value} or more"), limit))
}

/// Whether a trap comes from lifting or lowering a value and not from the guest's own code.
fn breaks_abi(trap: Trap) -> bool {
    matches!(
        trap,
        Trap::InvalidChar
            | Trap::InvalidDiscriminant
            | Trap::StringOutOfBounds
            | Trap::ListOutOfBounds
            | Trap::UnalignedPointer
            | Trap::CannotEnterComponent
            | Trap::CannotLeaveComponent
    )
}

/// A trap's name in kebab case, such as `unreachable-code-reached`.
fn name(trap: Trap) -> String {
    let mut out = String::new();
    for c in format!("{trap:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The first line of a message that may have more.
pub(crate) fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds =
        Bounds { fuel: 7, wall_time_ms: 5, call_bytes: 3, handles: 2, instances: 11, memories: 12, tables: 13 };

    #[track_caller]
    fn check(error: impl Into<wasmtime::Error>, expected: &str) {
        let Stop { outcome, detail, .. } = classify(&error.into(), BOUNDS);
        assert_eq!(format!("{outcome}: {detail}"), expected);
    }

    #[test]
    fn every_kind_of_error_has_one_word() {
        check(Trap::OutOfFuel, "fuel: more than 7 units of fuel (about one an instruction), limit is 7");
        check(Trap::Interrupt, "deadline: more than 5 ms of wall time, limit is 5");
        check(Trap::ListOutOfBounds, "abi-violation: list-out-of-bounds: list content out-of-bounds");
        check(
            Trap::UnreachableCodeReached,
            "trapped: unreachable-code-reached: wasm `unreachable` instruction executed",
        );
        check(wasmtime::format_err!("invalid utf-8 sequence\nmore"), "abi-violation: invalid utf-8 sequence");
        check(
            wasmtime::format_err!("cannot lend: store handle limit exceeded"),
            "output-limit: more than 2 live handles, limit is 2",
        );
        check(Stop::denied("no"), "denied: no");
        check(Trap::StackOverflow, "trapped: stack-overflow: calls nest deeper than the stack, limit is 524288 bytes");
    }

    #[test]
    fn a_component_of_too_many_parts_is_rejected_with_value_and_bound() {
        let check = |what: &str, expected: &str| {
            check(wasmtime::format_err!("resource limit exceeded: {what} count too high at 17"), expected);
        };
        check("instance", "load-rejected: 17 or more core instances, limit is 11");
        check("memory", "load-rejected: 17 or more memories, limit is 12");
        check("table", "load-rejected: 17 or more tables, limit is 13");
        check("spoon", "abi-violation: resource limit exceeded: spoon count too high at 17");
    }

    #[test]
    fn what_moves_a_bound_is_named_where_it_can_be_moved() {
        assert_eq!(Stop::over(Bound::Rows, 8, 7).with_key(), "8 rows emitted, limit is 7 (limits.rows)");
        assert_eq!(Stop::over(Bound::Notes, 8, 7).with_key(), "8 notes, limit is 7");
        assert_eq!(Stop::denied("no").with_key(), "no");
    }

    #[test]
    fn a_stop_is_found_under_added_context() {
        let error = wasmtime::Error::from(Stop::host_error("disk full")).context("while calling");
        assert_eq!(classify(&error, BOUNDS), Stop::host_error("disk full"));
    }
}
