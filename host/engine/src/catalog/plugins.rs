//! The plugins of a site: the built-in ones and those that its file names, each loaded once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tickmark_model::{Descriptor, Digest, Fact};
use tickmark_policy::Problem;
use tickmark_policy::facts::Facts;
use tickmark_sandbox::{DECLARED, HostState, Plugin, Sandbox, check_grants, check_settings, read_component};

use crate::problem::{Source, known_names};
use crate::site::{Pin, ReadSite, Site, SiteCollector};

/// Loaded plugins, by name.
///
/// **Invariant:** a plugin that declares no fact emits the one fact that its collector in the site names, of those that
/// are declared outside of plugins.
pub struct Plugins {
    plugins: BTreeMap<String, Plugin>,
    /// Plugins that declare no fact, by name, once for each fact that is declared outside.
    emitting: BTreeMap<String, BTreeMap<String, Plugin>>,
    /// Whether some declared fact could not be read, so that one that is not there may be it.
    unread: bool,
    /// Whether something that is declared is not known: a plugin that could not be loaded, a fact that could not be read.
    pub(super) incomplete: bool,
}

impl Plugins {
    pub(super) fn load(
        sandbox: &Sandbox,
        mut read: Option<&mut ReadSite>,
        declared: &Facts,
        unread: bool,
        problems: &mut Vec<Problem>,
    ) -> anyhow::Result<Self> {
        let mut plugins = Self { plugins: builtin(sandbox)?, emitting: BTreeMap::new(), unread, incomplete: unread };
        if let Some(ReadSite { site, source }) = read.as_deref_mut() {
            for collector in collectors(site.as_ref()) {
                if let Some(path) = &collector.path {
                    plugins.add(sandbox, collector, path, source);
                }
            }
        }
        plugins.declare(declared, problems);
        let Some(ReadSite { site, source }) = read else { return Ok(plugins) };
        for collector in collectors(site.as_ref()) {
            plugins.check(collector, source);
        }
        plugins.check_given(site.as_ref(), source);
        problems.append(&mut source.problems);
        Ok(plugins)
    }

    /// The plugin called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Plugin> {
        self.plugins.get(name)
    }

    /// The plugin of a site's collector, with the facts that it emits there.
    pub(super) fn of(&self, collector: &SiteCollector) -> Option<&Plugin> {
        match self.emitting.get(&collector.plugin) {
            None => self.plugins.get(&collector.plugin),
            Some(emitting) => match collector.facts.as_deref() {
                Some([fact]) => emitting.get(fact),
                _ => None,
            },
        }
    }

    /// Has plugins that declare no fact emit those that are declared outside.
    fn declare(&mut self, declared: &Facts, problems: &mut Vec<Problem>) {
        let owners: Vec<Descriptor> = self.iter().map(|plugin| plugin.descriptor().clone()).collect();
        let against = declared.against(&owners);
        self.incomplete |= !against.is_empty();
        problems.extend(against);
        let facts = declared.declarations();
        for (name, plugin) in &mut self.plugins {
            if plugin.emits_declared() {
                let one = |fact: &Fact| (fact.name.clone(), plugin.declaring(vec![fact.clone()]));
                self.emitting.insert(name.clone(), facts.iter().map(one).collect());
                *plugin = plugin.declaring(facts.clone());
            }
        }
    }

    /// Every plugin, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = &Plugin> {
        self.plugins.values()
    }

    /// The descriptors whose declarations rule: of two plugins that declare the same kind, the built-in one, otherwise
    /// the first by name. What is declared outside of plugins stands behind what a built-in one declares itself.
    pub(super) fn owners(&self) -> Vec<Descriptor> {
        let mut owners: Vec<Descriptor> = Vec::new();
        let mut plugins: Vec<&Plugin> = self.iter().collect();
        plugins.sort_by_key(|plugin| (plugin.identity().origin != BUILTIN, plugin.emits_declared()));
        for plugin in plugins {
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
        if plugin.emits_declared() && collector.settings.contains_key(DECLARED) {
            let help = format!("leave it out; `facts` says which fact `{name}` emits");
            source.report(format!("setting `{DECLARED}` is the host's own"), Some(span.clone()), Some(help));
        }
        for error in check_settings(descriptor, &collector.settings) {
            source.report_found(&error, span.clone());
        }
        for error in check_grants(descriptor, &collector.grants) {
            source.report_found(&error, span.clone());
        }
        let facts: Vec<&str> = descriptor.facts.iter().map(|fact| fact.name.as_str()).collect();
        for fact in collector.facts.iter().flatten().filter(|fact| descriptor.fact(fact).is_none()) {
            let help = known_names(fact, facts.iter().copied());
            let message = match plugin.emits_declared() {
                true if self.unread => continue,
                true => format!("no fact `{fact}` is declared"),
                false => format!("plugin `{name}` declares no fact `{fact}`"),
            };
            source.report(message, Some(span.clone()), Some(help));
        }
        let one = collector.facts.as_ref().is_some_and(|facts| facts.len() == 1);
        if plugin.emits_declared() && !one {
            let help = known_names("", facts.iter().copied());
            let message = format!("plugin `{name}` emits one fact, and `facts` does not say which");
            source.report(message, Some(span.clone()), Some(format!("write facts = [\"...\"]; {help}")));
        }
        if let Some(plugin) = self.of(collector) {
            self.check_kinds(collector, plugin.descriptor(), source);
        }
    }

    /// Of what a collector is given, there is somebody who observes it, and that is nobody who is given something in turn.
    fn check_given(&self, site: Option<&Site>, source: &mut Source) {
        for collector in collectors(site) {
            for state in collector.grants.host_states() {
                let HostState::Facts(kind) = state else { continue };
                let kind = kind.as_str();
                let answers = |other: &&SiteCollector| {
                    self.of(other).is_some_and(|it| other.answers_for_kind(it.descriptor(), kind).is_some())
                };
                let (given, first): (Vec<&SiteCollector>, Vec<&SiteCollector>) =
                    collectors(site).filter(answers).partition(|other| other.is_given());
                let span = Some(collector.span.clone());
                if let Some(other) = given.first() {
                    let message = format!(
                        "`{}` is given `{kind}`, which `{}` brings, and that is given what others observe itself",
                        collector.instance, other.instance
                    );
                    source.report(message, span, Some("facts of facts of facts are not given".to_owned()));
                } else if first.is_empty() && !self.incomplete {
                    let owners = self.owners();
                    let kinds = owners.iter().flat_map(|owner| &owner.facts).map(|fact| fact.entity_kind.as_str());
                    let help = known_names(kind, kinds.collect::<Vec<_>>());
                    let message = format!("`{}` is given `{kind}`, which no collector brings", collector.instance);
                    source.report(message, span, Some(help));
                }
            }
        }
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
