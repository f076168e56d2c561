//! The fact `agent`: which agents of Wazuh a manager lists, and when each last gave a sign of life.
//!
//! One list has the last keep-alive of each and no earlier one. So it says how an agent is at the judged instant, and nothing of the time
//! before: what was between two runs is for a control on a state to say, by the runs that there are.
//!
//! **Invariant:** an agent that is expected and not listed is a row; one that cannot be read, or of which nobody can say whether it is
//! listed, counts in the total and is none. So does one whose keep-alive is after the judged instant: it shows nothing.

use std::collections::BTreeSet;

use tickmark_collector::{Blob, Datetime, Duration, Failure, Host, Population, Receipt, Request, Summary, code, time};

use crate::parse::Unread;
use crate::parse::agents::{Agent, Page, page};
use crate::settings::{Agents, Settings};

/// How many agents are asked for at once: as many as the API gives by itself.
const PAGE: u64 = 500;
/// Most pages: half a million agents.
const PAGES: u64 = 1_000;
/// How far the clocks of a manager and of this machine may be apart, in milliseconds: 5 minutes.
const APART_MS: i64 = 300_000;
/// Notes on agents that cannot be read.
const KEPT: u64 = 20;
/// What is listed and no agent.
const MANAGER: &str = "the manager itself, which sends no keep-alives";

/// The list as it was read.
struct List {
    agents: Vec<Agent>,
    receipts: Vec<Receipt>,
    /// By the word of the last page.
    total: u64,
    unread: u64,
    notes: Vec<String>,
    /// Whether the manager was asked, or somebody saved what it said at some time.
    asked: bool,
}

/// Emits the fact, where the settings say where the list is.
///
/// # Errors
/// As the host's, and `invalid` where an answer is no list of agents.
pub(crate) fn emit(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let Some(channel) = settings.agents else { return Ok(summary) };
    let list = read(host, channel)?;
    let mut rows = host.fact(
        "agent",
        &["name", "agent", "expected", "listed", "status", "last_keep_alive", "silent_for", "registered_at"],
    );
    let mut excluded = 0;
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    for agent in &list.agents {
        listed.insert(&agent.name);
        if agent.is_manager() {
            excluded += 1;
            continue;
        }
        // What came while the list was asked for is no longer ago than nothing.
        let silent = |at: Datetime| Duration((host.as_of().0 - at.0).max(0));
        rows.row(format!("agent/{}", agent.id), &list.receipts)
            .set("name", agent.name.as_str())
            .set("agent", agent.id.as_str())
            .set("expected", settings.expected_agents.contains(&agent.name))
            .set("listed", true)
            .set("status", agent.status.as_str())
            .set("last_keep_alive", agent.last_keep_alive)
            .set("silent_for", agent.last_keep_alive.map(silent))
            .set("registered_at", agent.registered_at)
            .push()?;
    }
    let missing = settings.expected_agents.iter().filter(|name| !listed.contains(name.as_str()));
    let mut total = list.total;
    // One that is not among those that were read may be among the others.
    let whole = list.unread == 0 && list.agents.len() as u64 >= list.total;
    let mut notes = list.notes;
    for name in missing {
        total += 1;
        if !whole {
            notes.push(format!(
                "whether agent `{}` is there is not known: the list was not read whole",
                name.escape_debug()
            ));
            continue;
        }
        rows.row(format!("missing/{name}"), &list.receipts)
            .set("name", name.as_str())
            .set("expected", true)
            .set("listed", false)
            .set("status", "not_listed")
            .push()?;
    }
    let mut population = Population::of(total, list.receipts.first().copied().unwrap_or_default());
    if excluded > 0 {
        population = population.excluding(excluded, MANAGER);
    }
    // A list that somebody saved is as old as the last sign of life in it.
    if !list.asked {
        population.observed_at = list.agents.iter().filter_map(|it| it.last_keep_alive).max().min(Some(host.as_of()));
    }
    let mut summary = summary.population(rows.finish(population)?);
    for note in notes {
        summary = summary.note(note);
    }
    if list.unread > KEPT {
        summary = summary.note(format!("{} more agents cannot be read", list.unread - KEPT));
    }
    Ok(summary)
}

fn read(host: &dyn Host, channel: Agents) -> Result<List, Failure> {
    let asked = channel == Agents::Http;
    let mut list = List { agents: vec![], receipts: vec![], total: 0, unread: 0, notes: vec![], asked };
    let mut seen = BTreeSet::new();
    match channel {
        Agents::File => {
            let blob = host.open("agents", "")?;
            list.take(&blob, host.as_of(), &mut seen)?;
        }
        Agents::Http => {
            let mut offset = 0;
            for _ in 0..PAGES {
                let select = "id,name,status,lastKeepAlive,dateAdd";
                let path = format!("/agents?offset={offset}&limit={PAGE}&sort=%2Bid&select={select}");
                let response = host.send(&Request::get("agents", &path))?;
                if response.status != 200 {
                    let why = format!("the manager answered with status {}", response.status);
                    return Err(Failure::new(code::UNAVAILABLE, why).shown_by(response.body.receipt()));
                }
                let got = list.take(&response.body, host.as_of(), &mut seen)?;
                offset += got;
                if got == 0 || offset >= list.total {
                    return Ok(list);
                }
            }
            return Err(Failure::new(code::LIMIT, format!("more than {PAGES} pages of agents")));
        }
    }
    Ok(list)
}

impl List {
    /// Takes a page, and says how many it had. What is there again is not taken twice.
    fn take(&mut self, blob: &Blob, as_of: Datetime, seen: &mut BTreeSet<String>) -> Result<u64, Failure> {
        let Page { agents, total } = page(&blob.bytes()).map_err(|failure| failure.shown_by(blob.receipt()))?;
        self.receipts.push(blob.receipt());
        self.total = total;
        let count = agents.len() as u64;
        for agent in agents {
            match agent.and_then(|agent| until(as_of, agent)) {
                Ok(agent) if seen.insert(agent.id.clone()) => self.agents.push(agent),
                Ok(agent) => self.notes.push(format!("agent `{}` is listed twice", agent.id.escape_debug())),
                Err(why) => {
                    self.unread += 1;
                    if self.unread <= KEPT {
                        self.notes.push(format!("an agent cannot be read: {}", why.0));
                    }
                }
            }
        }
        Ok(count)
    }
}

/// The agent, unless its last sign of life is of a time that has not come.
fn until(as_of: Datetime, agent: Agent) -> Result<Agent, Unread> {
    match agent.last_keep_alive.filter(|at| at.0 > as_of.0.saturating_add(APART_MS)) {
        None => Ok(agent),
        Some(at) => Err(Unread(format!(
            "the keep-alive {} of `{}` is more than 5 minutes after the judged instant",
            time::text(at),
            agent.name.escape_debug()
        ))),
    }
}
