//! `tickmark plugin`: the collectors, and what they ask for.

mod asks;

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use serde_json::json;
use tickmark_engine::{Plugin, exit, known_names};
use tickmark_model::{Column, Descriptor, Shape};

use super::control::document;
use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

pub fn list(global: &Global, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    let plugins: Vec<&Plugin> = engine.catalog().plugins().iter().collect();
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let rows: Vec<[String; 5]> = plugins
                .iter()
                .map(|plugin| {
                    let identity = plugin.identity();
                    let kinds: Vec<&str> =
                        plugin.descriptor().facts.iter().map(|fact| fact.entity_kind.as_str()).collect();
                    let digest = identity.digest.hex().chars().take(12).collect();
                    [identity.name.clone(), identity.version.clone(), identity.origin.clone(), digest, kinds.join(" ")]
                })
                .collect();
            columns::write(out, ["PLUGIN", "VERSION", "ORIGIN", "SHA-256", "FACTS"], &rows)
        }
        Format::Json => {
            let identities: Vec<_> = plugins.iter().map(|plugin| plugin.identity()).collect();
            document(out, &json!({ "schema": "tickmark/plugins/1", "plugins": identities }))
        }
    })?;
    Ok(exit::PASS)
}

pub fn inspect(global: &Global, name: &str, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    let plugins = engine.catalog().plugins();
    let looks_like_path = name.contains('/') || Path::new(name).extension().is_some_and(|ext| ext == "wasm");
    let loaded;
    let plugin = if looks_like_path {
        loaded = engine.load(&global.directory.join(name))?;
        &loaded
    } else {
        plugins.find(name).with_context(|| {
            let names: Vec<&str> = plugins.iter().map(|plugin| plugin.identity().name.as_str()).collect();
            format!("there is no plugin `{name}`; {}", known_names(name, names.iter().copied()))
        })?
    };
    write(output, &global.directory, |out| match output.output {
        Format::Table => text(plugin, out),
        Format::Json => {
            let document_ = json!({
                "schema": "tickmark/plugin/1",
                "plugin": plugin.identity(),
                "imports": plugin.imports(),
                "descriptor": plugin.descriptor(),
            });
            document(out, &document_)
        }
    })?;
    Ok(exit::PASS)
}

fn text(plugin: &Plugin, out: &mut dyn Write) -> io::Result<()> {
    let identity = plugin.identity();
    writeln!(out, "{} {}, {}", identity.name, identity.version, identity.origin)?;
    writeln!(out, "{}, {}\n", identity.digest, identity.world)?;
    let Descriptor { facts, settings, .. } = plugin.descriptor();
    asks::write(plugin, out)?;
    writeln!(out, "\nSettings:")?;
    if settings.is_empty() {
        writeln!(out, "  none")?;
    }
    columns_of(settings, "has no default", out)?;
    for fact in facts {
        writeln!(out, "\nFact {}: {}, {}", fact.name, fact.entity_kind, fact.doc)?;
        columns_of(&fact.columns, "always there", out)?;
    }
    Ok(())
}

fn columns_of(columns: &[Column], required: &str, out: &mut dyn Write) -> io::Result<()> {
    for column in columns {
        let ty = format!("{:?}", column.ty).to_lowercase();
        let ty = if column.shape == Shape::SetOf { format!("set of {ty}") } else { ty };
        let must = if column.required { required } else { "" };
        writeln!(out, "  {:<20} {ty:<15} {must:<14} {}", column.name, column.doc)?;
    }
    Ok(())
}
