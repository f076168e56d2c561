//! Reads `iptables-save` and `ip6tables-save`, the format that `iptables-restore` takes.

mod listing;
mod options;
mod rule;
mod words;

use std::collections::BTreeSet;

use tickmark_collector::Failure;

use crate::model::{Base, Chain, Place, Ruleset};
use crate::net::IpFamily;
use listing::Table;
pub use listing::gap;

/// Reads a listing of one IP family. A listing without any table is empty, and a gap: a kernel without tables filters
/// nothing, and a tool that sees none prints nothing.
///
/// # Errors
/// `invalid` where the text is no whole listing: cut off, a table twice, or lines that belong to no table.
pub fn parse(text: &str, family: IpFamily) -> Result<Ruleset, Failure> {
    let name = match family {
        IpFamily::V4 => "ip",
        IpFamily::V6 => "ip6",
    };
    let listing = listing::read(text, name)?;
    let mut ruleset = Ruleset { gaps: listing.gaps, ..Ruleset::default() };
    for table in &listing.tables {
        ruleset.chains.extend(table.chains.iter().map(|chain| {
            let base = chain.policy.as_ref().map(|policy| base(&table.name, &chain.name, policy));
            Chain { place: Place::new(name, &table.name, &chain.name), base, rules: 0 }
        }));
        rules(table, name, family, &mut ruleset);
    }
    ruleset.settle();
    Ok(ruleset)
}

fn rules(table: &Table, name: &str, family: IpFamily, ruleset: &mut Ruleset) {
    let chains: BTreeSet<&str> = table.chains.iter().map(|chain| chain.name.as_str()).collect();
    for line in &table.rules {
        let rule = rule::read(&line.text, name, &table.name, family, &chains);
        if rule.is_unreadable() {
            ruleset
                .notes
                .push(format!("{name}tables listing, line {}: rule cannot be read: `{}`", line.number, rule.text));
        }
        ruleset.rules.push(rule);
    }
}

/// What the kernel registers for the built-in chains; the listing itself says only table, name and policy.
fn base(table: &str, chain: &str, policy: &str) -> Base {
    let kind = match (table, chain) {
        ("nat", _) => "nat",
        ("mangle", "OUTPUT") => "route",
        _ => "filter",
    };
    let priority = match (table, chain) {
        ("raw", _) => Some(-300),
        ("mangle", _) => Some(-150),
        ("nat", "PREROUTING" | "OUTPUT") => Some(-100),
        ("filter", _) => Some(0),
        ("security", _) => Some(50),
        ("nat", "INPUT" | "POSTROUTING") => Some(100),
        _ => None,
    };
    Base {
        kind: kind.to_owned(),
        hook: chain.to_ascii_lowercase(),
        policy: Some(policy.to_ascii_lowercase()),
        priority,
    }
}

#[cfg(test)]
mod tests;
