//! One record of any format, asked by place.

use tickmark_collector::Scalar;

use crate::given::Given;
use crate::parse::csv;
use crate::parse::json::Json;
use crate::parse::path::Path;

/// Where in a record a column stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this cell, from 0.
    Cell(usize),
    /// At this path.
    At(Path),
}

/// One record.
#[derive(Clone, Copy, Debug)]
pub enum Record<'r> {
    /// Of a CSV file.
    Csv(&'r csv::Record),
    /// Of a JSON document.
    Json(&'r Json),
    /// Of a query.
    Sql(&'r [Option<Scalar>]),
}

impl<'r> Record<'r> {
    /// What it holds there; nothing where there is no such place.
    #[must_use]
    pub fn get(self, place: &Place) -> Given<'r> {
        match (self, place) {
            (Self::Csv(record), Place::Cell(at)) => {
                record.cell(*at).map_or(Given::Nothing, |cell| Given::Text(cell.into()))
            }
            (Self::Sql(cells), Place::Cell(at)) => Given::scalar(cells.get(*at).and_then(Option::as_ref)),
            (Self::Json(json), Place::At(path)) => path.find(json).map_or(Given::Nothing, Json::given),
            _ => Given::Nothing,
        }
    }

    /// Whether there is such a place, whatever it holds.
    #[must_use]
    pub fn has(self, place: &Place) -> bool {
        match (self, place) {
            (Self::Json(json), Place::At(path)) => path.find(json).is_some(),
            (Self::Csv(record), Place::Cell(at)) => *at < record.len(),
            (Self::Sql(cells), Place::Cell(at)) => *at < cells.len(),
            _ => false,
        }
    }
}
