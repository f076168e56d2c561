//! Reading a record of a known kind in one go, without building a tree of it first.
//!
//! The members of the head are taken out as they come by, and the body gets the others. It reads and refuses what
//! [`Record`]'s own `Deserialize` does, several times as fast: a verifier reads a million of them.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer};
use serde::de::{DeserializeSeed, Error, IntoDeserializer as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{Body, Head, InvokedBy, Kind, NamedBlob, Nonce, Prev, Record, Times};

impl Record {
    /// Reads a record whose kind is known.
    ///
    /// # Errors
    /// Where the text is no record, or one of another kind.
    pub(crate) fn read_as(kind: Kind, text: &str) -> serde_json::Result<Self> {
        let mut from = serde_json::Deserializer::from_str(text);
        let record = Of(kind).deserialize(&mut from)?;
        from.end()?;
        Ok(record)
    }
}

/// A record of this kind.
struct Of(Kind);

impl<'de> DeserializeSeed<'de> for Of {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Record, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Of {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Record, M::Error> {
        let mut head = Members::default();
        let body = Body::read(self.0, MapAccessDeserializer::new(Split { map, kind: self.0, head: &mut head }))?;
        Ok(Record { head: head.head()?, body })
    }
}

/// The members of the head that came by.
#[derive(Default)]
struct Members {
    blobs: Option<Vec<NamedBlob>>,
    env: Option<String>,
    id: Option<String>,
    invoked_by: Option<InvokedBy>,
    kind: Option<Kind>,
    nonce: Option<Nonce>,
    prev: Option<Prev>,
    tenant: Option<String>,
    times: Option<Times>,
    v: Option<u32>,
}

impl Members {
    fn head<E: Error>(self) -> Result<Head, E> {
        self.kind.ok_or_else(|| E::missing_field("kind"))?;
        Ok(Head {
            blobs: self.blobs.unwrap_or_default(),
            env: self.env,
            id: self.id.ok_or_else(|| E::missing_field("id"))?,
            invoked_by: self.invoked_by.ok_or_else(|| E::missing_field("invoked_by"))?,
            nonce: self.nonce.ok_or_else(|| E::missing_field("nonce"))?,
            prev: self.prev,
            tenant: self.tenant.ok_or_else(|| E::missing_field("tenant"))?,
            times: self.times.ok_or_else(|| E::missing_field("times"))?,
            v: self.v.ok_or_else(|| E::missing_field("v"))?,
        })
    }
}

/// The members of the whole, of which those of the head go aside.
struct Split<'a, M> {
    map: M,
    kind: Kind,
    head: &'a mut Members,
}

/// The name of a member, without a copy where it has no escape.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de, M: MapAccess<'de>> Split<'_, M> {
    /// Takes the value of a member if it is one of the head's.
    fn take(&mut self, name: &str) -> Result<bool, M::Error> {
        let Self { map, head, .. } = self;
        match name {
            "blobs" => {
                once(map, &mut head.blobs, "blobs")?;
                if head.blobs.as_ref().is_some_and(Vec::is_empty) {
                    return Err(M::Error::custom("`blobs` is empty, expected to be left out"));
                }
            }
            "env" => once(map, &mut head.env, "env")?,
            "id" => once(map, &mut head.id, "id")?,
            "invoked_by" => once(map, &mut head.invoked_by, "invoked_by")?,
            "kind" => {
                once(map, &mut head.kind, "kind")?;
                if let Some(found) = head.kind.filter(|found| *found != self.kind) {
                    return Err(M::Error::custom(format_args!("it is of the kind `{found}`")));
                }
            }
            "nonce" => once(map, &mut head.nonce, "nonce")?,
            "prev" => once(map, &mut head.prev, "prev")?,
            "tenant" => once(map, &mut head.tenant, "tenant")?,
            "times" => once(map, &mut head.times, "times")?,
            "v" => once(map, &mut head.v, "v")?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn once<'de, M: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut M,
    place: &mut Option<T>,
    name: &'static str,
) -> Result<(), M::Error> {
    if place.replace(map.next_value()?).is_some() {
        return Err(M::Error::duplicate_field(name));
    }
    Ok(())
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Split<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, M::Error> {
        loop {
            let Some(Name(name)) = self.map.next_key()? else { return Ok(None) };
            if !self.take(&name)? {
                let name: CowStrDeserializer<'_, M::Error> = name.into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        self.map.next_value_seed(seed)
    }
}
