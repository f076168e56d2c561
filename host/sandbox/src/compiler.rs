//! Compiling in a process of its own, which is ended where a component keeps it busy, makes it large or makes it fail.
//!
//! That process is this same program, started with arguments that only the host knows, without any environment. It reads
//! a component from its standard input, to the end, and answers on its standard output: [`MAGIC`], then `0` and the
//! compiled code or `1` and why there is none, as eight bytes of length (little endian) and the bytes. What stands before
//! or after is not looked at.
//!
//! **Invariant:** the limits hold before the process has seen a byte of the component: it waits for its input, and they
//! are set first.
//! **Invariant:** when [`CompilerProcess::compile`] returns, the process is gone.
//! **Absent on purpose:** taking away what the process may reach besides its time and memory. It runs the same compiler
//! as the host would, and its answer is run as native code.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, prlimit};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::engine;
use crate::load::{LoadError, MAX_COMPONENT_BYTES, refused_by_compiler};
use crate::process::output::{Stop, gather};
use crate::text::plain;

/// Stack of the compiler, in bytes.
const STACK_BYTES: usize = 256 << 20;

/// What an answer starts with.
const MAGIC: [u8; 16] = *b"tickmark\0code\0\0\x01";

/// Most bytes of compiled code: far more than the largest component gives.
const MAX_CODE_BYTES: u64 = 1 << 30;

/// How a Rust program ends that panics, and the signal of one that aborts.
const PANICKED: i32 = 101;
const ABORTED: i32 = 6;

/// What a process that compiles may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// Processor time, in seconds; default 120.
    pub cpu_seconds: u64,
    /// Address space, in bytes; default 4 GiB.
    pub memory_bytes: u64,
    /// From its start to its last byte, in milliseconds; default 300 000.
    pub wall_time_ms: u64,
}

impl Default for CompileLimits {
    fn default() -> Self {
        Self { cpu_seconds: 120, memory_bytes: 4 << 30, wall_time_ms: 300_000 }
    }
}

/// How to start a process that calls [`compile_for_parent`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompilerProcess {
    /// This program; another one gives code that this one refuses or, worse, runs.
    pub program: PathBuf,
    /// What makes it compile.
    pub arguments: Vec<OsString>,
    /// What it may use.
    pub limits: CompileLimits,
}

impl CompilerProcess {
    /// This very program, which `arguments` make compile, with the usual limits.
    ///
    /// It is named by the link that the kernel keeps to the running file, so that it is the same program also where
    /// another one has taken its place meanwhile.
    #[must_use]
    pub fn this_program(arguments: &[&str]) -> Self {
        Self {
            program: PathBuf::from("/proc/self/exe"),
            arguments: arguments.iter().map(OsString::from).collect(),
            limits: CompileLimits::default(),
        }
    }

    /// The compiled code of a component.
    ///
    /// # Errors
    /// [`LoadError::Compile`] as the compiler says; [`LoadError::CompilerSlow`] and [`LoadError::CompilerEnded`] where
    /// the process was ended or failed, [`LoadError::CompilerStart`] where there is none.
    pub(crate) fn compile(&self, component: &[u8]) -> Result<Vec<u8>, LoadError> {
        let start = |error: io::Error| LoadError::CompilerStart(plain(&error.to_string(), 256));
        let deadline = Instant::now().checked_add(Duration::from_millis(self.limits.wall_time_ms));
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir("/").env_clear().process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = Process(command.spawn().map_err(start)?);
        self.limit(&process.0).map_err(start)?;
        let input = process.0.stdin.take();
        let gathered = std::thread::scope(|scope| {
            // Ends with the process at the latest: then nobody holds the other end. Why it failed shows there, too.
            scope.spawn(move || input.map(|mut input| input.write_all(component)));
            let gathered = gather(&mut process.0, MAX_CODE_BYTES, deadline);
            process.end();
            gathered
        });
        let status = process.0.wait().map_err(start)?;
        let limits = self.limits;
        let (stdout, _) = gathered.map_err(|stop| match stop {
            Stop::Timeout => LoadError::CompilerSlow { bound: limits.wall_time_ms },
            Stop::Cap(_) => LoadError::CompilerEnded { how: "wrote too much".to_owned(), limits },
            Stop::Io(error) => start(error),
        })?;
        let how = match (status.signal(), status.code()) {
            // Without memory it aborts or panics, whichever part of it comes first.
            (Some(ABORTED), _) | (None, Some(PANICKED)) => "failed".to_owned(),
            (Some(signal), _) => format!("was ended by signal {signal}"),
            (None, Some(0)) => "gave no answer".to_owned(),
            (None, code) => format!("ended with exit code {}", code.unwrap_or(-1)),
        };
        match answer(&stdout) {
            Some((0, code)) if status.success() => Ok(code.to_vec()),
            Some((1, why)) if status.success() => Err(LoadError::Compile(plain(&String::from_utf8_lossy(why), 1_024))),
            _ => Err(LoadError::CompilerEnded { how, limits }),
        }
    }

    fn limit(&self, child: &Child) -> io::Result<()> {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let CompileLimits { cpu_seconds, memory_bytes, .. } = self.limits;
        // A process that ended already is found out when its answer is read.
        for (resource, bound) in [(Resource::Cpu, cpu_seconds), (Resource::As, memory_bytes), (Resource::Core, 0)] {
            match prlimit(pid, resource, Rlimit { current: Some(bound), maximum: Some(bound) }) {
                Ok(_) | Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// A process that does not outlive its handle.
struct Process(Child);

impl Process {
    /// Ends it, if it has not ended.
    fn end(&mut self) {
        self.0.kill().ok();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
        self.0.wait().ok();
    }
}

/// The kind of an answer and its bytes, where there is a whole one.
fn answer(stdout: &[u8]) -> Option<(u8, &[u8])> {
    let at = stdout.windows(MAGIC.len()).position(|window| window == MAGIC)?;
    let (kind, rest) = stdout.get(at + MAGIC.len()..)?.split_first()?;
    let (length, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    Some((*kind, rest.get(..length)?))
}

/// Compiles in this process, on a stack that has room for the deepest types that [`outline`](crate::outline) lets pass.
///
/// # Errors
/// [`LoadError::CompilerPanic`], and [`LoadError::CompilerStart`] where there is no thread; inside, what the compiler says.
pub(crate) fn compile(engine: &Engine, component: &[u8]) -> Result<wasmtime::Result<Component>, LoadError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("tickmark-compiler".to_owned()).stack_size(STACK_BYTES);
        let compiling = thread
            .spawn_scoped(scope, || Component::from_binary(engine, component))
            .map_err(|error| LoadError::CompilerStart(plain(&error.to_string(), 256)))?;
        compiling.join().map_err(|_| LoadError::CompilerPanic)
    })
}

/// What a process that was started as a [`CompilerProcess`] does, and all that it does: it compiles what is on standard
/// input and answers on standard output.
///
/// # Errors
/// Where reading or writing fails, or wasmtime does not start.
pub fn compile_for_parent() -> io::Result<()> {
    let mut component = Vec::new();
    io::stdin().lock().take(MAX_COMPONENT_BYTES as u64 + 1).read_to_end(&mut component)?;
    let other = |error: wasmtime::Error| io::Error::other(format!("{error:#}"));
    let engine = engine::start(|| ()).map_err(other)?;
    let compiled = compile(&engine, &component).map_err(io::Error::other)?;
    let (kind, bytes) = match compiled {
        Ok(component) => (0, component.serialize().map_err(other)?),
        Err(error) => (1, refused_by_compiler(&error).into_bytes()),
    };
    let mut stdout = io::stdout().lock();
    stdout.write_all(&MAGIC)?;
    stdout.write_all(&[kind])?;
    stdout.write_all(&(bytes.len() as u64).to_le_bytes())?;
    stdout.write_all(&bytes)?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: u8, length: u64, bytes: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &[kind], &length.to_le_bytes(), bytes].concat()
    }

    #[test]
    fn an_answer_is_found_between_other_words_and_only_whole() {
        let check = |stdout: &[u8]| answer(stdout).map(|(kind, bytes)| (kind, bytes.to_vec()));
        assert_eq!(check(&said(0, 2, b"hi")), Some((0, b"hi".to_vec())));
        assert_eq!(check(&[b"before", &said(1, 1, b"n")[..], b"after"].concat()), Some((1, b"n".to_vec())));
        assert_eq!(check(&said(0, 3, b"hi")), None);
        assert_eq!(check(&said(0, u64::MAX, b"hi")), None);
        assert_eq!(check(&MAGIC), None);
        assert_eq!(check(b""), None);
    }

    fn process(program: &str, arguments: &[&str], limits: CompileLimits) -> CompilerProcess {
        CompilerProcess { program: program.into(), arguments: arguments.iter().map(OsString::from).collect(), limits }
    }

    #[track_caller]
    fn check(process: &CompilerProcess, expected: &str) {
        let component = vec![0; 1 << 20];
        assert_eq!(process.compile(&component).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_process_that_gives_no_answer_is_an_error_with_its_limits() {
        let limits = CompileLimits::default();
        let shell = |script: &str| process("/bin/sh", &["-c", script], limits);
        let bounds = "limits are 120 s of processor time and 4294967296 bytes of memory";
        check(&shell("exit 0"), &format!("the process that compiles this plugin gave no answer, its {bounds}"));
        check(&shell("exit 3"), &format!("the process that compiles this plugin ended with exit code 3, its {bounds}"));
        for failed in ["kill -ABRT $$", "exit 101"] {
            check(&shell(failed), &format!("the process that compiles this plugin failed, its {bounds}"));
        }
        check(
            &shell("kill -SEGV $$"),
            &format!("the process that compiles this plugin was ended by signal 11, its {bounds}"),
        );
        check(
            &process("/no/such/program", &[], limits),
            "the process that compiles plugins does not start: No such file or directory (os error 2)",
        );
    }

    #[test]
    fn limits_end_a_process_that_goes_on() {
        let limits = CompileLimits { cpu_seconds: 1, ..CompileLimits::default() };
        check(
            &process("/bin/sh", &["-c", "while :; do :; done"], limits),
            "the process that compiles this plugin was ended by signal 9, its limits are 1 s of processor time and \
             4294967296 bytes of memory",
        );
        let limits = CompileLimits { wall_time_ms: 50, ..CompileLimits::default() };
        check(&process("/bin/sleep", &["60"], limits), "compiling took more than 50 ms");
    }
}
