//! From the text of `tickmark.toml` to a [`Site`], piece by piece, so that one mistake does not hide another.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use tickmark_ledger::Period;
use tickmark_model::{Category, System, Value};
use tickmark_sandbox::Grants;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Engagement, Pin, ReadSite, Site, SiteCollector, SiteSystem, mail, people, review, vendor};
use crate::keys::{KeyFolder, KeySource, Keys, PackageKeyRef};
use crate::problem::{Source, known_names};

pub(super) type Table<'i> = Spanned<DeTable<'i>>;

pub(super) fn site(file: &Path, base: PathBuf, text: &str) -> ReadSite {
    let mut source = Source::new(file.display().to_string(), text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        source.report_toml(error, None);
    }
    // Also where something is missing: the rest is checked all the same, and a site with a problem never runs.
    let site = errors.is_empty().then(|| whole(file, base, document, &mut source));
    ReadSite { site, source }
}

fn whole(file: &Path, base: PathBuf, mut document: Table<'_>, source: &mut Source) -> Site {
    let systems = take(&mut document, "system").map(|value| systems(value, &base, source)).unwrap_or_default();
    let engagement = take(&mut document, "engagement").map(|value| engagement(value, source)).unwrap_or_default();
    let mail = take(&mut document, "mail").and_then(|value| mail::read(value, &base, source));
    let reviews = take(&mut document, "review").map(|value| review::read(value, source)).unwrap_or_default();
    let people = take(&mut document, "people").map(|value| people::read(value, source)).unwrap_or_default();
    let vendors = take(&mut document, "vendor").map(|value| vendor::read(value, source)).unwrap_or_default();
    let matrix_approved_by = take(&mut document, "matrix").and_then(|value| {
        let mut table = table(value, "matrix", source)?;
        let approved_by = optional(&mut table, "approved_by", source);
        refuse_rest(&table, &["approved_by"], source);
        approved_by
    });
    let company: Option<String> = required(&mut document, "company", source);
    let ledger: Option<String> = optional(&mut document, "ledger", source);
    let policies: Option<String> = optional(&mut document, "policies", source);
    let keys = take(&mut document, "keys").map(|value| keys(value, &base, source));
    let limits = optional(&mut document, "limits", source);
    refuse_rest(
        &document,
        &[
            "company",
            "engagement",
            "ledger",
            "keys",
            "limits",
            "mail",
            "matrix",
            "people",
            "policies",
            "review",
            "system",
            "vendor",
        ],
        source,
    );
    if systems.is_empty() && source.problems.is_empty() {
        let help = "name what is audited: [[system]] with name = \"...\" and environment = \"...\"";
        source.report("there is no system", None, Some(help.to_owned()));
    }
    unique_names(&systems, source);
    Site {
        file: file.to_path_buf(),
        ledger: base.join(ledger.unwrap_or_else(|| ".tickmark/ledger".to_owned())),
        keys: keys.unwrap_or_else(|| default_keys(&base)),
        last_checkpoint: base.join(".tickmark/last-checkpoint"),
        policies: base.join(policies.unwrap_or_else(|| "policies".to_owned())),
        base,
        company: company.unwrap_or_default(),
        engagement,
        mail,
        matrix_approved_by,
        people,
        reviews,
        limits: limits.unwrap_or_default(),
        vendors,
        systems,
    }
}

fn default_keys(base: &Path) -> Keys {
    let folder = KeyFolder::new(base.join(".tickmark/keys"));
    Keys { folder, log: KeySource::Folder, package: KeySource::Folder }
}

fn keys(value: Spanned<DeValue<'_>>, base: &Path, source: &mut Source) -> Keys {
    let mut keys = default_keys(base);
    let Some(mut table) = table(value, "keys", source) else { return keys };
    if let Some(folder) = optional::<PathBuf>(&mut table, "folder", source) {
        keys.folder = KeyFolder::new(base.join(folder));
    }
    if let Some(log) = optional(&mut table, "log", source) {
        keys.log = KeySource::Elsewhere(log);
    }
    if let Some(mut package) = optional(&mut table, "package", source) {
        if let PackageKeyRef::Command { public_key, .. } = &mut package {
            *public_key = base.join(&public_key);
        }
        keys.package = KeySource::Elsewhere(package);
    }
    refuse_rest(&table, &["folder", "log", "package"], source);
    keys
}

fn engagement(value: Spanned<DeValue<'_>>, source: &mut Source) -> Engagement {
    let mut engagement = Engagement::default();
    let Some(mut table) = table(value, "engagement", source) else { return engagement };
    engagement.boundary = optional(&mut table, "boundary", source);
    if let Some(value) = take(&mut table, "categories") {
        engagement.categories = categories(value, source);
    }
    engagement.period = take(&mut table, "period").and_then(|value| period(value, source));
    if let Some(zone) = optional::<Spanned<String>>(&mut table, "time_zone", source) {
        match TimeZone::get(zone.get_ref()) {
            Ok(found) => engagement.time_zone = found,
            Err(_) => {
                let message = format!("there is no time zone `{}`", zone.get_ref());
                let help = "write a name of the IANA database, such as `Europe/Berlin` or `UTC`".to_owned();
                source.report(message, Some(zone.span()), Some(help));
            }
        }
    }
    if let Some(value) = take(&mut table, "holidays") {
        engagement.holidays = array(value, "holidays", source).into_iter().filter_map(|it| day(it, source)).collect();
    }
    if let Some(value) = take(&mut table, "weekend") {
        engagement.weekend = array(value, "weekend", source).into_iter().filter_map(|it| weekday(it, source)).collect();
    }
    let known = ["boundary", "categories", "holidays", "period", "time_zone", "weekend"];
    refuse_rest(&table, &known, source);
    engagement
}

/// One date.
fn day(value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<NaiveDate> {
    let text: Spanned<String> = read(value, source)?;
    let wrong = |source: &mut Source| {
        source.report(format!("`{}` is not a date such as `2026-12-25`", text.get_ref()), Some(text.span()), None);
    };
    text.get_ref().parse().map_err(|_| wrong(source)).ok()
}

/// One day of the week by its ISO number.
fn weekday(value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<u8> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let text: Spanned<String> = read(value, source)?;
    let found = (1..).zip(DAYS).find(|(_, day)| day == text.get_ref());
    if found.is_none() {
        let help = known_names(text.get_ref(), DAYS);
        source.report(format!("there is no day `{}`", text.get_ref()), Some(text.span()), Some(help));
    }
    found.map(|(number, _)| number)
}

fn categories(value: Spanned<DeValue<'_>>, source: &mut Source) -> BTreeSet<Category> {
    let span = value.span();
    let mut found = BTreeSet::new();
    for word in array(value, "categories", source) {
        let Some(word) = read::<Spanned<String>>(word, source) else { continue };
        match Category::ALL.into_iter().find(|it| it.as_str() == word.get_ref()) {
            Some(category) => drop(found.insert(category)),
            None => {
                let help = known_names(word.get_ref(), Category::ALL.map(Category::as_str));
                source.report(format!("there is no category `{}`", word.get_ref()), Some(word.span()), Some(help));
            }
        }
    }
    if !found.contains(&Category::Security) {
        let help = "security is part of every SOC 2 engagement: add \"security\"".to_owned();
        source.report("`categories` does not have `security`", Some(span), Some(help));
    }
    found
}

fn period(value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<Period> {
    let mut table = table(value, "period", source)?;
    let span = table.span();
    let mut day = |name: &str, source: &mut Source| -> Option<NaiveDate> {
        let text: Spanned<String> = required(&mut table, name, source)?;
        let at = text.span();
        let text = text.into_inner();
        text.parse()
            .map_err(|_| source.report(format!("`{text}` is not a date such as `2026-07-01`"), Some(at), None))
            .ok()
    };
    let (from, to) = (day("from", source), day("to", source));
    refuse_rest(&table, &["from", "to"], source);
    let (from, to) = (from?, to?);
    if from > to {
        source.report(format!("the period ends on {to}, before it starts on {from}"), Some(span), None);
    }
    Some(Period { from, to })
}

fn systems(value: Spanned<DeValue<'_>>, base: &Path, source: &mut Source) -> Vec<SiteSystem> {
    array(value, "system", source).into_iter().filter_map(|value| system(value, base, source)).collect()
}

fn system(value: Spanned<DeValue<'_>>, base: &Path, source: &mut Source) -> Option<SiteSystem> {
    let mut table = table(value, "system", source)?;
    let span = table.span();
    let collectors = take(&mut table, "collector").map(|value| array(value, "collector", source)).unwrap_or_default();
    let collectors = collectors.into_iter().filter_map(|value| collector(value, base, source)).collect();
    let name = required(&mut table, "name", source);
    let environment = required(&mut table, "environment", source);
    let tier = optional(&mut table, "tier", source);
    let owner = optional(&mut table, "owner", source);
    let tags: Option<BTreeMap<String, String>> = optional(&mut table, "tags", source);
    refuse_rest(&table, &["name", "environment", "tier", "owner", "tags", "collector"], source);
    // Also where name or environment is missing: its collectors are checked all the same.
    let (environment, name) = (environment.unwrap_or_default(), name.unwrap_or_default());
    let system = System { environment, name, owner, tags: tags.unwrap_or_default(), tier };
    Some(SiteSystem { system, collectors, span })
}

fn collector(value: Spanned<DeValue<'_>>, base: &Path, source: &mut Source) -> Option<SiteCollector> {
    let mut table = table(value, "collector", source)?;
    let span = table.span();
    let settings = take(&mut table, "settings").map(|value| settings(value, source)).unwrap_or_default();
    let mut grants = take(&mut table, "grants").map(|value| grants(value, source)).unwrap_or_default();
    grants.rebase(base);
    for problem in grants.problems() {
        source.report_found(&problem, span.clone());
    }
    let plugin: Option<String> = required(&mut table, "plugin", source);
    let instance: Option<String> = optional(&mut table, "name", source);
    let path: Option<PathBuf> = optional(&mut table, "path", source);
    let sha256: Option<Pin> = optional(&mut table, "sha256", source);
    let facts = optional(&mut table, "facts", source);
    let provides: Option<Vec<String>> = optional(&mut table, "provides", source);
    let limits = optional(&mut table, "limits", source);
    let known = ["plugin", "name", "path", "sha256", "facts", "provides", "settings", "grants", "limits"];
    refuse_rest(&table, &known, source);
    let plugin = plugin?;
    if sha256.is_some() && path.is_none() {
        let help = "a built-in plugin is part of the program; `sha256` is for a component file".to_owned();
        source.report("`sha256` without `path`", Some(span.clone()), Some(help));
    }
    Some(SiteCollector {
        instance: instance.unwrap_or_else(|| plugin.clone()),
        plugin,
        path: path.map(|path| base.join(path)),
        sha256,
        facts,
        provides: provides.unwrap_or_default(),
        settings,
        grants: Arc::new(grants),
        limits: limits.unwrap_or_default(),
        span,
    })
}

fn settings(value: Spanned<DeValue<'_>>, source: &mut Source) -> BTreeMap<String, Value> {
    let Some(settings) = table(value, "settings", source) else { return BTreeMap::new() };
    entries(settings).into_iter().filter_map(|(name, value)| Some((name.into_inner(), read(value, source)?))).collect()
}

fn grants(value: Spanned<DeValue<'_>>, source: &mut Source) -> Grants {
    let mut grants = Grants::default();
    let Some(kinds) = table(value, "grants", source) else { return grants };
    for (kind, value) in entries(kinds) {
        let Some(named) = table(value, kind.get_ref(), source) else { continue };
        for (name, value) in entries(named) {
            let name = name.into_inner();
            match kind.get_ref().as_str() {
                "files" => drop(read(value, source).map(|grant| grants.files.insert(name, grant))),
                "command" => drop(read(value, source).map(|grant| grants.command.insert(name, grant))),
                "http" => drop(read(value, source).map(|grant| grants.http.insert(name, grant))),
                "sql" => drop(read(value, source).map(|grant| grants.sql.insert(name, grant))),
                other => {
                    let help = known_names(other, ["files", "command", "http", "sql"]);
                    source.report(format!("unknown kind of grant `{other}`"), Some(kind.span()), Some(help));
                    break;
                }
            }
        }
    }
    grants
}

fn unique_names(systems: &[SiteSystem], source: &mut Source) {
    let mut names = BTreeSet::new();
    for system in systems {
        if !names.insert(&system.system.name) && !system.system.name.is_empty() {
            let message = format!("system `{}` is there twice", system.system.name);
            source.report(message, Some(system.span.clone()), None);
        }
        let mut instances = BTreeSet::new();
        for collector in &system.collectors {
            if !instances.insert(&collector.instance) {
                let message = format!("system `{}` has collector `{}` twice", system.system.name, collector.instance);
                let help = "give one of them another name: name = \"...\"".to_owned();
                source.report(message, Some(collector.span.clone()), Some(help));
            }
        }
    }
}

/// One value as `T`, or nothing and a problem.
pub(super) fn read<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, source: &mut Source) -> Option<T> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|error| source.report_toml(&error, Some(span))).ok()
}

pub(super) fn take<'i>(table: &mut Table<'i>, name: &str) -> Option<Spanned<DeValue<'i>>> {
    table.get_mut().remove(name)
}

pub(super) fn optional<T: DeserializeOwned>(table: &mut Table<'_>, name: &str, source: &mut Source) -> Option<T> {
    take(table, name).and_then(|value| read(value, source))
}

pub(super) fn required<T: DeserializeOwned>(table: &mut Table<'_>, name: &str, source: &mut Source) -> Option<T> {
    match take(table, name) {
        Some(value) => read(value, source),
        None => {
            source.report(format!("`{name}` is missing"), Some(table.span()), None);
            None
        }
    }
}

pub(super) fn table<'i>(value: Spanned<DeValue<'i>>, name: &str, source: &mut Source) -> Option<Table<'i>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Table(table) => Some(Spanned::new(span, table)),
        other => {
            source.report(format!("`{name}` is {}, expected a table", other.type_str()), Some(span), None);
            None
        }
    }
}

pub(super) fn array<'i>(value: Spanned<DeValue<'i>>, name: &str, source: &mut Source) -> Vec<Spanned<DeValue<'i>>> {
    let span = value.span();
    match value.into_inner() {
        DeValue::Array(array) => array.into_iter().collect(),
        other => {
            let help = format!("write it as [[{name}]]");
            source.report(format!("`{name}` is {}, expected an array", other.type_str()), Some(span), Some(help));
            Vec::new()
        }
    }
}

pub(super) fn entries<'i>(table: Table<'i>) -> Vec<(Spanned<String>, Spanned<DeValue<'i>>)> {
    table
        .into_inner()
        .into_iter()
        .map(|(key, value)| (Spanned::new(key.span(), key.into_inner().into_owned()), value))
        .collect()
}

/// Notes every key that nobody took.
pub(super) fn refuse_rest(table: &Table<'_>, known: &[&str], source: &mut Source) {
    let rest: Vec<(String, Range<usize>)> =
        table.get_ref().iter().map(|(key, _)| (key.get_ref().to_string(), key.span())).collect();
    for (key, span) in rest {
        let help = known_names(&key, known.iter().copied());
        source.report(format!("unknown key `{key}`"), Some(span), Some(help));
    }
}
