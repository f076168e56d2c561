//! Which file a site takes for a plugin that is not built in.

use serde::{Deserialize, Deserializer};
use tickmark_model::Digest;

/// What `sha256` of a collector says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The file must have this digest.
    To(Digest),
    /// Whatever file is there: for somebody who is writing the plugin.
    Any,
}

/// `sha256:` and 64 hexadecimal digits, or `any`.
impl<'de> Deserialize<'de> for Pin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "any" {
            return Ok(Self::Any);
        }
        text.parse().map(Self::To).map_err(|error| serde::de::Error::custom(format_args!("{error}, or `any`")))
    }
}
