//! Who may sign what, and what is said where somebody may not.

use tickmark_ledger::tlog::SigningKey;

use super::*;
use crate::site;

fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::from_seed(name, [seed; 32]).unwrap()
}

/// A site in which ada, also called `Ada Park`, and boris have keys.
fn site() -> Site {
    let mut text = "company = \"Acme\"\n[[system]]\nname = \"web\"\nenvironment = \"production\"\n".to_owned();
    for (name, seed) in [("ada", 1), ("Ada Park", 1), ("boris", 2)] {
        text.push_str(&format!("[people.\"{name}\"]\nkey = \"{}\"\n", key("x", seed).verifier()));
    }
    site::read_text("/nowhere/tickmark.toml".as_ref(), &text).unwrap()
}

/// Who signs an act in these names with these keys, and all that is wrong.
fn check(names: &[&str], keys: &[u8]) -> (Vec<String>, Vec<String>) {
    let invoked_by = InvokedBy { ci_job: None, host: "build-7".to_owned(), user: "ada".to_owned() };
    let keys = keys.iter().map(|seed| Arc::new(key("x", *seed)) as Arc<dyn LogSigner>).collect();
    let (signers, problems) = Acting { invoked_by, keys }.signers(&site(), names);
    let mut steady = problems;
    for (seed, word) in [(1, "ONE"), (2, "TWO"), (3, "THREE")] {
        let key = key("x", seed);
        let (whole, id) = (key.verifier().to_string(), format!("{:08x}", key.verifier().id()));
        steady.iter_mut().for_each(|it| *it = it.replace(&whole, &format!("VKEY {word}")).replace(&id, word));
    }
    (signers.0.into_iter().map(|(name, _)| name).collect(), steady)
}

#[test]
fn whoever_has_a_key_signs_and_whoever_has_none_does_not() {
    assert_eq!(check(&["eve"], &[]), (vec![], vec![]));
    assert_eq!(check(&[" ADA "], &[1]), (vec!["ADA".to_owned()], vec![]));
    assert_eq!(check(&["ada", "boris"], &[2, 1]).0, ["ada", "boris"]);
    assert_eq!(check(&["ada", "eve"], &[1]), (vec!["ada".to_owned()], vec![]));
    assert_eq!(check(&["ada", " Ada"], &[1]), (vec!["ada".to_owned()], vec![]), "once, however it is written");
}

#[test]
fn all_that_is_wrong_with_signing_is_said_at_once() {
    let missing = |name: &str, key: &str| {
        format!("`{name}` has key {key} in the site file and did not sign: give --key with the file of that key")
    };
    let (_, problems) = check(&["ada", "boris"], &[3]);
    let other = "key THREE is not that of `ada`, which is ONE".to_owned();
    assert_eq!(problems, [missing("ada", "ONE"), missing("boris", "TWO"), other]);
    let (_, problems) = check(&["ada"], &[2]);
    assert_eq!(
        problems,
        [missing("ada", "ONE"), "key TWO is that of `boris`, and this is not in that name".to_owned()]
    );
    let (_, problems) = check(&["eve"], &[3]);
    let new = "the site file has no key of `eve`: add [people.\"eve\"] with key = \"VKEY THREE\"";
    assert_eq!(problems, [new]);
}

#[test]
fn one_key_under_two_names_is_one_person_and_signs_no_act_of_two() {
    let (_, problems) = check(&["ada", "Ada Park"], &[1]);
    assert_eq!(problems, ["`ada` and `Ada Park` have the same key, expected two people"]);
}

#[test]
fn a_name_of_two_lines_cannot_be_signed() {
    let text = format!("company = \"Acme\"\n[people.\"a\\nb\"]\nkey = \"{}\"\n", key("x", 1).verifier());
    let error = site::read_text("/nowhere/tickmark.toml".as_ref(), &text).unwrap_err();
    assert_eq!(error.problems[0].to_string(), "`a\\nb` is no name of a person");
}
