//! What the operator set, checked before anything is asked for.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Value};

const DAY_MS: i64 = 86_400_000;

/// A sample every 30 seconds over a year: hundreds of requests, not thousands.
const MOST_SAMPLES: i64 = 1_051_200;

/// Where facts are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Proc,
    Http,
    Prometheus,
    PrometheusFile,
}

impl Source {
    fn parse(word: &str) -> Result<Self, Failure> {
        match word {
            "proc" => Ok(Self::Proc),
            "http" => Ok(Self::Http),
            "prometheus" => Ok(Self::Prometheus),
            "prometheus-file" => Ok(Self::PrometheusFile),
            _ => Err(Failure::invalid(format!(
                "setting `sources` has `{}`, expected `proc`, `http`, `prometheus` or `prometheus-file`",
                word.escape_debug()
            ))),
        }
    }
}

/// The settings, with their defaults filled in.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) sources: BTreeSet<Source>,
    pub(crate) paths: BTreeSet<String>,
    pub(crate) metrics: BTreeSet<String>,
    /// Milliseconds, at least one step.
    pub(crate) window_ms: i64,
    /// Milliseconds, more than 0.
    pub(crate) step_ms: i64,
}

impl Settings {
    /// Reads and checks the settings.
    ///
    /// # Errors
    /// `invalid`, with the setting and what it may be.
    pub(crate) fn read(host: &dyn Host) -> Result<Self, Failure> {
        let sources: BTreeSet<Source> =
            host.setting("sources").texts().into_iter().map(Source::parse).collect::<Result<_, _>>()?;
        if sources.is_empty() {
            return Err(Failure::invalid("setting `sources` names nothing to read"));
        }
        if sources.contains(&Source::Prometheus) && sources.contains(&Source::PrometheusFile) {
            return Err(Failure::invalid(
                "setting `sources` has both `prometheus` and `prometheus-file`, expected one",
            ));
        }
        let paths = texts(host, "paths", "/")?;
        if let Some(bad) = paths.iter().find(|path| !is_path(path)) {
            let rule = "expected one that starts with one `/`, of visible ASCII without `#`";
            return Err(Failure::invalid(format!("setting `paths` has `{}`, {rule}", bad.escape_debug())));
        }
        let metrics = texts(host, "metrics", "up")?;
        if let Some(bad) = metrics.iter().find(|metric| !is_metric(metric)) {
            return Err(Failure::invalid(format!(
                "setting `metrics` has `{}`, expected a metric's name",
                bad.escape_debug()
            )));
        }
        let window_ms = duration(host, "window", 30 * DAY_MS)?;
        let step_ms = duration(host, "step", 300_000)?;
        let samples = window_ms / step_ms;
        if !(1..=MOST_SAMPLES).contains(&samples) {
            let rule =
                format!("`step` is {step_ms} ms: {samples} samples of each target, expected 1 to {MOST_SAMPLES}");
            return Err(Failure::invalid(format!("setting `window` is {window_ms} ms and {rule}")));
        }
        Ok(Self { sources, paths, metrics, window_ms, step_ms })
    }
}

/// A set of texts; absent is the default, and an empty one is a mistake: it would look like a population of nothing.
fn texts(host: &dyn Host, name: &str, default: &str) -> Result<BTreeSet<String>, Failure> {
    let value = host.setting(name);
    if value == Value::Absent {
        return Ok([default.to_owned()].into());
    }
    let texts: BTreeSet<String> = value.texts().into_iter().map(str::to_owned).collect();
    if texts.is_empty() { Err(Failure::invalid(format!("setting `{name}` is empty"))) } else { Ok(texts) }
}

fn duration(host: &dyn Host, name: &str, default_ms: i64) -> Result<i64, Failure> {
    /// A century: far beyond any review period, and far from where sums overflow.
    const MOST_MS: i64 = 36_525 * DAY_MS;
    let ms = host.setting(name).as_duration().map_or(default_ms, |duration| duration.0);
    if (1..=MOST_MS).contains(&ms) {
        return Ok(ms);
    }
    Err(Failure::invalid(format!("setting `{name}` is {ms} ms, expected 1 to {MOST_MS}")))
}

fn is_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'#' && b != b'\\')
}

/// Prometheus: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
fn is_metric(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_alphabetic() || b == b'_' || b == b':';
    name.bytes().next().is_some_and(letter) && name.bytes().all(|b| letter(b) || b.is_ascii_digit())
}
