//! Which bound a run went over, as one word, and how a message gives the value and the bound.
//!
//! **Invariant:** every key of [`Limits`](crate::limits::Limits) is one of these, or bounds a single answer or line and
//! does not end a run.

use tickmark_model::RunOutcome;

/// A bound that ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// Answers of the host, each of which is kept until the end of the run.
    Answers,
    /// Bytes that one call carries to the host.
    CallBytes,
    /// Bytes of all emitted rows.
    EmittedBytes,
    /// Instructions.
    Fuel,
    /// Resources held at once.
    Handles,
    /// Calls into the host.
    HostCalls,
    /// Core instances of a component.
    Instances,
    /// Lines of the log.
    LogLines,
    /// Linear memories of a component.
    Memories,
    /// Bytes of all linear memories.
    MemoryBytes,
    /// Notes beside the rows.
    Notes,
    /// Emitted rows.
    Rows,
    /// Elements of all tables.
    TableElements,
    /// Tables of a component.
    Tables,
    /// Bytes of all answers of the host.
    TotalResponseBytes,
    /// Milliseconds from start to end.
    WallTimeMs,
}

impl Bound {
    /// Every bound.
    #[cfg(test)]
    const ALL: [Self; 16] = [
        Self::Answers,
        Self::CallBytes,
        Self::EmittedBytes,
        Self::Fuel,
        Self::Handles,
        Self::HostCalls,
        Self::Instances,
        Self::LogLines,
        Self::Memories,
        Self::MemoryBytes,
        Self::Notes,
        Self::Rows,
        Self::TableElements,
        Self::Tables,
        Self::TotalResponseBytes,
        Self::WallTimeMs,
    ];

    /// What a run ends as that goes over it.
    pub(crate) fn outcome(self) -> RunOutcome {
        match self {
            Self::Fuel => RunOutcome::Fuel,
            Self::WallTimeMs => RunOutcome::Deadline,
            Self::MemoryBytes | Self::TableElements => RunOutcome::Memory,
            Self::Instances | Self::Memories | Self::Tables => RunOutcome::LoadRejected,
            Self::Answers
            | Self::CallBytes
            | Self::EmittedBytes
            | Self::Handles
            | Self::HostCalls
            | Self::LogLines
            | Self::Notes
            | Self::Rows
            | Self::TotalResponseBytes => RunOutcome::OutputLimit,
        }
    }

    /// Its key under `limits` in `tickmark.toml`; nothing where it is the host's own.
    pub(crate) fn key(self) -> Option<&'static str> {
        Some(match self {
            Self::Answers | Self::CallBytes | Self::Notes => return None,
            Self::EmittedBytes => "emitted_bytes",
            Self::Fuel => "fuel",
            Self::Handles => "handles",
            Self::HostCalls => "host_calls",
            Self::Instances => "instances",
            Self::LogLines => "log_lines",
            Self::Memories => "memories",
            Self::MemoryBytes => "memory_bytes",
            Self::Rows => "rows",
            Self::TableElements => "table_elements",
            Self::Tables => "tables",
            Self::TotalResponseBytes => "total_response_bytes",
            Self::WallTimeMs => "wall_time_ms",
        })
    }

    /// What stands after a number of it.
    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Answers => "answers of the host",
            Self::CallBytes => "bytes in one host call",
            Self::EmittedBytes => "bytes emitted",
            Self::Fuel => "units of fuel (about one an instruction)",
            Self::Handles => "live handles",
            Self::HostCalls => "host calls",
            Self::Instances => "core instances",
            Self::LogLines => "log lines",
            Self::Memories => "memories",
            Self::MemoryBytes => "bytes of memory",
            Self::Notes => "notes",
            Self::Rows => "rows emitted",
            Self::TableElements => "table elements",
            Self::Tables => "tables",
            Self::TotalResponseBytes => "bytes of host responses together",
            Self::WallTimeMs => "ms of wall time",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::limits::Limits;

    #[test]
    fn every_limit_ends_a_run_or_bounds_one_answer_or_line() {
        // A failure of one call, as `limit` or `timeout`, or a line that is cut.
        let single =
            ["command_timeout_ms", "http_timeout_ms", "log_line_bytes", "response_bytes", "sql_rows", "sql_timeout_ms"];
        let limits = Limits::default().describe();
        let keys: BTreeSet<&str> = limits.as_object().unwrap().keys().map(String::as_str).collect();
        let known: BTreeSet<&str> = Bound::ALL.into_iter().filter_map(Bound::key).chain(single).collect();
        assert_eq!(keys, known);
    }

    #[test]
    fn no_two_bounds_read_alike() {
        let units: BTreeSet<&str> = Bound::ALL.into_iter().map(Bound::unit).collect();
        assert_eq!(units.len(), Bound::ALL.len());
    }
}
