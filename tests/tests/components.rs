//! Components from somewhere else: how the program takes them in.

#![expect(clippy::unwrap_used, reason = "helpers of tests, which are to fail at once")]

use std::fmt::Write as _;
use std::fs;
use std::process::{Child, Command, Stdio};

use expect_test::expect;
use tickmark_tests::Site;

const SITE: &str = r#"
company = "Acme"

[[system]]
name = "web"
environment = "production"

[[system.collector]]
plugin = "devices"
path = "devices.wasm"
"#;

#[test]
fn a_component_is_pinned_before_it_is_compiled() {
    let site = Site::new().file("devices.wasm", "no component at all").file("tickmark.toml", SITE);
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × `[DIR]/devices.wasm` is not pinned to a digest
           ╭─[[DIR]/tickmark.toml:8:1]
         7 │
         8 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         9 │ plugin = "devices"
           ╰────
          help: once you trust it, add sha256 = "sha256:f89f1c33b42d79205828e85824231db6747cd89d50731df5dd22df9acb8ecebe"; `any` is for writing a plugin

        error: 1 problem in the configuration, nothing was run
    "#]]
    .assert_eq(&site.tickmark("run"));
    let pinned = |pin: &str| SITE.replace("path =", &format!("sha256 = \"{pin}\"\npath ="));
    let site = site.file("tickmark.toml", pinned(&format!("sha256:{}", "0".repeat(64))));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × `[DIR]/devices.wasm` has digest sha256:f89f1c33b42d79205828e85824231db6747cd89d50731df5dd22df9acb8ecebe, pinned is
          │ sha256:0000000000000000000000000000000000000000000000000000000000000000
           ╭─[[DIR]/tickmark.toml:8:1]
         7 │
         8 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         9 │ plugin = "devices"
           ╰────
          help: pin the new digest once you trust it

        error: 1 problem in the configuration, nothing was run
    "#]]
    .assert_eq(&site.tickmark("run"));
    let site = site.file("tickmark.toml", pinned("any"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × plugin `[DIR]/devices.wasm`: plugin is no WebAssembly, expected a WebAssembly component
           ╭─[[DIR]/tickmark.toml:8:1]
         7 │
         8 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         9 │ plugin = "devices"
           ╰────

        error: 1 problem in the configuration, nothing was run
    "#]]
    .assert_eq(&site.tickmark("run"));
    let site = site.file("tickmark.toml", pinned("whatever"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × `[DIR]/devices.wasm` is not pinned to a digest
           ╭─[[DIR]/tickmark.toml:8:1]
         7 │
         8 │ [[system.collector]]
           · ──────────┬─────────
           ·           ╰── here
         9 │ plugin = "devices"
           ╰────
          help: once you trust it, add sha256 = "sha256:f89f1c33b42d79205828e85824231db6747cd89d50731df5dd22df9acb8ecebe"; `any` is for writing a plugin

          × `whatever` is not a digest: expected `sha256:` and 64 lower-case hexadecimal digits, or `any`
            ╭─[[DIR]/tickmark.toml:10:10]
          9 │ plugin = "devices"
         10 │ sha256 = "whatever"
            ·          ─────┬────
            ·               ╰── here
         11 │ path = "devices.wasm"
            ╰────

        error: 2 problems in the configuration, nothing was run
    "#]]
    .assert_eq(&site.tickmark("run"));
}

/// A component of one function with so many branches that compiling it takes seconds.
fn slow_to_compile() -> Vec<u8> {
    let mut text = String::from("(component (core module (func (param i32) (result i32) (local i32 i32 i32)\n");
    for i in 0..60_000 {
        writeln!(
            text,
            "(if (i32.and (local.get 0) (i32.const {i})) \
             (then (local.set 1 (i32.add (local.get 2) (i32.mul (local.get 3) (i32.const {i}))))) \
             (else (local.set 2 (i32.xor (local.get 1) (local.get 3)))))"
        )
        .unwrap();
    }
    text.push_str("(local.get 1))))");
    wat::parse_str(text).unwrap()
}

/// The process that `parent` compiles in, once it has one; nothing where the parent ends without.
fn compiler(parent: &mut Child) -> Option<u32> {
    while parent.try_wait().unwrap().is_none() {
        let tasks = fs::read_dir(format!("/proc/{}/task", parent.id())).into_iter().flatten().flatten();
        let children = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
        let children: Vec<u32> =
            children.flat_map(|it| it.split(' ').flat_map(str::parse).collect::<Vec<_>>()).collect();
        let compiles = |child: &u32| {
            let arguments = fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
            arguments.windows(9).any(|word| word == b"--compile")
        };
        // It has its limits, and no environment.
        if let Some(child) = children.into_iter().find(compiles)
            && fs::read(format!("/proc/{child}/environ")).is_ok_and(|environment| environment.is_empty())
            && fs::read_to_string(format!("/proc/{child}/limits")).is_ok_and(|limits| {
                let limit =
                    |name: &str, value: &str| limits.lines().any(|it| it.starts_with(name) && it.contains(value));
                limit("Max cpu time", " 120 ") && limit("Max address space", " 4294967296 ")
            })
        {
            return Some(child);
        }
        std::thread::yield_now();
    }
    None
}

#[test]
fn a_compiler_that_is_ended_ends_nothing_else() {
    let site = Site::new().file("devices.wasm", slow_to_compile());
    let mut command = site.command("plugin inspect devices.wasm");
    let mut parent = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let compiler = compiler(&mut parent).expect("a process that compiles");
    assert!(Command::new("kill").args(["-KILL", &compiler.to_string()]).status().unwrap().success());
    let output = parent.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: the process that compiles this plugin was ended by signal 9, its limits are 120 s of processor time and \
         4294967296 bytes of memory\n"
    );
}
