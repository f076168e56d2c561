//! What a replay may use: what the run might use, but for what depends on the machine and on the compiler.

use crate::limits::Limits;

/// The shortest wall-clock limit of a replay, in milliseconds: an hour.
const WALL_TIME_MS: u64 = 60 * 60 * 1_000;

impl Limits {
    /// The limits of a replay of a run whose grants and limits were recorded as `granted`: fuel without end, ten times
    /// the time but at least an hour, everything else as it was.
    ///
    /// # Errors
    /// What is wrong with the limits, in one line. None at all mean the defaults.
    pub fn for_replay(granted: &serde_json::Value) -> Result<Self, String> {
        let recorded = match granted.get("limits") {
            Some(limits) => serde_json::from_value(limits.clone()).map_err(|error| error.to_string())?,
            None => Self::default(),
        };
        let wall_time_ms = recorded.wall_time_ms.saturating_mul(10).max(WALL_TIME_MS);
        Ok(Self { fuel: u64::MAX, wall_time_ms, ..recorded })
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
}
