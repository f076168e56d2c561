//! `tickmark remediation`: what is to be put right, by when, and what was done about it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::remediation::{
    ApproveCorrection, CorrectException, KnownRemediations, PlanRemediation, Waiting, episode_id, remediations,
};
use tickmark_engine::site::Site;
use tickmark_model::Instant;
use tickmark_operations::{Act, Episode, days_to_remediate};
use tickmark_report::plain;

use super::acts::{acting, appended_document, by, count, named, said, said_by};
use super::control::document;
use crate::args::{Format, Global, Output, RemediationCloseArgs, RemediationCommand, RemediationPlanArgs, Sign};
use crate::columns;
use crate::output::write;
use crate::progress::Progress;

pub fn remediation(global: &Global, command: RemediationCommand) -> anyhow::Result<u8> {
    match command {
        RemediationCommand::List { control, all, as_of, output } => {
            list(global, control.as_deref(), all, as_of.as_deref(), &output)
        }
        RemediationCommand::Show { episode, output } => show(global, &episode, &output),
        RemediationCommand::Plan(args) => plan(global, args),
        RemediationCommand::Close(args) => close(global, args),
        RemediationCommand::Approve { record, by, sign, output } => {
            approve(global, &ApproveCorrection { record, by }, &sign, &output)
        }
    }
}

/// What the site's ledger says; nothing where nothing was sealed yet.
fn known(site: &Site, until: Option<Instant>) -> anyhow::Result<Option<KnownRemediations>> {
    let log = super::log_if_there(site)?;
    log.map(|log| remediations(&log, &site.engagement.time_zone, until)).transpose()
}

fn list(global: &Global, control: Option<&str>, all: bool, as_of: Option<&str>, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let until = super::as_of(as_of)?;
    let at = until.map_or_else(super::now, Ok)?;
    let known = known(&site, until)?;
    let episodes = known.iter().flat_map(|known| known.remediations.episodes());
    let of_control: Vec<&Episode> =
        episodes.filter(|it| control.is_none_or(|control| it.key.control == control)).collect();
    let mut listed: Vec<(String, NaiveDate, &Episode)> = Vec::new();
    for episode in of_control.iter().filter(|it| all || it.closed.is_none()) {
        listed.push((episode_id(episode)?, site.day(episode.since)?, episode));
    }
    listed.sort_by_key(|(_, _, it)| (it.due, it.opened));
    let days = days_to_remediate(of_control, at);
    let lost = known.as_ref().map(|known| known.lost.as_slice()).unwrap_or_default();
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let row = |(id, since, it): &(String, NaiveDate, &Episode)| {
                [
                    id.clone(),
                    it.severity.as_str().to_owned(),
                    it.key.control.clone(),
                    it.key.system.clone(),
                    plain(&it.key.subject.to_string()),
                    since.to_string(),
                    it.due.to_string(),
                    state(it, at).to_owned(),
                ]
            };
            let rows: Vec<[String; 8]> = listed.iter().map(row).collect();
            let headings = ["EPISODE", "SEVERITY", "CONTROL", "SYSTEM", "SUBJECT", "SINCE", "DUE", "STATE"];
            columns::write(out, headings, &rows)?;
            match lost.len() {
                0 => Ok(()),
                lost => {
                    writeln!(out, "\nThe exceptions of {} were erased and are not followed.", count(lost, "evaluation"))
                }
            }
        }
        Format::Json => {
            let rows: Vec<Value> = listed.iter().map(|(id, _, it)| episode_document(id, it, at)).collect();
            let days: BTreeMap<&str, Value> = days
                .iter()
                .map(|(severity, it)| {
                    let (open, overdue, closed, late) = (it.open, it.overdue, it.closed, it.late);
                    let value = json!({
                        "closed": closed, "late": late, "longest_days": it.longest, "median_days": it.median,
                        "open": open, "overdue": overdue,
                    });
                    (severity.as_str(), value)
                })
                .collect();
            document(
                out,
                &json!({
                    "as_of": at, "days_to_remediate": days, "episodes": rows, "lost": lost,
                    "schema": "tickmark/remediations-listed/1",
                }),
            )
        }
    })?;
    Ok(exit::PASS)
}

fn show(global: &Global, id: &str, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let at = super::now()?;
    let known = known(&site, None)?.ok_or_else(|| anyhow::anyhow!("nothing was sealed yet, so there is no episode"))?;
    let it = known.find(id)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let (control, system, subject) = (&it.key.control, &it.key.system, plain(&it.key.subject.to_string()));
            writeln!(out, "{id}: {subject} of {control} on `{system}`, {}, {}", it.severity.as_str(), state(it, at))?;
            writeln!(out, "since {} (record {}), due {}", it.since, it.opened.index, it.due)?;
            if let Some(previous) = it.previous {
                writeln!(out, "it failed before: record {previous} opened that")?;
            }
            for place in &it.reopened {
                writeln!(out, "failed again within 30 days: record {}", place.index)?;
            }
            for (place, act) in &it.acts {
                let Some(act_of) = known.acts.get(&place.index) else { continue };
                let said = &act_of.statement;
                let by = named(&said.by, &act_of.by);
                match act {
                    Act::Plan => {
                        let (owner, plan) = (said.owner.as_deref(), said.plan.as_deref());
                        let (owner, plan) = (plain(owner.unwrap_or_default()), plain(plan.unwrap_or_default()));
                        writeln!(out, "planned at {} by {by}, record {}", place.recorded_at, place.index)?;
                        writeln!(out, "  owner: {owner}\n  cause: {}\n  plan: {plan}", plain(&said.cause))?;
                    }
                    Act::Correct => {
                        let approved = act_of.approved.as_ref().map(said_by).unwrap_or_default();
                        let action = plain(said.corrective_action.as_deref().unwrap_or_default());
                        let (at, record) = (place.recorded_at, place.index);
                        writeln!(out, "corrected at {at} by {by}, approved by {approved}, record {record}")?;
                        writeln!(out, "  cause: {}\n  action: {action}", plain(&said.cause))?;
                        if let Some(evidence) = act_of.evidence {
                            writeln!(out, "  evidence: {evidence}")?;
                        }
                    }
                }
            }
            for done in waiting(&known, it) {
                let (at, index, by) = (done.at, done.record.index, named(&done.act.statement.by, &done.act.by));
                let action = plain(done.act.statement.corrective_action.as_deref().unwrap_or_default());
                writeln!(out, "corrected at {at} by {by}, record {index}, WAITS for another person to approve it")?;
                writeln!(out, "  cause: {}\n  action: {action}", plain(&done.act.statement.cause))?;
            }
            match (it.closed, it.days()) {
                (Some(closed), Some(days)) => {
                    let days = count(usize::try_from(days).unwrap_or_default(), "day");
                    writeln!(
                        out,
                        "closed at {} after {days}: {}, record {}",
                        closed.at,
                        closed.how.as_str(),
                        closed.by.index
                    )
                }
                _ => writeln!(out, "last failed: record {}", it.last_failed.index),
            }
        }
        Format::Json => {
            let mut value = episode_document(id, it, at);
            let act = |(place, _): &(tickmark_operations::Place, Act)| {
                let act = known.acts.get(&place.index)?;
                let statement = serde_json::to_value(&act.statement).ok()?;
                Some(json!({
                    "approved": act.approved.as_ref().map(said),
                    "at": place.recorded_at,
                    "authentication": act.by,
                    "evidence": act.evidence,
                    "record": place.index,
                    "statement": statement,
                }))
            };
            let waiting = waiting(&known, it).map(|done| {
                json!({
                    "at": done.at,
                    "authentication": done.act.by,
                    "evidence": done.act.evidence,
                    "record": done.record.index,
                    "statement": done.act.statement,
                })
            });
            if let Some(members) = value.as_object_mut() {
                members.insert("acts".to_owned(), it.acts.iter().filter_map(act).collect());
                members.insert("schema".to_owned(), "tickmark/remediation/1".into());
                members.insert("waiting".to_owned(), waiting.collect());
            }
            document(out, &value)
        }
    })?;
    Ok(exit::PASS)
}

fn plan(global: &Global, args: RemediationPlanArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let RemediationPlanArgs { episode, owner, cause, plan, by: name, sign, output } = args;
    let plan = PlanRemediation { episode, owner, cause, plan, by: name };
    let acting = acting(global, &sign)?;
    let progress = Progress::new(global);
    let sealed = plan.seal(&site, acting, &progress);
    progress.finish();
    let (appended, episode) = sealed?;
    let by = by(&site, &appended, &plan.by)?;
    write(&output, &global.directory, |out| match output.output {
        Format::Table => {
            let (id, of, owner, due) = (&appended.id, &plan.episode, plain(plan.owner.trim()), episode.due);
            writeln!(out, "{id}: `{of}` is to be put right by {owner} until {due}; planned by {by}")
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn close(global: &Global, args: RemediationCloseArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let RemediationCloseArgs { episode, cause, action, evidence, by: name, approved_by, sign, output } = args;
    let evidence = global.directory.join(evidence);
    let close = CorrectException { episode, cause, corrective_action: action, evidence, by: name, approved_by };
    let acting = acting(global, &sign)?;
    let progress = Progress::new(global);
    let sealed = close.seal(&site, acting, &progress);
    progress.finish();
    let (appended, episode) = sealed?;
    let said = by(&site, &appended, &close.by)?;
    let approved = close.approved_by.as_ref().map(|approver| by(&site, &appended, approver)).transpose()?;
    write(&output, &global.directory, |out| match output.output {
        Format::Table => {
            let (id, of) = (&appended.id, &close.episode);
            let Some(approved) = &approved else {
                writeln!(out, "{id}: `{of}` is corrected, says {said}")?;
                return writeln!(out, "it counts once another person approved it: `tickmark remediation approve {id}`");
            };
            writeln!(out, "{id}: `{of}` is corrected, say {said} and {approved}")?;
            match (episode.closed.is_some(), episode.historical) {
                (true, _) => Ok(()),
                (false, true) => writeln!(out, "it is closed once the next operation of the control conforms"),
                (false, false) => writeln!(out, "it is closed once an observation shows it"),
            }
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn approve(global: &Global, approve: &ApproveCorrection, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = approve.seal(&site, acting, &progress);
    progress.finish();
    let (appended, done) = sealed?;
    let by = by(&site, &appended, &approve.by)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            writeln!(out, "{}: `remediation/{}` is approved by {by}", appended.id, done.record.index)
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

/// What was done about an exception and nobody approved yet.
fn waiting<'k>(known: &'k KnownRemediations, it: &'k Episode) -> impl Iterator<Item = &'k Waiting> {
    let is_about = |done: &&Waiting| done.key == it.key && done.opened() == Some(it.opened.index);
    known.waiting.values().filter(is_about)
}

/// How far it has come, in words.
fn state(it: &Episode, at: Instant) -> &'static str {
    match (it.closed.is_some(), it.is_overdue(at)) {
        (true, false) => "closed",
        (true, true) => "closed late",
        (false, true) => "OVERDUE",
        (false, false) if it.corrected().is_some() => "corrected",
        (false, false) if it.acts.is_empty() => "open",
        (false, false) => "planned",
    }
}

fn episode_document(id: &str, it: &Episode, at: Instant) -> Value {
    json!({
        "closed": it.closed.map(|closed| json!({ "at": closed.at, "how": closed.how, "record": closed.by.index })),
        "control": it.key.control,
        "days": it.days(),
        "due": it.due,
        "historical": it.historical,
        "id": id,
        "last_failed": it.last_failed.index,
        "opened": it.opened,
        "overdue": it.is_overdue(at),
        "previous": it.previous,
        "reopened": it.reopened,
        "severity": it.severity,
        "since": it.since,
        "state": state(it, at),
        "subject": it.key.subject,
        "system": it.key.system,
    })
}
