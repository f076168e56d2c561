//! The plugins of a site: the built-in ones and those that its file names, each loaded once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tickmark_model::{Descriptor, Digest, Fact};
use tickmark_policy::Problem;
use tickmark_sandbox::{Plugin, Sandbox, check_grants, check_settings, read_component};

use crate::problem::{Source, known_names};
use crate::site::{Pin, ReadSite, Site, SiteCollector};

/// Loaded plugins, by name.
pub struct Plugins {
    plugins: BTreeMap<String, Plugin>,
    /// Whether a plugin that the site names could not be loaded.
    pub(super) incomplete: bool,
}

impl Plugins {
    pub(super) fn load(
        sandbox: &Sandbox,
        read: Option<&mut ReadSite>,
        problems: &mut Vec<Problem>,
    ) -> anyhow::Result<Self> {
        let mut plugins = Self { plugins: builtin(sandbox)?, incomplete: false };
        let Some(ReadSite { site, source }) = read else { return Ok(plugins) };
        for collector in collectors(site.as_ref()) {
            if let Some(path) = &collector.path {
                plugins.add(sandbox, collector, path, source);
            }
        }
        for collector in collectors(site.as_ref()) {
            plugins.check(collector, source);
        }
        problems.append(&mut source.problems);
        Ok(plugins)
    }

    /// The plugin called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Plugin> {
        self.plugins.get(name)
    }

    /// Every plugin, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Plugin> {
        self.plugins.values()
    }

    /// The descriptors whose declarations rule: of two plugins that declare the same kind, the built-in one, otherwise
    /// the first by name.
    pub(super) fn owners(&self) -> Vec<Descriptor> {
        let mut owners: Vec<Descriptor> = Vec::new();
        let (builtin, others): (Vec<&Plugin>, Vec<&Plugin>) =
            self.iter().partition(|plugin| plugin.identity().origin == BUILTIN);
        for plugin in builtin.into_iter().chain(others) {
            let mut descriptor = plugin.descriptor().clone();
            descriptor.facts.retain(|fact| owner_of(&owners, fact).is_none());
            owners.push(descriptor);
        }
        owners
    }

    fn add(&mut self, sandbox: &Sandbox, collector: &SiteCollector, path: &Path, source: &mut Source) {
        let incomplete = &mut self.incomplete;
        let mut refuse = |message: String, help: Option<&str>| {
            *incomplete = true;
            source.report(message, Some(collector.span.clone()), help.map(str::to_owned));
        };
        let bytes = match read_component(path) {
            Ok(bytes) => bytes,
            Err(error) => return refuse(error.to_string(), None),
        };
        // Before the component is compiled or asked anything.
        let found = Digest(Sha256::digest(&bytes).into());
        match collector.sha256 {
            Some(Pin::To(pinned)) if pinned != found => {
                return refuse(
                    format!("`{}` has digest {found}, pinned is {pinned}", path.display()),
                    Some("pin the new digest once you trust it"),
                );
            }
            Some(Pin::To(_) | Pin::Any) => {}
            None => {
                let help = format!("once you trust it, add sha256 = \"{found}\"; `any` is for writing a plugin");
                return refuse(format!("`{}` is not pinned to a digest", path.display()), Some(&help));
            }
        }
        let plugin = match sandbox.load(bytes, &path.display().to_string()) {
            Ok(plugin) => plugin,
            Err(error) => return refuse(format!("plugin `{}`: {error}", path.display()), None),
        };
        let name = &plugin.identity().name;
        if *name != collector.plugin {
            let help = format!("write plugin = \"{name}\"");
            return refuse(
                format!("`{}` calls itself `{name}`, not `{}`", path.display(), collector.plugin),
                Some(&help),
            );
        }
        match self.plugins.get(name) {
            Some(other) if other.identity().digest != plugin.identity().digest => {
                let origin = &other.identity().origin;
                refuse(
                    format!("plugin `{name}` is there already, from {origin}"),
                    Some("a plugin has one program in a site"),
                );
            }
            Some(_) => {}
            None => drop(self.plugins.insert(name.clone(), plugin)),
        }
    }

    /// Checks what the site says of one collector against what its plugin declares.
    fn check(&self, collector: &SiteCollector, source: &mut Source) {
        let span: Range<usize> = collector.span.clone();
        let name = &collector.plugin;
        let Some(plugin) = self.plugins.get(name) else {
            if collector.path.is_none() {
                let help = known_names(name, self.plugins.keys().map(String::as_str).collect::<Vec<_>>());
                source.report(format!("there is no built-in plugin `{name}`"), Some(span), Some(help));
            }
            return;
        };
        let descriptor = plugin.descriptor();
        for error in check_settings(descriptor, &collector.settings) {
            source.report_found(&error, span.clone());
        }
        for error in check_grants(descriptor, &collector.grants) {
            source.report_found(&error, span.clone());
        }
        let facts: Vec<&str> = descriptor.facts.iter().map(|fact| fact.name.as_str()).collect();
        for fact in collector.facts.iter().flatten().filter(|fact| descriptor.fact(fact).is_none()) {
            let help = known_names(fact, facts.iter().copied());
            source.report(format!("plugin `{name}` declares no fact `{fact}`"), Some(span.clone()), Some(help));
        }
        self.check_kinds(collector, descriptor, source);
    }

    /// A namespace has one owner; another plugin may provide its kinds where the site says so and the declarations are
    /// equal.
    fn check_kinds(&self, collector: &SiteCollector, descriptor: &Descriptor, source: &mut Source) {
        let owners = self.owners();
        for fact in &descriptor.facts {
            let Some((owner, owned)) = owner_of(&owners, fact).filter(|(owner, _)| **owner != descriptor.name) else {
                continue;
            };
            let kind = &fact.entity_kind;
            if !collector.provides.contains(kind) {
                let help = format!("say provides = [\"{kind}\"] if it is to stand in for `{owner}`");
                let message =
                    format!("`{kind}` belongs to plugin `{owner}`, and `{}` declares it too", descriptor.name);
                source.report(message, Some(collector.span.clone()), Some(help));
            } else if !same_but_for_words(owned, fact) {
                let message = format!("`{}` declares `{kind}` otherwise than its owner `{owner}`", descriptor.name);
                source.report(message, Some(collector.span.clone()), None);
            }
        }
        for kind in &collector.provides {
            if !descriptor.facts.iter().any(|fact| fact.entity_kind == *kind) {
                let message = format!("plugin `{}` declares no kind `{kind}`", descriptor.name);
                source.report(message, Some(collector.span.clone()), None);
            }
        }
    }
}

/// The origin of a plugin that is part of the program.
const BUILTIN: &str = "builtin";

fn builtin(sandbox: &Sandbox) -> anyhow::Result<BTreeMap<String, Plugin>> {
    std::thread::scope(|scope| {
        let loading: Vec<_> = tickmark_builtin::all()
            .iter()
            .map(|builtin| (builtin.name, scope.spawn(|| sandbox.load(builtin.component, BUILTIN))))
            .collect();
        loading
            .into_iter()
            .map(|(name, thread)| {
                let loaded = thread.join().map_err(|_| anyhow::anyhow!("loading plugin `{name}` panicked"))?;
                let plugin = loaded.with_context(|| format!("cannot load the built-in plugin `{name}`"))?;
                Ok((name.to_owned(), plugin))
            })
            .collect()
    })
}

fn collectors(site: Option<&Site>) -> impl Iterator<Item = &SiteCollector> {
    site.into_iter().flat_map(|site| &site.systems).flat_map(|system| &system.collectors)
}

/// Whether two declarations are equal but for their sentences for people.
fn same_but_for_words(a: &Fact, b: &Fact) -> bool {
    let bare = |fact: &Fact| {
        let mut fact = fact.clone();
        fact.doc.clear();
        fact.columns.iter_mut().for_each(|column| column.doc.clear());
        fact
    };
    bare(a) == bare(b)
}

/// The owner of a fact's kind among `owners`, with its declaration.
fn owner_of<'a>(owners: &'a [Descriptor], fact: &Fact) -> Option<(&'a String, &'a Fact)> {
    owners.iter().find_map(|owner| {
        let owned = owner.facts.iter().find(|owned| owned.entity_kind == fact.entity_kind)?;
        Some((&owner.name, owned))
    })
}
