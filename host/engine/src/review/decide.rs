//! Deciding items of a review: one, or all of a file at once.
//!
//! **Invariant:** all that was asked is sealed or none of it, and all that is wrong with it is said at once.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tickmark_ledger::{Appended, LogReader, NewRecord, Review as ReviewBody, ReviewState, canonical_json};

use super::blob::{DECISIONS, Decision, Decisions, Verdict};
use super::find::find;
use super::item::Item;
use super::state::{Contents, Review};
use crate::acts::{Acting, append, named};
use crate::clock::now;
use crate::ledger;
use crate::problem::known_names;
use crate::site::Site;
use crate::watch::Watch;

/// Longest comment, in bytes.
const COMMENT_BYTES: usize = 4_096;

/// What somebody decides.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The review.
    pub review: String,
    /// Who, as they say.
    pub by: String,
    /// What.
    pub asked: Vec<Asked>,
}

/// One decision that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The item's id, or its subject's where only one item has it.
    pub item: String,
    /// The word for what is decided.
    pub decision: String,
    /// What they add.
    pub comment: Option<String>,
    /// Where it was written, if in a file.
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u64,
}

/// Why nothing of it was taken: all that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct NotDecided {
    problems: Vec<String>,
}

impl NotDecided {
    /// Each with its place, where it has one.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for NotDecided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => f.write_str(one),
            several => {
                write!(f, "{} decisions cannot be taken, and none was", several.len())?;
                several.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// The decisions of a CSV file with the columns `id` and `decision`, and perhaps `comment`; others are for people. Rows without
/// a decision are not decided yet, and left out.
///
/// # Errors
/// Where it cannot be read or has not these columns; [`NotDecided`] for rows that are no rows.
pub fn asked_in_csv(path: &Path) -> anyhow::Result<Vec<Asked>> {
    let cannot = || format!("cannot read `{}`", path.display());
    let bytes = std::fs::read(path).with_context(cannot)?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().with_context(cannot)?.clone();
    // Spreadsheets put a mark before UTF-8.
    let column = |name: &str| header.iter().position(|cell| cell.trim_start_matches('\u{feff}') == name);
    let missing = |name: &str| format!("`{}` has no column `{name}`", path.display());
    let id = column("id").with_context(|| missing("id"))?;
    let decision = column("decision").with_context(|| missing("decision"))?;
    let comment = column("comment");
    let (mut asked, mut problems) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.push(format!("`{}`: {error}", path.display()));
                break;
            }
        };
        let place = Place { file: path.to_owned(), line: record.position().map_or(0, csv::Position::line) };
        if record.len() != header.len() {
            let (cells, columns) = (record.len(), header.len());
            problems.push(format!("{place}: {cells} cells, the header has {columns}"));
            continue;
        }
        let cell = |at: usize| record.get(at).filter(|cell| !cell.is_empty()).map(str::to_owned);
        let Some(decision) = cell(decision) else { continue };
        match cell(id) {
            Some(item) => asked.push(Asked { item, decision, comment: comment.and_then(cell), place: Some(place) }),
            None => problems.push(format!("{place}: a decision without an `id`")),
        }
    }
    if problems.is_empty() { Ok(asked) } else { Err(NotDecided { problems }.into()) }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

impl Decide {
    /// Seals the decisions. Gives the record, and how many items are left.
    ///
    /// # Errors
    /// [`NotDecided`] where one of them cannot be taken; then none is. Otherwise where there is no such review, or the ledger
    /// cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<(Appended, u64)> {
        let acting = by.into();
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let review = find(&LogReader::open(&site.ledger)?, &self.review)?;
        let (signers, unsigned) = acting.signers(site, &[&self.by]);
        let (decisions, left) = self.check(&review, unsigned)?;
        let by = self.by.trim().to_owned();
        let blob = Decisions { by, decisions };
        let decided = review.items_left(left);
        let new = NewRecord {
            blobs: vec![named(&ledger, DECISIONS, &canonical_json(&blob)?)?],
            env: review.environment.clone(),
            performed_at: Some(now()?),
            ..NewRecord::new(review.next(ReviewState::Decided, decided))
        };
        Ok((append(&mut ledger, site, acting, &signers, new)?, left))
    }

    /// The decisions by item, and how many items are left after them. `problems` are those that are known already.
    fn check(&self, review: &Review, mut problems: Vec<String>) -> anyhow::Result<(Vec<Decision>, u64)> {
        let contents = review.contents.as_ref().map_err(|lost| anyhow::anyhow!("`{}`: {lost}", review.id))?;
        if let Some(closed) = &review.closed {
            problems.push(format!("`{}` was closed at {}", review.id, closed.at));
        } else if !contents.is_reviewer(&self.by) {
            let reviewers = contents.opening.reviewers.join(", ");
            problems.push(format!("`{}` is no reviewer of `{}`, who are: {reviewers}", self.by, review.id));
        } else if self.asked.is_empty() {
            problems.push("nothing is decided".to_owned());
        }
        let mut decisions: BTreeMap<&str, Decision> = BTreeMap::new();
        if problems.is_empty() {
            let by_subject = by_subject(contents);
            for asked in &self.asked {
                let taken = self.check_one(asked, contents, &by_subject).and_then(|(item, decision)| {
                    match decisions.insert(&item.id, decision) {
                        None => Ok(()),
                        Some(_) => Err(format!("item `{}` is decided twice", item.id)),
                    }
                });
                if let Err(why) = taken {
                    problems.push(asked.place.as_ref().map_or_else(|| why.clone(), |place| format!("{place}: {why}")));
                }
            }
        }
        if !problems.is_empty() {
            return Err(NotDecided { problems }.into());
        }
        let left = contents.undecided().filter(|item| !decisions.contains_key(item.id.as_str())).count() as u64;
        Ok((decisions.into_values().collect(), left))
    }

    fn check_one<'r>(
        &self,
        asked: &Asked,
        contents: &'r Contents,
        by_subject: &BTreeMap<&str, Vec<&'r Item>>,
    ) -> Result<(&'r Item, Decision), String> {
        let name = asked.item.as_str();
        let item = match (contents.items.get(name), by_subject.get(name).map(Vec::as_slice)) {
            (Some(item), _) => item,
            (None, Some([item])) => *item,
            (None, Some(several)) => {
                let ids: Vec<&str> = several.iter().map(|item| item.id.as_str()).collect();
                return Err(format!("`{name}` is {} items: {}", ids.len(), ids.join(", ")));
            }
            (None, None) => {
                let near = tickmark_policy::did_you_mean(name, contents.items.keys().map(String::as_str));
                return Err(format!(
                    "there is no item `{name}`{}",
                    near.map(|near| format!("; {near}")).unwrap_or_default()
                ));
            }
        };
        let verdict = Verdict::of_word(&asked.decision).ok_or_else(|| {
            let help = known_names(&asked.decision, Verdict::ALL.map(Verdict::as_str));
            format!("item `{}`: `{}` is no decision; {help}", item.id, asked.decision)
        })?;
        if item.is_own(&self.by) {
            return Err(format!("item `{}` is `{}`'s own account, which another reviewer decides", item.id, self.by));
        }
        if !contents.may_decide(&self.by, item) {
            let reviewers = item.reviewers.join(", ");
            return Err(format!("item `{}` is not for `{}` to decide, but for: {reviewers}", item.id, self.by));
        }
        let comment = asked.comment.clone().filter(|comment| !comment.trim().is_empty());
        if let Some(bytes) = comment.as_ref().map(String::len).filter(|bytes| *bytes > COMMENT_BYTES) {
            return Err(format!(
                "item `{}` has a comment of {bytes} bytes, at most {COMMENT_BYTES} can be kept",
                item.id
            ));
        }
        if verdict == Verdict::Change && comment.is_none() {
            return Err(format!("item `{}` is to be changed, and no comment says how", item.id));
        }
        Ok((item, Decision { comment, decision: verdict, id: item.id.clone() }))
    }
}

/// The items by their id at the source.
fn by_subject(contents: &Contents) -> BTreeMap<&str, Vec<&Item>> {
    let mut by_subject: BTreeMap<&str, Vec<&Item>> = BTreeMap::new();
    for item in contents.items.values() {
        by_subject.entry(&item.subject).or_default().push(item);
    }
    by_subject
}

impl Review {
    /// How many items are decided when so many are left.
    pub(super) fn items_left(&self, left: u64) -> u64 {
        let items = self.contents.as_ref().map_or(0, |contents| contents.items.len() as u64);
        items.saturating_sub(left)
    }

    /// The body of its next record.
    pub(super) fn next(&self, state: ReviewState, decided: u64) -> ReviewBody {
        ReviewBody {
            collectors: Vec::new(),
            control: self.control.clone(),
            decided,
            due: Some(self.due),
            items: self.contents.as_ref().map_or(0, |contents| contents.items.len() as u64),
            items_digest: self.items.digest,
            of: Some(self.record),
            state,
            subject: self.kind.clone(),
            system: self.system.clone(),
            window: self.window,
        }
    }
}
