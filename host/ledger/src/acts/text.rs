//! What people sign: a text with everything that an act is.

use std::io;

use serde::Serialize;
use tickmark_model::Instant;

use super::SIGNATURE;
use crate::jcs;
use crate::record::{Body, NamedBlob, Record};
use crate::tlog::VerifierKey;

/// What the text begins with, so that no key signs anything else by it.
pub(super) const HEADER: &str = "tickmark/act/1";

/// An act of people, as far as a signature binds it.
#[derive(Clone, Debug)]
pub struct Act<'a> {
    /// The name of the log.
    pub origin: &'a str,
    /// The id of its record.
    pub id: &'a str,
    /// The environment of the system that it is about.
    pub env: Option<&'a str>,
    /// When it was performed, where its record says so.
    pub performed_at: Option<Instant>,
    /// What it is.
    pub body: &'a Body,
    /// Its blobs in the order of their names, without its signature.
    pub blobs: Vec<&'a NamedBlob>,
}

/// Somebody who signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// With which key.
    pub key: VerifierKey,
    /// In whose name.
    pub name: String,
}

impl<'a> Act<'a> {
    /// What this record is, in the log of this name.
    #[must_use]
    pub fn of(origin: &'a str, Record { head, body }: &'a Record) -> Self {
        Self {
            origin,
            id: &head.id,
            env: head.env.as_deref(),
            performed_at: head.times.performed_at,
            body,
            blobs: head.blobs.iter().filter(|blob| blob.name != SIGNATURE).collect(),
        }
    }

    /// What these people sign at this time: lines, each ended by a newline, with `-` for what is not there.
    ///
    /// ```text
    /// tickmark/act/1
    /// log <origin>
    /// record <id>
    /// signed <instant>
    /// performed <instant>
    /// environment <JSON string>
    /// body <JCS of the record's members that its kind adds>
    /// blobs <JCS of the record's blobs but for the signature>
    /// person <verifier key> <name>          one line for each
    /// ```
    ///
    /// # Errors
    /// None that these types allow; the signature keeps the serialiser's.
    pub fn text(&self, signed_at: Instant, people: &[Signer]) -> io::Result<String> {
        let Self { origin, id, env, performed_at, body, blobs } = self;
        let performed = performed_at.map_or_else(|| "-".to_owned(), |at| at.to_string());
        let env = env.map_or_else(|| Ok("-".to_owned()), |env| json(&env))?;
        let (body, blobs) = (json(body)?, json(blobs)?);
        let mut text = format!(
            "{HEADER}\nlog {origin}\nrecord {id}\nsigned {signed_at}\nperformed {performed}\nenvironment {env}\n\
             body {body}\nblobs {blobs}\n"
        );
        for Signer { key, name } in people {
            text.push_str(&format!("person {key} {name}\n"));
        }
        Ok(text)
    }
}

/// JSON has its line breaks escaped, so that it is one line.
fn json(value: &impl Serialize) -> io::Result<String> {
    String::from_utf8(jcs::to_vec(value)?).map_err(io::Error::other)
}

/// When it was signed and by whom, as a text says; whether that is the text of an act is for whoever writes it again.
pub(super) fn read(text: &str) -> Option<(Instant, Vec<Signer>)> {
    let mut signed_at = None;
    let mut people = Vec::new();
    for line in text.lines() {
        if let Some(at) = line.strip_prefix("signed ") {
            signed_at = tickmark_model::parse_instant(at).ok();
        } else if let Some(person) = line.strip_prefix("person ") {
            let (key, name) = person.split_once(' ')?;
            people.push(Signer { key: key.parse().ok()?, name: name.to_owned() });
        }
    }
    Some((signed_at?, people))
}
