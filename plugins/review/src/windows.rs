//! Which window each review counts for, and which windows have none.
//!
//! - A review that was opened for a window counts for that one. Any other counts for the window in which it was closed; where
//!   that has one already and the window before it has none, for the one before.
//! - One review fills a window, the first that was closed. Reviews of single departments fill it together, once they cover
//!   every department that accounts were of.
//! - For a window that is over, a review can come until the window after it is over. Then it is missed.
//!
//! **Invariant:** a review fills one window at most, and nothing that was not closed fills any.

use std::collections::{BTreeMap, BTreeSet};

use crate::parse::{At, Review, Window};

/// Where one review counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In no window that is looked at.
    Outside,
    /// In this one.
    In {
        /// Its position.
        window: usize,
        /// Whether it was closed after the window's end and the grace.
        late: bool,
        /// Whether it is not closed and the window has a review without it.
        superseded: bool,
    },
}

/// The windows of one kind of review in the order of time.
#[derive(Clone, Debug)]
pub struct Calendar<'a> {
    windows: Vec<&'a Window>,
    /// Where the window of a name stands.
    named: BTreeMap<&'a str, usize>,
}

/// Where all reviews of one kind count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// One for each review.
    pub places: Vec<Place>,
    /// The positions of the windows that have a review.
    pub filled: BTreeSet<usize>,
}

/// Reviews of single departments that were closed for one window.
#[derive(Default)]
struct Together<'a> {
    covered: BTreeSet<&'a str>,
    wanted: BTreeSet<&'a str>,
}

impl<'a> Calendar<'a> {
    /// The windows of `kind` among `all`, of which each follows the one before it.
    #[must_use]
    pub fn new(all: &'a [Window], kind: &str) -> Self {
        let windows: Vec<&Window> = all.iter().filter(|window| window.kind == kind).collect();
        let named = windows.iter().enumerate().map(|(at, window)| (window.name.as_str(), at)).collect();
        Self { windows, named }
    }

    /// The windows.
    #[must_use]
    pub fn windows(&self) -> &[&'a Window] {
        &self.windows
    }

    /// Places reviews of one kind.
    #[must_use]
    pub fn place(&self, reviews: &[&'a Review]) -> Placed {
        let mut homes: Vec<Option<usize>> = reviews.iter().map(|review| self.home(review)).collect();
        let mut closed: Vec<(At, usize)> =
            reviews.iter().enumerate().filter_map(|(at, review)| Some((review.closed_at?, at))).collect();
        closed.sort_unstable();
        let mut filled = BTreeSet::new();
        let mut together: BTreeMap<usize, Together<'a>> = BTreeMap::new();
        for (closed_at, at) in closed {
            let Some((review, home)) = reviews.get(at).zip(homes.get_mut(at)) else { continue };
            let Some(window) = *home else { continue };
            if !self.in_time(window, closed_at) {
                continue;
            }
            if !review.only.is_empty() {
                let group = together.entry(window).or_default();
                group.covered.extend(review.only.iter().map(String::as_str));
                group.wanted.extend(review.departments.iter().map(String::as_str));
                if group.wanted.is_subset(&group.covered) {
                    filled.insert(window);
                }
                continue;
            }
            let before = window.checked_sub(1).filter(|before| !filled.contains(before));
            match before {
                Some(before) if filled.contains(&window) && self.named(review) == Named::No => {
                    *home = Some(before);
                    filled.insert(before);
                }
                _ => drop(filled.insert(window)),
            }
        }
        let place = |(review, home): (&&Review, &Option<usize>)| match *home {
            None => Place::Outside,
            Some(window) => Place::In {
                window,
                late: review.closed_at.is_some_and(|at| self.is_late(window, at)),
                superseded: review.closed_at.is_none() && filled.contains(&window),
            },
        };
        Placed { places: reviews.iter().zip(&homes).map(place).collect(), filled }
    }

    /// The window that a review was opened for, otherwise the one in which it was closed, or opened as long as it is not.
    fn home(&self, review: &Review) -> Option<usize> {
        match self.named(review) {
            Named::Listed(at) => Some(at),
            Named::Unlisted => None,
            Named::No => self.containing(review.closed_at.unwrap_or(review.opened_at)),
        }
    }

    fn named(&self, review: &Review) -> Named {
        match review.window.as_deref().map(|name| self.named.get(name)) {
            Some(Some(at)) => Named::Listed(*at),
            Some(None) => Named::Unlisted,
            None => Named::No,
        }
    }

    fn containing(&self, at: At) -> Option<usize> {
        let window = self.windows.partition_point(|window| window.end <= at);
        self.windows.get(window).filter(|it| it.start <= at).map(|_| window)
    }

    /// Whether a review that is closed at `at` can still fill it: from its start until the one after it is over.
    fn in_time(&self, window: usize, at: At) -> bool {
        let started = self.windows.get(window).is_some_and(|window| window.start <= at);
        started && self.windows.get(window + 1).is_none_or(|next| at < next.end)
    }

    fn is_late(&self, window: usize, at: At) -> bool {
        self.windows.get(window).is_some_and(|window| at > window.due)
    }
}

/// Whether a review was opened for a window.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// For this one.
    Listed(usize),
    /// For one that is not looked at.
    Unlisted,
    /// For none.
    No,
}
