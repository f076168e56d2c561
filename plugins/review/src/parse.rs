//! The state of the reviews as the host writes it: JSON Lines, a head first, then windows, reviews and actions.
//!
//! The head says how many of each there are. What is less, more or in another order is no state: a truncated one must not
//! read as one with less in it.

mod lines;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tickmark_collector::{Datetime, Failure, time};

use lines::Line;
pub use lines::{Action, Counts, Head, Review, Window};

/// The schema of the state that this collector reads.
const SCHEMA: &str = "tickmark/reviews/1";

/// An instant, written in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct At(pub Datetime);

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        time::rfc3339(&text).map(Self).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no time")))
    }
}

/// What the ledger says of the reviews of one system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// What it says of itself.
    pub head: Head,
    /// The windows in which reviews count; by kind and time.
    pub windows: Vec<Window>,
    /// The reviews, in the order in which they were opened.
    pub reviews: Vec<Review>,
    /// What their decisions ask for, in the order of the reviews.
    pub actions: Vec<Action>,
}

/// Reads the state.
///
/// # Errors
/// `invalid`, with the line, where it is not such a state, or not a whole one.
pub fn state(bytes: &[u8]) -> Result<State, Failure> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Failure::invalid(format!("the state is not UTF-8 at byte {}", error.valid_up_to())))?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err(Failure::invalid("the state is cut off: its last line does not end"));
    }
    let mut lines = (1_u64..).zip(text.lines());
    let head = match lines.next().map(|(at, text)| line(at, text)).transpose()? {
        Some(Line::Head(head)) => head,
        _ => return Err(Failure::invalid("the state does not start with its head")),
    };
    if head.schema != SCHEMA {
        let found = head.schema.escape_debug();
        return Err(Failure::invalid(format!("the state is of schema `{found}`, expected `{SCHEMA}`")));
    }
    let mut state = State { head, windows: Vec::new(), reviews: Vec::new(), actions: Vec::new() };
    let mut seen = Seen::default();
    for (at, text) in lines {
        let read = line(at, text)?;
        state.take(read, &mut seen).map_err(|why| Failure::invalid(format!("line {at} of the state {why}")))?;
    }
    state.check_counts()?;
    Ok(state)
}

fn line(at: u64, text: &str) -> Result<Line, Failure> {
    serde_json::from_str(text)
        .map_err(|error| Failure::invalid(format!("line {at} of the state cannot be read: {error}")))
}

/// What stood before a line.
#[derive(Default)]
struct Seen {
    /// The last window's name and end, by kind.
    windows: BTreeMap<String, (String, At)>,
    /// The names of all windows, by frequency.
    names: BTreeSet<(String, String)>,
    reviews: BTreeSet<String>,
    actions: BTreeSet<(String, String)>,
}

impl State {
    fn take(&mut self, line: Line, seen: &mut Seen) -> Result<(), String> {
        match line {
            Line::Head(_) => return Err("is another head".to_owned()),
            Line::Window(window) if self.reviews.is_empty() && self.actions.is_empty() => {
                follows(&window, seen)?;
                self.windows.push(window);
            }
            Line::Review(review) if self.actions.is_empty() => {
                // Ids of rows are made of it, and have to stay apart.
                let number = review.id.strip_prefix("review/").filter(|number| !number.is_empty());
                if !number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) {
                    return Err(format!("has review `{}`, which is no id of a review", review.id.escape_debug()));
                }
                if !seen.reviews.insert(review.id.clone()) {
                    return Err(format!("has review `{}` again", review.id));
                }
                self.reviews.push(review);
            }
            Line::Action(action) => {
                if !seen.reviews.contains(&action.review) {
                    return Err(format!("is about review `{}`, which is not there", action.review));
                }
                if !seen.actions.insert((action.review.clone(), action.item.clone())) {
                    return Err(format!("has item `{}` of `{}` again", action.item, action.review));
                }
                self.actions.push(action);
            }
            Line::Window(_) | Line::Review(_) => return Err("stands too late".to_owned()),
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), Failure> {
        let Head { windows, reviews, actions, .. } = self.head;
        let counts = [
            ("windows", windows, self.windows.len()),
            ("reviews", reviews, self.reviews.len()),
            ("actions", actions, self.actions.len()),
        ];
        for (what, said, found) in counts {
            if said != found as u64 {
                return Err(Failure::invalid(format!("the state has {found} {what}, its head says {said}")));
            }
        }
        Ok(())
    }
}

/// That a window begins no earlier than the one before it of its kind ends: between days of work there are days off.
fn follows(window: &Window, seen: &mut Seen) -> Result<(), String> {
    let Window { name, start, end, due, kind, .. } = window;
    if start >= end {
        return Err(format!("has window `{name}`, which ends before it starts"));
    }
    if due < end {
        return Err(format!("has window `{name}`, which is due before it ends"));
    }
    if !seen.names.insert((kind.clone(), name.clone())) {
        return Err(format!("has window `{name}` again"));
    }
    match seen.windows.insert(kind.clone(), (name.clone(), *end)) {
        Some((before, ended)) if ended > *start => {
            Err(format!("has window `{name}`, which does not follow `{before}`"))
        }
        _ => Ok(()),
    }
}
