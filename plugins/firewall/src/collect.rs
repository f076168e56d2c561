//! Reads the granted source and emits its rows.
//!
//! **Invariant:** the populations are complete only where every part of the source was read and none gives a sign that the
//! machine has more rules than it lists.

use tickmark_collector::{Failure, Host, Ip, Population, Receipt, Summary, Value, code};

use crate::describe::{CHAIN_COLUMNS, RULE_COLUMNS, setting};
use crate::digest::Ids;
use crate::expand::{self, Cells};
use crate::model::{Chain, Rule, Ruleset};
use crate::net::IpFamily;
use crate::text::one_line;
use crate::{iptables, nft, reach};

const DEFAULT_MAX_ROWS: i64 = 1_024;
const MOST_MAX_ROWS: i64 = 65_536;

/// Lines of a command's standard error that become notes.
const STDERR_LINES: usize = 5;

/// Bytes of a chain's id that the host takes.
const MAX_ID: usize = 1_024;

/// One listing and the response that it was read from.
struct Part {
    ruleset: Ruleset,
    receipt: Receipt,
}

/// What one grant gave.
struct Reading {
    text: String,
    receipt: Receipt,
    /// What the command said besides.
    remarks: Vec<String>,
}

/// Where rules are read from.
#[derive(Clone, Copy)]
enum Through {
    Command,
    File,
}

/// Reads and emits everything.
pub fn collect(host: &dyn Host) -> Result<Summary, Failure> {
    let limit = max_rows(host)?;
    let source = host.setting(setting::SOURCE);
    let (parts, gaps) = match source.as_text().unwrap_or_default() {
        "nft" => nftables(host, Through::Command, limit)?,
        "nft-file" => nftables(host, Through::File, limit)?,
        "iptables" => xtables(host, Through::Command)?,
        "iptables-file" => xtables(host, Through::File)?,
        other => {
            let message = format!("source is `{}`, expected nft, nft-file, iptables or iptables-file", one_line(other));
            return Err(Failure::invalid(message));
        }
    };
    emit(host, &parts, gaps, limit)
}

fn max_rows(host: &dyn Host) -> Result<usize, Failure> {
    let rows = match host.setting(setting::MAX_ROWS_PER_RULE) {
        Value::Absent => DEFAULT_MAX_ROWS,
        set => set.as_long().unwrap_or(0),
    };
    usize::try_from(rows).ok().filter(|_| (1..=MOST_MAX_ROWS).contains(&rows)).ok_or_else(|| {
        Failure::invalid(format!("{} is {rows}, expected 1 to {MOST_MAX_ROWS}", setting::MAX_ROWS_PER_RULE))
    })
}

fn nftables(host: &dyn Host, through: Through, limit: usize) -> Result<(Vec<Part>, Vec<String>), Failure> {
    let Reading { text, receipt, remarks } = read(host, through, "nft")?;
    let mut ruleset = nft::parse(&text, limit).map_err(|failure| failure.shown_by(receipt))?;
    ruleset.notes.extend(remarks);
    Ok((vec![Part { ruleset, receipt }], vec![]))
}

/// Both IP families. One that cannot be had is a gap, so that what the other shows still counts; one that is broken is a
/// failure.
fn xtables(host: &dyn Host, through: Through) -> Result<(Vec<Part>, Vec<String>), Failure> {
    let mut parts = Vec::new();
    let mut gaps = Vec::new();
    let mut failures = Vec::new();
    for (grant, family) in [("iptables", IpFamily::V4), ("ip6tables", IpFamily::V6)] {
        match read(host, through, grant) {
            Ok(Reading { text, receipt, remarks }) => {
                let mut ruleset = iptables::parse(&text, family).map_err(|failure| failure.shown_by(receipt))?;
                ruleset.gaps.extend(remarks.iter().filter_map(|remark| iptables::gap(remark)));
                ruleset.notes.extend(remarks);
                parts.push(Part { ruleset, receipt });
            }
            Err(failure) if failure.code == code::INVALID => return Err(failure),
            Err(failure) => {
                gaps.push(format!("`{grant}` was not read: {failure}"));
                failures.push(failure);
            }
        }
    }
    match parts.first() {
        None => Err(failures.into_iter().next().unwrap_or_else(|| Failure::invalid("no listing was read"))),
        Some(first) if parts.iter().all(|part| part.ruleset.chains.is_empty()) => {
            let message = "no table is listed, neither for IPv4 nor for IPv6";
            Err(Failure::invalid(message).shown_by(first.receipt))
        }
        Some(_) => Ok((parts, gaps)),
    }
}

fn read(host: &dyn Host, through: Through, grant: &str) -> Result<Reading, Failure> {
    let of_grant = |failure: Failure| Failure { message: format!("`{grant}`: {}", failure.message), ..failure };
    match through {
        Through::File => {
            let blob = host.open(grant, "")?;
            Ok(Reading { text: blob.text().map_err(of_grant)?, receipt: blob.receipt(), remarks: vec![] })
        }
        Through::Command => {
            let output = host.run(grant, &[])?;
            let receipt = output.stdout.receipt();
            let stderr = String::from_utf8_lossy(&output.stderr.bytes()).into_owned();
            let lines = stderr.lines().filter(|line| !line.trim().is_empty()).take(STDERR_LINES);
            let remarks: Vec<_> = lines.map(|line| format!("`{grant}` said: {}", one_line(line))).collect();
            if output.exit_code != 0 {
                let said = remarks.first().map_or_else(String::new, |remark| format!(", {remark}"));
                let message = format!("`{grant}` ended with exit code {}{said}", output.exit_code);
                return Err(Failure::new(code::UNAVAILABLE, message).shown_by(receipt));
            }
            Ok(Reading { text: output.stdout.text().map_err(of_grant)?, receipt, remarks })
        }
    }
}

fn emit(host: &dyn Host, parts: &[Part], mut gaps: Vec<String>, limit: usize) -> Result<Summary, Failure> {
    let mut summary = Summary::new();
    let mut rules = host.fact("rule", RULE_COLUMNS);
    let mut chains = host.fact("chain", CHAIN_COLUMNS);
    let mut ids = Ids::default();
    let (mut total_rows, mut total_chains) = (0, 0);
    for Part { ruleset, receipt } in parts {
        let reached = reach::hooks(ruleset);
        for rule in &ruleset.rules {
            let hooks: Vec<String> = reached.get(&rule.place).into_iter().flatten().cloned().collect();
            let rows = expand::rows(rule, limit);
            if rows.is_empty() {
                return Err(Failure::new(code::INTERNAL, format!("rule gives no row: `{}`", rule.text)));
            }
            total_rows += rows.len() as u64;
            for cells in rows {
                let id = ids.next(rule, &cells);
                rule_row(rules.row(id, &[*receipt]), rule, &hooks, cells).push()?;
            }
        }
        for chain in &ruleset.chains {
            let id = chain_id(chain).map_err(|failure| failure.shown_by(*receipt))?;
            chain_row(chains.row(id, &[*receipt]), chain).push()?;
        }
        total_chains += ruleset.chains.len() as u64;
        gaps.extend(ruleset.gaps.iter().cloned());
        summary.notes.extend(ruleset.notes.iter().cloned());
    }
    summary.notes.extend(gaps.iter().map(|gap| format!("not all rules are listed: {gap}")));
    let population = |total: u64| match parts.first().filter(|_| gaps.is_empty()) {
        Some(part) => Population::of(total, part.receipt),
        None => Population::unknown(),
    };
    Ok(summary.population(rules.finish(population(total_rows))?).population(chains.finish(population(total_chains))?))
}

type Row<'f, 'h> = tickmark_collector::RowBuilder<'f, 'h>;

fn rule_row<'f, 'h>(row: Row<'f, 'h>, rule: &Rule, hooks: &[String], cells: Cells) -> Row<'f, 'h> {
    row.set("family", rule.place.family.as_str())
        .set("table", rule.place.table.as_str())
        .set("chain", rule.place.chain.as_str())
        .set("hooks", hooks.to_vec())
        .set("protocol", cells.protocol)
        .set("interface_in", cells.interface_in)
        .set("interface_out", cells.interface_out)
        .set("source", Ip(cells.source.to_string()))
        .set("destination", Ip(cells.destination.to_string()))
        .set("port_from", i64::from(cells.ports.0))
        .set("port_to", i64::from(cells.ports.1))
        .set("verdict", cells.verdict)
        .set("new_connections", cells.new_connections)
        .set("exact", cells.exact)
        .set("text", rule.text.as_str())
}

fn chain_row<'f, 'h>(row: Row<'f, 'h>, chain: &Chain) -> Row<'f, 'h> {
    let base = chain.base.as_ref();
    row.set("family", chain.place.family.as_str())
        .set("table", chain.place.table.as_str())
        .set("name", chain.place.chain.as_str())
        .set("base", base.is_some())
        .set("kind", base.map(|base| base.kind.clone()))
        .set("hook", base.map(|base| base.hook.clone()))
        .set("policy", base.and_then(|base| base.policy.clone()))
        .set("priority", base.and_then(|base| base.priority))
        .set("rules", i64::try_from(chain.rules).unwrap_or(i64::MAX))
}

fn chain_id(chain: &Chain) -> Result<String, Failure> {
    let id = format!("{} {} {}", chain.place.family, chain.place.table, chain.place.chain);
    if id.len() > MAX_ID {
        return Err(Failure::invalid(format!(
            "chain name has {} bytes with family and table, at most {MAX_ID}",
            id.len()
        )));
    }
    Ok(id)
}
