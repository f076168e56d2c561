//! From untrusted bytes to a plugin that may run: admitted, compiled or taken from the cache, asked to describe itself.
//!
//! **Invariant:** the bytes are read once by the caller; the same bytes are hashed, checked and compiled.
//! **Invariant:** a component that imports anything outside `tickmark:collector` is refused before any of it runs.
//!
//! Where no process for the compiler is given, it runs in this one: a panic in it is caught, but nothing ends it when a
//! component is made to keep it busy. The program `tickmark` always gives one.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant as Monotonic;

use tickmark_model::{Descriptor, Digest, PluginIdentity};
use wasmtime::Engine;
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};

use crate::bindings::CollectorPre;
use crate::cache::{Cache, deserialize};
use crate::compiler::{self, CompileLimits, CompilerProcess};
use crate::declared;
use crate::describe::{self, DescriptorProblem};
use crate::digest::sha256;
use crate::limits::Limits;
use crate::outcome::{Stop, classify, one_line};
use crate::outline;
use crate::plugin::{CodeSource, LoadTimes, Plugin};
use crate::state::HostState;
use crate::store;
use crate::text::plain;
use crate::usual::Usual;

/// Largest component, in bytes.
pub(crate) const MAX_COMPONENT_BYTES: usize = 64 << 20;

/// What every name in this contract starts with.
const PACKAGE: &str = "tickmark:collector/";

/// Why a component is refused before `collect` runs.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum LoadError {
    /// Its file cannot be read.
    #[error("cannot read `{}`: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Its file has more bytes than a component may have.
    #[error("plugin `{}` is more than {bound} bytes", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        bound: u64,
    },
    /// More bytes than a component may have.
    #[error("plugin is {value} bytes, limit is {bound}")]
    TooLarge {
        /// Its size in bytes.
        value: usize,
        /// The limit in bytes.
        bound: usize,
    },
    /// Some other kind of file.
    #[error("plugin is {found}, expected a WebAssembly component")]
    #[diagnostic(help("`wit-component` makes a component from a core module; compiled code is never accepted"))]
    NotComponent {
        /// What it looks like.
        found: &'static str,
    },
    /// Components within components, deeper than the compiler should have to look.
    #[error("plugin has components more than {bound} deep within each other")]
    Nesting {
        /// The limit.
        bound: usize,
    },
    /// Types that the compiler should not have to walk.
    #[error("plugin has {value} bytes of types in one section, limit is {bound}")]
    Types {
        /// The size of the section in bytes.
        value: usize,
        /// The limit in bytes.
        bound: usize,
    },
    /// More modules and components than a plugin may have.
    #[error("plugin has more than {bound} modules and components")]
    Parts {
        /// The limit.
        bound: usize,
    },
    /// The compiler refuses it.
    #[error("plugin does not compile: {0}")]
    Compile(String),
    /// The compiler fails on it.
    #[error("the compiler failed on this plugin")]
    CompilerPanic,
    /// There is no process to compile in.
    #[error("the process that compiles plugins does not start: {0}")]
    CompilerStart(String),
    /// The process that compiles did not finish in time.
    #[error("compiling took more than {bound} ms")]
    CompilerSlow {
        /// The limit in milliseconds.
        bound: u64,
    },
    /// The process that compiles ended without an answer.
    #[error(
        "the process that compiles this plugin {how}, its limits are {} s of processor time and {} bytes of memory",
        limits.cpu_seconds,
        limits.memory_bytes
    )]
    #[diagnostic(help("no sound plugin is that hard to compile; its vendor should know"))]
    CompilerEnded {
        /// How it ended.
        how: String,
        /// What it was allowed.
        limits: CompileLimits,
    },
    /// The process that compiles is another program.
    #[error("the process that compiles plugins gave code that this program cannot run")]
    CompilerForeign,
    /// It imports what the host does not offer.
    #[error("plugin imports `{0}`, only `tickmark:collector/...@0.1` is offered")]
    #[diagnostic(help("WASI is not offered: build for wasm32-unknown-unknown, or with the toolchain's WASI stub"))]
    Import(String),
    /// It does not export the collector's interface.
    #[error("plugin does not export `tickmark:collector/plugin@0.1`")]
    NoExport,
    /// Right names, other types.
    #[error("plugin does not fit the contract: {0}")]
    Link(String),
    /// `describe` did not return.
    #[error("`describe` ended as {outcome}: {detail}")]
    Describe {
        /// How it ended.
        outcome: tickmark_model::RunOutcome,
        /// Why.
        detail: String,
    },
    /// `describe` gave two answers.
    #[error("`describe` gives another answer when it is called again")]
    Unstable,
    /// What it declares cannot be used.
    #[error("plugin declares itself wrongly: {}", list(.0))]
    Descriptor(Vec<DescriptorProblem>),
}

/// Most problems of a descriptor that a message names; there may be as many as the guest likes.
const NAMED_PROBLEMS: usize = 8;

/// Most bytes of one problem, which quotes the guest's own text.
const PROBLEM_BYTES: usize = 512;

fn list(problems: &[DescriptorProblem]) -> String {
    let named = problems.iter().take(NAMED_PROBLEMS).map(|problem| plain(&problem.to_string(), PROBLEM_BYTES));
    let mut text = named.collect::<Vec<_>>().join("; ");
    if let Some(more) = problems.len().checked_sub(NAMED_PROBLEMS).filter(|more| *more > 0) {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

/// Everything that [`load`] needs of the sandbox.
pub(crate) struct Loader<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) linker: &'a Linker<HostState>,
    pub(crate) cache: Option<&'a Cache>,
    pub(crate) compiler: Option<&'a CompilerProcess>,
}

/// Admits, compiles and describes a component.
///
/// # Errors
/// [`LoadError`].
pub(crate) fn load(loader: &Loader<'_>, bytes: Cow<'static, [u8]>, origin: &str) -> Result<Plugin, LoadError> {
    if bytes.len() > MAX_COMPONENT_BYTES {
        return Err(LoadError::TooLarge { value: bytes.len(), bound: MAX_COMPONENT_BYTES });
    }
    let mut started = Monotonic::now();
    let mut lap = || {
        let now = Monotonic::now();
        now.duration_since(std::mem::replace(&mut started, now))
    };
    check_header(&bytes)?;
    outline::check(&bytes)?;
    let digest = sha256(&bytes);
    let admitted = lap();
    let (component, code) = compiled(loader, &bytes, &digest)?;
    let compiled = lap();
    let imports = imports(loader.engine, &component)?;
    let version = exported_version(loader.engine, &component)?;
    let link = |error: wasmtime::Error| LoadError::Link(plain(&one_line(&format!("{error:#}")), 1_024));
    let instance_pre = loader.linker.instantiate_pre(&component).map_err(link)?;
    let pre = CollectorPre::new(instance_pre).map_err(link)?;
    let linked = lap();
    let descriptor = ask(loader.engine, &pre)?;
    let times = LoadTimes { admitted, compiled, linked, described: lap() };
    let identity = PluginIdentity {
        digest,
        name: descriptor.name.clone(),
        origin: origin.to_owned(),
        version: descriptor.version.clone(),
        world: format!("tickmark:collector@{version}"),
    };
    let outside = declared::is_outside(&descriptor);
    let (bytes, descriptor, code) = (Arc::new(bytes), Arc::new(descriptor), Arc::new(code));
    let usual = Arc::new(Usual::new(loader.cache.and_then(|cache| cache.usual(&digest)).unwrap_or(0)));
    Ok(Plugin { bytes, identity, descriptor, imports, code, usual, outside, times, pre })
}

/// Tells a component from what is often mistaken for one, by its first bytes.
fn check_header(bytes: &[u8]) -> Result<(), LoadError> {
    let found = match bytes {
        [b'\0', b'a', b's', b'm', 0x0d, 0, 1, 0, ..] => return Ok(()),
        [b'\0', b'a', b's', b'm', 1, 0, 0, 0, ..] => "a core WebAssembly module",
        [b'\0', b'a', b's', b'm', ..] => "WebAssembly of an unknown version",
        [0x7f, b'E', b'L', b'F', ..] => "compiled code",
        [] => "empty",
        _ => "no WebAssembly",
    };
    Err(LoadError::NotComponent { found })
}

fn compiled(loader: &Loader<'_>, bytes: &[u8], digest: &Digest) -> Result<(Component, CodeSource), LoadError> {
    if let Some(component) = loader.cache.and_then(|cache| cache.get(loader.engine, digest)) {
        return Ok((component, CodeSource::Cache));
    }
    if let Some(compiler) = loader.compiler {
        let code = compiler.compile(bytes)?;
        let component = deserialize(loader.engine, &code).ok_or(LoadError::CompilerForeign)?;
        let not_kept = loader.cache.and_then(|cache| cache.put_code(digest, &code).err());
        return Ok((component, CodeSource::Compiler { not_kept }));
    }
    let component =
        compiler::compile(loader.engine, bytes)?.map_err(|error| LoadError::Compile(refused_by_compiler(&error)))?;
    let not_kept = loader.cache.and_then(|cache| cache.put(digest, &component).err());
    Ok((component, CodeSource::Compiler { not_kept }))
}

/// Why the compiler refuses a component, on one line.
pub(crate) fn refused_by_compiler(error: &wasmtime::Error) -> String {
    plain(&one_line(&error.root_cause().to_string()), 1_024)
}

/// The interfaces that a component imports, all of them this contract's.
fn imports(engine: &Engine, component: &Component) -> Result<Vec<String>, LoadError> {
    let ty = component.component_type();
    let mut names = Vec::new();
    for (name, item) in ty.imports(engine) {
        let offered = matches!(item.ty, ComponentItem::ComponentInstance(_)) && version_of(name).is_some();
        if !offered {
            return Err(LoadError::Import(plain(name, 256)));
        }
        names.push(name.to_owned());
    }
    names.sort();
    Ok(names)
}

/// The version of the contract under which a component exports `plugin`.
fn exported_version(engine: &Engine, component: &Component) -> Result<String, LoadError> {
    let ty = component.component_type();
    ty.exports(engine)
        .filter(|(name, _)| name.starts_with("tickmark:collector/plugin@"))
        .find_map(|(name, _)| version_of(name).map(str::to_owned))
        .ok_or(LoadError::NoExport)
}

/// The version in a name such as `tickmark:collector/files@0.1.0`, if it is one of 0.1.
fn version_of(name: &str) -> Option<&str> {
    let (interface, version) = name.strip_prefix(PACKAGE)?.split_once('@')?;
    let patch = version.strip_prefix("0.1.")?;
    let plain = !patch.is_empty() && patch.len() <= 9 && patch.bytes().all(|b| b.is_ascii_digit());
    let lower = !interface.is_empty() && interface.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    (plain && lower).then_some(version)
}

/// Fuel of the two calls of `describe` together, which only state constants: bounded far below a run, so that how an
/// endless one ends does not depend on the machine.
const DESCRIBE_FUEL: u64 = 1_000_000_000;

/// Calls `describe` twice in a store without any grant.
fn ask(engine: &Engine, pre: &CollectorPre<HostState>) -> Result<Descriptor, LoadError> {
    let limits = Limits { fuel: DESCRIBE_FUEL, wall_time_ms: 60_000, ..Limits::default() };
    let ended = |error: wasmtime::Error| {
        let Stop { outcome, detail, .. } = classify(&error, store::bounds(&limits));
        LoadError::Describe { outcome, detail: plain(&detail, 1_024) }
    };
    let mut store = store::fresh(engine, &limits, None).map_err(ended)?;
    let guest = pre.instantiate(&mut store).map_err(ended)?;
    let mut describe = || guest.tickmark_collector_plugin().call_describe(&mut store).map_err(ended);
    let first = describe::descriptor(describe()?).map_err(LoadError::Descriptor)?;
    let second = describe::descriptor(describe()?).map_err(LoadError::Descriptor)?;
    if first == second { Ok(first) } else { Err(LoadError::Unstable) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_components_pass_the_door() {
        let check = |bytes: &[u8]| check_header(bytes).map_err(|error| error.to_string());
        assert_eq!(check(b"\0asm\x0d\0\x01\0"), Ok(()));
        let no = |what: &str| Err(format!("plugin is {what}, expected a WebAssembly component"));
        assert_eq!(check(b"\0asm\x01\0\0\0"), no("a core WebAssembly module"));
        assert_eq!(check(b"\0asm\x0e\0\x01\0"), no("WebAssembly of an unknown version"));
        assert_eq!(check(b"\x7fELF\x02\x01"), no("compiled code"));
        assert_eq!(check(b"(component)"), no("no WebAssembly"));
        assert_eq!(check(b""), no("empty"));
    }

    #[test]
    fn names_of_the_contract() {
        assert_eq!(version_of("tickmark:collector/files@0.1.0"), Some("0.1.0"));
        assert_eq!(version_of("tickmark:collector/files@0.1.17"), Some("0.1.17"));
        for other in [
            "tickmark:collector/files",
            "tickmark:collector/files@0.2.0",
            "tickmark:collector/files@0.1.0-rc1",
            "tickmark:collector/files@0.1.",
            "tickmark:collectors/files@0.1.0",
            "wasi:io/streams@0.1.0",
            "files",
        ] {
            assert_eq!(version_of(other), None, "{other}");
        }
    }
}
