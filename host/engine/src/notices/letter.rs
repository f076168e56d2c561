//! Which notices are due: a pure function of reviews and the time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use lettre::message::Mailbox;
use tickmark_model::Instant;

use crate::review::{Contents, Review, day_of};

const DAY_MS: i64 = 86_400_000;

/// One notice to one reviewer about one review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// To whom.
    pub to: Mailbox,
    /// Why.
    pub occasion: Occasion,
    /// The review, such as `review/12`.
    pub review: String,
    /// What is reviewed.
    pub kind: String,
    /// The system.
    pub system: String,
    /// How many items this reviewer may decide that are not decided.
    pub left: usize,
    /// By when it is due.
    pub due: Instant,
    /// The day, in the engagement's zone.
    day: String,
}

/// Why a notice is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// It was opened.
    Opened,
    /// It is soon due.
    Reminder,
    /// It was due.
    Overdue,
}

impl Occasion {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Reminder => "reminder",
            Self::Overdue => "overdue",
        }
    }
}

impl Letter {
    /// What it is remembered by.
    pub(super) fn key(&self) -> String {
        let to = self.to.email.to_string().to_lowercase();
        let day = if self.occasion == Occasion::Overdue { format!(" {}", self.day) } else { String::new() };
        format!("{} {to} {}{day}", self.review, self.occasion.as_str())
    }

    /// Its subject.
    #[must_use]
    pub fn subject(&self) -> String {
        let what = format!("review of {} on {}", self.kind, self.system);
        match self.occasion {
            Occasion::Opened => format!("{what}: {} to decide", items(self.left)),
            Occasion::Reminder => format!("{what} is due soon: {} to decide", items(self.left)),
            Occasion::Overdue => format!("{what} is OVERDUE: {} to decide", items(self.left)),
        }
    }

    /// Its text.
    #[must_use]
    pub fn body(&self) -> String {
        let Self { review, kind, system, left, due, to, .. } = self;
        let why = match self.occasion {
            Occasion::Opened => format!("A review of {kind} on {system} was opened, and you are one of its reviewers."),
            Occasion::Reminder => {
                format!("A review of {kind} on {system} is soon due, and you are one of its reviewers.")
            }
            Occasion::Overdue => {
                format!("A review of {kind} on {system} is overdue, and you are one of its reviewers.")
            }
        };
        let left = if *left == 0 {
            "Everything is decided; it can be closed".to_owned()
        } else {
            format!("{} to decide", items(*left))
        };
        let by = &to.email;
        format!(
            "{why}\n\n{left}, by {due}.\n\n  tickmark review show {review} --undecided --reviewer {by} -o csv\n  \
             tickmark review decide {review} --file FILE --by {by}\n  tickmark review close {review} --by {by}\n"
        )
    }
}

fn items(count: usize) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}

/// The notices that are due, by review and reviewer, and the reviewers of open reviews who have no mail address.
pub(super) fn due(
    reviews: &[Review],
    remind_days: i64,
    now: Instant,
    zone: &TimeZone,
) -> anyhow::Result<(Vec<Letter>, Vec<String>)> {
    let day = day_of(now, zone)?.to_string();
    let (mut letters, mut unreachable) = (Vec::new(), BTreeSet::new());
    for review in reviews.iter().filter(|review| review.closed.is_none()) {
        let Ok(contents) = &review.contents else { continue };
        let occasion = occasion(review, remind_days, now);
        for (name, left) in left_by_reviewer(contents) {
            match name.parse::<Mailbox>() {
                Err(_) => drop(unreachable.insert(name.to_owned())),
                // Nobody is told of nothing, but for that somebody has to close it.
                Ok(_) if left == 0 && (occasion == Occasion::Opened || contents.undecided().next().is_some()) => {}
                Ok(to) => letters.push(Letter {
                    to,
                    occasion,
                    review: review.id.clone(),
                    kind: review.kind.clone(),
                    system: review.system.clone(),
                    left,
                    due: review.due,
                    day: day.clone(),
                }),
            }
        }
    }
    Ok((letters, unreachable.into_iter().collect()))
}

fn occasion(review: &Review, remind_days: i64, now: Instant) -> Occasion {
    if now > review.due {
        Occasion::Overdue
    } else if review.due.ms().saturating_sub(now.ms()) <= remind_days.saturating_mul(DAY_MS) {
        Occasion::Reminder
    } else {
        Occasion::Opened
    }
}

/// How many undecided items each reviewer may decide.
fn left_by_reviewer(contents: &Contents) -> BTreeMap<&str, usize> {
    let reviewers = contents.opening.reviewers.iter();
    let mut left: BTreeMap<&str, usize> = reviewers.map(|name| (name.as_str(), 0)).collect();
    for item in contents.undecided() {
        for (name, count) in &mut left {
            *count += usize::from(contents.may_decide(name, item));
        }
    }
    left
}

#[cfg(test)]
mod tests;
