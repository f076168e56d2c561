//! The control matrix: criteria and controls from TOML, with the policy text of each control that has a collector.
//!
//! A `[[control]]` is judged by policies on what a collector observes; a `[[manual]]` is operated by people, who bring
//! evidence. Built-in controls are embedded. A site adds its own, or stands in for a built-in one by the same id and
//! `replaces = true`, which replaces row and policy file whole; a row of one kind may so replace one of the other.
//!
//! **Invariant:** an id is there once, whichever kind of row has it.
//! **Absent on purpose:** opening files; the caller brings the texts.

mod criteria;
pub(crate) mod fields;
mod keys;
mod manual;
mod row;
mod terms;
pub(crate) use keys::SEVERITIES;

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr as _;

use cedar_policy::PolicySet;
use tickmark_model::{Control, Criterion, ManualControl};
use toml::de::DeTable;

use crate::builtin::BUILTIN;
use crate::problem::{Problem, Problems, SourceFile, did_you_mean, unless};
use fields::Fields;

/// The name of the file that holds the rows.
const MATRIX: &str = "controls.toml";

/// Where a control comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Embedded in the program.
    Builtin,
    /// The site's own.
    Site,
}

/// One control with its policy file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The row.
    pub control: Control,
    /// Where it comes from.
    pub origin: Origin,
    /// The Cedar policies that judge it.
    pub policy: SourceFile,
    pub(crate) places: Places,
}

impl Entry {
    /// A control as it was recorded, which stands in no matrix.
    pub(crate) fn recorded(control: Control, policy: SourceFile) -> Self {
        let place = Place { file: policy.clone(), id: 0..0 };
        let places = Places { place, collector: 0..0, fact: 0..0, each: 0..0, stratum: 0..0 };
        Self { control, origin: Origin::Site, policy, places }
    }
}

/// One control that people operate.
#[derive(Clone, Debug)]
pub struct ManualEntry {
    /// The row.
    pub control: ManualControl,
    /// Where it comes from.
    pub origin: Origin,
    place: Place,
}

/// Where in which matrix a row has its id, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) file: SourceFile,
    pub(crate) id: Range<usize>,
}

/// Where in the matrix a row says what, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) place: Place,
    pub(crate) collector: Range<usize>,
    pub(crate) fact: Range<usize>,
    /// Nothing where the row has no `each`.
    pub(crate) each: Range<usize>,
    /// Nothing where the row has no `stratum`.
    pub(crate) stratum: Range<usize>,
}

/// Criteria and controls, built-in and the site's.
#[derive(Clone, Debug)]
pub struct Matrix {
    criteria: Vec<Criterion>,
    entries: BTreeMap<String, Entry>,
    manual: BTreeMap<String, ManualEntry>,
}

impl Matrix {
    /// The 61 criteria, in the order of the file.
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// Every control in force that has a collector, by id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Every control in force that has a collector, by id.
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        self.entries.values().map(|entry| &entry.control)
    }

    /// The control called `id`, where it has a collector.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// Every control in force that people operate, by id, with where it comes from.
    pub fn manual_entries(&self) -> impl Iterator<Item = &ManualEntry> {
        self.manual.values()
    }

    /// Every control in force that people operate, by id.
    pub fn manual(&self) -> impl Iterator<Item = &ManualControl> {
        self.manual.values().map(|entry| &entry.control)
    }

    /// The control called `id`, where people operate it.
    #[must_use]
    pub fn manual_entry(&self, id: &str) -> Option<&ManualEntry> {
        self.manual.get(id)
    }

    /// A hint for an id that no control has.
    #[must_use]
    pub fn did_you_mean(&self, id: &str) -> Option<String> {
        did_you_mean(id, self.entries.keys().chain(self.manual.keys()).map(String::as_str))
    }
}

/// Reads the built-in matrix and the site's `files`: its `controls.toml` and the policy files that this names, by paths
/// relative to it. Empty `files` mean a site without controls of its own.
///
/// # Errors
/// [`Problems`]: every syntax error, unknown key, value that does not fit, repeated id, unknown criterion, missing
/// policy file, and replacement that replaces nothing or does not say so.
pub fn load(files: &[SourceFile]) -> Result<Matrix, Problems> {
    let (matrix, problems) = load_partly(files);
    unless(problems, matrix)
}

/// As [`load`], and where something is wrong, the rows that are sound all the same: so that their policies can be checked
/// too and every problem comes at once. A policy file of the site that no sound row names is still checked to parse.
#[must_use]
pub fn load_partly(files: &[SourceFile]) -> (Matrix, Vec<Problem>) {
    let builtin: Vec<SourceFile> = BUILTIN.iter().map(|(path, text)| SourceFile::new(*path, *text)).collect();
    load_from(&builtin, files)
}

pub(crate) fn load_from(builtin: &[SourceFile], site: &[SourceFile]) -> (Matrix, Vec<Problem>) {
    let mut problems = Vec::new();
    let criteria = criteria::read(builtin, &mut problems);
    let own = rows(builtin, Origin::Builtin, &criteria, &mut problems);
    let theirs = rows(site, Origin::Site, &criteria, &mut problems);
    let mut rows = by_id(own, &mut problems);
    for (id, row) in by_id(theirs, &mut problems) {
        replacement(&row, &rows, &mut problems);
        rows.insert(id, row);
    }
    let (mut entries, mut manual) = (BTreeMap::new(), BTreeMap::new());
    for (id, row) in rows {
        match row {
            AnyRow::Control(entry) => drop(entries.insert(id, *entry)),
            AnyRow::Manual(entry) => drop(manual.insert(id, *entry)),
        }
    }
    for file in site.iter().filter(|file| file.path().ends_with(".cedar")) {
        if !entries.values().any(|entry| entry.policy.path() == file.path()) {
            problems.extend(
                PolicySet::from_str(file.text())
                    .err()
                    .iter()
                    .flat_map(|errors| errors.iter())
                    .map(|error| file.diagnostic(error)),
            );
        }
    }
    (Matrix { criteria, entries, manual }, problems)
}

/// A row of either kind.
enum AnyRow {
    Control(Box<Entry>),
    Manual(Box<ManualEntry>),
}

impl AnyRow {
    fn id(&self) -> &str {
        match self {
            Self::Control(entry) => &entry.control.id,
            Self::Manual(entry) => &entry.control.id,
        }
    }

    fn place(&self) -> &Place {
        match self {
            Self::Control(entry) => &entry.places.place,
            Self::Manual(entry) => &entry.place,
        }
    }

    fn replaces(&self) -> bool {
        match self {
            Self::Control(entry) => entry.control.replaces,
            Self::Manual(entry) => entry.control.replaces,
        }
    }
}

/// The rows of the one matrix among `files`.
fn rows(files: &[SourceFile], origin: Origin, criteria: &[Criterion], problems: &mut Vec<Problem>) -> Vec<AnyRow> {
    let is_matrix = |file: &&SourceFile| file.path().rsplit(['/', '\\']).next() == Some(MATRIX);
    let Some(file) = files.iter().find(is_matrix) else { return Vec::new() };
    let mut root = Fields::root(file, "matrix", problems);
    let controls = root.rows("control", problems);
    let by_hand = root.rows("manual", problems);
    root.finish(problems);
    let mut rows = Vec::new();
    for fields in controls {
        let entry = row::read(fields, files, origin, criteria, problems);
        rows.extend(entry.map(Box::new).map(AnyRow::Control));
    }
    for fields in by_hand {
        let entry = manual::read(fields, origin, criteria, problems);
        rows.extend(entry.map(Box::new).map(AnyRow::Manual));
    }
    rows
}

fn by_id(rows: Vec<AnyRow>, problems: &mut Vec<Problem>) -> BTreeMap<String, AnyRow> {
    let mut by_id: BTreeMap<String, AnyRow> = BTreeMap::new();
    for row in rows {
        if let Some(first) = by_id.get(row.id()) {
            let problem = row.place().file.problem(format!("control `{}` is there twice", row.id()));
            problems.push(problem.at(first.place().id.clone(), "first here").at(row.place().id.clone(), "again here"));
        } else {
            by_id.insert(row.id().to_owned(), row);
        }
    }
    by_id
}

/// A site's control stands in for a built-in one if and only if it says so.
fn replacement(row: &AnyRow, builtin: &BTreeMap<String, AnyRow>, problems: &mut Vec<Problem>) {
    let (id, Place { file, id: place }) = (row.id(), row.place());
    match (builtin.contains_key(id), row.replaces()) {
        (true, false) => problems.push(
            file.problem(format!("control `{id}` is built in"))
                .at(place.clone(), "has the id of a built-in control")
                .help("write `replaces = true` to replace its row and policy file whole, or choose another id"),
        ),
        (false, true) => {
            let near = did_you_mean(id, builtin.keys().map(String::as_str));
            problems.push(
                file.problem(format!("control `{id}` replaces nothing"))
                    .at(place.clone(), "no built-in control has this id")
                    .help(near.unwrap_or_else(|| "leave `replaces` out for a control of your own".to_owned())),
            );
        }
        (true, true) | (false, false) => {}
    }
}

/// The table of a whole file, or every syntax error; what is left of a broken file would only raise false ones.
fn parse<'a>(file: &'a SourceFile, problems: &mut Vec<Problem>) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(file.text());
    let sound = errors.is_empty();
    for error in errors {
        let problem = file.problem(error.message().trim().replace('\n', ", "));
        problems.push(match error.span() {
            Some(span) => problem.at(span, "here"),
            None => problem,
        });
    }
    if sound { table.into_inner() } else { DeTable::new() }
}

#[cfg(test)]
mod tests;
