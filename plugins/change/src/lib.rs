//! The change collector: what was changed in production, who approved it before, and whether anybody looked afterwards.
//!
//! Read from GitHub (commits of the default branch, pull requests with their reviews, deployments), from Jira (approvals
//! and written parts of issues), over HTTP or from saved answers, and from an export of other changes. Every commit and
//! every deployment is a subject: one without a pull request is a row, and not invisible. A change that cannot be read is
//! left out of the count and not of the total. Commits are followed by their hashes, and placed by the deployment that
//! brought them.
//!
//! **Absent on purpose:** any opinion on what a change must have. That is the policies'.
//! **Absent on purpose:** a workflow. Nothing is approved, merged or deployed here.

mod approval;
mod assemble;
mod audit;
pub mod calendar;
mod change;
mod descriptor;
mod details;
mod facts;
mod github;
mod history;
mod issue;
pub mod parse;
mod request;
pub mod rules;
mod settings;
mod source;
mod written;

use tickmark_collector::{Collector, Datetime, Descriptor, Failure, Host, Summary};

use details::Details;
use facts::Changes;
use settings::Settings;
use source::{Source, Way};

/// The collector.
#[derive(Debug)]
pub struct Change;

impl Collector for Change {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = Settings::read(host)?;
        let as_of = host.as_of();
        let from = Datetime(as_of.0.saturating_sub(settings.sources.window.0)).max(Datetime::MIN);
        let github = Source::new(host, settings.sources.github, "github", settings.sources.api_prefix.clone());
        let jira = settings.sources.jira.map(|way| Source::new(host, way, "jira", String::new()));
        let mut details = Details::new(&settings, &github, jira.as_ref());
        let mut changes = Changes::new(host);
        if !settings.sources.repositories.is_empty() {
            let at = match settings.sources.github {
                Way::Http => Some(as_of),
                Way::Files => github::exported_at(&details, &mut changes)?,
            };
            for repository in &settings.sources.repositories {
                github::collect(&mut details, &repository.name, from, as_of, &mut changes)?;
            }
            if let Some(at) = at {
                changes.covers(from, at.min(as_of));
            }
            // What was asked for now is dated by the host.
            if let (Way::Files, Some(at)) = (settings.sources.github, at) {
                changes.observed(at);
            }
        }
        if let Some(form) = settings.sources.audit {
            audit::collect(host, &mut details, form, from, as_of, &mut changes)?;
        }
        let remarks = std::mem::take(&mut details.remarks);
        changes.finish(remarks)
    }
}

tickmark_collector::export!(Change);
