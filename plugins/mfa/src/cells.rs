//! The cells of a query's rows, by column name and with their type checked.
//!
//! A column that is not known is refused: a misspelt one would otherwise be taken for one that the source does not
//! have.

use tickmark_collector::{Datetime, Failure, Rows, Scalar};

/// Where the known columns stand in the rows of one query.
pub(crate) struct Columns {
    query: &'static str,
    names: Vec<String>,
}

impl Columns {
    /// # Errors
    /// `invalid`, where a required column is missing, or one is not known or there twice.
    pub fn of(query: &'static str, rows: &Rows, required: &[&str], optional: &[&str]) -> Result<Self, Failure> {
        let refuse = |message: String| Err(Failure::invalid(message).shown_by(rows.receipt()));
        for name in required {
            rows.column(name)?;
        }
        let names = rows.columns().to_vec();
        for (at, name) in names.iter().enumerate() {
            if !required.iter().chain(optional).any(|known| known == name) {
                let known = [required, optional].concat().join(", ");
                return refuse(format!("query `{query}` has a column `{name}` that is not known, known are: {known}"));
            }
            if names.iter().take(at).any(|earlier| earlier == name) {
                return refuse(format!("query `{query}` has column `{name}` twice"));
            }
        }
        Ok(Self { query, names })
    }

    /// The cells of row `number`, counted from 1.
    pub fn line(&self, number: u64, cells: Vec<Option<Scalar>>) -> Line<'_> {
        Line { columns: self, number, cells }
    }
}

/// One row.
pub(crate) struct Line<'c> {
    columns: &'c Columns,
    number: u64,
    cells: Vec<Option<Scalar>>,
}

impl Line<'_> {
    /// Where it stands, for people.
    pub fn place(&self) -> String {
        format!("query `{}`, row {}", self.columns.query, self.number)
    }

    /// The text under `column`; nothing where there is no such column or the cell is NULL.
    ///
    /// # Errors
    /// `invalid`, where the cell has another type; so for all of these.
    pub fn text(&mut self, column: &str) -> Result<Option<String>, Failure> {
        self.cell(column, "a text", |scalar| match scalar {
            Scalar::Text(text) => Ok(text),
            other => Err(other),
        })
    }

    pub fn text_or_long(&mut self, column: &str) -> Result<Option<String>, Failure> {
        self.cell(column, "a text or a long", |scalar| match scalar {
            Scalar::Text(text) => Ok(text),
            Scalar::Long(number) => Ok(number.to_string()),
            other => Err(other),
        })
    }

    pub fn datetime(&mut self, column: &str) -> Result<Option<Datetime>, Failure> {
        self.cell(column, "a datetime", |scalar| match scalar {
            Scalar::Datetime(at) => Ok(at),
            other => Err(other),
        })
    }

    pub fn boolean(&mut self, column: &str) -> Result<Option<bool>, Failure> {
        self.cell(column, "a boolean", |scalar| match scalar {
            Scalar::Boolean(truth) => Ok(truth),
            other => Err(other),
        })
    }

    pub fn long(&mut self, column: &str) -> Result<Option<i64>, Failure> {
        self.cell(column, "a long", |scalar| match scalar {
            Scalar::Long(number) => Ok(number),
            other => Err(other),
        })
    }

    fn cell<T>(
        &mut self,
        column: &str,
        wanted: &str,
        read: impl FnOnce(Scalar) -> Result<T, Scalar>,
    ) -> Result<Option<T>, Failure> {
        let at = self.columns.names.iter().position(|name| name == column);
        let Some(scalar) = at.and_then(|at| self.cells.get_mut(at)).and_then(Option::take) else {
            return Ok(None);
        };
        read(scalar).map(Some).map_err(|other| {
            let found = match other {
                Scalar::Boolean(_) => "a boolean",
                Scalar::Long(_) => "a long",
                Scalar::Text(_) => "a text",
                Scalar::Decimal(_) => "a decimal",
                Scalar::Ip(_) => "an ip",
                Scalar::Datetime(_) => "a datetime",
                Scalar::Duration(_) => "a duration",
                Scalar::Entity(_) => "an entity",
            };
            let place = self.place();
            Failure::invalid(format!(
                "{place}: column `{column}` is {found}, expected {wanted}; the grant's `columns` can say so"
            ))
        })
    }
}
