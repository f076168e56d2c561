//! `tickmark policy`: checking the policies, and explaining one judgement.

use std::io::{self, Write};

use serde_json::json;
use tickmark_engine::exit;
use tickmark_policy::Explanation;

use super::control::document;
use crate::args::{Format, Global, Output};
use crate::output::write;
use crate::progress::Progress;

/// What is to be explained.
pub struct Wanted {
    pub control: String,
    pub subject: String,
    pub system: Option<String>,
    pub as_of: Option<String>,
}

pub fn check(global: &Global) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    if !global.quiet {
        let catalog = engine.catalog();
        let (controls, plugins) = (catalog.matrix().controls().count(), catalog.plugins().iter().count());
        anstream::eprintln!("{controls} controls and their policies fit what {plugins} collectors declare");
        let by_hand = catalog.matrix().manual().count();
        if by_hand > 0 {
            anstream::eprintln!("{by_hand} more are operated by hand, and have no policies");
        }
    }
    Ok(exit::PASS)
}

pub fn explain(global: &Global, wanted: Wanted, output: &Output) -> anyhow::Result<u8> {
    let Wanted { control, subject, system, as_of } = wanted;
    let as_of = super::as_of(as_of.as_deref())?.map_or_else(super::now, Ok)?;
    let engine = super::engine(global)?;
    let progress = Progress::new(global);
    let explained = engine.explain(&control, &subject, system.into_iter().collect(), as_of, &progress);
    progress.finish();
    let explained = explained?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => explained.iter().try_for_each(|explanation| text(explanation, out)),
        Format::Json => document(out, &json!({ "schema": "tickmark/explanation/1", "explanations": explained })),
    })?;
    Ok(exit::PASS)
}

fn text(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let Explanation { answer, as_of, attributes, control, errors, parameters, policies, subject, system, .. } =
        explanation;
    writeln!(out, "{subject} on {system}, {control}: {}", answer.as_str())?;
    writeln!(out, "\nWhat the policies read:")?;
    for (name, value) in attributes {
        let value = match value {
            Some(value) => serde_json::to_string(value)?,
            None => "not there: the source does not say".to_owned(),
        };
        writeln!(out, "  resource.{name} = {value}")?;
    }
    writeln!(out, "  context.as_of = {as_of}")?;
    for (name, value) in parameters {
        writeln!(out, "  context.{name} = {value}")?;
    }
    for error in errors {
        writeln!(out, "\nError: {error}")?;
    }
    for policy in policies {
        let mark = if policy.decided { "decided" } else { "did not decide" };
        writeln!(out, "\n{} {} ({}): {mark}", policy.effect, policy.policy.id, policy.action)?;
        for (what, words) in [("says", &policy.policy.message), ("do", &policy.policy.remediation)] {
            if policy.decided && !words.is_empty() {
                writeln!(out, "  {what}: {words}")?;
            }
        }
        for line in policy.text.lines() {
            writeln!(out, "  | {line}")?;
        }
    }
    writeln!(out)
}
