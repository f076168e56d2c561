//! From which hooks a chain is reached, through jumps and gotos.
//!
//! Reached means that some rule leads there. Whether a packet can match all the rules on the way is not asked: a chain
//! has rather one hook too many than one too few.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Place, Ruleset};

/// The hooks of every chain that some base chain leads to, base chains included.
#[must_use]
pub fn hooks(ruleset: &Ruleset) -> BTreeMap<Place, BTreeSet<String>> {
    let mut leads: BTreeMap<&Place, BTreeSet<Place>> = BTreeMap::new();
    for rule in &ruleset.rules {
        let targets = rule.branches.iter().filter_map(|branch| branch.verdict.target.as_ref());
        let chains = targets.map(|chain| Place { chain: chain.clone(), ..rule.place.clone() });
        leads.entry(&rule.place).or_default().extend(chains);
    }
    let mut hooks: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    for chain in &ruleset.chains {
        let Some(base) = &chain.base else { continue };
        let mut next = vec![chain.place.clone()];
        while let Some(place) = next.pop() {
            if hooks.entry(place.clone()).or_default().insert(base.hook.clone()) {
                next.extend(leads.get(&place).into_iter().flatten().cloned());
            }
        }
    }
    hooks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Base, Branch, Chain, Rule, Verdict};
    use crate::packets::Packets;

    fn ruleset(bases: &[(&str, &str)], jumps: &[(&str, &str)]) -> Ruleset {
        let place = |chain: &str| Place::new("ip", "filter", chain);
        let chains = bases.iter().map(|(name, hook)| {
            let base = Base { kind: "filter".into(), hook: (*hook).into(), policy: None, priority: None };
            Chain { place: place(name), base: Some(base), rules: 0 }
        });
        let rules = jumps.iter().map(|(from, to)| {
            let verdict = Verdict::to_chain("jump", to);
            let branches = vec![Branch { packets: Packets::all(), verdict, exact: true }];
            Rule { place: place(from), branches, text: String::new(), content: String::new() }
        });
        Ruleset { chains: chains.collect(), rules: rules.collect(), ..Ruleset::default() }
    }

    #[test]
    fn hooks_go_through_jumps_and_circles() {
        let ruleset = ruleset(
            &[("INPUT", "input"), ("FORWARD", "forward")],
            &[("INPUT", "a"), ("a", "b"), ("b", "a"), ("FORWARD", "b"), ("alone", "c")],
        );
        let found: Vec<_> = hooks(&ruleset)
            .into_iter()
            .map(|(place, hooks)| format!("{}: {}", place.chain, hooks.into_iter().collect::<Vec<_>>().join(" ")))
            .collect();
        assert_eq!(found, ["FORWARD: forward", "INPUT: input", "a: forward input", "b: forward input"]);
    }
}
