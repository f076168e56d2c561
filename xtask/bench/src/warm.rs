//! From a warm cache to a collector that runs: a Rust collector is loaded and called, and each step is timed by itself.

use std::path::Path;
use std::time::Instant as Moment;

use anyhow::{Result, ensure};
use tickmark_bench_guest::STEPS;
use tickmark_sandbox::{CodeSource, Sandbox, SandboxConfig};

use crate::parse::{Given, sandboxed, steps_guest};
use crate::report::{Row, median};

/// Collectors that are started.
const SAMPLES: usize = 101;

pub fn measure(workspace: &Path) -> Result<Vec<Row>> {
    let component = steps_guest(workspace)?;
    let dir = tempfile::tempdir()?;
    let config = SandboxConfig { cache_dir: Some(dir.path().join("code")), compiler: None };
    Sandbox::new(config.clone())?.load(component.clone(), "bench")?;
    let sandbox = Sandbox::new(config)?;
    let given = Given::until(STEPS[0]);
    let mut times: [Vec<f64>; 6] = Default::default();
    for _ in 0..SAMPLES {
        let bytes = component.clone();
        let start = Moment::now();
        let plugin = sandbox.load(bytes, "bench")?;
        let loaded = start.elapsed();
        ensure!(matches!(plugin.code(), CodeSource::Cache), "the code does not come from the cache");
        let start = Moment::now();
        sandboxed(&sandbox, &plugin, &given)?;
        let called = start.elapsed();
        let steps = plugin.times();
        let all = [loaded + called, steps.admitted, steps.compiled, steps.linked, steps.described, called];
        times.iter_mut().zip(all).for_each(|(times, time)| times.push(time.as_nanos() as f64));
    }
    let [all, admitted, compiled, linked, described, called] = times.map(median);
    let started = linked + called;
    let what = format!("a Rust collector of {} KB from a warm cache: ", component.len() / 1_000);
    Ok(vec![
        Row::alone(format!("{what}linked, instantiated and called"), started, Some(("within 1 ms", started <= 1e6))),
        Row::alone(format!("{what}the same with loading its code from the folder"), all, None),
        Row::alone("of that: looking it over and hashing it", admitted, None),
        Row::alone("of that: reading its code, checking it by SHA-256, mapping it", compiled, None),
        Row::alone("of that: linking", linked, None),
        Row::alone("of that: asking it twice what it declares, in an instance of its own", described, None),
        Row::alone("of that: an instance for the run, its first call, and letting it go", called, None),
    ])
}
