//! What is due now: the operations that are open, those that are overdue and can still be done, and what is not looked at often
//! enough.
//!
//! **Invariant:** it says the same as a report that ends now. A window that a report would call open is due here, and what it
//! would call missed or not evidenced is overdue here for as long as doing it still changes that.
//! **Absent on purpose:** running anything.

use serde::Serialize;
use tickmark_model::{Execution, Frequency, Instant, Operation as What};

use crate::operate::{OperateError, operate};
use crate::programme::{Programme, Terms};
use crate::result::{Interval, Operated, OperatedOutcome, Operation, Window};

/// How far back and ahead windows are looked at: further than the longest one, in milliseconds.
const HORIZON_MS: i64 = 400 * 86_400_000;

/// How a control on a system stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It should have operated already, and doing it now still counts, late.
    Overdue,
    /// A collector is to look now.
    Due,
    /// People are to do it until the window's end.
    Open,
    /// Nothing is to be done until the next window.
    Done,
}

impl Standing {
    /// The word in output.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::Open => "open",
            Self::Done => "done",
        }
    }
}

/// One control on one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheduled {
    /// The control's id.
    pub control: String,
    /// The system; empty for a control that people operate for the company as a whole.
    pub system: String,
    /// What it does, in a few words.
    pub title: String,
    /// Who answers for it.
    pub owner: String,
    /// How often.
    pub frequency: Frequency,
    /// Who operates it.
    pub execution: Execution,
    /// How it stands.
    pub standing: Standing,
    /// The window that it is to be done for, of a periodic control.
    pub window: Option<Window>,
    /// By when.
    pub due: Option<Instant>,
    /// When it was last judged.
    pub last: Option<Instant>,
    /// Whether a collector is to look now.
    pub to_run: bool,
}

/// How every control of the matrix that is in force stands at `now`, sorted by control and system.
///
/// # Errors
/// [`OperateError`] for a time zone that nobody knows.
pub fn schedule(programme: &Programme, now: Instant) -> Result<Vec<Scheduled>, OperateError> {
    let Some(in_force) = programme.in_force.last() else { return Ok(Vec::new()) };
    let at = |ms: i64| now.ms().checked_add(ms).and_then(Instant::from_ms).unwrap_or(now);
    let around = Interval { from: at(-HORIZON_MS), to: at(HORIZON_MS) };
    let mut scheduled = Vec::new();
    for operated in operate(programme, around, now)? {
        let Some(terms) = in_force.controls.get(&operated.control) else { continue };
        // A control that was taken away, or a system that it is not about any more.
        let selected = |name: &str| in_force.systems.get(name).is_some_and(|system| terms.systems.selects(system));
        if !operated.system.is_empty() && !selected(&operated.system) {
            continue;
        }
        scheduled.push(one(programme, terms, &operated, now));
    }
    Ok(scheduled)
}

fn one(programme: &Programme, terms: &Terms, operated: &Operated, now: Instant) -> Scheduled {
    let mine = programme.observed.of(&operated.control, &operated.system);
    let last = mine.iter().filter(|it| !it.simulated).map(|it| it.as_of).max();
    let looked_at = |within: i64| last.is_some_and(|last| now.ms() - last.ms() < within);
    let automated = terms.execution != Execution::Manual;
    let (standing, window, due) = match terms.frequency {
        Frequency::Continuous | Frequency::PerEvent | Frequency::Within => {
            let due = last.and_then(|last| Instant::from_ms(last.ms().saturating_add(terms.max_gap_ms)));
            let standing = match () {
                () if looked_at(terms.max_gap_ms / 2) => Standing::Done,
                () if looked_at(terms.max_gap_ms) => Standing::Due,
                // Before the first look nothing was promised yet.
                () if last.is_none() => Standing::Due,
                () => Standing::Overdue,
            };
            (standing, None, due)
        }
        // What ended before the programme began is nobody's to make up for.
        _ => {
            let began = programme.in_force.first().map_or(now, |it| it.place.recorded_at);
            let after = |it: &&Operation| it.window.is_some_and(|window| window.end > began);
            let operations: Vec<&Operation> = operated.operations.iter().filter(after).collect();
            periodic(terms, &operations, now)
        }
    };
    // What people do is judged once a day, not at every look.
    let by_people = terms.operation == What::Human;
    let wanted = matches!(standing, Standing::Due | Standing::Overdue | Standing::Open);
    let to_run = automated && wanted && !(by_people && looked_at(terms.max_gap_ms / 2));
    Scheduled {
        control: operated.control.clone(),
        system: operated.system.clone(),
        title: terms.title.clone(),
        owner: terms.owner.clone(),
        frequency: terms.frequency,
        execution: terms.execution,
        standing,
        window,
        due,
        last,
        to_run,
    }
}

/// By the window that holds `now`, and by the one before while that can still be made up for.
fn periodic(terms: &Terms, operations: &[&Operation], now: Instant) -> (Standing, Option<Window>, Option<Instant>) {
    let unfilled = |operation: &&&Operation| {
        use OperatedOutcome::{Missed, NotEvidenced, Open, OutsidePeriod};
        matches!(operation.result, Open | Missed | NotEvidenced | OutsidePeriod)
    };
    let windows = || operations.iter().filter_map(|it| Some((it.window?, it)));
    let current = windows().find(|(window, _)| window.start <= now && now < window.end).map(|(_, it)| it);
    let previous = windows().rfind(|(window, _)| window.end <= now).map(|(_, it)| it);
    // A state that nobody looked at is gone.
    let previous = previous.filter(unfilled).filter(|_| terms.operation != What::State);
    if let Some(window) = previous.and_then(|it| it.window)
        && current.is_some()
    {
        let standing = match (now < window.due, terms.execution, terms.operation) {
            (false, ..) => Standing::Overdue,
            (true, Execution::Manual, _) | (true, _, What::Human) => Standing::Open,
            (true, ..) => Standing::Due,
        };
        return (standing, Some(window), Some(window.due));
    }
    match current.filter(unfilled).and_then(|it| it.window) {
        Some(window) => {
            let people = terms.execution == Execution::Manual || terms.operation == What::Human;
            (if people { Standing::Open } else { Standing::Due }, Some(window), Some(window.due))
        }
        None => (Standing::Done, None, None),
    }
}
