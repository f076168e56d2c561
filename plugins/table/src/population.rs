//! What the source says about its rows as a whole: how many there are, which time they cover, when it was so.

use tickmark_collector::{Datetime, Failure, Host, Population, Receipt, cells::Lines};

use crate::convert::number::{self, Separators};
use crate::convert::quoted;
use crate::parse::json::{Found, Parsed};
use crate::parse::path::Path;
use crate::settings::{Settings, Total, When};

/// The population of a source whose rows were all taken: `total` of them, as `receipt` shows. `found` is what a document
/// says beside its rows.
///
/// # Errors
/// As the host's, and `invalid` where the source does not say what it should.
pub(crate) fn population(
    host: &dyn Host,
    settings: &Settings,
    total: u64,
    receipt: Receipt,
    found: &Found,
) -> Result<Population, Failure> {
    let at = |when: &When| match when {
        When::Said(said) => Ok(said.instant(host.as_of())),
        When::At(path) => time(settings, path, found).map_err(|failure| failure.shown_by(receipt)),
    };
    let mut covers = settings.covers.as_ref().map(|(from, to)| Ok::<_, Failure>((at(from)?, at(to)?))).transpose()?;
    let mut observed = settings.observed.as_ref().map(at).transpose()?;
    let mut population = match &settings.total {
        Total::Rows => Population::of(total, receipt),
        Total::At(path) => {
            let total = count(path, found).map_err(|failure| failure.shown_by(receipt))?;
            Population::of(total, receipt)
        }
        Total::File => {
            let blob = host.open("total", "")?;
            let text = blob.text()?;
            let total = whole(text.trim()).ok_or_else(|| {
                let message = format!("the file `total` holds {}, expected a number of rows", quoted(text.trim()));
                Failure::invalid(message).shown_by(blob.receipt())
            })?;
            Population::of(total, blob.receipt())
        }
        Total::Query => {
            let said = Said::ask(host)?;
            let twice = (covers.is_some() && said.covers.is_some()) || (observed.is_some() && said.observed.is_some());
            if twice {
                let message =
                    "both the query `total` and the settings say what the source covers or when it was observed";
                return Err(Failure::invalid(message).shown_by(said.receipt));
            }
            covers = covers.or(said.covers);
            observed = observed.or(said.observed);
            Population::of(said.total, said.receipt)
        }
    };
    if let Some((from, to)) = covers {
        if from > to {
            let text = tickmark_collector::time::text;
            return Err(Failure::invalid(format!(
                "the source covers {} to {}, which ends before it starts",
                text(from),
                text(to)
            )));
        }
        population = population.covering(from, to);
    }
    if let Some(at) = observed {
        population = population.observed(at);
    }
    Ok(population)
}

/// The answer of the query `total`.
struct Said {
    total: u64,
    covers: Option<(Datetime, Datetime)>,
    observed: Option<Datetime>,
    receipt: Receipt,
}

impl Said {
    fn ask(host: &dyn Host) -> Result<Self, Failure> {
        let rows = host.query("total", &[])?;
        let receipt = rows.receipt();
        let wrong = |message: &str| Failure::invalid(format!("query `total` {message}")).shown_by(receipt);
        let mut answers = Vec::new();
        Lines::of("total", &rows, &["total"], &["covers_from", "covers_to", "observed_at"])?.for_each(|line| {
            let total = line.long("total")?.and_then(|total| u64::try_from(total).ok());
            let total = total.ok_or_else(|| line.invalid("column `total` is no number of rows"))?;
            let covers = match (line.datetime("covers_from")?, line.datetime("covers_to")?) {
                (Some(from), Some(to)) => Some((from, to)),
                (None, None) => None,
                _ => return Err(line.invalid("columns `covers_from` and `covers_to` need each other")),
            };
            answers.push(Self { total, covers, observed: line.datetime("observed_at")?, receipt });
            Ok(())
        })?;
        let count = answers.len();
        let one: Result<[Self; 1], _> = answers.try_into();
        let [one] = one.map_err(|_| wrong(&format!("has {count} rows, expected one")))?;
        Ok(one)
    }
}

/// What a document says at `path`.
fn said<'f>(path: &Path, found: &'f Found) -> Result<&'f Parsed, Failure> {
    found.get(path).ok_or_else(|| Failure::invalid(format!("the document says nothing at `{path}`")))
}

/// The number of rows at `path`.
pub(crate) fn count(path: &Path, found: &Found) -> Result<u64, Failure> {
    let given = said(path, found)?.json.given();
    let number = given.text().and_then(|text| number::long(&text, Separators::PLAIN).ok());
    let wrong = || {
        let shown = given.text().map_or_else(|| given.what().to_owned(), |text| quoted(&text));
        Failure::invalid(format!("the document says {shown} at `{path}`, expected a number of rows"))
    };
    number.and_then(|number| u64::try_from(number).ok()).ok_or_else(wrong)
}

fn time(settings: &Settings, path: &Path, found: &Found) -> Result<Datetime, Failure> {
    let given = said(path, found)?.json.given();
    let text = given.text();
    let text = text.as_deref().unwrap_or_default();
    settings
        .words
        .times
        .read(text)
        .map_err(|why| Failure::invalid(format!("the document says {} at `{path}`, which {why}", quoted(text))))
}

fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}
