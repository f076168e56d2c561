//! Whose key is whose, from one record of kind `people` to the next.

use serde::{Deserialize, Serialize};
use tickmark_model::same_person;

use crate::tlog::{KeyError, VerifierKey};

/// The key of one person: an element of the blob `people`, which is sorted by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonKey {
    /// The verifier key, in the form `name+id+base64`.
    pub key: String,
    /// Whose it is.
    pub name: String,
}

/// Whose key is whose at some place of a log.
#[derive(Clone, Debug, Default)]
pub struct KeysInForce {
    keys: Vec<Owned>,
    /// Why nobody can say any more whose key was whose.
    lost: Option<String>,
}

/// The key of one person, and the record since when it is.
#[derive(Clone, Debug)]
struct Owned {
    name: String,
    key: VerifierKey,
    since: u64,
}

impl KeysInForce {
    /// Takes the next record of kind `people`, whose blob has these bytes; or why it has none any more.
    pub fn take(&mut self, record: u64, blob: Result<&[u8], String>) {
        let read = blob.and_then(|bytes| {
            let people: Vec<PersonKey> = serde_json::from_slice(bytes).map_err(|why| why.to_string())?;
            let owned = |PersonKey { key, name }: PersonKey| {
                let key: VerifierKey = key.parse().map_err(|why: KeyError| format!("the key of `{name}`: {why}"))?;
                let before = self.keys.iter().find(|it| same_person(&it.name, &name) && it.key == key);
                Ok(Owned { since: before.map_or(record, |it| it.since), name, key })
            };
            people.into_iter().map(owned).collect::<Result<Vec<Owned>, String>>()
        });
        match read {
            Ok(keys) => *self = Self { keys, lost: None },
            // What was in force before is no more, and what is nobody knows.
            Err(why) => self.lost = Some(format!("whose key was whose from people/{record} on: {why}")),
        }
    }

    /// The key of a person, and the record since when it is theirs.
    ///
    /// # Errors
    /// Why nobody can say any more.
    pub(super) fn of(&self, name: &str) -> Result<Option<(&VerifierKey, u64)>, String> {
        match &self.lost {
            Some(why) => Err(why.clone()),
            None => Ok(self
                .keys
                .iter()
                .find(|it| same_person(&it.name, name))
                .map(|Owned { key, since, .. }| (key, *since))),
        }
    }

    /// Whether nobody has a key, and that is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.lost.is_none()
    }
}
