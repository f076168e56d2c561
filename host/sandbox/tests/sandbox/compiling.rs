//! Compiling in a process of its own, with this test's own program.

use tickmark_sandbox::{CodeSource, CompileLimits, CompilerProcess, Sandbox, SandboxConfig, compile_for_parent};

use crate::fixture::{Fixture, GUEST, LOADED};

/// What the process does; in the process of the tests, which has an environment, nothing.
#[test]
fn compiler() {
    if std::env::vars_os().next().is_none() {
        compile_for_parent().unwrap();
    }
}

fn sandbox(cache_dir: Option<&std::path::Path>, limits: CompileLimits) -> Sandbox {
    let arguments = ["--exact", "compiling::compiler", "--nocapture", "--test-threads=1"];
    let program = std::env::current_exe().unwrap();
    let process = CompilerProcess { program, arguments: arguments.map(Into::into).to_vec(), limits };
    Sandbox::new(SandboxConfig { cache_dir: cache_dir.map(Into::into), compiler: Some(process) }).unwrap()
}

#[test]
fn what_a_process_compiled_runs_and_is_kept() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("code");
    let (here, plugin) = &*LOADED;
    let sound = here.collect(plugin, Fixture::new("ok").job);
    for cached in [false, true] {
        let sandbox = sandbox(Some(&dir), CompileLimits::default());
        let plugin = sandbox.load(GUEST.as_slice(), "test").unwrap();
        let collection = sandbox.collect(&plugin, Fixture::new("ok").job);
        assert_eq!((collection.outcome, collection.tables["thing"].len()), (sound.outcome, 2));
        assert_eq!(matches!(plugin.code(), CodeSource::Cache), cached);
        assert!(!matches!(plugin.code(), CodeSource::Compiler { not_kept: Some(_) }));
    }
}

#[test]
fn a_process_refuses_what_the_compiler_refuses() {
    let (here, _) = &*LOADED;
    let cut = &GUEST[..GUEST.len() / 2];
    let refusal = |sandbox: &Sandbox| sandbox.load(cut.to_vec(), "test").unwrap_err().to_string();
    assert_eq!(refusal(&sandbox(None, CompileLimits::default())), refusal(here));
}

#[test]
fn a_process_of_another_program_is_refused() {
    let process = CompilerProcess {
        program: "/bin/sh".into(),
        arguments: ["-c", r"printf 'tickmark\0code\0\0\001\0\002\0\0\0\0\0\0\0hi'"].map(Into::into).to_vec(),
        limits: CompileLimits::default(),
    };
    let sandbox = Sandbox::new(SandboxConfig { compiler: Some(process), cache_dir: None }).unwrap();
    let error = sandbox.load(GUEST.as_slice(), "test").unwrap_err().to_string();
    assert_eq!(error, "the process that compiles plugins gave code that this program cannot run");
}

#[test]
fn too_little_memory_or_time_is_an_error_with_its_bound() {
    let refusal = |limits| sandbox(None, limits).load(GUEST.as_slice(), "test").unwrap_err().to_string();
    assert_eq!(refusal(CompileLimits { wall_time_ms: 0, ..CompileLimits::default() }), "compiling took more than 0 ms");
    let error = refusal(CompileLimits { memory_bytes: 16 << 20, ..CompileLimits::default() });
    assert!(error.starts_with("the process that compiles this plugin "), "{error}");
    assert!(error.ends_with(", its limits are 120 s of processor time and 16777216 bytes of memory"), "{error}");
}
