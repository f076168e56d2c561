//! Asks for what belongs to one change, each thing once: the commit, its pull request, its issue.

use std::collections::BTreeMap;
use std::rc::Rc;

use tickmark_collector::{Datetime, Receipt};

use crate::issue::{self, Issue};
use crate::parse::github::{Associated, Commit};
use crate::request::Request;
use crate::settings::Settings;
use crate::source::{Source, Trouble, Way};

/// What was asked for already.
pub(crate) struct Details<'a, 'h> {
    pub settings: &'a Settings,
    pub github: &'a Source<'h>,
    pub jira: Option<&'a Source<'h>>,
    requests: BTreeMap<(String, u64), Result<Rc<Request>, String>>,
    issues: BTreeMap<String, Result<Option<Rc<Issue>>, String>>,
    /// Remarks for people, in order.
    pub remarks: Vec<String>,
}

/// The pull request that brought a commit to the default branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub number: u64,
    pub merged_at: Datetime,
}

/// What GitHub says of where a commit came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    pub link: Option<Link>,
    pub receipts: Vec<Receipt>,
}

/// What a commit itself says.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub commit: Commit,
    pub paths: Vec<String>,
    /// Whether those are all.
    pub paths_known: bool,
    pub receipts: Vec<Receipt>,
}

/// GitHub lists no more files of a commit, and this many on a page.
const MAX_FILES: usize = 3_000;
const FILES_ON_A_PAGE: usize = 300;

impl<'a, 'h> Details<'a, 'h> {
    pub fn new(settings: &'a Settings, github: &'a Source<'h>, jira: Option<&'a Source<'h>>) -> Self {
        Self { settings, github, jira, requests: BTreeMap::new(), issues: BTreeMap::new(), remarks: Vec::new() }
    }

    /// The commit `sha` of the repository at `base`, with the paths that it touches.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn contents(&self, base: &str, sha: &str) -> Result<Contents, Trouble> {
        let path = format!("{base}/commits/{sha}");
        let (parts, receipts) = self.github.parts::<Commit>(&path, "")?;
        let last_page = parts.last().and_then(|part| part.files.as_ref()).map_or(0, Vec::len);
        let mut parts = parts.into_iter();
        let Some(mut commit) = parts.next().filter(|commit| commit.sha == sha) else {
            return Err(self.github.unread(&path, &"it is not about that commit"));
        };
        let mut whole = commit.files.is_some();
        let mut files = commit.files.take().unwrap_or_default();
        for part in parts {
            whole &= part.sha == sha && part.files.is_some();
            files.extend(part.files.unwrap_or_default());
        }
        // A saved page that is full may have had a next one.
        let cut = self.github.way() == Way::Files && last_page == FILES_ON_A_PAGE;
        let paths_known = whole && files.len() < MAX_FILES && !cut;
        let paths = files.into_iter().flat_map(|file| std::iter::once(file.filename).chain(file.previous_filename));
        Ok(Contents { paths: paths.collect(), commit, paths_known, receipts })
    }

    /// The pull request that was merged into `branch` and brought the commit `sha`; the first one, where several did.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn link(&self, repository: &str, base: &str, branch: &str, sha: &str) -> Result<Linked, Trouble> {
        let (pulls, receipts) =
            self.github.all::<Associated>(&format!("{base}/commits/{sha}/pulls"), "?per_page=100")?;
        let own = |pull: &Associated| {
            let other = pull.base.repo.as_ref().is_some_and(|repo| !repo.full_name.eq_ignore_ascii_case(repository));
            pull.base.branch == branch && !other
        };
        let links = pulls.iter().filter(|pull| own(pull));
        let links = links.filter_map(|pull| Some(Link { number: pull.number, merged_at: pull.merged_at? }));
        Ok(Linked { link: links.min_by_key(|link| (link.merged_at, link.number)), receipts })
    }

    /// The pull request `number`.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn request(&mut self, base: &str, number: u64) -> Result<Rc<Request>, Trouble> {
        let key = (base.to_owned(), number);
        if let Some(known) = self.requests.get(&key) {
            return known.clone().map_err(Trouble::Unread);
        }
        let read = Request::load(self.github, &self.settings.people, base, number).map(Rc::new);
        remember(&mut self.requests, key, read)
    }

    /// The issue `key`; nothing where issues are not looked at, there is none, or nobody shows it.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn issue(&mut self, key: &str) -> Result<Option<Rc<Issue>>, Trouble> {
        let Some(jira) = self.jira else { return Ok(None) };
        if let Some(known) = self.issues.get(key) {
            return known.clone().map_err(Trouble::Unread);
        }
        let Settings { people, approvals, fields, .. } = self.settings;
        let read = match Issue::load(jira, people, approvals, fields, key) {
            Err(Trouble::Absent(why)) => {
                self.remarks.push(format!("issue {key} is not there: {why}"));
                Ok(None)
            }
            read => read.map(|issue| Some(Rc::new(issue))),
        };
        for name in read.iter().flatten().flat_map(|issue| &issue.strangers) {
            let name = name.chars().take(100).collect::<String>();
            let name = name.escape_debug();
            self.remarks.push(format!("issue {key} was approved by `{name}`, whom `identities` does not name"));
        }
        remember(&mut self.issues, key.to_owned(), read)
    }

    /// The issue that one of the texts names: its key, and the issue where it is there.
    ///
    /// # Errors
    /// [`Trouble`].
    pub fn issue_in<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> Result<Named, Trouble> {
        match issue::key_in(texts, &self.settings.sources.issue_projects) {
            None => Ok(Named::default()),
            Some(key) => Ok(Named { issue: self.issue(&key)?, key: Some(key) }),
        }
    }
}

/// Keeps what was read, or why it was not, so that it is asked for once; a failure of the whole run is not kept.
fn remember<K: Ord, T: Clone>(
    known: &mut BTreeMap<K, Result<T, String>>,
    key: K,
    read: Result<T, Trouble>,
) -> Result<T, Trouble> {
    let read = match read {
        Ok(read) => Ok(read),
        Err(trouble) => Err(trouble.why()?),
    };
    known.insert(key, read.clone());
    read.map_err(Trouble::Unread)
}

/// An issue that a change names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub key: Option<String>,
    pub issue: Option<Rc<Issue>>,
}
