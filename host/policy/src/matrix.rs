//! The control matrix: criteria and controls from TOML, with the policy text of each control.
//!
//! Built-in controls are embedded. A site adds its own, or stands in for a built-in one by the same id and
//! `replaces = true`, which replaces row and policy file whole. **Absent on purpose:** opening files; the caller brings
//! the texts.

mod criteria;
pub(crate) mod fields;
mod row;
pub(crate) use row::SEVERITIES;

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr as _;

use cedar_policy::PolicySet;
use tickmark_model::{Control, Criterion};
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
        let places = Places { file: policy.clone(), id: 0..0, collector: 0..0, fact: 0..0 };
        Self { control, origin: Origin::Site, policy, places }
    }
}

/// Where in the matrix a row says what, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    pub(crate) file: SourceFile,
    pub(crate) id: Range<usize>,
    pub(crate) collector: Range<usize>,
    pub(crate) fact: Range<usize>,
}

/// Criteria and controls, built-in and the site's.
#[derive(Clone, Debug)]
pub struct Matrix {
    criteria: Vec<Criterion>,
    entries: BTreeMap<String, Entry>,
}

impl Matrix {
    /// The 61 criteria, in the order of the file.
    #[must_use]
    pub fn criteria(&self) -> &[Criterion] {
        &self.criteria
    }

    /// Every control that is in force, by id.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Every control that is in force, by id.
    pub fn controls(&self) -> impl Iterator<Item = &Control> {
        self.entries.values().map(|entry| &entry.control)
    }

    /// The control called `id`.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// A hint for an id that no control has.
    #[must_use]
    pub fn did_you_mean(&self, id: &str) -> Option<String> {
        did_you_mean(id, self.entries.keys().map(String::as_str))
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
    let mut entries = by_id(own, &mut problems);
    for (id, entry) in by_id(theirs, &mut problems) {
        replacement(&entry, &entries, &mut problems);
        entries.insert(id, entry);
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
    (Matrix { criteria, entries }, problems)
}

/// The rows of the one matrix among `files`.
fn rows(files: &[SourceFile], origin: Origin, criteria: &[Criterion], problems: &mut Vec<Problem>) -> Vec<Entry> {
    let is_matrix = |file: &&SourceFile| file.path().rsplit(['/', '\\']).next() == Some(MATRIX);
    let Some(file) = files.iter().find(is_matrix) else { return Vec::new() };
    let mut root = Fields::root(file, "matrix", problems);
    let rows = root.rows("control", problems);
    root.finish(problems);
    rows.into_iter().filter_map(|fields| row::read(fields, files, origin, criteria, problems)).collect()
}

fn by_id(rows: Vec<Entry>, problems: &mut Vec<Problem>) -> BTreeMap<String, Entry> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for entry in rows {
        if let Some(first) = entries.get(&entry.control.id) {
            let problem = entry.places.file.problem(format!("control `{}` is there twice", entry.control.id));
            problems.push(problem.at(first.places.id.clone(), "first here").at(entry.places.id.clone(), "again here"));
        } else {
            entries.insert(entry.control.id.clone(), entry);
        }
    }
    entries
}

/// A site's control stands in for a built-in one if and only if it says so.
fn replacement(entry: &Entry, builtin: &BTreeMap<String, Entry>, problems: &mut Vec<Problem>) {
    let Entry { control, places, .. } = entry;
    let problem = |message: String| places.file.problem(message);
    match (builtin.contains_key(&control.id), control.replaces) {
        (true, false) => problems.push(
            problem(format!("control `{}` is built in", control.id))
                .at(places.id.clone(), "has the id of a built-in control")
                .help("write `replaces = true` to replace its row and policy file whole, or choose another id"),
        ),
        (false, true) => {
            let near = did_you_mean(&control.id, builtin.keys().map(String::as_str));
            problems.push(
                problem(format!("control `{}` replaces nothing", control.id))
                    .at(places.id.clone(), "no built-in control has this id")
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
