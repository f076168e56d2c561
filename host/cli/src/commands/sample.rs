//! `tickmark sample`: drawing, and drawing again.

use std::io::{self, Write};

use anyhow::Context as _;
use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::period::{Draw, Drawn, HowMany, Repeated, open_log, repeat};
use tickmark_ledger::{Kind, Sample};
use tickmark_operations::sample::{ILLUSTRATIVE, Item, METHOD};
use tickmark_report::plain;

use super::control::document;
use crate::args::{Format, Global, Output, SampleArgs, SampleCommand};
use crate::columns;
use crate::invoked_by::invoked_by;
use crate::output::write;
use crate::progress::Progress;

pub fn sample(global: &Global, args: SampleArgs) -> anyhow::Result<u8> {
    match args.command {
        Some(SampleCommand::Verify { sample, output }) => verify(global, &sample, &output),
        None => draw(global, args),
    }
}

fn draw(global: &Global, args: SampleArgs) -> anyhow::Result<u8> {
    let size = match args.size {
        Some(size) => HowMany::Size(size),
        None if args.all => HowMany::All,
        None => HowMany::Default,
    };
    let population = args.population.context("--population is missing")?;
    let draw = Draw { population, size, seed: args.seed.context("--seed is missing")? };
    let site = super::read_site(global)?;
    let progress = Progress::new(global);
    let sealed = draw.seal(&site, invoked_by(), &progress);
    progress.finish();
    let (appended, drawn) = sealed?;
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => {
            writeln!(out, "{}: {}", appended.id, words(&drawn))?;
            if size == HowMany::Default {
                writeln!(out, "the size is {ILLUSTRATIVE}")?;
            }
            earlier(&drawn, out)?;
            items(&drawn.chosen, out)
        }
        Format::Json => document(out, &json(&drawn, "tickmark/sample/1", &[])),
    })?;
    Ok(exit::PASS)
}

fn verify(global: &Global, id: &str, output: &Output) -> anyhow::Result<u8> {
    let log = open_log(&super::read_site(global)?.ledger)?;
    let repeated = repeat(&log, id)?;
    let Repeated { drawn, digest, size, population_is_same } = &repeated;
    let same = repeated.is_same();
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            writeln!(out, "{}: {}", Kind::Sample.id(drawn.index), words(drawn))?;
            earlier(drawn, out)?;
            match population_is_same {
                true => writeln!(out, "the {} records before it give the same population", drawn.population.tree_size)?,
                false => writeln!(out, "ANOTHER POPULATION: the records before it give other items than were frozen")?,
            }
            match repeated.sample_is_same() {
                true => writeln!(out, "the same {size} are drawn again by `{METHOD}`: {digest}"),
                false => writeln!(out, "OTHERS ARE DRAWN: {digest}, the record says {}", drawn.sample.digest),
            }
        }
        Format::Json => {
            let members =
                [("population_is_same", json!(population_is_same)), ("repeated", json!(digest)), ("same", json!(same))];
            document(out, &json(drawn, "tickmark/sample-verified/1", &members))
        }
    })?;
    Ok(if same { exit::PASS } else { exit::LEDGER_BROKEN })
}

/// Such as `12 of 92 items of population/35, control CC6.1-x, seed "4711"`.
fn words(drawn: &Drawn) -> String {
    let Sample { control, population, seed, size, .. } = &drawn.sample;
    let (of, population) = (drawn.population.count, Kind::Population.id(population.index));
    plain(&format!("{size} of {of} items of {population}, control {}, seed {seed:?}", control.id))
}

/// What was drawn before: a second seed for the same population is to show.
fn earlier(drawn: &Drawn, out: &mut dyn Write) -> io::Result<()> {
    for (index, sample) in &drawn.earlier {
        let seed = format!("{:?}", sample.seed);
        writeln!(out, "drawn before: {}, {} items, seed {}", Kind::Sample.id(*index), sample.size, plain(&seed))?;
    }
    Ok(())
}

fn items(chosen: &[Item], out: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<[String; 3]> = chosen.iter().map(row).collect();
    writeln!(out)?;
    columns::write(out, ["SYSTEM", "ITEM", "RECORDS"], &rows)
}

fn row(item: &Item) -> [String; 3] {
    let what = match (&item.subject, item.day, item.start.zip(item.end)) {
        (Some(subject), ..) => match item.at {
            Some(at) => format!("{subject} at {at}"),
            None => subject.clone(),
        },
        (None, Some(day), _) => day.to_string(),
        (None, None, Some((start, end))) => format!("{start} to {end}"),
        (None, None, None) => String::new(),
    };
    let records: Vec<String> = item.records.iter().map(u64::to_string).collect();
    let records = if records.is_empty() { "-".to_owned() } else { records.join(" ") };
    let system = if item.system.is_empty() { "-".to_owned() } else { item.system.clone() };
    [system, what, records]
}

fn json(drawn: &Drawn, schema: &str, members: &[(&str, Value)]) -> Value {
    let earlier = |(index, sample): &(u64, Sample)| json!({ "record": Kind::Sample.id(*index), "sample": sample });
    let mut document = json!({
        "chosen": drawn.chosen,
        "earlier": drawn.earlier.iter().map(earlier).collect::<Vec<_>>(),
        "population": drawn.population,
        "record": Kind::Sample.id(drawn.index),
        "sample": drawn.sample,
        "schema": schema,
        "sizes": ILLUSTRATIVE,
    });
    for (name, value) in members {
        if let Some(document) = document.as_object_mut() {
            document.insert((*name).to_owned(), value.clone());
        }
    }
    document
}
