//! Which of some subjects a sealed evaluation observed, when their source saw them first, and what scanners found open.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use tickmark_model::{BlobRef, Digest, Instant, Subject};

/// The subjects that were observed, each with when the source itself saw it first, where it says so.
pub(super) type Observed = BTreeMap<Subject, Option<Instant>>;

/// As much of a collection as says where its observations are.
#[derive(Deserialize)]
pub(super) struct Part {
    pub(super) fact: String,
    pub(super) instance: String,
    pub(super) observations: BlobRef,
}

/// Reads the blob of a digest; nothing where it is not there any more.
pub(super) type Blobs<'a> = &'a dyn Fn(&Digest) -> anyhow::Result<Option<Vec<u8>>>;

/// Those of `wanted` that the collections of an evaluation have a row of; nothing where one of these was erased.
pub(super) fn observed(
    blobs: Blobs<'_>,
    parts: &[Part],
    wanted: &BTreeSet<Subject>,
) -> anyhow::Result<Option<Observed>> {
    let mut found = Observed::new();
    for part in parts {
        let of_part: BTreeSet<&Subject> = wanted.iter().filter(|it| it.collector == part.instance).collect();
        if of_part.is_empty() {
            continue;
        }
        let Some(bytes) = blobs(&part.observations.digest)? else { return Ok(None) };
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let rows = Wanted { collector: &part.instance, wanted: &of_part }.deserialize(&mut json);
        found.extend(rows.with_context(|| format!("the observations `{}` cannot be read", part.observations.digest))?);
    }
    Ok(Some(found))
}

/// What these observations of a collector have a row of that says it is open, of kinds that begin so. Erased ones have none.
pub(super) fn open_findings(
    blobs: Blobs<'_>,
    collector: &str,
    observations: &Digest,
    kinds: &str,
) -> anyhow::Result<BTreeSet<Subject>> {
    let Some(bytes) = blobs(observations)? else { return Ok(BTreeSet::new()) };
    let rows: Vec<StateRow> =
        serde_json::from_slice(&bytes).with_context(|| format!("the observations `{observations}` cannot be read"))?;
    let is_open = |row: &StateRow| {
        let state = row.attributes.state.as_ref().and_then(serde_json::Value::as_str);
        row.kind.starts_with(kinds) && state == Some("open")
    };
    let subject = |StateRow { id, kind, .. }| Subject { collector: collector.to_owned(), id, kind };
    Ok(rows.into_iter().filter(is_open).map(subject).collect())
}

#[derive(Deserialize)]
struct StateRow {
    attributes: State,
    id: String,
    kind: String,
}

#[derive(Deserialize)]
struct State {
    state: Option<serde_json::Value>,
}

/// Reads a list of observations row by row and keeps the subjects that are wanted.
struct Wanted<'w> {
    collector: &'w str,
    wanted: &'w BTreeSet<&'w Subject>,
}

#[derive(Deserialize)]
struct Row {
    attributes: FirstSeen,
    id: String,
    kind: String,
}

/// What scanners call it.
#[derive(Deserialize)]
struct FirstSeen {
    first_seen: Option<serde_json::Value>,
    discovered_at: Option<serde_json::Value>,
}

impl FirstSeen {
    fn instant(self) -> Option<Instant> {
        let of = |value: Option<serde_json::Value>| serde_json::from_value(value?).ok();
        of(self.first_seen).or_else(|| of(self.discovered_at))
    }
}

impl<'de> DeserializeSeed<'de> for Wanted<'_> {
    type Value = Observed;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Wanted<'_> {
    type Value = Observed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of observations")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<Self::Value, A::Error> {
        let mut found = Observed::new();
        while let Some(Row { attributes, id, kind }) = rows.next_element()? {
            let subject = Subject { collector: self.collector.to_owned(), id, kind };
            if self.wanted.contains(&subject) {
                found.insert(subject, attributes.instant());
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    #[test]
    fn a_row_says_when_its_scanner_saw_it_first() {
        let row = |id: &str, kind: &str, attributes: &str| {
            format!(
                r#"{{"attributes":{attributes},"fact":"x","id":"{id}","kind":"{kind}","parents":[],"receipts":[0]}}"#
            )
        };
        let rows = [
            row("a", "Vulnerability::Finding", r#"{"first_seen":"2026-10-01T00:00:00Z","severity":"high"}"#),
            row("b", "Vulnerability::Finding", r#"{"discovered_at":"2026-10-02T00:00:00Z","first_seen":7}"#),
            row("c", "Vulnerability::Finding", r#"{"severity":"high"}"#),
            row("d", "Vulnerability::Finding", r#"{"first_seen":"2026-10-01T00:00:00Z"}"#),
            row("e", "Vulnerability::Asset", "{}"),
        ];
        let subject = |id: &str| Subject {
            collector: "scans".to_owned(),
            id: id.to_owned(),
            kind: "Vulnerability::Finding".to_owned(),
        };
        let wanted = ["a", "b", "c", "e", "f"].map(subject);
        let wanted = Wanted { collector: "scans", wanted: &wanted.iter().collect() };
        let text = format!("[{}]", rows.join(","));
        let found = wanted.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap();
        let line = |(subject, first): (Subject, Option<Instant>)| {
            format!("{} {}\n", subject.id, first.map_or_else(|| "-".to_owned(), |it| it.to_string()))
        };
        expect![[r#"
            a 2026-10-01T00:00:00Z
            b 2026-10-02T00:00:00Z
            c -
        "#]]
        .assert_eq(&found.into_iter().map(line).collect::<String>());
    }
}
