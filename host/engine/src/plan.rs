//! What a run is going to do: which controls on which systems, and the collectors that they rest on.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use anyhow::Context as _;
use tickmark_model::{Category, CollectorId, Control, Fact, ManualControl, Need, System};
use tickmark_sandbox::{FactKind, HostState, Plugin, ungranted};

use crate::catalog::Catalog;
use crate::problem::known_names;
use crate::site::{Engagement, Site, SiteCollector, SiteSystem};

/// Narrows a run. Empty lists mean everything.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Control ids.
    pub controls: Vec<String>,
    /// System names.
    pub systems: Vec<String>,
}

impl Scope {
    fn has(&self, system: &SiteSystem) -> bool {
        self.systems.is_empty() || self.systems.contains(&system.system.name)
    }
}

/// One collector of the plan.
#[derive(Clone, Copy)]
pub(crate) struct PlannedCollector<'a> {
    pub(crate) system: &'a System,
    pub(crate) site: &'a SiteCollector,
    pub(crate) plugin: &'a Plugin,
}

impl<'a> PlannedCollector<'a> {
    /// Which collector on which system.
    pub(crate) fn id(&self) -> CollectorId {
        CollectorId { instance: self.site.instance.clone(), system: self.system.name.clone() }
    }

    /// Whether it is given what the host knows, so that it runs after the others, whose collections are part of that.
    pub(crate) fn is_given(&self) -> bool {
        self.site.is_given()
    }

    /// The fact of this kind that it answers for.
    pub(crate) fn answers_for_kind(&self, kind: &str) -> Option<&'a Fact> {
        self.site.answers_for_kind(self.plugin.descriptor(), kind)
    }

    /// What it asks for and does not get.
    pub(crate) fn ungranted(&self) -> Vec<&'a Need> {
        ungranted(self.plugin.descriptor(), &self.site.grants).collect()
    }
}

/// One finding of the plan.
pub(crate) struct PlannedFinding<'a> {
    pub(crate) control: &'a Control,
    pub(crate) system: &'a System,
    /// Positions in [`Plan::collectors`].
    pub(crate) collectors: Vec<usize>,
}

/// What a run is going to do, sorted by control and system.
pub(crate) struct Plan<'a> {
    /// How many controls people operate, of those that the run could be about.
    pub(crate) by_hand: usize,
    /// The controls that the engagement does not ask for, so that nothing is judged by them.
    pub(crate) out_of_scope: Vec<&'a Control>,
    pub(crate) collectors: Vec<PlannedCollector<'a>>,
    pub(crate) collectors_at_once: NonZeroUsize,
    pub(crate) findings: Vec<PlannedFinding<'a>>,
}

/// Plans a run of `scope`.
///
/// # Errors
/// Where the scope names a control or a system that is not there, a control that is operated by hand or is not in the
/// engagement's scope, or selects nothing.
pub(crate) fn plan<'a>(site: &'a Site, catalog: &'a Catalog, scope: &Scope) -> anyhow::Result<Plan<'a>> {
    let by_hand = by_hand(site, catalog, scope)?;
    let controls: Vec<&Control> = catalog.matrix().controls().collect();
    let controls = select(controls, |control| &control.id, &scope.controls, "control")?;
    let (controls, out_of_scope): (Vec<&Control>, Vec<&Control>) =
        controls.into_iter().partition(|control| catalog.in_scope(&site.engagement, &control.criteria));
    if let Some(control) = out_of_scope.first().filter(|_| !scope.controls.is_empty()) {
        let categories = Engagement::categories_of(&control.criteria, catalog.matrix().criteria());
        let categories: Vec<&str> = categories.into_iter().map(Category::as_str).collect();
        anyhow::bail!(
            "control `{}` is not in the engagement's scope, which has no {}",
            control.id,
            categories.join(" and no ")
        );
    }
    select(site.systems.iter().collect(), |system| &system.system.name, &scope.systems, "system")?;
    let systems: Vec<(usize, &SiteSystem)> = (0..).zip(&site.systems).filter(|(_, system)| scope.has(system)).collect();

    let mut wanted = BTreeSet::new();
    let mut findings = Vec::new();
    for control in controls {
        for &(system_at, system) in &systems {
            if !control.systems.selects(&system.system) {
                continue;
            }
            let feeding: Vec<(usize, usize)> = system
                .collectors
                .iter()
                .enumerate()
                .filter(|(_, collector)| catalog.feeds(collector, control))
                .map(|(at, _)| (system_at, at))
                .collect();
            wanted.extend(feeding.iter().copied());
            findings.push((control, &system.system, feeding));
        }
    }
    wanted.extend(given_to(&wanted, site, catalog));
    let order: Vec<(usize, usize)> = wanted.into_iter().collect();
    let collectors = order
        .iter()
        .map(|(system, collector)| {
            let system = site.systems.get(*system)?;
            let site = system.collectors.get(*collector)?;
            Some(PlannedCollector { system: &system.system, site, plugin: catalog.plugin(site)? })
        })
        .collect::<Option<Vec<_>>>()
        .context("a planned collector has no plugin")?;
    let findings = findings
        .into_iter()
        .map(|(control, system, feeding)| {
            // None may be left out: what a collector would have shown against a pass must not go missing.
            let collectors = feeding.iter().map(|key| order.binary_search(key).ok()).collect::<Option<Vec<_>>>()?;
            Some(PlannedFinding { control, system, collectors })
        })
        .collect::<Option<Vec<_>>>()
        .context("a finding rests on a collector that is not planned")?;
    Ok(Plan { by_hand, out_of_scope, collectors, collectors_at_once: site.limits.collectors_at_once, findings })
}

/// How many controls in the engagement's scope people operate, so that no run judges them; nothing where the run is of some
/// controls only.
fn by_hand(site: &Site, catalog: &Catalog, scope: &Scope) -> anyhow::Result<usize> {
    if let Some(wanted) = scope.controls.iter().find(|id| catalog.matrix().manual_entry(id).is_some()) {
        anyhow::bail!("control `{wanted}` is operated by hand, and a run cannot judge it");
    }
    let asked = |control: &&ManualControl| catalog.in_scope(&site.engagement, &control.criteria);
    Ok(if scope.controls.is_empty() { catalog.matrix().manual().filter(asked).count() } else { 0 })
}

/// The collectors of all systems whose facts these collectors are given, by place: also of systems outside of the run's scope,
/// for what is missing there is not to be missed.
fn given_to(wanted: &BTreeSet<(usize, usize)>, site: &Site, catalog: &Catalog) -> Vec<(usize, usize)> {
    let collector = |(system, at): &(usize, usize)| site.systems.get(*system)?.collectors.get(*at);
    let kind = |state| match state {
        HostState::Facts(kind) => Some(kind),
        HostState::Ledger(_) => None,
    };
    let states = wanted.iter().filter_map(collector).flat_map(|collector| collector.grants.host_states());
    let kinds: BTreeSet<FactKind> = states.filter_map(kind).collect();
    let mut places = Vec::new();
    for (system_at, system) in site.systems.iter().enumerate() {
        for (at, collector) in system.collectors.iter().enumerate().filter(|_| !kinds.is_empty()) {
            let descriptor = catalog.plugin(collector).map(Plugin::descriptor);
            let answers = |kind: &FactKind| {
                descriptor.is_some_and(|descriptor| collector.answers_for_kind(descriptor, kind.as_str()).is_some())
            };
            if !collector.is_given() && kinds.iter().any(answers) {
                places.push((system_at, at));
            }
        }
    }
    places
}

/// The items that `wanted` names, or all of them.
fn select<'a, T>(
    items: Vec<&'a T>,
    name: impl Fn(&T) -> &String,
    wanted: &[String],
    what: &str,
) -> anyhow::Result<Vec<&'a T>> {
    for wanted in wanted {
        if !items.iter().any(|item| name(item) == wanted) {
            let names: Vec<&str> = items.iter().map(|item| name(item).as_str()).collect();
            anyhow::bail!("there is no {what} `{wanted}`; {}", known_names(wanted, names.iter().copied()));
        }
    }
    Ok(items.into_iter().filter(|item| wanted.is_empty() || wanted.contains(name(item))).collect())
}
