//! An audited system.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One audited system, the principal of every request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Such as `production`; environments never mix.
    pub environment: String,
    /// Its name, unique in the site.
    pub name: String,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Anything else, by name.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// How much it matters, in the site's own words.
    pub tier: Option<String>,
}
