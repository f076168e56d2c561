//! The access keys of accounts: rows of another fact of the same collector, shown with the account that they belong to.
//!
//! **Absent on purpose:** deciding about a key. What makes one an exception a control of its own says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tickmark_model::{Collection, Instant, parse_instant};

use super::item::{Item, attributes};

/// One access key, as the source has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// Whether it works.
    pub active: bool,
    /// Whole days since it was created or last replaced, where the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<i64>,
    /// The row that it is, such as `7/key/1`.
    pub id: String,
    /// When it was last used, where the source says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Instant>,
}

/// Gives each of `items`, which are accounts of `collection`, its keys among the rows of `fact`.
pub(super) fn give(items: &mut [Item], collection: &Collection, fact: &str) {
    let mut by_account: BTreeMap<String, Vec<AccessKey>> = BTreeMap::new();
    let Some(table) = collection.tables.get(fact) else { return };
    let rows = table.sorted();
    for row in rows.iter() {
        let Some((id, said)) = table.id(row).zip(attributes(table, row)) else { continue };
        let text = |name: &str| said.get(name).and_then(Value::as_str);
        // A row may say that its account has none.
        let Some((account, state)) = text("account").zip(text("state")).filter(|(_, state)| *state != "none") else {
            continue;
        };
        by_account.entry(account.to_owned()).or_default().push(AccessKey {
            active: state == "active",
            age_days: said.get("age_days").and_then(Value::as_i64),
            id: id.to_owned(),
            last_used: text("last_used").and_then(|at| parse_instant(at).ok()),
        });
    }
    for item in items {
        item.keys = Some(by_account.remove(&item.subject).unwrap_or_default());
    }
}
