//! The firewall collector: listings of nft and of iptables for both families.

use tickmark_firewall::Firewall;

use crate::collect::{self, Input};

/// Reads `nft-file` with one part, or `iptables-file` with one for each family.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    // Rows for each rule stay few: how many combinations a rule has is not what is looked for.
    let host = input.host(&[]).with_setting("source", input.source).with_setting("max_rows_per_rule", 64_i64);
    collect::check::<Firewall>(&match input.source {
        "nft-file" => host.file("nft", "", input.part(0)),
        "iptables-file" => host.file("iptables", "", input.part(0)).file("ip6tables", "", input.part(1)),
        "nft" => host.command("nft", 0, input.part(0), input.part(1)),
        "iptables" => {
            host.command("iptables", 0, input.part(0), input.part(2)).command("ip6tables", 0, input.part(1), &[])
        }
        _ => return false,
    })
}
