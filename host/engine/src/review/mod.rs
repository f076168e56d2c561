//! Reviews by named people: what is to be decided is frozen and sealed, so is every decision, and so is who closed it.
//!
//! A review is a chain of records of kind `review`: one that opens it, some with decisions, one that closes it. What is known
//! of it is what those say, in their order, and nothing else.
//!
//! **Invariant:** only a population that the host found complete is reviewed.
//! **Invariant:** nothing is ever taken back. A later decision stands in place of an earlier one, and both stay.
//! **Invariant:** names are asserted, unless the person signed with a key that was theirs then.
//! **Absent on purpose:** doing what was decided. The operator's own tool does, and a later collection shows it.

mod access;
mod actions;
mod blob;
mod calendar;
mod close;
mod decide;
mod find;
mod give;
mod item;
mod keys;
mod kind;
mod looks;
mod open;
mod state;
#[cfg(test)]
pub(crate) mod testing;
mod view;

pub use crate::acts::Lost;
pub use actions::{Action, Seen, actions};
pub use blob::{Department, LeftOut, Opening, Verdict};
pub use calendar::TwoCalendars;
pub use close::{Close, NotClosed};
pub use decide::{Asked, Decide, NotDecided, Place, asked_in_csv};
pub use find::{ReviewNotFound, find, reviews};
pub use item::{Idle, Item, Since};
pub use keys::AccessKey;
pub use kind::ReviewKind;
pub use open::{NotOpened, OpenReview, OpenedReview};
pub use state::{Contents, Counts, Decided, Review, Source};

pub(crate) use calendar::{day_of, end_of};
pub(crate) use give::states;
