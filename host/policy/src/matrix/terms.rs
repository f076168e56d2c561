//! The keys of a row that say what its operations over time are: in which windows, how late, and how several of them make
//! one result.
//!
//! **Invariant:** a key that would have no effect is refused, for it would look as if it had one.
//! **Absent on purpose:** windows and calendars themselves. What a row says is only read here.

use std::ops::Range;

use jiff::tz::TimeZoneDatabase;
use tickmark_model::{Combine, Execution, Frequency, MonthDay, Operation, format_duration};

use super::fields::{Fields, Placed};
use crate::problem::Problem;

const COMBINES: [(&str, Combine); 3] = [("any", Combine::Any), ("each", Combine::Each), ("all", Combine::All)];
const DAY_MS: i64 = 86_400_000;

/// In which windows a control operates, and how late it may: what both kinds of row have.
pub(super) struct Windows {
    pub(super) anchor: Option<MonthDay>,
    pub(super) grace_ms: Option<i64>,
    pub(super) time_zone: Option<String>,
}

impl Windows {
    /// Of a control of this frequency, where it is known.
    pub(super) fn read(fields: &mut Fields<'_>, frequency: Option<Frequency>, problems: &mut Vec<Problem>) -> Self {
        Self {
            anchor: anchor(fields, frequency, problems),
            grace_ms: grace(fields, frequency, problems),
            time_zone: time_zone(fields, problems),
        }
    }
}

/// What else the row of a control with a collector may say.
pub(super) struct Operated {
    pub(super) combine: Combine,
    pub(super) each: Option<String>,
    /// Where `each` stands.
    pub(super) each_span: Range<usize>,
    pub(super) execution: Execution,
    pub(super) max_gap_ms: Option<i64>,
    pub(super) stratum: Option<String>,
    /// Where `stratum` stands.
    pub(super) stratum_span: Range<usize>,
}

impl Operated {
    /// Of a control of this frequency and operation, where they are known.
    pub(super) fn read(
        fields: &mut Fields<'_>,
        frequency: Option<Frequency>,
        operation: Option<Operation>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let combine = combine(fields, operation, problems);
        let each = each(fields, combine, problems);
        let stratum = stratum(fields, frequency, problems);
        Self {
            combine: combine.unwrap_or_default(),
            each_span: each.as_ref().map_or(0..0, |each| each.span.clone()),
            each: each.map(|each| each.value),
            execution: execution(fields, problems).unwrap_or_default(),
            max_gap_ms: max_gap(fields, frequency, problems),
            stratum_span: stratum.as_ref().map_or(0..0, |stratum| stratum.span.clone()),
            stratum: stratum.map(|stratum| stratum.value),
        }
    }
}

/// The day that the windows of an annual control start on, which it must say.
fn anchor(fields: &mut Fields<'_>, frequency: Option<Frequency>, problems: &mut Vec<Problem>) -> Option<MonthDay> {
    const EXPECTED: &str = "the month and day on which its year starts, such as `\"04-01\"`";
    let text: Placed<String> = match frequency {
        Some(Frequency::Annual) => fields.required("anchor", EXPECTED, problems)?,
        _ => fields.optional("anchor", EXPECTED, problems)?,
    };
    let problem = |message: String| fields.file.problem(message);
    if frequency.is_some_and(|frequency| frequency != Frequency::Annual) {
        let wrong = problem(format!("`anchor` is `{}`, and the control is not annual", text.value));
        problems.push(
            wrong.at(text.span, "has no meaning here").help("only a control of `frequency = \"annual\"` has one"),
        );
        return None;
    }
    let day = month_day(&text.value);
    if day.is_none() {
        let wrong = problem(format!("`anchor` is `{}`, expected a day from 01-01 to 12-31", text.value));
        problems.push(wrong.at(text.span, "not a month and day").help(format!("it is {EXPECTED}")));
    }
    day
}

/// Reads `04-01`: a month and a day that it has in some year.
fn month_day(text: &str) -> Option<MonthDay> {
    let (month, day) = text.split_once('-')?;
    let number = |digits: &str| {
        let plain = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse::<u8>().ok()).flatten()
    };
    let (month, day) = (number(month)?, number(day)?);
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(MonthDay { day, month })
}

/// How late an operation may fill the window before; never later than the window after that ends.
fn grace(fields: &mut Fields<'_>, frequency: Option<Frequency>, problems: &mut Vec<Problem>) -> Option<i64> {
    let grace = fields.duration("grace", problems)?;
    let longest = match frequency? {
        Frequency::Continuous | Frequency::PerEvent | Frequency::Within => {
            let wrong = fields.file.problem(format!(
                "`grace` is {}, and the control has no windows to be late for",
                format_duration(grace.value)
            ));
            let help = "a control that is continuous or follows events has none; leave it out";
            problems.push(wrong.at(grace.span, "has no meaning here").help(help));
            return None;
        }
        Frequency::Daily | Frequency::BusinessDaily => 1,
        Frequency::Weekly => 7,
        Frequency::Monthly => 28,
        Frequency::Quarterly => 90,
        Frequency::Annual => 365,
    };
    if grace.value > longest * DAY_MS {
        let (is, longest) = (format_duration(grace.value), format_duration(longest * DAY_MS));
        let wrong = fields.file.problem(format!("`grace` is {is}, expected at most {longest}"));
        problems.push(wrong.at(grace.span, "out of bounds").help("by then the next window may have ended too"));
        return None;
    }
    Some(grace.value)
}

/// The zone's name as the IANA database has it.
fn time_zone(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let name: Placed<String> = fields.optional("time_zone", "a string", problems)?;
    // The names that are bundled, so that the machine's own database has no say.
    let found = TimeZoneDatabase::bundled().get(&name.value).ok();
    let zone = found.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned);
    if zone.is_none() {
        let wrong = fields.file.problem(format!("there is no time zone `{}`", name.value));
        let help = "write a name of the IANA database, such as `Europe/Berlin` or `UTC`";
        problems.push(wrong.at(name.span, "unknown time zone").help(help));
    }
    zone
}

/// How several events of a window make one result; nothing where there is no such key.
fn combine(fields: &mut Fields<'_>, operation: Option<Operation>, problems: &mut Vec<Problem>) -> Option<Combine> {
    let word = fields.optional_word("combine", &COMBINES, problems)?;
    if operation == Some(Operation::State) {
        let wrong = fields.file.problem("`combine` is there, and the operation is `state`");
        let help = "any failing observation fails a state's window; only `event` and `human` combine";
        problems.push(wrong.at(word.span, "has no meaning here").help(help));
        return None;
    }
    Some(word.value)
}

/// The column that says what an event is one of.
fn each(fields: &mut Fields<'_>, combine: Option<Combine>, problems: &mut Vec<Problem>) -> Option<Placed<String>> {
    let column: Placed<String> = fields.optional("each", "the name of a column of the fact", problems)?;
    if combine != Some(Combine::Each) {
        let wrong = fields.file.problem(format!("`each` is `{}`, and `combine` is not `each`", column.value));
        problems.push(wrong.at(column.span, "has no meaning here").help("write `combine = \"each\"`, or leave it out"));
        return None;
    }
    Some(column)
}

/// The column that sets events apart. What is not counted by its events has none to set apart.
fn stratum(
    fields: &mut Fields<'_>,
    frequency: Option<Frequency>,
    problems: &mut Vec<Problem>,
) -> Option<Placed<String>> {
    let column: Placed<String> = fields.optional("stratum", "the name of a column of the fact", problems)?;
    if !matches!(frequency?, Frequency::PerEvent | Frequency::Within) {
        let wrong = fields.file.problem(format!("`stratum` is `{}`, and the control has windows", column.value));
        let help = "only a control of `frequency = \"per-event\"` or `\"within\"` counts its events";
        problems.push(wrong.at(column.span, "has no meaning here").help(help));
        return None;
    }
    Some(column)
}

/// Who operates it. People alone do not: such a control has no collector.
fn execution(fields: &mut Fields<'_>, problems: &mut Vec<Problem>) -> Option<Execution> {
    let words = [("automated", Execution::Automated), ("both", Execution::Both), ("manual", Execution::Manual)];
    let word = fields.optional_word("execution", &words, problems)?;
    if word.value == Execution::Manual {
        let wrong = fields.file.problem("`execution` is `manual`, expected `automated` or `both`");
        let help = "a control that people operate alone is a `[[manual]]`, without collector and policy";
        problems.push(wrong.at(word.span, "not of a control with a collector").help(help));
        return None;
    }
    Some(word.value)
}

/// The longest that a continuous control may go unobserved.
fn max_gap(fields: &mut Fields<'_>, frequency: Option<Frequency>, problems: &mut Vec<Problem>) -> Option<i64> {
    let gap = fields.duration("max_gap", problems)?;
    if frequency.is_some_and(|frequency| frequency != Frequency::Continuous) {
        let is = format_duration(gap.value);
        let wrong = fields.file.problem(format!("`max_gap` is {is}, and the control is not continuous"));
        let help = "only a control of `frequency = \"continuous\"` has one; its windows say when another is looked at";
        problems.push(wrong.at(gap.span, "has no meaning here").help(help));
        return None;
    }
    Some(gap.value)
}
