//! A header and records, with commas between the cells. Columns are found by name; an empty cell is not there.

use std::io::Read;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};
use tickmark_collector::Failure;

use super::bounded::Bounded;
use super::{Entry, Unread};

/// The columns that there may be, with how a cell is read.
const COLUMNS: [(&str, Cell); 20] = [
    ("id", Cell::Text),
    ("kind", Cell::Text),
    ("author", Cell::Text),
    ("deployed_at", Cell::Text),
    ("created_at", Cell::Text),
    ("name", Cell::Text),
    ("repository", Cell::Text),
    ("request", Cell::Number),
    ("issue", Cell::Text),
    ("paths", Cell::List),
    ("approved_by", Cell::Text),
    ("approved_at", Cell::Text),
    ("risk_label", Cell::Text),
    ("description", Cell::Text),
    ("risk_assessment", Cell::Text),
    ("rollback_plan", Cell::Text),
    ("testing_completed", Cell::Truth),
    ("emergency", Cell::Truth),
    ("emergency_reason", Cell::Text),
    ("verified_at", Cell::Text),
];
const TOTAL: (&str, Cell) = ("total", Cell::Number);

#[derive(Clone, Copy)]
enum Cell {
    Text,
    Number,
    Truth,
    /// Items with semicolons between.
    List,
}

pub(super) fn each(
    from: impl Read,
    take: &mut dyn FnMut(Result<Entry, Unread>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let not = |why: &dyn std::fmt::Display| Failure::invalid(format!("not an audit export: {why}"));
    let (from, allowance) = Bounded::new(from);
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(from);
    let header = reader.headers().map_err(|error| not(&error))?.clone();
    let columns = columns(&header).map_err(|why| not(&why))?;
    let mut record = StringRecord::new();
    loop {
        allowance.renew();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) if record.len() != header.len() => {
                take(Err(Unread(format!("{} cells, the header has {}", record.len(), header.len()))))?;
            }
            Ok(true) => take(entry(&columns, &record))?,
            Err(error) if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) => {
                take(Err(Unread("not UTF-8".to_owned())))?;
            }
            Err(error) => return Err(not(&error)),
        }
    }
}

fn columns(header: &StringRecord) -> Result<Vec<(&str, Cell)>, String> {
    let mut columns: Vec<(&str, Cell)> = Vec::new();
    for name in header {
        let known = COLUMNS.iter().chain([&TOTAL]).find(|(known, _)| *known == name);
        let Some(column) = known else {
            let known: Vec<&str> = COLUMNS.iter().chain([&TOTAL]).map(|(name, _)| *name).collect();
            let name: String = name.chars().take(100).collect();
            return Err(format!("column `{}` is not known, known are: {}", name.escape_debug(), known.join(", ")));
        };
        if columns.iter().any(|(earlier, _)| *earlier == name) {
            return Err(format!("column `{name}` is there twice"));
        }
        columns.push(*column);
    }
    match ["id", "kind", "author", "deployed_at"].iter().find(|name| columns.iter().all(|(there, _)| there != *name)) {
        Some(missing) => Err(format!("no column `{missing}`")),
        None => Ok(columns),
    }
}

fn entry(columns: &[(&str, Cell)], record: &StringRecord) -> Result<Entry, Unread> {
    let mut fields = Map::new();
    for ((name, form), cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        let value = match form {
            Cell::Text => Value::from(cell),
            Cell::Number => match cell.parse::<u64>() {
                Ok(number) => Value::from(number),
                Err(_) => return Err(Unread(format!("`{name}` is `{}`, expected a number", cell.escape_debug()))),
            },
            Cell::Truth => match cell {
                "true" | "TRUE" | "yes" => Value::from(true),
                "false" | "FALSE" | "no" => Value::from(false),
                _ => return Err(Unread(format!("`{name}` is `{}`, expected true or false", cell.escape_debug()))),
            },
            Cell::List => cell.split(';').map(str::trim).filter(|item| !item.is_empty()).map(Value::from).collect(),
        };
        fields.insert((*name).to_owned(), value);
    }
    serde_json::from_value(Value::Object(fields)).map_err(|error| Unread(error.to_string()))
}
