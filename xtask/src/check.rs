//! Tests, measurements, and all that CI asks for.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::{boundaries, deny, fuzz, setup, shell, unsafety};

/// Runs the tests of all packages but the bench; `words` go to `cargo test`. Gives its exit code.
///
/// # Errors
/// Where something cannot be set up, or where no test ran.
pub fn test(words: &[String]) -> Result<u8> {
    setup::everything()?;
    let mut command = shell::cargo(&["test", "--no-fail-fast"]);
    command.args(words).stdout(Stdio::piped());
    shell::show(&command);
    let mut child = command.spawn().context("cannot run `cargo test`")?;
    let mut total = Counts::default();
    for line in BufReader::new(child.stdout.take().context("`cargo test` has no stdout")?).split(b'\n') {
        let line = line.context("cannot read what `cargo test` prints")?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        total.add(&line);
    }
    let status = child.wait().context("cannot wait for `cargo test`")?;
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.ignored);
    if status.success() && total.passed == 0 {
        bail!("no test ran");
    }
    Ok(shell::code(status))
}

/// What the summaries of all test programs add up to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Counts {
    /// Adds a summary, such as `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; ...`.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for (number, word) in counts.split("; ").filter_map(|count| count.split_once(' ')) {
            let count = match word {
                "passed" => &mut self.passed,
                "failed" => &mut self.failed,
                "ignored" => &mut self.ignored,
                _ => continue,
            };
            *count += number.parse::<u64>().unwrap_or(0);
        }
    }
}

/// Everything that CI asks for, the quick answers first; gives the tests' exit code.
///
/// # Errors
/// At the first of them that is not as it should be.
pub fn ci() -> Result<u8> {
    shell::run(&mut shell::cargo(&["fmt", "--all", "--check"]))?;
    fuzz::format()?;
    boundaries::check()?;
    unsafety::check()?;
    deny::check()?;
    setup::target()?;
    shell::run(&mut shell::cargo(&["clippy", "--locked", "--all-targets", "--", "--deny", "warnings"]))?;
    fuzz::smoke()?;
    test(&["--locked".to_owned()])
}

/// Runs the measurements in release; `words` go to them. Gives their exit code.
///
/// # Errors
/// Where something cannot be set up.
pub fn bench(words: &[String]) -> Result<u8> {
    setup::target()?;
    // Together with the program that is measured, so that what both need is built once and with the same features.
    let both = ["--release", "--package", "tickmark", "--package", "tickmark-bench"];
    shell::run(shell::cargo(&["build"]).args(both))?;
    let program = shell::workspace().join("target/release/tickmark-bench");
    Ok(shell::code(shell::status(shell::command(&program.to_string_lossy(), &[]).args(words))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_add_up_and_other_lines_do_not_count() {
        let mut counts = Counts::default();
        for line in [
            "test result: ok. 17 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.40s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 5 filtered out; finished in 1.00s",
            "test judged ... ok",
            "9 passed; 9 failed",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 19, failed: 3, ignored: 1 });
    }
}
