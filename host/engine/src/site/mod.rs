//! The site file `tickmark.toml`: which systems there are, which collectors run against each, and what they are granted.
//!
//! **Invariant:** reading it touches nothing else; whether grants can be used is found out at the run.
//! **Invariant:** all problems of the file are reported at once.

mod engagement;
mod limits;
mod mail;
mod people;
mod pin;
mod read;
mod review;
mod vendor;

pub use engagement::Engagement;
pub use limits::SiteLimits;
pub use mail::{Mail, MailTls, Password};
pub use people::Person;
pub use pin::Pin;
pub use review::{AccessReview, FirewallReview, Reviews};
pub use vendor::Vendor;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use jiff::tz::TimeZone;
use tickmark_ledger::acts::Authentication;
use tickmark_model::{Descriptor, Fact, Instant, System, Value, same_person};
use tickmark_sandbox::{Grants, Limits};

use crate::keys::Keys;
use crate::problem::{Problems, Source};

/// The name of the site file.
pub const SITE_FILE: &str = "tickmark.toml";

/// One company's site file.
#[derive(Debug)]
pub struct Site {
    /// The file itself.
    pub file: PathBuf,
    /// The folder that its paths are relative to.
    pub base: PathBuf,
    /// The company's name.
    pub company: String,
    /// What the auditor is engaged for.
    pub engagement: Engagement,
    /// Where records go.
    pub ledger: PathBuf,
    /// Where the private keys are that sign the ledger and exported packages.
    pub keys: Keys,
    /// The last checkpoint that this site has seen, kept outside of the ledger so that a ledger that went back shows.
    pub last_checkpoint: PathBuf,
    /// Where the site's own control matrix is, if there is one.
    pub policies: PathBuf,
    /// Who approved the control matrix as it stands, as they say.
    pub matrix_approved_by: Option<String>,
    /// The keys of people, in the order of the file.
    pub people: Vec<Person>,
    /// How notices are sent, where they are.
    pub mail: Option<Mail>,
    /// Who reviews what.
    pub reviews: Reviews,
    /// How much all collectors together may use.
    pub limits: SiteLimits,
    /// The vendors, in the order of the file.
    pub vendors: Vec<Vendor>,
    /// The systems, in the order of the file.
    pub systems: Vec<SiteSystem>,
}

impl Site {
    /// The person of this name, where the file names their key.
    pub(crate) fn person(&self, name: &str) -> Option<&Person> {
        self.people.iter().find(|it| same_person(&it.name, name))
    }

    /// Whether two names have the same key, which makes them one person.
    pub(crate) fn same_key(&self, first: &str, second: &str) -> bool {
        self.person(first).zip(self.person(second)).is_some_and(|(first, second)| first.has_key_of(second))
    }

    /// Whether the key of this name is the one that somebody had who acted.
    pub(crate) fn has_key(&self, name: &str, acted: &Authentication) -> bool {
        let own = self.person(name).map(|person| person.key.to_bytes());
        own.is_some_and(|own| acted.key().is_some_and(|key| key.to_bytes() == own))
    }

    /// The day of an instant in the engagement's time zone.
    ///
    /// # Errors
    /// Where it is outside of the calendar.
    pub fn day(&self, at: Instant) -> anyhow::Result<NaiveDate> {
        day_in(&self.engagement.time_zone, at)
    }

    /// The end of a day in the engagement's zone: the first instant of the next one.
    ///
    /// # Errors
    /// Where it is outside of the calendar.
    pub(crate) fn end_of(&self, day: NaiveDate) -> anyhow::Result<Instant> {
        crate::review::end_of(day, &self.engagement.time_zone)
    }
}

/// The day of an instant in a time zone.
///
/// # Errors
/// Where it is outside of the calendar.
pub(crate) fn day_in(zone: &TimeZone, at: Instant) -> anyhow::Result<NaiveDate> {
    crate::review::day_of(at, zone)
}

/// One system with its collectors.
#[derive(Debug)]
pub struct SiteSystem {
    /// The system as policies see it.
    pub system: System,
    /// What runs against it.
    pub collectors: Vec<SiteCollector>,
    pub(crate) span: Range<usize>,
}

/// One collector that runs against one system.
#[derive(Debug)]
pub struct SiteCollector {
    /// Its name on this system.
    pub instance: String,
    /// The plugin's name.
    pub plugin: String,
    /// The component file, for a plugin that is not built in.
    pub path: Option<PathBuf>,
    /// Which component it must be.
    pub sha256: Option<Pin>,
    /// The facts that this collector answers for; nothing means all that it declares.
    pub facts: Option<Vec<String>>,
    /// The kinds of other plugins' namespaces that it provides.
    pub provides: Vec<String>,
    /// As the operator set them.
    pub settings: BTreeMap<String, Value>,
    /// As the operator granted them.
    pub grants: Arc<Grants>,
    /// How much it may use.
    pub limits: Limits,
    pub(crate) span: Range<usize>,
}

impl SiteCollector {
    /// Whether it is given something that the host knows, in place of a file.
    pub(crate) fn is_given(&self) -> bool {
        !self.grants.host_states().is_empty()
    }

    /// The fact of this kind that the operator has it answer for, where it runs the plugin that declares this.
    pub(crate) fn answers_for_kind<'d>(&self, plugin: &'d Descriptor, kind: &str) -> Option<&'d Fact> {
        let answers = |fact: &&Fact| self.facts.as_ref().is_none_or(|facts| facts.contains(&fact.name));
        plugin.facts.iter().find(|fact| fact.entity_kind == kind).filter(answers)
    }
}

/// The site file, and what its problems point into.
pub(crate) struct ReadSite {
    pub(crate) site: Option<Site>,
    pub(crate) source: Source,
}

/// The site file that a command means: `config`, or the nearest `tickmark.toml` in `dir` or above.
///
/// # Errors
/// Where there is none, with what to do.
pub fn find(dir: &Path, config: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(config) = config {
        return Ok(dir.join(config));
    }
    let found = std::path::absolute(dir)?.ancestors().map(|dir| dir.join(SITE_FILE)).find(|file| file.is_file());
    found.ok_or_else(|| {
        anyhow::anyhow!("no `{SITE_FILE}` in `{}` or above it; `tickmark init` writes one", dir.display())
    })
}

/// Reads the site file at `file`.
///
/// # Errors
/// Where the file cannot be read; problems in it are in the returned source.
pub(crate) fn read(file: &Path) -> anyhow::Result<ReadSite> {
    use anyhow::Context as _;
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))?;
    let base = std::path::absolute(file)?.parent().map(Path::to_path_buf).unwrap_or_default();
    Ok(read::site(file, base, &text))
}

/// Reads the site file at `file` for a command that needs no collector and no policy.
///
/// # Errors
/// [`Problems`] with everything that is wrong in the file; otherwise where it cannot be read.
pub fn read_alone(file: &Path) -> anyhow::Result<Site> {
    Ok(sound(read(file)?)?)
}

/// Reads `text` as the site file at `file`, which must be absolute and need not be there.
///
/// # Errors
/// [`Problems`] with everything that is wrong in the text.
pub fn read_text(file: &Path, text: &str) -> Result<Site, Problems> {
    sound(read::site(file, file.parent().map(Path::to_path_buf).unwrap_or_default(), text))
}

fn sound(ReadSite { site, source }: ReadSite) -> Result<Site, Problems> {
    match site {
        Some(site) if source.problems.is_empty() => Ok(site),
        _ => Err(Problems::sorted(source.problems)),
    }
}

#[cfg(test)]
mod tests;
