//! The table collector: maps the columns of a CSV, JSON or SQL source to a fact that is declared outside of it, so that
//! HR exports, registers, ticket exports and job ledgers need no code.
//!
//! A row that cannot be read is left out of the count and not of the total, so that the population is visibly incomplete;
//! notes say which row and column, and why. A column that is not there, a document of another format and the same key
//! twice are failures.
//!
//! **Invariant:** memory does not grow with the source, but for 16 bytes a row, by which the same key is found again.
//! **Absent on purpose:** joins, sums and any other computing. What a source does not say, a query or the source itself has
//! to say.

pub mod convert;
mod descriptor;
pub mod given;
pub mod keys;
mod pages;
pub mod parse;
mod plan;
mod population;
mod record;
mod rows;
mod settings;
mod source;

use tickmark_collector::{Collector, Descriptor, Failure, Host, Summary};

/// The collector.
#[derive(Debug)]
pub struct Table;

impl Collector for Table {
    fn describe() -> Descriptor {
        descriptor::descriptor()
    }

    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let settings = settings::Settings::read(host)?;
        source::collect(host, &settings)
    }
}

tickmark_collector::export!(Table);
