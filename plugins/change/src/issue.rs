//! An issue of Jira's: its approvals as acts, when it was verified, and its written parts.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tickmark_collector::{Datetime, Receipt};

use crate::approval::{Act, Deed};
use crate::parse::jira::{self, History, Page};
use crate::rules::people::People;
use crate::settings::{ApprovalSettings, Field, Fields};
use crate::source::{Source, Trouble, Way, segment};

/// One issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Issue {
    pub key: String,
    pub acts: Vec<Act>,
    /// When it came into a status that says that the change was verified.
    pub verified: BTreeSet<Datetime>,
    /// Its labels, in lower case.
    pub labels: BTreeSet<String>,
    /// The texts of its written parts.
    pub texts: BTreeMap<Field, String>,
    /// When each of them last changed.
    pub changed: BTreeMap<Field, Datetime>,
    /// Who approved it and is nobody whom the settings know.
    pub strangers: BTreeSet<String>,
    pub receipts: Vec<Receipt>,
}

/// Entries of a history on one page.
const PAGE: u64 = 100;

impl Issue {
    /// Asks for the issue and its whole history.
    ///
    /// # Errors
    /// [`Trouble`], where it is not there, not known, or its history is not whole.
    pub fn load(
        source: &Source<'_>,
        people: &People,
        settings: &ApprovalSettings,
        fields: &Fields,
        key: &str,
    ) -> Result<Self, Trouble> {
        let path = format!("/rest/api/3/issue/{}", segment(key));
        let (issue, receipt) = source.one::<jira::Issue>(&path, "?expand=changelog")?;
        let mut receipts = vec![receipt];
        let histories = match issue.changelog {
            Some(log) if log.histories.len() as u64 == log.total => log.histories,
            _ => history(source, &format!("{path}/changelog"), &mut receipts)?,
        };
        Ok(read(people, settings, fields, key, &issue.fields, &histories, receipts))
    }
}

/// All pages of a history.
fn history(source: &Source<'_>, path: &str, receipts: &mut Vec<Receipt>) -> Result<Vec<History>, Trouble> {
    let mut histories: Vec<History> = Vec::new();
    loop {
        let query = format!("?startAt={}&maxResults={PAGE}", histories.len());
        let (pages, of_pages) = match source.way() {
            Way::Http => source.one::<Page>(path, &query).map(|(page, receipt)| (vec![page], vec![receipt]))?,
            Way::Files => source.parts::<Page>(path, &query)?,
        };
        receipts.extend(of_pages);
        let total = pages.iter().map(|page| page.total).max().unwrap_or(0);
        let before = histories.len();
        histories.extend(pages.into_iter().flat_map(|page| page.values));
        if histories.len() as u64 == total {
            return Ok(histories);
        }
        if histories.len() == before || histories.len() as u64 > total || source.way() == Way::Files {
            let there = histories.len();
            return Err(Trouble::Unread(format!("{path}: {there} entries of a history of {total} are there")));
        }
    }
}

/// Puts the documents together.
pub(crate) fn read(
    people: &People,
    settings: &ApprovalSettings,
    fields: &Fields,
    key: &str,
    values: &BTreeMap<String, Value>,
    histories: &[History],
    receipts: Vec<Receipt>,
) -> Issue {
    let mut issue = Issue { key: key.to_owned(), receipts, ..Issue::default() };
    let labels = values.get("labels").and_then(Value::as_array).into_iter().flatten();
    issue.labels = labels.filter_map(Value::as_str).map(str::to_lowercase).collect();
    for field in Field::all() {
        let texts: Vec<String> = fields.issue(field).iter().filter_map(|id| values.get(id)).map(jira::text).collect();
        let text = texts.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("\n");
        if !text.is_empty() {
            issue.texts.insert(field, text);
        }
    }
    for (number, entry) in histories.iter().enumerate() {
        for item in &entry.items {
            for field in Field::all() {
                let is = |id: &String| Some(id) == item.field_id.as_ref() || *id == item.field;
                if fields.issue(field).iter().any(is) {
                    let last = issue.changed.entry(field).or_insert(entry.created);
                    *last = entry.created.max(*last);
                }
            }
            if item.field == "status" {
                let status = item.to.as_deref().unwrap_or_default().to_lowercase();
                issue.status(people, settings, entry, number as u64, &status);
            }
        }
    }
    issue
}

impl Issue {
    fn status(&mut self, people: &People, settings: &ApprovalSettings, entry: &History, number: u64, status: &str) {
        let at = entry.created;
        if settings.verified.contains(status) {
            self.verified.insert(at);
        }
        if settings.revoked.contains(status) {
            self.acts.push(Act { by: String::new(), at, number, deed: Deed::WithdrawAll });
        } else if settings.approved.contains(status) {
            match entry.author.as_ref().and_then(|user| people.of_jira(user)) {
                Some(by) => self.acts.push(Act { by, at, number, deed: Deed::Approve }),
                None => {
                    let user = entry.author.clone().unwrap_or_default();
                    let name = user.display_name.or(user.email_address).or(user.account_id).or(user.name);
                    self.strangers.insert(name.unwrap_or_else(|| "nobody".to_owned()));
                }
            }
        }
    }

    /// The acts on it, where new commits up to `last_commit` make earlier approvals void, unless the settings let them be.
    pub fn acts(&self, settings: &ApprovalSettings, last_commit: Option<Datetime>) -> Vec<Act> {
        let void = |act: &Act| {
            act.deed == Deed::Approve && !settings.issue_before_commits && last_commit.is_some_and(|last| last > act.at)
        };
        let voided = |act: &Act| Act { deed: if void(act) { Deed::ApproveOther } else { act.deed }, ..act.clone() };
        self.acts.iter().map(voided).collect()
    }
}

/// The first key of one of the projects in the texts, in their order.
pub(crate) fn key_in<'t>(texts: impl IntoIterator<Item = &'t str>, projects: &BTreeSet<String>) -> Option<String> {
    texts.into_iter().find_map(|text| {
        let part_of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        text.match_indices('-').find_map(|(hyphen, _)| {
            let before = text.get(..hyphen)?;
            let word = before.char_indices().rev().take_while(|(_, c)| part_of_word(*c)).last();
            let project = before.get(word.map_or(hyphen, |(start, _)| start)..)?;
            let digits: String = text.get(hyphen + 1..)?.chars().take_while(char::is_ascii_digit).take(19).collect();
            let ends = !text.get(hyphen + 1 + digits.len()..)?.starts_with(part_of_word);
            let number = !digits.is_empty() && !digits.starts_with('0') && digits.len() < 19;
            (number && ends && projects.contains(project)).then(|| format!("{project}-{digits}"))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_known_projects_are_found() {
        let projects = BTreeSet::from(["OPS".to_owned(), "A1_B".to_owned()]);
        let check = |texts: &[&str]| key_in(texts.iter().copied(), &projects).unwrap_or_default();
        assert_eq!(check(&["[OPS-12] Add a limit"]), "OPS-12");
        assert_eq!(check(&["no key, UTF-8 only", "feature/OPS-7-limit"]), "OPS-7");
        assert_eq!(check(&["A1_B-3."]), "A1_B-3");
        assert_eq!(check(&["XOPS-12 ops-12 OPS-0 OPS-012 OPS-12a OPS- -1 DEVOPS-3 ÄOPS-9"]), "OPS-9");
        assert_eq!(check(&["OPS-99999999999999999999"]), "");
        assert_eq!(check(&[""]), "");
    }
}
