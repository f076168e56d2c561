//! Reads the source that the settings name, record by record.

use tickmark_collector::{Failure, Host, Receipt, Summary};

use crate::pages::{self, Page};
use crate::parse::Broken;
use crate::parse::csv::{self, Encoding};
use crate::parse::json::{Found, Json, Parsed, Wanted, walk};
use crate::parse::lines::lines;
use crate::parse::path::Path;
use crate::plan::Plan;
use crate::population::{self, population};
use crate::record::Record;
use crate::rows::{Rows, Which};
use crate::settings::{Format, Next, Pages, Settings, Total, When};

/// Reads, maps and emits everything.
///
/// # Errors
/// As the host's, and `invalid` where the source is not of its format, lacks a column, or has a key twice.
pub(crate) fn collect(host: &dyn Host, settings: &Settings) -> Result<Summary, Failure> {
    match &settings.format {
        Format::Csv { delimiter, encoding } => csv(host, settings, *delimiter, *encoding),
        Format::Json { array, pages: None } => document(host, settings, array),
        Format::Json { array, pages: Some(pages) } => paged(host, settings, array, pages),
        Format::JsonLines => json_lines(host, settings),
        Format::Sql => sql(host, settings),
    }
}

/// What ends reading: the host, or the source.
enum End {
    Failed(Failure),
    Broken(Broken),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl End {
    /// The failure; of a source that is not what it should be, with the answer that shows it.
    fn shown_by(self, what: &str, receipt: Receipt) -> Failure {
        match self {
            Self::Failed(failure) => failure,
            Self::Broken(Broken(why)) => Failure::invalid(format!("{what}: {why}")).shown_by(receipt),
        }
    }
}

fn csv(host: &dyn Host, settings: &Settings, delimiter: u8, encoding: Encoding) -> Result<Summary, Failure> {
    let blob = host.open("source", "")?;
    let receipt = blob.receipt();
    let shown = |end: End| end.shown_by("the csv file", receipt);
    let mut reader = csv::Reader::new(blob.reader(), delimiter, encoding);
    let mut record = csv::Record::default();
    if !reader.read(&mut record).map_err(|broken| shown(broken.into()))? {
        return Err(Failure::invalid("the csv file is empty, expected a header").shown_by(receipt));
    }
    let header: Vec<String> = record.cells().map(|cell| cell.trim().to_owned()).collect();
    let plan = Plan::of_header(settings, &header).map_err(|failure| failure.shown_by(receipt))?;
    let mut rows = Rows::new(host, plan);
    while reader.read(&mut record).map_err(|broken| shown(broken.into()))? {
        let even = match record.len() {
            len if len == header.len() => Ok(Record::Csv(&record)),
            len => Err(format!("{len} cells, the header has {}", header.len())),
        };
        rows.take(Which { word: "row", number: record.row, receipt }, even)?;
    }
    let population = population(host, settings, rows.total(), receipt, &Found::new())?;
    rows.finish("row", population).map_err(|failure| failure.shown_by(receipt))
}

fn json_lines(host: &dyn Host, settings: &Settings) -> Result<Summary, Failure> {
    let blob = host.open("source", "")?;
    let receipt = blob.receipt();
    let mut rows = Rows::new(host, Plan::of_paths(settings)?);
    lines(blob.reader(), &mut |number, parsed| -> Result<(), End> {
        let which = Which { word: "line", number, receipt };
        match parsed {
            Ok(parsed) => take(&mut rows, which, &parsed)?,
            Err(why) => rows.take(which, Err(why))?,
        }
        Ok(())
    })
    .map_err(|end| end.shown_by("the json lines", receipt))?;
    let population = population(host, settings, rows.total(), receipt, &Found::new())?;
    rows.finish("line", population).map_err(|failure| failure.shown_by(receipt))
}

fn document(host: &dyn Host, settings: &Settings, array: &Path) -> Result<Summary, Failure> {
    let blob = host.open("source", "")?;
    let receipt = blob.receipt();
    let mut rows = Rows::new(host, Plan::of_paths(settings)?);
    let found = walk(blob.reader(), &wanted(settings, array, None), &mut |parsed| -> Result<(), End> {
        let number = rows.total() + 1;
        Ok(take(&mut rows, Which { word: "record", number, receipt }, &parsed)?)
    })
    .map_err(|end| end.shown_by("the json document", receipt))?;
    let population = population(host, settings, rows.total(), receipt, &found)?;
    rows.finish("record", population).map_err(|failure| failure.shown_by(receipt))
}

/// The records of all pages, numbered through.
fn paged(host: &dyn Host, settings: &Settings, array: &Path, pages: &Pages) -> Result<Summary, Failure> {
    let mut rows = Rows::new(host, Plan::of_paths(settings)?);
    let next = match &pages.next {
        Next::At(path) | Next::Cursor(path, _) => Some(path),
        Next::Never | Next::Header | Next::Numbered(_) => None,
    };
    let wanted = wanted(settings, array, next);
    let mut last = Found::new();
    let mut total: Option<u64> = None;
    let receipt = pages::each(host, pages, &mut |number, blob| {
        let (receipt, before) = (blob.receipt(), rows.total());
        let found = walk(blob.reader(), &wanted, &mut |parsed| -> Result<(), End> {
            let number = rows.total() + 1;
            Ok(take(&mut rows, Which { word: "record", number, receipt }, &parsed)?)
        })
        .map_err(|end| end.shown_by(&format!("page {number}"), receipt))?;
        if let Total::At(path) = &settings.total {
            let says = population::count(path, &found).map_err(|failure| failure.shown_by(receipt))?;
            if let Some(said) = total.replace(says).filter(|said| *said != says) {
                let message =
                    format!("the source says {said} rows and on page {number} {says}: it changed while it was read");
                return Err(Failure { retryable: true, ..Failure::invalid(message).shown_by(receipt) });
            }
        }
        last = found;
        let next = next.and_then(|path| last.get(path)).map(|parsed| parsed.json.clone());
        Ok(Page { rows: rows.total() - before, next })
    })?;
    let population = population(host, settings, rows.total(), receipt, &last)?;
    rows.finish("record", population).map_err(|failure| failure.shown_by(receipt))
}

fn sql(host: &dyn Host, settings: &Settings) -> Result<Summary, Failure> {
    let answer = host.query("source", &[])?;
    let receipt = answer.receipt();
    let plan = Plan::of_header(settings, answer.columns()).map_err(|failure| failure.shown_by(receipt))?;
    let mut rows = Rows::new(host, plan);
    answer.for_each(|cells| {
        let number = rows.total() + 1;
        rows.take(Which { word: "row", number, receipt }, Ok(Record::Sql(&cells)))
    })?;
    let population = population(host, settings, rows.total(), receipt, &Found::new())?;
    rows.finish("row", population).map_err(|failure| failure.shown_by(receipt))
}

/// Takes a JSON record, unless it is no object or says something twice.
fn take(rows: &mut Rows<'_, '_>, which: Which<'_>, parsed: &Parsed) -> Result<(), Failure> {
    let record = match (&parsed.json, &parsed.twice) {
        (_, Some(key)) => Err(format!("key {} is there twice", crate::convert::quoted(key))),
        (json @ (Json::Object(_) | Json::List(_)), None) => Ok(Record::Json(json)),
        (json, None) => Err(format!("it is {}, expected an object", json.given().what())),
    };
    rows.take(which, record)
}

/// What is asked of a document.
fn wanted(settings: &Settings, array: &Path, next: Option<&Path>) -> Wanted {
    let mut wanted = Wanted { array: array.clone(), values: next.cloned().into_iter().collect() };
    if let Total::At(path) = &settings.total {
        wanted.values.insert(path.clone());
    }
    let covers = settings.covers.iter().flat_map(|(from, to)| [from, to]);
    for when in covers.chain(&settings.observed) {
        if let When::At(path) = when {
            wanted.values.insert(path.clone());
        }
    }
    wanted
}
