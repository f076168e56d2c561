//! A log of runs: what a tool printed, between a line that says what is run and one that says how it ended.
//!
//! ```text
//! tickmark-run-1 tool=restic-check target=app started_at=2026-11-20T02:00:00Z
//! create exclusive lock for repository
//! no errors were found
//! tickmark-end-1 exit_code=0 finished_at=2026-11-20T02:07:31Z
//! ```
//!
//! The tools print neither a time nor their exit code; a line before and one behind is what a shell can add. Any number of
//! runs may follow each other. A run without its end was cut off, is still running, or was written into by another.
//!
//! **Invariant:** every line belongs to one run or to none, and one that belongs to none is an unreadable record.

use tickmark_collector::lines::Line;
use tickmark_collector::time;

use super::Output;
use crate::run::{Check, NAME_BYTES, Run, Tool, is_target};
use crate::tally::Tally;

/// Longest line that is kept, in bytes.
pub const LINE_BYTES: usize = 64 * 1_024;

const BEGIN: &str = "tickmark-run-1";
const END: &str = "tickmark-end-1";

/// A log as it is read.
#[derive(Debug, Default)]
pub struct Log {
    open: Option<Open>,
    /// Whether the lines that belong to no run are counted already, up to the next run.
    stray: bool,
    begun: u64,
    lines: u64,
}

/// A run whose end has not come yet.
#[derive(Debug)]
struct Open {
    place: String,
    check: Check,
    started: tickmark_collector::Datetime,
    output: Output,
    trouble: Option<String>,
}

impl Log {
    /// Takes the next line of the file called `file`; gives a run where it ends there. What cannot be read goes to `tally`.
    pub fn line(&mut self, file: &str, line: Line<'_>, tally: &mut Tally) -> Option<Run> {
        let place = format!("{file}, line {}", line.number);
        let bytes = line.bytes.unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_end_matches(['\r', ' ']);
        if line.bytes.is_some() && text.is_empty() {
            return None;
        }
        self.lines += 1;
        let words = |rest: &str| rest.starts_with(' ') || rest.is_empty();
        if let Some(rest) = text.strip_prefix(BEGIN).filter(|rest| words(rest)) {
            self.begun += 1;
            self.cut_off(tally);
            self.stray = false;
            match begin(rest) {
                Ok((check, started)) => {
                    let output = Output::of(check.tool);
                    self.open = Some(Open { place, check, started, output, trouble: None });
                }
                // What follows belongs to this record, which is counted.
                Err(why) => {
                    self.stray = true;
                    tally.unread(&place, &why);
                }
            }
            return None;
        }
        let Some(open) = &mut self.open else {
            if !self.stray {
                self.stray = true;
                tally.unread(&place, &format!("it belongs to no run, which begins with `{BEGIN}`"));
            }
            return None;
        };
        if let Some(rest) = text.strip_prefix(END).filter(|rest| words(rest)) {
            let open = self.open.take()?;
            let (place, ended) = (open.place.clone(), line.ended);
            let run = if ended { end(rest, open) } else { Err("its last line has no end".to_owned()) };
            match run {
                Ok(run) => {
                    tally.read();
                    return Some(run);
                }
                Err(why) => tally.unread(&place, &why),
            }
            return None;
        }
        if line.bytes.is_none() {
            open.trouble = Some(format!("line {} is longer than {LINE_BYTES} bytes", line.number));
        }
        open.output.line(text);
        None
    }

    /// The end of a file.
    ///
    /// # Errors
    /// Where the file has lines and none begins a run.
    pub fn finish(mut self, tally: &mut Tally) -> Result<(), String> {
        self.cut_off(tally);
        if self.lines > 0 && self.begun == 0 {
            return Err(format!("no line begins with `{BEGIN}`, so it is no log of runs"));
        }
        Ok(())
    }

    fn cut_off(&mut self, tally: &mut Tally) {
        if let Some(open) = self.open.take() {
            tally.unread(&open.place, &format!("the run has no line `{END}`"));
        }
    }
}

/// The words `key=value` of a line, which must be `keys`.
fn words<'l, const N: usize>(rest: &'l str, keys: [&str; N]) -> Result<[&'l str; N], String> {
    let mut values: [Option<&str>; N] = [None; N];
    for word in rest.split_whitespace() {
        let (key, value) = word.split_once('=').ok_or_else(|| format!("`{}` is not KEY=VALUE", shown(word)))?;
        let slot = keys.iter().zip(&mut values).find(|(known, _)| **known == key).map(|(_, slot)| slot);
        let slot = slot.ok_or_else(|| format!("`{}` is none of {}", shown(key), keys.join(", ")))?;
        if slot.replace(value).is_some() {
            return Err(format!("`{key}` is there twice"));
        }
    }
    if let Some((key, _)) = keys.iter().zip(&values).find(|(_, value)| value.is_none()) {
        return Err(format!("`{key}` is missing"));
    }
    Ok(values.map(Option::unwrap_or_default))
}

/// A word of the log for a message.
fn shown(word: &str) -> String {
    word.chars().take(100).collect()
}

fn begin(rest: &str) -> Result<(Check, tickmark_collector::Datetime), String> {
    let [tool, target, started] = words(rest, ["tool", "target", "started_at"])?;
    let known = || Tool::ALL.map(Tool::name).join(", ");
    let tool = Tool::named(tool).ok_or_else(|| format!("tool `{}` is none of {}", shown(tool), known()))?;
    if !is_target(target) {
        return Err(format!("target of {} bytes, expected 1 to {NAME_BYTES} without control characters", target.len()));
    }
    Ok((Check { tool, target: target.to_owned() }, instant("started_at", started)?))
}

fn instant(key: &str, text: &str) -> Result<tickmark_collector::Datetime, String> {
    time::rfc3339(text).ok_or_else(|| format!("{key} `{}` is not RFC 3339", shown(text)))
}

fn end(rest: &str, open: Open) -> Result<Run, String> {
    let [code, finished] = words(rest, ["exit_code", "finished_at"])?;
    let exit_code = code.parse::<u8>().map_err(|_| format!("exit_code `{}` is not 0 to 255", shown(code)))?;
    let finished = instant("finished_at", finished)?;
    if finished < open.started {
        return Err("it started after it finished".to_owned());
    }
    if let Some(trouble) = open.trouble {
        return Err(trouble);
    }
    let verdict = open.output.end(i64::from(exit_code))?;
    Ok(Run { check: open.check, finished, verdict })
}
