//! What is put right, by when: from what was observed, in the order of its records, to the episodes of each subject.
//!
//! An episode begins with the first observation of a subject that fails a control, and ends when that is put right. Its clock
//! starts once: neither a waiver nor another policy nor another severity starts it again.
//!
//! **Invariant:** an incomplete population closes nothing by what is missing in it, and a doubt closes nothing at all.
//! **Invariant:** of a control on a state, only what is observed closes. Of one on events or people's acts, nothing that is
//! observed closes without what people did about it.
//! **Absent on purpose:** waivers. An accepted exception is to be put right all the same.

mod days;
mod episode;
mod follow;

pub use days::{DaysToRemediate, days_to_remediate, remediation_days};
pub use episode::{Act, Clearing, Closure, Episode, EpisodeKey};
pub use follow::{Acted, Failing, Remediations, SAME_EPISODE_MS, Seen};

#[cfg(test)]
mod tests;
