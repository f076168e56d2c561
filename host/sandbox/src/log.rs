//! What a guest logged, bounded in lines and bytes.

use tickmark_model::{LogLevel, LogLine};

use crate::bound::Bound;
use crate::limits::Limits;
use crate::outcome::Stop;
use crate::text::plain;

/// The lines of one run.
#[derive(Debug)]
pub(crate) struct Log {
    lines: Vec<LogLine>,
    max_lines: usize,
    max_bytes: usize,
}

impl Log {
    /// Nothing logged.
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { lines: Vec::new(), max_lines: limits.log_lines as usize, max_bytes: limits.log_line_bytes as usize }
    }

    /// Adds one line; a long one is cut.
    ///
    /// # Errors
    /// `output-limit` where there are as many as there may be.
    pub(crate) fn push(&mut self, level: LogLevel, message: &str) -> Result<(), Stop> {
        if self.lines.len() >= self.max_lines {
            return Err(Stop::over(Bound::LogLines, self.lines.len() + 1, self.max_lines));
        }
        self.lines.push(LogLine { level, message: plain(message, self.max_bytes) });
        Ok(())
    }

    /// The lines, in order.
    pub(crate) fn into_lines(self) -> Vec<LogLine> {
        self.lines
    }
}
