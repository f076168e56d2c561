//! When a population is complete, which the host establishes from what the collector claims and the calls show.

use super::*;

/// What keeps one conforming administrator of a population with this claim from being a pass; nothing where it is one.
fn doubts(claim: impl Fn(&mut PopulationClaim)) -> Vec<String> {
    let mut collection = users("ann:aem");
    claim(collection.populations.get_mut("user").unwrap());
    let finding = judged("CC6.3-mfa-for-admins", &[&collection]);
    let codes: Vec<String> = finding.reasons.iter().map(|reason| reason.code.0.clone()).collect();
    let pass = if codes.is_empty() { Outcome::Pass } else { Outcome::Inconclusive };
    assert_eq!(finding.outcome, pass, "{codes:?}");
    codes
}

#[test]
fn a_population_is_complete_where_accepted_and_excluded_rows_make_the_sources_own_total() {
    let incomplete = ["population-incomplete"];
    let excluding = |count: u64, rule: Option<&str>| {
        doubts(|claim| {
            (claim.source_total, claim.excluded) = (Some(3), count);
            claim.exclusion_rule = rule.map(str::to_owned);
        })
    };
    assert_eq!(doubts(|_| {}), [""; 0]);
    assert_eq!(doubts(|claim| claim.source_total = Some(2)), incomplete);
    assert_eq!(doubts(|claim| claim.source_total = Some(0)), incomplete);
    assert_eq!(doubts(|claim| claim.source_total = None), incomplete);
    assert_eq!(excluding(2, Some("robots")), [""; 0]);
    assert_eq!(excluding(1, Some("robots")), incomplete);
    // What no rule excludes is missing.
    assert_eq!(excluding(2, None), incomplete);
    // A total that no answer of a source shows is a claim.
    assert_eq!(doubts(|claim| claim.total_source = None), incomplete);
}
