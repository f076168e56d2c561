//! Ids of rows: digests of what a row says, so that the same rule has the same ids after a reload.
//!
//! **Absent on purpose:** handles, counters, positions and hooks. They change while the rule stays the same.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use crate::expand::Cells;
use crate::model::Rule;

/// Bytes of the SHA-256 that an id shows.
const SHOWN: usize = 16;

/// Gives out ids; identical repeats get an ordinal.
#[derive(Debug, Default)]
pub struct Ids {
    seen: BTreeMap<String, u64>,
}

impl Ids {
    /// The id of this row: 32 hexadecimal digits, and `-2` and so on for the second and later of identical rows.
    pub fn next(&mut self, rule: &Rule, cells: &Cells) -> String {
        let digest = digest(rule, cells);
        let count = self.seen.entry(digest.clone()).or_default();
        *count += 1;
        if *count == 1 { digest } else { format!("{digest}-{count}") }
    }
}

fn digest(rule: &Rule, cells: &Cells) -> String {
    let Cells { protocol, interface_in, interface_out, source, destination, ports, verdict, new_connections, .. } =
        cells;
    let mut hash = Sha256::new();
    // Lengths keep apart what would run together; absent differs from empty.
    let mut field = |text: Option<&str>| {
        hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
        hash.update(text.unwrap_or_default().as_bytes());
    };
    field(Some("tickmark/firewall/rule/1"));
    field(Some(&rule.place.family));
    field(Some(&rule.place.table));
    field(Some(&rule.place.chain));
    field(Some(&rule.content));
    field(Some(protocol));
    field(interface_in.as_deref());
    field(interface_out.as_deref());
    field(Some(&source.to_string()));
    field(Some(&destination.to_string()));
    field(Some(&format!("{}-{}", ports.0, ports.1)));
    field(Some(verdict));
    field(Some(if *new_connections { "new" } else { "following" }));
    hash.finalize().iter().take(SHOWN).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expand::rows;
    use crate::model::Place;

    #[test]
    fn repeats_get_an_ordinal_and_other_rules_another_id() {
        let rule = |content: &str| Rule::unreadable(Place::new("ip", "t", "c"), String::new(), content.to_owned());
        let mut ids = Ids::default();
        let mut id = |content: &str| {
            let rule = rule(content);
            ids.next(&rule, &rows(&rule, 1)[0])
        };
        let first = id("a");
        assert_eq!(first.len(), 32);
        assert_eq!(id("a"), format!("{first}-2"));
        assert_eq!(id("a"), format!("{first}-3"));
        assert!(!id("b").starts_with(&first));
    }
}
