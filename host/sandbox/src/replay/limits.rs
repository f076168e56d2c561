//! What a replay may use: what the run might use, but for what depends on the machine and on the compiler.
//!
//! **Invariant:** whoever replays keeps the machine, whatever a recording of somebody else's claims that it was allowed: the
//! bounds on time and on the host's memory have ceilings far above the defaults.

use crate::limits::Limits;

/// The shortest and the longest wall-clock limit of a replay, in milliseconds: an hour and a day.
const WALL_TIME_MS: (u64, u64) = (3_600_000, 86_400_000);
/// Most bytes of the guest's memory, of rows, and of answers together: 4 GiB each.
const BYTES: u64 = 4 << 30;
/// Most elements of one table.
const TABLE_ELEMENTS: u32 = 10_000_000;
/// Most log lines.
const LOG_LINES: u32 = 1_000_000;

impl Limits {
    /// The limits of a replay of a run whose grants and limits were recorded as `granted`: fuel without end, ten times
    /// the time but at least an hour and at most a day, everything else as it was, below the ceilings.
    ///
    /// # Errors
    /// What is wrong with the limits, in one line. None at all mean the defaults.
    pub fn for_replay(granted: &serde_json::Value) -> Result<Self, String> {
        let recorded = match granted.get("limits") {
            Some(limits) => serde_json::from_value(limits.clone()).map_err(|error| error.to_string())?,
            None => Self::default(),
        };
        let (shortest, longest) = WALL_TIME_MS;
        Ok(Self {
            emitted_bytes: recorded.emitted_bytes.min(BYTES),
            fuel: u64::MAX,
            log_lines: recorded.log_lines.min(LOG_LINES),
            memory_bytes: recorded.memory_bytes.min(BYTES),
            table_elements: recorded.table_elements.min(TABLE_ELEMENTS),
            total_response_bytes: recorded.total_response_bytes.min(BYTES),
            wall_time_ms: recorded.wall_time_ms.saturating_mul(10).clamp(shortest, longest),
            ..recorded
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_fuel_and_time_are_lifted() {
        let granted = json!({ "limits": { "fuel": 5, "log_line_bytes": 7, "wall_time_ms": 600_000 } });
        let lifted = Limits { fuel: u64::MAX, log_line_bytes: 7, wall_time_ms: 6_000_000, ..Limits::default() };
        assert_eq!(Limits::for_replay(&granted), Ok(lifted));
        let defaults = Limits { fuel: u64::MAX, wall_time_ms: 3_600_000, ..Limits::default() };
        assert_eq!(Limits::for_replay(&json!({})), Ok(defaults));
        assert!(Limits::for_replay(&json!({ "limits": { "fuels": 5 } })).unwrap_err().starts_with("unknown field"));
    }

    #[test]
    fn a_recording_cannot_ask_for_everything() {
        let all = json!({ "limits": {
            "emitted_bytes": u64::MAX, "log_lines": u32::MAX, "memory_bytes": u64::MAX, "table_elements": u32::MAX,
            "total_response_bytes": u64::MAX, "wall_time_ms": u64::MAX,
        } });
        let bounded = Limits {
            emitted_bytes: 4_294_967_296,
            fuel: u64::MAX,
            log_lines: 1_000_000,
            memory_bytes: 4_294_967_296,
            table_elements: 10_000_000,
            total_response_bytes: 4_294_967_296,
            wall_time_ms: 86_400_000,
            ..Limits::default()
        };
        assert_eq!(Limits::for_replay(&all), Ok(bounded));
    }
}
