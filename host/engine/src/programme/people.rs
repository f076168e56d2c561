//! Whose key is whose, sealed whenever it is another than before: with a run, and with the first act after a change.
//!
//! It is a record of its own and no part of the matrix, so that an act needs neither matrix nor policies.

use tickmark_ledger::acts::{PEOPLE, PersonKey};
use tickmark_ledger::{Body, Kind, Ledger, NewRecord, People as PeopleBody, Scribe, canonical_json, sha256};

use super::force::People;
use crate::acts::{STATEMENT, named};
use crate::site::Site;

/// Seals the keys of people that the site file names, where they differ from what was sealed last. Does nothing where there are
/// none and never were.
///
/// # Errors
/// Where the log cannot be read or written.
pub(crate) fn seal_people_if_changed(ledger: &mut Ledger, site: &Site, by: &mut Scribe<'_>) -> anyhow::Result<()> {
    let last = match ledger.last_of_chain(Kind::People.as_str())?.map(|record| record.body) {
        Some(Body::People(last)) => Some(last.digest),
        _ => None,
    };
    let mut people: Vec<PersonKey> =
        site.people.iter().map(|it| PersonKey { key: it.key.to_string(), name: it.name.clone() }).collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    let bytes = canonical_json(&people)?;
    let digest = sha256(&bytes);
    if last.map_or(people.is_empty(), |last| last == digest) {
        return Ok(());
    }
    let (commit, who) = People::of(site);
    let blobs = vec![named(ledger, PEOPLE, &bytes)?, named(ledger, STATEMENT, &canonical_json(&who)?)?];
    let body = PeopleBody { commit, digest, keys: people.len() as u64, replaces: last };
    ledger.append(by, vec![NewRecord { blobs, ..NewRecord::new(body) }])?;
    Ok(())
}
