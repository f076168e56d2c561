//! Progress on a terminal's stderr, and nothing anywhere else.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tickmark_engine::{Event, Watch};
use tickmark_model::RunOutcome;

use crate::args::Global;

/// Shows how far a run has come.
pub struct Progress {
    bar: ProgressBar,
    quiet: bool,
    verbose: bool,
}

impl Progress {
    /// A bar where stderr is a terminal and nobody asked for silence; otherwise hidden.
    pub fn new(global: &Global) -> Self {
        let shown =
            std::io::stderr().is_terminal() && !global.no_progress && !global.quiet && !global.verbose && !in_ci();
        let bar = ProgressBar::with_draw_target(
            None,
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() },
        );
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}") {
            bar.set_style(style);
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self { bar, quiet: global.quiet, verbose: global.verbose }
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| anstream::eprintln!("{line}"));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn in_ci() -> bool {
    std::env::var_os("CI").is_some_and(|value| !value.is_empty())
}

impl Watch for Progress {
    fn event(&self, event: Event<'_>) {
        match event {
            Event::KeysMade { folder, verifier } => {
                if !self.quiet {
                    self.say(&format!("made the key that signs this ledger, in {}", folder.display()));
                    self.say(&format!("  give auditors its public half: {verifier}"));
                }
            }
            Event::OutOfScope { controls } => {
                if !self.quiet {
                    self.say(&format!("note: not in the engagement's scope, and not judged: {}", controls.join(", ")));
                }
            }
            Event::ByHand { controls } => {
                if !self.quiet {
                    let what = if controls == 1 { "1 control is" } else { &format!("{controls} controls are") };
                    self.say(&format!("note: {what} operated by hand, and not judged here"));
                }
            }
            Event::Ungranted { collector, needs } => {
                if !self.quiet {
                    let needs: Vec<String> =
                        needs.iter().map(|need| format!("{} `{}`", need.kind, need.name)).collect();
                    self.say(&format!(
                        "note: collector {collector} asks for what is not granted: {}",
                        needs.join(", ")
                    ));
                }
            }
            Event::Collecting { collectors } => {
                self.bar.set_length(collectors as u64);
                self.bar.set_message("collecting");
            }
            Event::Collected { collection } => {
                self.bar.inc(1);
                if collection.outcome != RunOutcome::Ok && !self.quiet {
                    let detail = collection.detail.as_deref().unwrap_or("no detail");
                    self.say(&format!("warning: collector {}: {}: {detail}", collection.id, collection.outcome));
                }
                if self.verbose {
                    for line in &collection.log {
                        self.say(&format!("{}: {:?}: {}", collection.id, line.level, line.message));
                    }
                    for note in &collection.notes {
                        self.say(&format!("{}: note: {note}", collection.id));
                    }
                }
            }
            Event::Assessing { findings } => {
                self.bar.set_position(0);
                self.bar.set_length(findings as u64);
                self.bar.set_message("judging");
            }
            Event::Assessed => self.bar.inc(1),
            Event::Sealing => self.bar.set_message("sealing"),
        }
    }
}

/// A bar for work that has only one kind of step.
pub struct Bar(Progress);

impl Bar {
    /// A bar of `steps` steps, where one is shown at all.
    pub fn new(global: &Global, what: &'static str, steps: usize) -> Self {
        let progress = Progress::new(global);
        progress.bar.set_length(steps as u64);
        progress.bar.set_message(what);
        Self(progress)
    }

    /// One step is done.
    pub fn step(&self) {
        self.0.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish();
    }
}
