//! A rule as rows: one for each source network, destination network and port range, and for each protocol and interface.
//!
//! **Invariant:** every rule gives at least one row; a packet that the rule matches is in some row; where all rows are
//! exact, only such packets are.

use std::collections::BTreeSet;

use crate::model::{Branch, Rule};
use crate::net::{Cidr, IpFamily};
use crate::packets::{LAST_PORT, Packets};
use crate::ranges::Ranges;

/// The cells of one row that come from the rule itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells {
    /// A canonical name or `any`.
    pub protocol: String,
    /// Where packets came in, if the rule asks.
    pub interface_in: Option<String>,
    /// Where they leave, if the rule asks.
    pub interface_out: Option<String>,
    /// Where they come from.
    pub source: Cidr,
    /// Where they go.
    pub destination: Cidr,
    /// Destination ports, both ends inclusive.
    pub ports: (u16, u16),
    /// What happens to them.
    pub verdict: String,
    /// Whether packets that open a connection may be among them.
    pub new_connections: bool,
    /// Whether the rule says no more than the row.
    pub exact: bool,
}

/// The rows of a rule, all different, or one wide row for each verdict and IP family where there would be more than `limit`.
#[must_use]
pub fn rows(rule: &Rule, limit: usize) -> Vec<Cells> {
    let mut rows = Vec::new();
    for branch in &rule.branches {
        if !expand(branch, limit, &mut rows) {
            return widest(rule);
        }
    }
    // Branches may meet in the same row: established and related, overlapping elements.
    let mut seen = BTreeSet::new();
    rows.retain(|row| seen.insert(row.clone()));
    rows
}

/// Adds the rows of a branch; says whether there are at most `limit` in all.
fn expand(branch: &Branch, limit: usize, rows: &mut Vec<Cells>) -> bool {
    let Branch { packets, verdict, exact } = branch;
    let ports: Vec<_> = packets.ports.spans().iter().map(|span| ports(*span)).collect();
    let exact = *exact && packets.is_held();
    for (family, addresses) in packets.families() {
        let (sources, destinations) = (networks(family, &addresses.source), networks(family, &addresses.destination));
        let protocols = protocols(packets);
        let (inputs, outputs) = (optional(packets.inputs.as_ref()), optional(packets.outputs.as_ref()));
        let sizes = [sources.len(), destinations.len(), protocols.len(), inputs.len(), outputs.len(), ports.len()];
        let more = sizes.into_iter().fold(1, usize::saturating_mul);
        if rows.len().saturating_add(more) > limit {
            return false;
        }
        for protocol in &protocols {
            for interface_in in &inputs {
                for interface_out in &outputs {
                    for source in &sources {
                        for destination in &destinations {
                            rows.extend(ports.iter().map(|ports| Cells {
                                protocol: protocol.clone(),
                                interface_in: interface_in.clone(),
                                interface_out: interface_out.clone(),
                                source: *source,
                                destination: *destination,
                                ports: *ports,
                                verdict: verdict.name.clone(),
                                new_connections: packets.states.new_connections(),
                                exact,
                            }));
                        }
                    }
                }
            }
        }
    }
    true
}

/// One row for each verdict and IP family of the rule: any address, and of the other columns what all its branches share.
fn widest(rule: &Rule) -> Vec<Cells> {
    let mut rows: Vec<Cells> = Vec::new();
    for branch in &rule.branches {
        let Branch { packets, verdict, .. } = branch;
        for (family, _) in packets.families() {
            let (from, to) = ports(packets.ports.hull().unwrap_or((0, LAST_PORT)));
            let wide = Cells {
                protocol: only(&protocols(packets)).unwrap_or_else(|| "any".to_owned()),
                interface_in: only(&optional(packets.inputs.as_ref())).flatten(),
                interface_out: only(&optional(packets.outputs.as_ref())).flatten(),
                source: Cidr::any(family),
                destination: Cidr::any(family),
                ports: (from, to),
                verdict: verdict.name.clone(),
                new_connections: packets.states.new_connections(),
                exact: false,
            };
            match rows.iter_mut().find(|row| row.verdict == wide.verdict && row.source == wide.source) {
                Some(row) => widen(row, wide),
                None => rows.push(wide),
            }
        }
    }
    rows
}

fn widen(row: &mut Cells, other: Cells) {
    if row.protocol != other.protocol {
        row.protocol = "any".to_owned();
    }
    if row.interface_in != other.interface_in {
        row.interface_in = None;
    }
    if row.interface_out != other.interface_out {
        row.interface_out = None;
    }
    row.ports = (row.ports.0.min(other.ports.0), row.ports.1.max(other.ports.1));
    row.new_connections |= other.new_connections;
}

fn networks(family: IpFamily, ranges: &Ranges) -> Vec<Cidr> {
    ranges.spans().iter().flat_map(|span| Cidr::cover(family, *span)).collect()
}

fn ports((from, to): (u128, u128)) -> (u16, u16) {
    (u16::try_from(from).unwrap_or(0), u16::try_from(to).unwrap_or(u16::MAX))
}

fn protocols(packets: &Packets) -> Vec<String> {
    packets.protocols.as_ref().map_or_else(|| vec!["any".to_owned()], |names| names.iter().cloned().collect())
}

fn optional(names: Option<&BTreeSet<String>>) -> Vec<Option<String>> {
    names.map_or_else(|| vec![None], |names| names.iter().cloned().map(Some).collect())
}

fn only<T: Clone>(items: &[T]) -> Option<T> {
    match items {
        [one] => Some(one.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Verdict};

    fn rule(branches: Vec<(Packets, &str)>) -> Rule {
        let branches = branches.into_iter().map(|(packets, verdict)| Branch {
            packets,
            verdict: Verdict::named(verdict),
            exact: true,
        });
        let place = Place::new("inet", "filter", "input");
        Rule { place, branches: branches.collect(), text: String::new(), content: String::new() }
    }

    fn print(rows: &[Cells]) -> Vec<String> {
        let row = |row: &Cells| {
            let Cells { protocol, source, destination, ports, verdict, exact, .. } = row;
            format!("{protocol} {source} {destination} {}-{} {verdict} {exact}", ports.0, ports.1)
        };
        rows.iter().map(row).collect()
    }

    #[test]
    fn a_rule_without_addresses_has_a_row_for_each_family() {
        let rows = rows(&rule(vec![(Packets::all(), "drop")]), 10);
        assert_eq!(print(&rows), ["any 0.0.0.0/0 0.0.0.0/0 0-65535 drop true", "any ::/0 ::/0 0-65535 drop true"]);
    }

    #[test]
    fn too_many_rows_become_one_for_each_verdict_and_family() {
        let port = |port: u128| {
            let tcp = Packets::of_protocols(["tcp".to_owned()]);
            Packets::to_ports(Ranges::of([(port, port)])).and(&tcp).unwrap()
        };
        let rule = rule(vec![(port(22), "accept"), (port(80), "accept"), (port(25), "drop")]);
        assert_eq!(rows(&rule, 6).len(), 6);
        assert_eq!(
            print(&rows(&rule, 5)),
            [
                "tcp 0.0.0.0/0 0.0.0.0/0 22-80 accept false",
                "tcp ::/0 ::/0 22-80 accept false",
                "tcp 0.0.0.0/0 0.0.0.0/0 25-25 drop false",
                "tcp ::/0 ::/0 25-25 drop false",
            ]
        );
    }
}
