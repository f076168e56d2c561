//! The dependencies that end up in a program: what `cargo metadata` resolves, without dev-dependencies.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// Packages by name. Several versions of one package are one: a wall keeps out all of them.
#[derive(Debug)]
pub struct Graph {
    members: BTreeSet<String>,
    imports: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Reads the output of `cargo metadata`, format version 1.
    ///
    /// # Errors
    /// Where something is not where that format has it.
    pub fn parse(metadata: &[u8]) -> Result<Self> {
        let metadata: Value = serde_json::from_slice(metadata).context("`cargo metadata` printed no JSON")?;
        let list = |value: &Value, pointer: &str| {
            let list = value.pointer(pointer).and_then(Value::as_array).cloned();
            list.with_context(|| format!("`cargo metadata` printed no list at `{pointer}`"))
        };
        let text = |value: &Value, pointer: &str| {
            let text = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
            text.with_context(|| format!("`cargo metadata` printed no text at `{pointer}`"))
        };
        let packages = list(&metadata, "/packages")?;
        let packages = packages.iter().map(|package| Ok((text(package, "/id")?, text(package, "/name")?)));
        let names: BTreeMap<String, String> = packages.collect::<Result<_>>()?;
        let name = |id: &str| names.get(id).cloned().with_context(|| format!("`{id}` is no listed package"));

        let members = list(&metadata, "/workspace_members")?;
        let members = members.iter().map(|id| name(&text(id, "")?)).collect::<Result<_>>()?;
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(&metadata, "/resolve/nodes")? {
            let of = imports.entry(name(&text(&node, "/id")?)?).or_default();
            for dependency in list(&node, "/deps")? {
                let kinds = list(&dependency, "/dep_kinds")?;
                if kinds.iter().any(|kind| kind.pointer("/kind").and_then(Value::as_str) != Some("dev")) {
                    of.insert(name(&text(&dependency, "/pkg")?)?);
                }
            }
        }
        Ok(Self { members, imports })
    }

    /// The workspace's packages, sorted.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(String::as_str)
    }

    /// Whether a package is of the workspace.
    pub fn is_member(&self, package: &str) -> bool {
        self.members.contains(package)
    }

    /// What a package imports directly, sorted.
    pub fn imports(&self, package: &str) -> impl Iterator<Item = &str> {
        self.imports.get(package).into_iter().flatten().map(String::as_str)
    }

    /// A shortest way from one package to another, both included, or nothing where there is none.
    pub fn path(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut reached_by: BTreeMap<&str, &str> = BTreeMap::new();
        let mut next = VecDeque::from([from]);
        while let Some(package) = next.pop_front() {
            if package == to {
                let mut path = vec![to.to_owned()];
                let mut at = to;
                while let Some(before) = reached_by.get(at).filter(|_| at != from) {
                    path.push((*before).to_owned());
                    at = before;
                }
                path.reverse();
                return Some(path);
            }
            for import in self.imports.get(package).into_iter().flatten() {
                if import != from && !reached_by.contains_key(import.as_str()) {
                    reached_by.insert(import, package);
                    next.push_back(import);
                }
            }
        }
        None
    }
}
