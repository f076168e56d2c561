//! Notices to reviewers: that something is to be decided, that it is soon due, that it is overdue.
//!
//! **Invariant:** a notice has counts and dates in it and no account: mail is read by others on its way.
//! **Invariant:** what was sent is remembered, so that a notice comes once however often this is run; that it is overdue, once
//! a day.
//! **Absent on purpose:** evidence. That somebody was told shows nothing about the control.

mod letter;
mod post;
mod sent;

use anyhow::Context as _;
use tickmark_ledger::LogReader;

use crate::clock::now;
use crate::review::reviews;
use crate::site::Site;
pub use letter::{Letter, Occasion};
use sent::Memory;

/// What came of it.
#[derive(Debug, Default)]
pub struct Notices {
    /// Sent, or to be sent where nothing was to be.
    pub sent: Vec<Letter>,
    /// Not sent, and why.
    pub failed: Vec<(Letter, anyhow::Error)>,
    /// Reviewers of open reviews whose name is no mail address, sorted.
    pub unreachable: Vec<String>,
}

/// Sends what is due now; with `dry_run` it only says what that would be.
///
/// # Errors
/// Where the site names no mail server, or the log or what was sent before cannot be read.
pub fn notify(site: &Site, log: &LogReader, dry_run: bool) -> anyhow::Result<Notices> {
    let mail = site.mail.as_ref().context("the site has no mail server: add [mail] to its file")?;
    let now = now()?;
    let mut memory = Memory::read(&site.base.join(".tickmark/notices"))?;
    let (letters, unreachable) = letter::due(&reviews(log, None)?, mail.remind_days, now, &site.engagement.time_zone)?;
    let mut notices = Notices { unreachable, ..Notices::default() };
    let letters: Vec<Letter> = letters.into_iter().filter(|letter| !memory.has(&letter.key())).collect();
    if dry_run || letters.is_empty() {
        notices.sent = letters;
        return Ok(notices);
    }
    let post = post::Post::open(mail)?;
    for letter in letters {
        match post.send(&letter, &site.company) {
            Ok(()) => {
                memory.add(&letter.key())?;
                notices.sent.push(letter);
            }
            Err(error) => notices.failed.push((letter, error)),
        }
    }
    Ok(notices)
}
