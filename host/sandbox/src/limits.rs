//! What one run may use, and how much one answer of the host may weigh.
//!
//! **Invariant:** every bound has a unit in its name and is inclusive: a value equal to it is still allowed.
//! **Absent on purpose:** enforcing them. Fuel, memory and handles belong to the store, the rest to each interface.

use serde::{Deserialize, Serialize};

/// The bounds of one run; each may be set in `tickmark.toml`, the rest keep their default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Longest run of a granted command, in milliseconds; default 60 000.
    pub command_timeout_ms: u64,
    /// All bytes that a guest may emit as rows, summed over the run: their text, and about what the host needs to keep each
    /// text, element and parent; default 1 GiB.
    pub emitted_bytes: u64,
    /// Instructions that a guest may spend, in wasmtime's fuel; default 100 000 000 000.
    pub fuel: u64,
    /// Resources that a guest may hold at once; default 1 000.
    pub handles: u32,
    /// Calls into the host over the run; default 1 000 000.
    pub host_calls: u64,
    /// Longest HTTP exchange, from resolving the name to the last byte of the body, in milliseconds; default 30 000.
    pub http_timeout_ms: u64,
    /// Core instances of one component; default 64.
    pub instances: u32,
    /// Bytes of one log line, the rest is cut off; default 4 096.
    pub log_line_bytes: u32,
    /// Lines that a guest may log; default 1 000.
    pub log_lines: u32,
    /// Linear memories of one component; default 16.
    pub memories: u32,
    /// Bytes of all linear memories together; default 512 MiB.
    pub memory_bytes: u64,
    /// Bytes of one answer of the host: a file, an output stream, a response body, a query's result; default 64 MiB.
    pub response_bytes: u64,
    /// Rows that a guest may emit over the run; default 2 000 000.
    pub rows: u64,
    /// Rows of one query's result; default 1 000 000.
    pub sql_rows: u64,
    /// Longest query, from connecting to the last row, in milliseconds; default 60 000.
    pub sql_timeout_ms: u64,
    /// Elements of one table; default 100 000.
    pub table_elements: u32,
    /// Tables of one component; default 64.
    pub tables: u32,
    /// Bytes of all answers of the host together; default 512 MiB.
    pub total_response_bytes: u64,
    /// Longest run, host calls included, in milliseconds; default 300 000.
    pub wall_time_ms: u64,
}

/// Largest whole number that canonical JSON keeps: 2^53 - 1.
const MAX_JSON: u64 = (1 << 53) - 1;

impl Limits {
    /// The limits for the record. One beyond 2^53 - 1 is recorded as that, which no run reaches.
    #[must_use]
    pub fn describe(&self) -> serde_json::Value {
        let Ok(serde_json::Value::Object(limits)) = serde_json::to_value(self) else { return serde_json::Value::Null };
        let bounded = |value: serde_json::Value| value.as_u64().map_or(value, |bound| bound.min(MAX_JSON).into());
        limits.into_iter().map(|(name, value)| (name, bounded(value))).collect()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command_timeout_ms: 60_000,
            emitted_bytes: 1 << 30,
            fuel: 100_000_000_000,
            handles: 1_000,
            host_calls: 1_000_000,
            http_timeout_ms: 30_000,
            instances: 64,
            log_line_bytes: 4_096,
            log_lines: 1_000,
            memories: 16,
            memory_bytes: 512 << 20,
            response_bytes: 64 << 20,
            rows: 2_000_000,
            sql_rows: 1_000_000,
            sql_timeout_ms: 60_000,
            table_elements: 100_000,
            tables: 64,
            total_response_bytes: 512 << 20,
            wall_time_ms: 300_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_keeps_its_default() {
        let limits: Limits = serde_json::from_str(r#"{ "sql_rows": 5 }"#).unwrap();
        assert_eq!(limits, Limits { sql_rows: 5, ..Limits::default() });
    }

    #[test]
    fn what_is_recorded_is_read_back() {
        let limits = Limits { fuel: u64::MAX, sql_rows: 5, ..Limits::default() };
        let recorded: Limits = serde_json::from_value(limits.describe()).unwrap();
        assert_eq!(recorded, Limits { fuel: 9_007_199_254_740_991, ..limits });
    }

    #[test]
    fn a_misspelt_bound_is_refused() {
        let error = serde_json::from_str::<Limits>(r#"{ "sql_row": 5 }"#).unwrap_err();
        assert!(error.to_string().starts_with("unknown field `sql_row`, expected one of `command_timeout_ms`"));
    }
}
