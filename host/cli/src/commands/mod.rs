//! One file for each noun or verb of the command line.

mod acts;

pub mod compile;
pub mod control;
pub mod coverage;
pub mod demo;
pub mod evidence;
pub mod export;
pub mod forward;
pub mod init;
pub mod key;
pub mod ledger;
mod operated;
pub mod plugin;
pub mod policy;
pub mod population;
pub mod remediation;
pub mod replay;
pub mod report;
pub mod review;
pub mod run;
pub mod sample;
pub mod schedule;
pub mod vendor;
pub mod verify;
pub mod waiver;

use std::path::PathBuf;

use anyhow::Context as _;
use tickmark_engine::clock::now;
use tickmark_engine::site::{self, Site};
use tickmark_engine::{Engine, EngineOptions};
use tickmark_ledger::{LogReader, ReadError};
use tickmark_model::{Instant, parse_instant};

use crate::args::Global;

/// The engine over the site that the flags mean.
fn engine(global: &Global) -> anyhow::Result<Engine> {
    let file = site::find(&global.directory, global.config.as_deref())?;
    Engine::open(Some(&file), &options()?)
}

/// The site alone, for commands that need no collector and no policy.
fn read_site(global: &Global) -> anyhow::Result<Site> {
    site::read_alone(&site::find(&global.directory, global.config.as_deref())?)
}

/// The engine over the site, or over the built-in parts alone where there is no site.
fn engine_or_builtin(global: &Global) -> anyhow::Result<Engine> {
    match site::find(&global.directory, global.config.as_deref()) {
        Ok(file) => Engine::open(Some(&file), &options()?),
        Err(_) if global.config.is_none() => Engine::open(None, &options()?),
        Err(error) => Err(error),
    }
}

/// Collectors are compiled in a process of their own and kept in the user's cache folder, in one that only the user can
/// write.
fn options() -> anyhow::Result<EngineOptions> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = variable("TICKMARK_CACHE_DIR")
        .or_else(|| Some(variable("XDG_CACHE_HOME")?.join("tickmark")))
        .or_else(|| Some(variable("HOME")?.join(".cache/tickmark")));
    Ok(EngineOptions { cache_dir: cache, compiler: Some(compile::process()) })
}

/// The log of the site; nothing where nothing was sealed yet.
fn log_if_there(site: &Site) -> anyhow::Result<Option<LogReader>> {
    match LogReader::open(&site.ledger) {
        Ok(log) => Ok(Some(log)),
        Err(ReadError::Missing { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The day that it is in the engagement's time zone.
fn today(site: &Site) -> anyhow::Result<chrono::NaiveDate> {
    site.day(now()?)
}

fn as_of(text: Option<&str>) -> anyhow::Result<Option<Instant>> {
    text.map(|text| parse_instant(text).context("--as-of")).transpose()
}
