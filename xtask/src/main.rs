//! What people and CI type to set up, try, test and check tickmark: `cargo xtask help` lists it.
//!
//! **Invariant:** CI runs nothing that cannot be typed here.
//! **Absent on purpose:** anything that the product needs at run time.

use std::process::ExitCode;

use anyhow::{Result, bail};

mod shell;

mod setup;
#[path = "../../plugins/builtin/build/toolchain.rs"]
mod toolchain;

mod check;
mod demo;
mod deny;
mod fuzz;

mod boundaries;
mod unsafety;

#[cfg(test)]
mod links;
#[cfg(test)]
mod rules;

const HELP: &str = "\
usage: cargo xtask COMMAND

commands:
  setup        install what building and testing need, where it is missing
                 cargo xtask setup
  demo         build tickmark and run it on the example company, in target/demo
                 cargo xtask demo
  test         run all tests; further words go to `cargo test`
                 cargo xtask test -- --test-threads 1
  ci           format, boundaries, unsafe code, dependencies, lints, fuzzing and tests, as CI does
                 cargo xtask ci
  fuzz         give every parser random bytes, 20 seconds for each, or one of them as long as it is told
                 cargo xtask fuzz --seconds 600 note
  bench        measure, in release; further words go to the bench program
                 cargo xtask bench
  boundaries   check who imports whom
                 cargo xtask boundaries
  unsafe       list all unsafe code, and check that it is what was reviewed
                 cargo xtask unsafe
  deny         check licences, sources, bans and advisories of all crates
                 cargo xtask deny
  help         this text
                 cargo xtask help

environment:
  TICKMARK_GUEST_TOOLCHAIN   what compiles the collectors: `rustup` (the toolchain in use) or `debian` (its packages);
                             default: the first of them that can
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs one command, and gives the exit code of what it ran.
fn run(words: &[String]) -> Result<u8> {
    let (command, rest) = words.split_first().map_or(("help", words), |(command, rest)| (command.as_str(), rest));
    let takes_words = matches!(command, "test" | "fuzz" | "bench");
    if let Some(extra) = rest.first().filter(|_| !takes_words) {
        bail!("`{command}` takes no further words, not `{extra}`");
    }
    match command {
        "setup" => setup::everything(),
        "demo" => demo::demo(),
        "test" => check::test(rest),
        "ci" => check::ci(),
        "fuzz" => fuzz::fuzz(rest),
        "bench" => check::bench(rest),
        "boundaries" => boundaries::check(),
        "unsafe" => unsafety::check(),
        "deny" => deny::check(),
        "help" | "-h" | "--help" => {
            print!("{HELP}");
            Ok(0)
        }
        unknown => bail!("there is no command `{unknown}`; `cargo xtask help` lists them"),
    }
}
