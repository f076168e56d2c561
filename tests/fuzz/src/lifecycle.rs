//! The lifecycle collector: what it is given of people, accounts, events, identities, requests and moves.

use tickmark_collector::{Scalar, Value};
use tickmark_lifecycle::Lifecycle;

use crate::collect::{self, Input};

const OPTIONAL: [&str; 4] = ["events", "identities", "requests", "moves"];

/// Reads a part for each grant. The first word of the input says nothing, its settings are the collector's.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let there = || OPTIONAL.iter().zip(2..).filter(|(_, at)| input.parts().len() > *at);
    let with = there().map(|(name, _)| Scalar::Text((*name).to_owned())).collect();
    let host = input.host(&[]).with_setting("with", Value::SetOf(with));
    let host = host.file("people", "", input.part(0)).file("accounts", "", input.part(1));
    collect::check::<Lifecycle>(&there().fold(host, |host, (name, at)| host.file(name, "", input.part(at))))
}
