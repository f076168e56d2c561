//! Random bytes for whatever reads a ledger, a package or what a source answered: the targets of `tests/fuzz`, by `cargo fuzz`.
//!
//! The compiler is the one in use: instrumentation for coverage is its own, and RUSTC_BOOTSTRAP lets a release have it.
//! What a run learns stays in `target/fuzz/corpus`; an input that breaks something, in `tests/fuzz/artifacts`.

use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// The release of cargo-fuzz that is installed where it is missing.
const VERSION: &str = "0.13.2";

/// Where it is kept, below the workspace.
const TOOLS: &str = "target/tools";

const FOLDER: &str = "tests/fuzz";
const BUILD: &str = "target/fuzz";

/// Seconds for each target, where nothing else is said and in CI.
const SECONDS: u64 = 20;
const SMOKE_SECONDS: u64 = 8;

/// Runs the targets that `words` name, or all; `--seconds N` says how long each.
///
/// # Errors
/// Where a target finds something, cannot be run, or is not there.
pub fn fuzz(words: &[String]) -> Result<u8> {
    let (seconds, wanted) = read_words(words)?;
    let all = targets()?;
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!("there is no target `{unknown}`, there are: {}", all.join(", "));
    }
    run(if wanted.is_empty() { &all } else { &wanted }, seconds)
}

/// Looks at the format of the targets, which are a workspace of their own.
///
/// # Errors
/// Where it is another.
pub fn format() -> Result<()> {
    shell::run(shell::cargo(&["fmt", "--check"]).current_dir(shell::workspace().join(FOLDER)))
}

/// Runs every target for a short time.
///
/// # Errors
/// As [`fuzz`].
pub fn smoke() -> Result<()> {
    run(&targets()?, SMOKE_SECONDS).map(|_| ())
}

/// cargo-fuzz: the one that was brought before, or a fresh one.
///
/// # Errors
/// Where it cannot be installed.
pub fn installed() -> Result<PathBuf> {
    let tools = shell::workspace().join(TOOLS).join(format!("cargo-fuzz-{VERSION}"));
    let brought = tools.join("bin/cargo-fuzz");
    if !brought.is_file() {
        // Without optimisation: it only calls cargo.
        let mut install = shell::cargo(&["install", "--locked", "--debug", "cargo-fuzz", "--version", VERSION]);
        shell::run(install.arg("--root").arg(&tools).env("CARGO_TARGET_DIR", tools.join("build")))
            .context("cargo-fuzz cannot be installed")?;
    }
    Ok(brought)
}

/// Seconds and names of targets.
fn read_words(words: &[String]) -> Result<(u64, Vec<String>)> {
    let (mut seconds, mut wanted) = (SECONDS, Vec::new());
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seconds" => {
                let number = words.next().context("`--seconds` needs a number")?;
                // Zero means without end to libFuzzer.
                seconds = number
                    .parse()
                    .ok()
                    .filter(|n| *n > 0)
                    .with_context(|| format!("`{number}` is no number of seconds from 1 on"))?;
            }
            option if option.starts_with('-') => bail!("`fuzz` has no option `{option}`, it has `--seconds N`"),
            target => wanted.push(target.to_owned()),
        }
    }
    Ok((seconds, wanted))
}

/// The names of all targets, sorted: each is a file.
fn targets() -> Result<Vec<String>> {
    let folder = shell::workspace().join(FOLDER).join("fuzz_targets");
    let files = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut names = Vec::new();
    for file in files {
        let path = file.with_context(|| format!("cannot read {}", folder.display()))?.path();
        names.extend(
            path.file_stem()
                .filter(|_| path.extension().is_some_and(|it| it == "rs"))
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    if names.is_empty() {
        bail!("there is no target in {}", folder.display())
    }
    Ok(names)
}

/// Builds all and runs these, as many at a time as there are processors; all of them, also where one finds something.
fn run(targets: &[String], seconds: u64) -> Result<u8> {
    let program = installed()?;
    shell::run(&mut cargo_fuzz(&program, "build"))?;
    let next = AtomicUsize::new(0);
    let some = || -> Result<Vec<&str>> {
        let mut found = Vec::new();
        while let Some(target) = targets.get(next.fetch_add(1, Ordering::Relaxed)) {
            if !run_one(&program, target, seconds)? {
                found.push(target.as_str());
            }
        }
        Ok(found)
    };
    let found: Result<Vec<Vec<&str>>> = thread::scope(|scope| {
        let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(some)).collect();
        threads
            .into_iter()
            .map(|it| it.join().unwrap_or_else(|_| bail!("a thread that ran a target panicked")))
            .collect()
    });
    let found = found?.concat();
    if found.is_empty() { Ok(0) } else { bail!("fuzzing found something, or did not run: {}", found.join(", ")) }
}

/// Runs a target; whether it ran and found nothing.
fn run_one(program: &Path, target: &str, seconds: u64) -> Result<bool> {
    let corpus = shell::workspace().join(BUILD).join("corpus").join(target);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot create {}", corpus.display()))?;
    let mut command = cargo_fuzz(program, "run");
    command.arg(target).arg(&corpus).arg(format!("{FOLDER}/seeds/{target}"));
    command.args([
        "--",
        &format!("-max_total_time={seconds}"),
        "-dict=tests/fuzz/text.dict",
        "-timeout=10",
        "-print_final_stats=1",
    ]);
    shell::show(&command);
    let output = command.stderr(Stdio::piped()).output().context("cannot run cargo-fuzz")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let tally = Tally::read(&said).filter(|_| output.status.success());
    match &tally {
        Some(Tally { inputs, edges }) => eprintln!("{target}: {inputs} inputs, {edges} edges, nothing found"),
        None => eprintln!("{said}"),
    }
    Ok(tally.is_some())
}

fn cargo_fuzz(program: &Path, verb: &str) -> Command {
    let mut command = shell::command(&program.to_string_lossy(), &["fuzz", verb, "--fuzz-dir", FOLDER]);
    command.args(["--target-dir", BUILD, "--sanitizer", "none", "--codegen-units", "16"]).env("RUSTC_BOOTSTRAP", "1");
    command
}

/// What a run did. One that tried no input, or saw no code run, has found nothing because it did not look.
#[derive(Debug, PartialEq, Eq)]
struct Tally {
    inputs: u64,
    edges: u64,
}

impl Tally {
    /// What libFuzzer says at its end; nothing where it says that nothing was done.
    fn read(said: &str) -> Option<Self> {
        let inputs = said.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"))?;
        let done = said.lines().find(|line| line.contains("\tDONE "))?;
        let edges = done.split_once("cov: ")?.1.split(' ').next()?;
        let tally = Self { inputs: inputs.trim().parse().ok()?, edges: edges.parse().ok()? };
        (tally.inputs > 0 && tally.edges > 0).then_some(tally)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_seconds_and_targets() {
        let read = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            read_words(&words).map_err(|e| e.to_string())
        };
        assert_eq!(read(&[]), Ok((20, vec![])));
        assert_eq!(read(&["--seconds", "7", "note"]), Ok((7, vec!["note".to_owned()])));
        assert_eq!(read(&["--seconds"]), Err("`--seconds` needs a number".to_owned()));
        assert_eq!(read(&["--seconds", "0"]), Err("`0` is no number of seconds from 1 on".to_owned()));
        assert_eq!(read(&["-v"]), Err("`fuzz` has no option `-v`, it has `--seconds N`".to_owned()));
    }

    #[test]
    fn a_run_that_did_nothing_does_not_count() {
        let said = |inputs, edges| {
            format!(
                "#2\tINITED cov: 9 ft: 9\n#370734\tDONE   cov: {edges} ft: 1490 corp: 356/38Kb\n\
                 stat::number_of_executed_units: {inputs}\n"
            )
        };
        assert_eq!(Tally::read(&said(370_734, 628)), Some(Tally { inputs: 370_734, edges: 628 }));
        assert_eq!(Tally::read(&said(0, 628)), None);
        assert_eq!(Tally::read(&said(5, 0)), None);
        assert_eq!(Tally::read("#2\tINITED cov: 9 ft: 9\n"), None);
    }

    /// What is listed somewhere is a target everywhere: a file that runs, a module that checks, seeds, a program.
    #[test]
    fn every_list_of_targets_is_the_same() {
        let folder = shell::workspace().join(FOLDER);
        let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap();
        let all = targets().unwrap();
        let listed = |text: &str, before: &str, after: &str| {
            let name = |line: &str| Some(line.strip_prefix(before)?.strip_suffix(after)?.to_owned());
            let mut names: Vec<String> = text.lines().filter_map(name).collect();
            names.sort();
            names
        };
        let programs = read("Cargo.toml");
        let (_, programs) = programs.split_once("[[bin]]").unwrap();
        assert_eq!(listed(programs, "name = \"", "\""), all);
        let mut modules = listed(&read("src/lib.rs"), "pub mod ", ";");
        modules.retain(|name| !["collect", "log", "seeds"].contains(&name.as_str()));
        assert_eq!(modules, all);
        let names =
            |folder: PathBuf| fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
        let mut seeded: Vec<String> = names(folder.join("seeds")).collect();
        seeded.sort();
        assert_eq!(seeded, all);
        for target in &all {
            assert!(names(folder.join("seeds").join(target)).count() > 0, "{target} has no seeds");
            let program = read(&format!("fuzz_targets/{target}.rs"));
            assert!(program.contains(&format!("seeds::check(\"{target}\", {target}::check)")), "{target} runs another");
        }
    }
}
