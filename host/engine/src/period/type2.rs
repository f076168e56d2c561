//! A report over a period, from a log.

use std::collections::BTreeSet;
use std::thread;

use chrono::NaiveDate;
use tickmark_ledger::{LogReader, Period};
use tickmark_operations::{Interval, Operated, days, operate};
use tickmark_report::period::{Given, Summary, Type2};

use super::at::{At, PeriodError};
use super::basis::{Basis, criteria};
use super::{acts, evidence, people};
use crate::problem::known_names;

/// What a report over a period is to be about.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The first day; without it that of the engagement.
    pub from: Option<NaiveDate>,
    /// The last day, inclusive; without it that of the engagement.
    pub to: Option<NaiveDate>,
    /// Up to where the log is read.
    pub at: At,
    /// The only controls; empty means all.
    pub controls: Vec<String>,
}

/// How controls operated over a period.
///
/// # Errors
/// [`PeriodError`]; where a time zone is not known or the log cannot be read.
pub fn type2(log: &LogReader, asked: &Asked) -> anyhow::Result<Type2> {
    let mut basis = Basis::read(log, &asked.at)?;
    let (period, interval) = basis.period(asked.from, asked.to)?;
    basis.know(&asked.controls)?;
    let wanted = |control: &str| asked.controls.is_empty() || asked.controls.iter().any(|it| it == control);
    let observed = std::mem::take(&mut basis.read.programme.observed);
    let (zone, until) = (basis.zone()?, basis.known_until);
    let accepted = people::accepted(log, &basis)?;
    // Neither needs the other.
    let (told, people) = thread::scope(|scope| {
        let people = scope.spawn(|| people::lines(log, &accepted, &zone, until, interval));
        let told = evidence::tell(log, &basis, observed, &accepted, interval, wanted);
        (told, people.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (told, people) = (told?, people?);
    let acts::Told { acts, people: keys } = acts::tell(log, &basis)?;
    let lost = basis.lost().into_iter().chain(told.lost).chain(people.lost).collect();
    let given = Given {
        about: basis.about.clone(),
        from: period.from,
        to: period.to,
        interval,
        criteria: criteria()?,
        matrices: basis.matrices(),
        controls: (!asked.controls.is_empty()).then(|| asked.controls.clone()),
        evidence: told.evidence,
        waivers: people.waivers,
        remediations: people.remediations,
        samples: basis.sample_lines(),
        acts,
        people: keys,
        lost,
        operated: told.operated,
    };
    Ok(Type2::new(given))
}

/// What may be shown to anyone of a period.
///
/// # Errors
/// As [`type2`].
pub fn summary(log: &LogReader, asked: &Asked) -> anyhow::Result<Summary> {
    type2(log, asked).map(|report| Summary::new(&report))
}

impl Basis {
    /// The days that are asked for, or those of the engagement; and the same as instants.
    pub(crate) fn period(&self, from: Option<NaiveDate>, to: Option<NaiveDate>) -> anyhow::Result<(Period, Interval)> {
        let (first, last) = self.around()?.period.unzip();
        let (from, to) = from.or(first).zip(to.or(last)).ok_or(PeriodError::NoPeriod)?;
        let interval = days(from, to, &self.zone()?).ok_or(PeriodError::Period { from, to })?;
        Ok((Period { from, to }, interval))
    }

    /// What became of each control on each system, as far as it is known.
    pub(crate) fn operate(&self, period: Interval) -> anyhow::Result<Vec<Operated>> {
        Ok(operate(&self.read.programme, period, self.known_until)?)
    }

    /// That some matrix has each of these controls.
    pub(crate) fn know(&self, controls: &[String]) -> Result<(), PeriodError> {
        let known: BTreeSet<&str> =
            self.read.programme.in_force.iter().flat_map(|it| it.controls.keys()).map(String::as_str).collect();
        match controls.iter().find(|id| !known.contains(id.as_str())) {
            None => Ok(()),
            Some(control) => {
                let known = known_names(control, known.iter().copied());
                Err(PeriodError::UnknownControl { control: control.clone(), known })
            }
        }
    }
}
