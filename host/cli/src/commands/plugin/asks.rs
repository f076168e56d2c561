//! What a collector asks for, in words for somebody who decides whether it gets that.

use std::io::{self, Write};

use tickmark_engine::Plugin;
use tickmark_model::{Need, NeedKind};

/// Every kind of need, with what granting it gives away and what a collector without it can never do.
const KINDS: [(NeedKind, &str, &str); 4] = [
    (NeedKind::Files, "to read one file, or one folder with all beneath it, that you name", "reads a file"),
    (NeedKind::Command, "to run one command line that you write, and to read what it prints", "runs a program"),
    (NeedKind::Http, "to send requests to one web origin that you name", "sends a request over the network"),
    (NeedKind::Sql, "to read the rows of one query that you write", "queries a database"),
];

/// Writes what `plugin` asks for, what it never does, and where its declaration and its program differ.
pub(super) fn write(plugin: &Plugin, out: &mut dyn Write) -> io::Result<()> {
    let needs = &plugin.descriptor().needs;
    if needs.is_empty() {
        writeln!(out, "It asks for nothing.")?;
    } else {
        writeln!(out, "It asks for this, and gets nothing that tickmark.toml does not grant:")?;
    }
    for (kind, gives, _) in KINDS {
        let needs: Vec<&Need> = needs.iter().filter(|need| need.kind == kind).collect();
        if !needs.is_empty() {
            writeln!(out, "\n  {gives}:")?;
        }
        for need in needs {
            let when = if need.required { "always" } else { "for some settings" };
            writeln!(out, "    grants.{kind}.{}, {when}", need.name)?;
            writeln!(out, "      {}", need.reason)?;
        }
    }
    let asks = |kind| needs.iter().any(|need| need.kind == kind);
    let never: Vec<&str> = KINDS.iter().filter(|(kind, ..)| !asks(*kind)).map(|(_, _, does)| *does).collect();
    if !never.is_empty() {
        writeln!(out, "\nIt never {}.", never.join(", never "))?;
    }
    for (kind, ..) in KINDS {
        let interface = format!("tickmark:collector/{kind}@");
        if !asks(kind) && plugin.imports().iter().any(|import| import.starts_with(&interface)) {
            writeln!(out, "Its program could ask for {kind} all the same; that would end its run.")?;
        }
    }
    Ok(())
}
