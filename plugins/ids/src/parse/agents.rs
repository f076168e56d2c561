//! The agents of a Wazuh manager as its API lists them: the answer to `GET /agents`, or that answer saved.
//!
//! The form is the one that Wazuh publishes for versions 4 and 5 (`data.affected_items`, `data.total_affected_items`); an agent has `id`,
//! `name`, `status`, and where it has one `lastKeepAlive` and `dateAdd`, with an offset. The manager lists itself as `000` with a
//! keep-alive of the year 9999, which is none, and knows no day of an agent's registration as 1970.

use serde::Deserialize;
use tickmark_collector::time::iso8601;
use tickmark_collector::{Datetime, Failure};

use super::Unread;

/// The manager itself.
const MANAGER: &str = "000";
/// Longest name of an agent, in bytes.
const NAME_BYTES: usize = 256;

/// One page of the list.
#[derive(Debug)]
pub struct Page {
    /// The agents of the page, in the order of the list.
    pub agents: Vec<Result<Agent, Unread>>,
    /// How many the whole list has, by its own word.
    pub total: u64,
}

/// One agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Wazuh's number for it, such as `001`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Wazuh's word: `active`, `pending`, `disconnected` or `never_connected`.
    pub status: String,
    /// When the manager last had a keep-alive of it.
    pub last_keep_alive: Option<Datetime>,
    /// When it was registered.
    pub registered_at: Option<Datetime>,
}

impl Agent {
    /// Whether it is the manager, which sends itself no keep-alives.
    #[must_use]
    pub fn is_manager(&self) -> bool {
        self.id == MANAGER
    }
}

#[derive(Deserialize)]
#[serde(expecting = "an answer of Wazuh's API")]
struct Reply {
    data: Data,
    #[serde(default)]
    error: i64,
}

#[derive(Deserialize)]
struct Data {
    affected_items: Vec<serde_json::Value>,
    total_affected_items: u64,
    #[serde(default)]
    total_failed_items: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an agent")]
struct Item {
    id: String,
    name: String,
    status: String,
    last_keep_alive: Option<String>,
    date_add: Option<String>,
}

/// Reads one answer.
///
/// # Errors
/// `invalid`, where it is no such answer, or says that it is not whole.
pub fn page(bytes: &[u8]) -> Result<Page, Failure> {
    let Reply { data, error } =
        serde_json::from_slice(bytes).map_err(|why| Failure::invalid(format!("no list of Wazuh's agents: {why}")))?;
    if error != 0 || data.total_failed_items != 0 {
        let failed = data.total_failed_items;
        return Err(Failure::invalid(format!("the list of agents says error {error}, {failed} items failed")));
    }
    let agents = data.affected_items.into_iter().map(agent).collect();
    Ok(Page { agents, total: data.total_affected_items })
}

fn agent(item: serde_json::Value) -> Result<Agent, Unread> {
    let item: Item = serde_json::from_value(item).map_err(|why| Unread(why.to_string()))?;
    let Item { id, name, status, last_keep_alive, date_add } = item;
    if id.is_empty() || name.is_empty() || name.len() > NAME_BYTES {
        return Err(Unread(format!("name of {} bytes, expected 1 to {NAME_BYTES}, and an id", name.len())));
    }
    let is_manager = id == MANAGER;
    let last_keep_alive = time(last_keep_alive.filter(|_| !is_manager))?;
    let registered_at = time(date_add)?.filter(|at| at.0 > 0);
    Ok(Agent { id, name, status, last_keep_alive, registered_at })
}

fn time(text: Option<String>) -> Result<Option<Datetime>, Unread> {
    let Some(text) = text else { return Ok(None) };
    iso8601(text.as_bytes(), None).map(Some).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        Unread(format!("`{shown}` is no time with an offset"))
    })
}
