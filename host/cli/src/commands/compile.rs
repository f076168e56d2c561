//! The process that compiles collectors: this program, started by itself with one argument that is in no help.

use std::ffi::OsStr;
use std::process::ExitCode;

use tickmark_engine::{CompilerProcess, compile_for_parent};

/// What makes this program compile, and do nothing else.
const ARGUMENT: &str = "--compile-component-of-parent";

/// How to start it.
pub fn process() -> CompilerProcess {
    CompilerProcess::this_program(&[ARGUMENT])
}

/// Compiles what is on standard input where this process was started for that; otherwise nothing.
pub fn if_asked() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().as_deref() != Some(OsStr::new(ARGUMENT)) || arguments.next().is_some() {
        return None;
    }
    Some(match compile_for_parent() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}
