//! What the collector declares: its two facts, its needs and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

/// The settings' names.
pub mod setting {
    /// Where rules are read from.
    pub const SOURCE: &str = "source";
    /// How many rows a rule may give.
    pub const MAX_ROWS_PER_RULE: &str = "max_rows_per_rule";
}

/// The columns of the fact `rule`, in the order in which rows are filled.
pub const RULE_COLUMNS: &[&str] = &[
    "family",
    "table",
    "chain",
    "hooks",
    "protocol",
    "interface_in",
    "interface_out",
    "source",
    "destination",
    "port_from",
    "port_to",
    "verdict",
    "new_connections",
    "exact",
    "text",
];

/// The columns of the fact `chain`, in the order in which rows are filled.
pub const CHAIN_COLUMNS: &[&str] = &["family", "table", "name", "base", "kind", "hook", "policy", "priority", "rules"];

/// The collector's description.
pub fn descriptor() -> Descriptor {
    Descriptor::new("firewall", env!("CARGO_PKG_VERSION"))
        .fact(rule())
        .fact(chain())
        .need(Need::files("nft", "read a saved `nft --json list ruleset` (source nft-file)").optional())
        .need(Need::files("iptables", "read a saved iptables-save output (source iptables-file)").optional())
        .need(Need::files("ip6tables", "read a saved ip6tables-save output (source iptables-file)").optional())
        .need(Need::command("nft", "list the nftables rules with `nft --json list ruleset` (source nft)").optional())
        .need(Need::command("iptables", "list the IPv4 rules with `iptables-save` (source iptables)").optional())
        .need(Need::command("ip6tables", "list the IPv6 rules with `ip6tables-save` (source iptables)").optional())
        .setting(
            Column::text(setting::SOURCE, "where rules are read from: nft, nft-file, iptables or iptables-file")
                .required(),
        )
        .setting(Column::long(
            setting::MAX_ROWS_PER_RULE,
            "rows of one rule beyond which it becomes one wide row for each verdict and IP family, default 1024",
        ))
}

fn rule() -> Fact {
    Fact::new("rule", "Firewall::Rule", "a firewall rule, for one source network, destination network and port range")
        .column(Column::text("family", "address family of the table, such as ip, ip6 or inet").required())
        .column(Column::text("table", "table of the rule").required())
        .column(Column::text("chain", "chain of the rule").required())
        .column(
            Column::text("hooks", "hooks from which the chain is reached, also through jumps and gotos")
                .set()
                .required(),
        )
        .column(Column::text("protocol", "transport protocol such as tcp, or any").required())
        .column(Column::text("interface_in", "name of the interface that packets came in through; absent is any"))
        .column(Column::text("interface_out", "name of the interface that packets leave through; absent is any"))
        .column(Column::ip("source", "network that packets come from; any is 0.0.0.0/0 or ::/0").required())
        .column(Column::ip("destination", "network that packets go to; any is 0.0.0.0/0 or ::/0").required())
        .column(Column::long("port_from", "first destination port, inclusive; any is 0").required())
        .column(Column::long("port_to", "last destination port, inclusive; any is 65535").required())
        .column(
            Column::text("verdict", "what happens to the packets, such as accept, drop, jump, or unreadable")
                .required(),
        )
        .column(Column::boolean("new_connections", "false where only packets of known connections match").required())
        .column(Column::boolean("exact", "false where the rule matches less than the row says").required())
        .column(Column::text("text", "the rule in one line, for people").required())
}

fn chain() -> Fact {
    Fact::new("chain", "Firewall::Chain", "a chain of firewall rules")
        .column(Column::text("family", "address family of the table, such as ip, ip6 or inet").required())
        .column(Column::text("table", "table of the chain").required())
        .column(Column::text("name", "name of the chain").required())
        .column(Column::boolean("base", "whether the kernel calls it, and not only other chains").required())
        .column(Column::text("kind", "for a base chain: filter, nat or route"))
        .column(Column::text("hook", "for a base chain: where the kernel calls it, such as input"))
        .column(Column::text("policy", "for a base chain: accept or drop, for packets that no rule decides"))
        .column(Column::long("priority", "for a base chain: its place among those of the hook, lower is called first"))
        .column(Column::long("rules", "number of rules in it").required())
}
