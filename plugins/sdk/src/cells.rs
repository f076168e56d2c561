//! The rows of a query, read by column name and with the type of each cell checked.
//!
//! A column that is not known is refused: a misspelt one would otherwise be taken for one that the source does not
//! have. Every failure names the query and shows its response; one of a cell names its row and column too.
//!
//! **Absent on purpose:** conversions. What the database calls a number is no truth value; the operator's grant says
//! what a column holds.
//!
//! ```
//! use tickmark_collector::cells::Lines;
//! use tickmark_collector::{Host, testing::TestHost};
//!
//! let host = TestHost::new().table("runs", &["job", "size"], vec![vec![Some("daily".into()), None]]);
//! let rows = host.query("runs", &[]).unwrap();
//! Lines::of("runs", &rows, &["job"], &["size", "started_at"])
//!     .unwrap()
//!     .for_each(|line| {
//!         assert_eq!(line.text("job")?.as_deref(), Some("daily"));
//!         assert_eq!((line.long("size")?, line.datetime("started_at")?), (None, None));
//!         assert_eq!(line.invalid("no size").message, "query `runs`, row 1: no size");
//!         assert!(line.boolean("job").is_err());
//!         Ok(())
//!     })
//!     .unwrap();
//! ```

use crate::failure::Failure;
use crate::host::Rows;
use crate::value::{Datetime, Scalar};

/// The rows of one query, all columns of which are known.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'r> {
    query: &'r str,
    rows: &'r Rows,
}

impl<'r> Lines<'r> {
    /// The `rows` of the query granted as `query`, with every column of `required` and perhaps those of `optional`, in
    /// any order.
    ///
    /// # Errors
    /// `invalid`, where a required column is missing, or one is not known or there twice.
    pub fn of(query: &'r str, rows: &'r Rows, required: &[&str], optional: &[&str]) -> Result<Self, Failure> {
        let refuse = |message: String| Err(Failure::invalid(message).shown_by(rows.receipt()));
        for name in required {
            rows.column(name)?;
        }
        for (at, name) in rows.columns().iter().enumerate() {
            if !required.iter().chain(optional).any(|known| known == name) {
                let known = [required, optional].concat().join(", ");
                return refuse(format!("query `{query}` has a column `{name}` that is not known, known are: {known}"));
            }
            if rows.columns().iter().take(at).any(|earlier| earlier == name) {
                return refuse(format!("query `{query}` has column `{name}` twice"));
            }
        }
        Ok(Self { query, rows })
    }

    /// Hands over every row that is left, in order. As the rows themselves, they can be had once.
    ///
    /// # Errors
    /// Whatever `each` returns.
    pub fn for_each(self, mut each: impl FnMut(Line<'r>) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut number = 0_u64;
        self.rows.for_each(|cells| {
            number += 1;
            each(Line { lines: self, number, cells })
        })
    }
}

/// One row.
///
/// Each of the typed methods gives nothing where there is no such column or the cell is NULL, and fails with `invalid`
/// where the cell has another type.
#[derive(Clone, Debug)]
pub struct Line<'r> {
    lines: Lines<'r>,
    number: u64,
    cells: Vec<Option<Scalar>>,
}

impl Line<'_> {
    /// Where it stands, for people: the query, and the row's number counted from 1.
    #[must_use]
    pub fn place(&self) -> String {
        format!("query `{}`, row {}", self.lines.query, self.number)
    }

    /// The failure `invalid` with its place before `what`, shown by the query's response.
    #[must_use]
    pub fn invalid(&self, what: &str) -> Failure {
        Failure::invalid(format!("{}: {what}", self.place())).shown_by(self.lines.rows.receipt())
    }

    /// The text under `column`.
    ///
    /// # Errors
    /// `invalid`, where the cell holds something else.
    pub fn text(&self, column: &str) -> Result<Option<String>, Failure> {
        self.cell(column, "a text", |scalar| match scalar {
            Scalar::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    /// The text under `column`, or the long there in decimal digits: ids are either.
    ///
    /// # Errors
    /// `invalid`, where the cell holds something else.
    pub fn text_or_long(&self, column: &str) -> Result<Option<String>, Failure> {
        self.cell(column, "a text or a long", |scalar| match scalar {
            Scalar::Text(text) => Some(text.clone()),
            Scalar::Long(number) => Some(number.to_string()),
            _ => None,
        })
    }

    /// The instant under `column`.
    ///
    /// # Errors
    /// `invalid`, where the cell holds something else.
    pub fn datetime(&self, column: &str) -> Result<Option<Datetime>, Failure> {
        self.cell(column, "a datetime", |scalar| match scalar {
            Scalar::Datetime(at) => Some(*at),
            _ => None,
        })
    }

    /// The truth value under `column`.
    ///
    /// # Errors
    /// `invalid`, where the cell holds something else, 0 and 1 included.
    pub fn boolean(&self, column: &str) -> Result<Option<bool>, Failure> {
        self.cell(column, "a boolean", |scalar| match scalar {
            Scalar::Boolean(truth) => Some(*truth),
            _ => None,
        })
    }

    /// The whole number under `column`.
    ///
    /// # Errors
    /// `invalid`, where the cell holds something else.
    pub fn long(&self, column: &str) -> Result<Option<i64>, Failure> {
        self.cell(column, "a long", |scalar| match scalar {
            Scalar::Long(number) => Some(*number),
            _ => None,
        })
    }

    fn cell<T>(
        &self,
        column: &str,
        wanted: &str,
        read: impl FnOnce(&Scalar) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        let at = self.lines.rows.columns().iter().position(|name| name == column);
        let Some(scalar) = at.and_then(|at| self.cells.get(at)).and_then(Option::as_ref) else {
            return Ok(None);
        };
        let wrong = || {
            let found = kind(scalar);
            self.invalid(&format!("column `{column}` is {found}, expected {wanted}; the grant's `columns` can say so"))
        };
        read(scalar).map(Some).ok_or_else(wrong)
    }
}

/// What `scalar` is, for people.
fn kind(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Boolean(_) => "a boolean",
        Scalar::Long(_) => "a long",
        Scalar::Text(_) => "a text",
        Scalar::Decimal(_) => "a decimal",
        Scalar::Ip(_) => "an ip",
        Scalar::Datetime(_) => "a datetime",
        Scalar::Duration(_) => "a duration",
        Scalar::Entity(_) => "an entity",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;
    use crate::value::{Decimal, Duration, EntityRef, Ip};
    use crate::{Host, Receipt};

    /// The receipt of the rows: the host answered once before.
    const RECEIPT: Receipt = 1;

    fn query(columns: &[&str], rows: Vec<Vec<Option<Scalar>>>) -> Rows {
        let host = TestHost::new().file("earlier", "", b"").table("runs", columns, rows);
        host.open("earlier", "").unwrap();
        host.query("runs", &[]).unwrap()
    }

    fn failure(message: &str) -> Failure {
        Failure::invalid(message).shown_by(RECEIPT)
    }

    #[test]
    fn only_known_columns_are_taken_each_once() {
        let check = |columns: &[&str]| {
            let rows = query(columns, vec![]);
            Lines::of("runs", &rows, &["job", "success"], &["size"]).map(|_| ())
        };
        assert_eq!(check(&["job", "success"]), Ok(()));
        assert_eq!(check(&["size", "success", "job"]), Ok(()));
        assert_eq!(check(&["size", "job"]), Err(failure("query has no column `success`, it has: size, job")));
        assert_eq!(
            check(&["job", "success", "Size"]),
            Err(failure("query `runs` has a column `Size` that is not known, known are: job, success, size"))
        );
        assert_eq!(check(&["job", "success", "job"]), Err(failure("query `runs` has column `job` twice")));
    }

    #[test]
    fn cells_are_found_by_name_and_may_be_missing() {
        let columns = ["success", "id", "at", "job", "size"];
        let full = vec![
            Some(true.into()),
            Some(7.into()),
            Some(Datetime(5).into()),
            Some("daily".into()),
            Some(i64::MIN.into()),
        ];
        let rows = query(&columns, vec![full, vec![None; 5], vec![]]);
        let mut read = Vec::new();
        let lines = Lines::of("runs", &rows, &[], &columns).unwrap();
        lines
            .for_each(|line| {
                assert_eq!(line.text("elsewhere"), Ok(None));
                assert_eq!(line.text_or_long("job"), line.text("job"));
                read.push((
                    line.boolean("success")?,
                    line.text_or_long("id")?,
                    line.datetime("at")?,
                    line.text("job")?,
                    line.long("size")?,
                ));
                Ok(())
            })
            .unwrap();
        let first = (Some(true), Some("7".into()), Some(Datetime(5)), Some("daily".into()), Some(i64::MIN));
        assert_eq!(read, [first, (None, None, None, None, None), (None, None, None, None, None)]);
    }

    /// Every type under every method: it is read, or refused with its own name.
    #[test]
    fn no_type_is_taken_for_another() {
        let scalars: [(Scalar, &str); 8] = [
            (true.into(), "a boolean"),
            (1.into(), "a long"),
            ("true".into(), "a text"),
            (Decimal(10_000).into(), "a decimal"),
            (Ip("10.0.0.1".into()).into(), "an ip"),
            (Datetime(1).into(), "a datetime"),
            (Duration(1).into(), "a duration"),
            (EntityRef::new("Mfa::Role", "admin").into(), "an entity"),
        ];
        let rows = query(&["c"], scalars.iter().map(|(scalar, _)| vec![Some(scalar.clone())]).collect());
        let mut number = 0;
        let lines = Lines::of("runs", &rows, &["c"], &[]).unwrap();
        lines
            .for_each(|line| {
                let (_, found) = scalars[number];
                number += 1;
                for (wanted, got) in [
                    ("a boolean", line.boolean("c").map(|_| ())),
                    ("a long", line.long("c").map(|_| ())),
                    ("a text", line.text("c").map(|_| ())),
                    ("a datetime", line.datetime("c").map(|_| ())),
                    ("a text or a long", line.text_or_long("c").map(|_| ())),
                ] {
                    let fits = wanted.split(" or ").any(|wanted| wanted == found);
                    let message = format!(
                        "query `runs`, row {number}: column `c` is {found}, expected {wanted}; the grant's `columns` can say so"
                    );
                    assert_eq!(got, if fits { Ok(()) } else { Err(failure(&message)) });
                }
                Ok(())
            })
            .unwrap();
        assert_eq!(number, 8);
    }

    #[test]
    fn rows_are_numbered_across_batches_until_one_fails() {
        let rows = query(&["n"], (1..=1_203).map(|n: i64| vec![Some(n.into())]).collect());
        let mut seen = 0;
        let lines = Lines::of("runs", &rows, &["n"], &[]).unwrap();
        let result = lines.for_each(|line| {
            seen += 1;
            assert_eq!(line.long("n"), Ok(Some(seen)));
            assert_eq!(line.place(), format!("query `runs`, row {seen}"));
            if seen == 1_201 { Err(line.invalid("enough")) } else { Ok(()) }
        });
        assert_eq!(result, Err(failure("query `runs`, row 1201: enough")));
        assert_eq!(seen, 1_201);
    }
}
