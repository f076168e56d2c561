//! What people accepted and put right, as a report over a period lists it.

use jiff::tz::TimeZone;
use tickmark_ledger::{Kind, LogReader};
use tickmark_model::Instant;
use tickmark_operations::{Act, Episode, Interval};
use tickmark_report::period::{RemediationLine, WaiverLine};

use super::basis::Basis;
use crate::acts::Said;
use crate::remediation::{KnownRemediations, remediations};
use crate::site::day_in;
use crate::waivers::{KnownWaiver, waivers};

/// What people accepted and put right.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) waivers: Vec<WaiverLine>,
    pub(super) remediations: Vec<RemediationLine>,
    /// What is there no more.
    pub(super) lost: Vec<String>,
}

/// What people accepted and put right at some time of the period, as it stood at `until`.
///
/// # Errors
/// Where the log cannot be read.
pub(super) fn lines(
    log: &LogReader,
    accepted: &[KnownWaiver],
    zone: &TimeZone,
    until: Instant,
    period: Interval,
) -> anyhow::Result<People> {
    let mut people = People::default();
    people.waivers = waiver_lines(accepted, zone, period, &mut people.lost)?;
    people.remediations = remediation_lines(log, until, zone, period, &mut people.lost)?;
    Ok(people)
}

/// All waivers as they stood at the end of what is read.
///
/// # Errors
/// Where the log cannot be read.
pub(super) fn accepted(log: &LogReader, basis: &Basis) -> anyhow::Result<Vec<KnownWaiver>> {
    if !basis.has_waivers {
        return Ok(Vec::new());
    }
    let size = basis.at.size;
    let known = waivers(log, Some(basis.known_until))?.into_iter().filter(|it| it.record.index < size);
    let by_then = |said: Option<Said>| said.filter(|said| said.record < size);
    Ok(known.map(|it| KnownWaiver { approved: by_then(it.approved), ended: by_then(it.ended), ..it }).collect())
}

/// The waivers that were in force on some day of the period.
///
/// # Errors
/// Where a time lies outside of the calendar.
fn waiver_lines(
    accepted: &[KnownWaiver],
    zone: &TimeZone,
    period: Interval,
    lost: &mut Vec<String>,
) -> anyhow::Result<Vec<WaiverLine>> {
    let (first, end) = (day_in(zone, period.from)?, day_in(zone, period.to)?);
    let mut lines = Vec::new();
    for it in accepted {
        let last = match &it.ended {
            Some(said) => it.until.min(day_in(zone, said.at)?),
            None => it.until,
        };
        if it.from >= end || last < first {
            continue;
        }
        let KnownWaiver { id, control, system, from, terms, approved, .. } = it.clone();
        let terms = terms.map_err(|why| lost.push(format!("{id}: {why}"))).ok();
        // What nobody can read any more names nothing.
        let Some(terms) = terms else { continue };
        // Nor does what nobody approved cover anything, or anything before that.
        let Some(approved) = approved else { continue };
        let from = from.max(day_in(zone, approved.at)?);
        if from >= end || last < from {
            continue;
        }
        lines.push(WaiverLine {
            record: id,
            control,
            system,
            subjects: terms.subjects.iter().map(|subject| subject.id.clone()).collect(),
            from,
            until: last,
            approver: approved.by,
            signed: it.is_signed(),
            reason: Some(terms.reason),
        });
    }
    Ok(lines)
}

/// The exceptions that were open at some time of the period, as they stood at `until`.
///
/// # Errors
/// Where the log cannot be read.
fn remediation_lines(
    log: &LogReader,
    until: Instant,
    zone: &TimeZone,
    period: Interval,
    lost: &mut Vec<String>,
) -> anyhow::Result<Vec<RemediationLine>> {
    let known = remediations(log, zone, Some(until))?;
    lost.extend(
        known.lost.iter().map(|index| format!("record {index}: its exceptions are not there, and not followed")),
    );
    let open = known
        .remediations
        .episodes()
        .filter(|it| it.since < period.to && it.closed.is_none_or(|closed| closed.at >= period.from));
    Ok(open.map(|episode| line(&known, episode, until)).collect())
}

fn line(known: &KnownRemediations, episode: &Episode, until: Instant) -> RemediationLine {
    let said = |act: Act| {
        let of = episode.acts.iter().rev().find(|(_, it)| *it == act)?;
        known.acts.get(&of.0.index).map(|it| &it.statement)
    };
    let (planned, corrected) = (said(Act::Plan), said(Act::Correct));
    let state = match (&episode.closed, corrected, planned) {
        (Some(closed), ..) => closed.how.as_str(),
        (None, Some(_), _) => "corrected",
        (None, None, Some(_)) => "planned",
        (None, None, None) => "open",
    };
    let evaluations = std::iter::once(&episode.opened).chain(&episode.reopened).chain([&episode.last_failed]);
    let mut records: Vec<(u64, String)> = evaluations.map(|it| (it.index, Kind::Evaluation.id(it.index))).collect();
    records.extend(episode.acts.iter().map(|(place, _)| (place.index, Kind::Remediation.id(place.index))));
    records.extend(episode.closed.iter().map(|it| (it.by.index, Kind::Evaluation.id(it.by.index))));
    records.sort();
    records.dedup();
    RemediationLine {
        control: episode.key.control.clone(),
        system: episode.key.system.clone(),
        subject: Some(episode.key.subject.id.clone()),
        severity: episode.severity,
        state: state.to_owned(),
        due: Some(episode.due),
        closed_at: episode.closed.map(|closed| closed.at),
        overdue: episode.is_overdue(until),
        owner: planned.and_then(|it| it.owner.clone()),
        cause: corrected.or(planned).map(|it| it.cause.clone()),
        plan: corrected.and_then(|it| it.corrective_action.clone()).or_else(|| planned.and_then(|it| it.plan.clone())),
        records: records.into_iter().map(|(_, id)| id).collect(),
    }
}
