//! `run` and `types`: time, settings, the log and emitting.

use tickmark_model::{LogLevel, RunOutcome, Value};

use crate::bindings::tickmark::collector::{run as wr, types as wt};
use crate::convert::value_out;
use crate::interfaces::Code;
use crate::outcome::Stop;
use crate::state::HostState;
use crate::text::plain;

impl wt::Host for HostState {}

impl wr::Host for HostState {
    fn as_of(&mut self) -> wasmtime::Result<i64> {
        let (run, _) = self.enter("run.as-of")?;
        Ok(run.as_of.ms())
    }

    /// An undeclared setting could never be set, so asking for one is a mistake that must not stay silent.
    fn setting(&mut self, name: String) -> wasmtime::Result<wt::Value> {
        let (run, _) = self.enter("run.setting")?;
        if !run.descriptor.settings.iter().any(|column| column.name == name) {
            return Err(Stop::violation(format!("setting `{}` is not declared", plain(&name, 64))).into());
        }
        Ok(value_out(run.settings.get(&name).cloned().unwrap_or(Value::Absent)))
    }

    /// Still works once the run is lost, so that a guest can say what it thinks of it. Inside `describe` it is dropped.
    fn log(&mut self, level: wr::Level, message: String) -> wasmtime::Result<()> {
        self.count()?;
        let level = match level {
            wr::Level::Debug => LogLevel::Debug,
            wr::Level::Info => LogLevel::Info,
            wr::Level::Warn => LogLevel::Warn,
            wr::Level::Error => LogLevel::Error,
        };
        match &mut self.run {
            Some(run) => Ok(run.log.push(level, &message)?),
            None => Ok(()),
        }
    }

    fn emit(&mut self, batch: wr::Batch) -> wasmtime::Result<Result<(), wt::Failure>> {
        let (run, _) = self.enter("run.emit")?;
        let Err(stop) = run.emitted.push(batch, &run.recorder) else { return Ok(Ok(())) };
        let code = if stop.outcome == RunOutcome::OutputLimit { Code::Limit } else { Code::Invalid };
        let failure = wt::Failure {
            code: code.as_str().to_owned(),
            message: stop.detail.clone(),
            retryable: false,
            receipt: None,
        };
        run.fate = Some(stop);
        Ok(Err(failure))
    }
}
