//! One event of Okta's System Log, as `/api/v1/logs` gives it.
//!
//! Format: the `LogEvent` object of "System Log API" and "Event types" in the Okta reference. Events of other types say
//! nothing about which accounts there are and what they may do; they are left out and counted.

use serde::Deserialize;
use serde_json::Value;

use crate::parse::time;
use crate::record::{Event, Kind, Party, Unread};

/// The types that are looked at.
pub const TYPES: [(&str, Kind); 13] = [
    ("user.lifecycle.create", Kind::Create),
    ("user.lifecycle.activate", Kind::Activate),
    ("user.lifecycle.reactivate", Kind::Reactivate),
    ("user.lifecycle.suspend", Kind::Suspend),
    ("user.lifecycle.unsuspend", Kind::Unsuspend),
    ("user.lifecycle.deactivate", Kind::Deactivate),
    ("user.lifecycle.delete.completed", Kind::Delete),
    ("user.account.privilege.grant", Kind::Grant),
    ("user.account.privilege.revoke", Kind::Revoke),
    ("group.privilege.grant", Kind::Grant),
    ("group.privilege.revoke", Kind::Revoke),
    ("group.user_membership.add", Kind::GroupAdd),
    ("group.user_membership.remove", Kind::GroupRemove),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogEvent {
    uuid: String,
    published: String,
    event_type: String,
    actor: Option<Entity>,
    outcome: Outcome,
    target: Option<Vec<Entity>>,
    debug_context: Option<DebugContext>,
}

#[derive(Deserialize)]
struct Outcome {
    result: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    alternate_id: Option<String>,
    display_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DebugContext {
    debug_data: Option<serde_json::Map<String, Value>>,
}

impl Entity {
    fn party(&self) -> Option<Party> {
        let known = |text: &Option<String>| text.clone().filter(|text| !matches!(text.as_str(), "" | "unknown"));
        let person = self.kind == "User";
        let names =
            if person { [&self.alternate_id, &self.display_name] } else { [&self.display_name, &self.alternate_id] };
        Some(Party { id: known(&self.id)?, login: names.into_iter().find_map(known), person })
    }
}

/// What one element of the log is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// About accounts: one for each account that it names.
    Events(Vec<Event>),
    /// Of another type.
    Other,
}

/// Reads one element.
///
/// # Errors
/// Why it cannot be read.
pub fn read(item: Value) -> Result<Read, Unread> {
    let event_type = item.get("eventType").and_then(Value::as_str).ok_or_else(|| "no `eventType`".to_owned())?;
    let Some((event_type, kind)) = TYPES.into_iter().find(|(known, _)| *known == event_type) else {
        return Ok(Read::Other);
    };
    let event = LogEvent::deserialize(item).map_err(|error| error.to_string())?;
    let about = if event.event_type.starts_with("group.privilege.") { "UserGroup" } else { "User" };
    let targets = event.target.unwrap_or_default();
    let (about, others): (Vec<&Entity>, Vec<&Entity>) = targets.iter().partition(|target| target.kind == about);
    let given = event.debug_context.and_then(|context| context.debug_data).and_then(|data| {
        let names = ["privilegeGranted", "privilegeRevoked"];
        names.into_iter().find_map(|name| data.get(name)?.as_str().map(str::to_owned))
    });
    let privilege = given.or_else(|| others.iter().find_map(|other| other.display_name.clone()));
    let time = time(Some(&event.published))?.ok_or_else(|| "no `published`".to_owned())?;
    let actor = event.actor.and_then(|actor| actor.party());
    let one = |target: Option<&Entity>, id: String| Event {
        id,
        kind,
        event_type: event_type.to_owned(),
        time,
        actor: actor.clone(),
        target: target.and_then(Entity::party),
        privilege: privilege.clone().filter(|_| kind.disables().is_none() && kind != Kind::Create),
        succeeded: matches!(event.outcome.result.as_str(), "SUCCESS" | "ALLOW"),
    };
    Ok(Read::Events(match about.as_slice() {
        [] => vec![one(None, event.uuid)],
        [target] => vec![one(Some(target), event.uuid)],
        targets => {
            let id = |number: usize| format!("{}/{}", event.uuid, number + 1);
            targets.iter().enumerate().map(|(number, target)| one(Some(target), id(number))).collect()
        }
    }))
}
