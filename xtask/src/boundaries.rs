//! Who may import whom, checked against what cargo resolves.
//!
//! **Invariant:** every package of the workspace has a row; a new one fails until somebody decides.
//! **Absent on purpose:** dev-dependencies. Tests may reach anywhere.

mod graph;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result, bail};
use graph::Graph;

use crate::shell;

/// What a package may import of the workspace.
#[derive(Clone, Copy)]
enum Imports {
    /// These and no others.
    Only(&'static [&'static str]),
    /// Whatever it looks at: it is no part of the product.
    Any,
}
use Imports::{Any, Only};

const MAY_IMPORT: &[(&str, Imports)] = &[
    ("tickmark-model", Only(&[])),
    ("tickmark-sandbox", Only(&["tickmark-model"])),
    ("tickmark-policy", Only(&["tickmark-model"])),
    ("tickmark-operations", Only(&["tickmark-model"])),
    ("tickmark-ledger", Only(&["tickmark-model"])),
    ("tickmark-verify", Only(&["tickmark-model", "tickmark-ledger"])),
    ("tickmark-report", Only(&["tickmark-model", "tickmark-ledger", "tickmark-operations"])),
    ("tickmark-forward", Only(&["tickmark-model", "tickmark-ledger", "tickmark-operations"])),
    // The corridor, where the rooms meet, and the door.
    (
        "tickmark-engine",
        Only(&[
            "tickmark-model",
            "tickmark-sandbox",
            "tickmark-policy",
            "tickmark-operations",
            "tickmark-ledger",
            "tickmark-report",
            "tickmark-builtin",
        ]),
    ),
    (
        "tickmark",
        Only(&[
            "tickmark-engine",
            "tickmark-model",
            "tickmark-sandbox",
            "tickmark-policy",
            "tickmark-operations",
            "tickmark-ledger",
            "tickmark-report",
            "tickmark-forward",
            "tickmark-verify",
        ]),
    ),
    // Collectors see the contract and nothing of the host; the package that embeds them compiles them apart.
    ("tickmark-collector", Only(&[])),
    ("tickmark-firewall", Only(&["tickmark-collector"])),
    ("tickmark-mfa", Only(&["tickmark-collector"])),
    ("tickmark-recovery", Only(&["tickmark-collector"])),
    ("tickmark-monitoring", Only(&["tickmark-collector"])),
    ("tickmark-encryption", Only(&["tickmark-collector"])),
    ("tickmark-backup", Only(&["tickmark-collector"])),
    ("tickmark-review", Only(&["tickmark-collector"])),
    ("tickmark-lifecycle", Only(&["tickmark-collector"])),
    ("tickmark-change", Only(&["tickmark-collector"])),
    ("tickmark-table", Only(&["tickmark-collector"])),
    ("tickmark-uptime", Only(&["tickmark-collector"])),
    ("tickmark-ids", Only(&["tickmark-collector"])),
    ("tickmark-accesslog", Only(&["tickmark-collector"])),
    ("tickmark-vulnerability", Only(&["tickmark-collector"])),
    ("tickmark-iam", Only(&["tickmark-collector"])),
    ("tickmark-builtin", Only(&[])),
    // The collector that the sandbox's own tests run.
    ("tickmark-test-guest", Only(&["tickmark-collector"])),
    // The collector that the measurements stop halfway.
    ("tickmark-bench-guest", Only(&["tickmark-collector", "tickmark-firewall"])),
    ("xtask", Only(&[])),
    ("tickmark-tests", Any),
    ("tickmark-bench", Any),
];

/// Reached directly or through any dependency: the build is wrong.
const MUST_NOT_REACH: &[(&str, &[&str])] = &[
    ("tickmark-model", &["wasmtime", "cedar-policy"]),
    ("tickmark-sandbox", &["cedar-policy"]),
    ("tickmark-policy", &["wasmtime"]),
    ("tickmark-ledger", &["wasmtime", "cedar-policy"]),
    ("tickmark-verify", &["wasmtime", "cedar-policy", "ureq"]),
    ("tickmark-report", &["wasmtime", "cedar-policy"]),
    ("tickmark-forward", &["wasmtime", "cedar-policy"]),
];

/// What tickmark is measured against and with, which no user is to compile.
const PEERS: &[&str] = &["regorus", "criterion", "divan"];

/// Checks the workspace.
///
/// # Errors
/// With every breach, each in a line of its own.
pub fn check() -> Result<u8> {
    let mut metadata = shell::cargo(&["metadata", "--format-version", "1", "--locked"]);
    shell::show(&metadata);
    let output = metadata.output().context("cannot run `cargo metadata`")?;
    if !output.status.success() {
        bail!("`cargo metadata` failed: {}", String::from_utf8_lossy(&output.stderr).trim_end());
    }
    let graph = Graph::parse(&output.stdout)?;
    let breaches = breaches(&graph);
    if breaches.is_empty() {
        eprintln!("{} packages import only what they may", graph.members().count());
        return Ok(0);
    }
    for breach in &breaches {
        eprintln!("{breach}");
    }
    bail!("{} boundaries are crossed; the tables are in xtask/src/boundaries.rs", breaches.len())
}

/// Everything that the tables do not allow, sorted by package.
fn breaches(graph: &Graph) -> Vec<String> {
    let mut breaches = Vec::new();
    for member in graph.members() {
        match MAY_IMPORT.iter().find(|(name, _)| *name == member) {
            None => breaches.push(format!("`{member}` is in no table: say what it may import")),
            Some((_, Any)) => {}
            Some((_, Only(allowed))) => {
                let imports = graph.imports(member).filter(|import| graph.is_member(import));
                let forbidden = imports.filter(|import| !allowed.contains(import));
                breaches.extend(forbidden.map(|import| match allowed {
                    [] => format!("`{member}` imports `{import}`, it may import no other package of the workspace"),
                    _ => format!("`{member}` imports `{import}`, it may import: {}", allowed.join(", ")),
                }));
                breaches.extend(reached(graph, member, PEERS));
            }
        }
        let walls = MUST_NOT_REACH.iter().filter(|(name, _)| *name == member);
        breaches.extend(walls.flat_map(|(_, forbidden)| reached(graph, member, forbidden)));
    }
    for (name, _) in MAY_IMPORT.iter().filter(|(name, _)| !graph.is_member(name)) {
        breaches.push(format!("`{name}` is in the table and not in the workspace"));
    }
    breaches
}

fn reached(graph: &Graph, member: &str, forbidden: &[&str]) -> Vec<String> {
    let paths = forbidden.iter().filter_map(|name| graph.path(member, name));
    paths.map(|path| format!("`{member}` must not reach it: {}", path.join(" -> "))).collect()
}
