//! Settings held against what the source has: where each column of the fact is read.
//!
//! **Invariant:** a column that the operator names is there, or nothing is read. A misspelt one would otherwise be taken for
//! one that says nothing.

use std::collections::BTreeMap;

use tickmark_collector::{Column, Failure, Value};

use crate::convert::quoted;
use crate::parse::path::Path;
use crate::record::Place;
use crate::settings::{Exclusion, From, Settings};

/// Where everything is read.
pub(crate) struct Plan<'s> {
    pub settings: &'s Settings,
    /// The columns that have a source, in the order of the declaration.
    pub columns: Vec<Planned<'s>>,
    /// The columns that name a row, with what the source calls them.
    pub key: Vec<(&'s str, Place)>,
    pub exclude: Vec<(&'s Exclusion, Place)>,
    /// Columns of the fact that nobody mapped and that the source does not have.
    pub nowhere: Vec<&'s str>,
}

/// One column of the fact with its source.
pub(crate) struct Planned<'s> {
    pub column: &'s Column,
    pub from: Source<'s>,
}

/// Where a column's cells come from.
pub(crate) enum Source<'s> {
    Constant(&'s Value),
    /// What the source calls it, where it is, and whether somebody has to have it.
    Place {
        name: &'s str,
        place: Place,
        needed: bool,
    },
}

impl<'s> Plan<'s> {
    /// For a source whose columns are `header`.
    ///
    /// # Errors
    /// `invalid`, where a column is there twice, or one is not there.
    pub fn of_header(settings: &'s Settings, header: &[String]) -> Result<Self, Failure> {
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            if let Some(first) = places.insert(name, at) {
                let (first, again) = (first + 1, at + 1);
                return Err(Failure::invalid(format!(
                    "column {} is there twice, as column {first} and {again}",
                    quoted(name)
                )));
            }
        }
        Self::new(settings, &|name| places.get(name).map(|at| Place::Cell(*at)), &|name| {
            let there: Vec<String> = header.iter().filter(|name| !name.is_empty()).map(|name| quoted(name)).collect();
            Failure::invalid(format!("the source has no column {}, it has: {}", quoted(name), there.join(", ")))
        })
    }

    /// For a source of JSON, where a column's name is a path.
    ///
    /// # Errors
    /// `invalid`, where a name is no path.
    pub fn of_paths(settings: &'s Settings) -> Result<Self, Failure> {
        let path = |name: &str| Path::new(name).ok().filter(|path| !path.keys().is_empty()).map(Place::At);
        Self::new(settings, &path, &|name| {
            Failure::invalid(format!("{} is no path such as profile.email", quoted(name)))
        })
    }

    fn new(
        settings: &'s Settings,
        place: &dyn Fn(&str) -> Option<Place>,
        lacks: &dyn Fn(&str) -> Failure,
    ) -> Result<Self, Failure> {
        let find = |name: &str| place(name).ok_or_else(|| lacks(name));
        let mut columns = Vec::new();
        let mut nowhere = Vec::new();
        for mapped in &settings.mapped {
            let column = &mapped.column;
            let (name, may_lack, same) = match &mapped.from {
                From::Constant(Value::Absent) if column.required => {
                    let message = format!("setting `columns` gives `{}` no value, and it is required", column.name);
                    return Err(Failure::invalid(message));
                }
                From::Constant(value) => {
                    columns.push(Planned { column, from: Source::Constant(value) });
                    continue;
                }
                From::Source { name, may_lack } => (name.as_str(), *may_lack, false),
                From::SameName => (column.name.as_str(), !column.required, true),
            };
            match place(name) {
                Some(place) => {
                    columns.push(Planned { column, from: Source::Place { name, place, needed: !may_lack } });
                }
                None if !may_lack || column.required => {
                    let Failure { message, .. } = lacks(name);
                    let hint = format!("; map one with columns = [\"{}=...\"]", column.name);
                    return Err(Failure::invalid(format!("{message}{}", if same { &hint } else { "" })));
                }
                None if same => nowhere.push(column.name.as_str()),
                None => {}
            }
        }
        let key = settings.key.iter().map(|name| Ok((name.as_str(), find(name)?))).collect::<Result<_, Failure>>()?;
        let exclude = settings.exclude.iter().map(|rule| Ok((rule, find(&rule.column)?)));
        Ok(Self { settings, columns, key, exclude: exclude.collect::<Result<_, Failure>>()?, nowhere })
    }

    /// The names of the columns that have a source.
    pub fn names(&self) -> Vec<&'s str> {
        self.columns.iter().map(|planned| planned.column.name.as_str()).collect()
    }
}
