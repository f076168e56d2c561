//! Everything that a site can judge with: its plugins, its control matrix and its policies, checked against each other.

mod plugins;

use std::path::Path;

use tickmark_model::Control;
use tickmark_policy::facts;
use tickmark_policy::matrix::{self, Matrix};
use tickmark_policy::{Policies, Problem, SourceFile};
use tickmark_sandbox::{Plugin, Sandbox};

use crate::site::{Engagement, ReadSite, SiteCollector};
pub use plugins::Plugins;

/// The plugins, controls and policies of a site, or the built-in ones alone.
pub struct Catalog {
    plugins: Plugins,
    matrix: Matrix,
    policies: Policies,
}

impl Catalog {
    /// Loads every plugin and checks site, matrix and policies against what the plugins declare.
    ///
    /// Everything wrong goes to `problems`; then there is no catalog.
    pub(crate) fn open(
        sandbox: &Sandbox,
        site: Option<&mut ReadSite>,
        problems: &mut Vec<Problem>,
    ) -> anyhow::Result<Option<Self>> {
        let files = match site.as_ref().and_then(|read| read.site.as_ref()) {
            Some(site) => policy_files(&site.policies)?,
            None => Vec::new(),
        };
        let (declared, found) = facts::load_partly(&files);
        let plugins = Plugins::load(sandbox, site, &declared, !found.is_empty(), problems)?;
        problems.extend(found);
        let (matrix, found) = matrix::load_partly(&files);
        problems.extend(found);
        if plugins.incomplete {
            // What a missing plugin declares is not known, so nothing can be said about policies on it.
            return Ok(None);
        }
        match Policies::compile(&matrix, &plugins.owners()) {
            Ok(policies) => Ok(Some(Self { plugins, matrix, policies })),
            Err(found) => {
                problems.extend(found.iter().cloned());
                Ok(None)
            }
        }
    }

    /// The control matrix.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// The policies, compiled and validated.
    #[must_use]
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// The plugins.
    #[must_use]
    pub fn plugins(&self) -> &Plugins {
        &self.plugins
    }

    /// Whether `engagement` asks for a control that serves these criteria: one of them is of a category in scope.
    #[must_use]
    pub fn in_scope(&self, engagement: &Engagement, served: &[String]) -> bool {
        engagement.covers(&Engagement::categories_of(served, self.matrix.criteria()))
    }

    /// The program of a site's collector.
    pub(crate) fn plugin(&self, collector: &SiteCollector) -> Option<&Plugin> {
        self.plugins.of(collector)
    }

    /// Whether `control` rests on what `collector` observes: its plugin owns the fact or provides its kind, and the
    /// operator has it answer for the fact.
    pub(crate) fn feeds(&self, collector: &SiteCollector, control: &Control) -> bool {
        let answers = collector.facts.as_ref().is_none_or(|facts| facts.contains(&control.fact));
        answers && (collector.plugin == control.collector || self.provides(collector, control))
    }

    fn provides(&self, collector: &SiteCollector, control: &Control) -> bool {
        let owned = self.plugins.find(&control.collector).and_then(|owner| owner.descriptor().fact(&control.fact));
        owned.is_some_and(|fact| collector.provides.contains(&fact.entity_kind))
    }
}

/// The site's own matrix and policies, sorted by path; none where there is no folder.
fn policy_files(folder: &Path) -> anyhow::Result<Vec<SourceFile>> {
    use anyhow::Context as _;
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).with_context(|| format!("cannot read `{}`", folder.display())),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read `{}`", folder.display()))?.path();
        if path.extension().is_some_and(|extension| extension == "cedar" || extension == "toml") {
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))?;
            files.push(SourceFile::new(path.display().to_string(), text));
        }
    }
    files.sort_by(|a, b| a.path().cmp(b.path()));
    Ok(files)
}
