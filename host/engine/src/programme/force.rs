//! What is in force: the control matrix with its calendar and systems, sealed whenever it is another than before.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_ledger::{
    Body, Kind, Ledger, Matrix, NamedBlob, NewRecord, PolicyVersion, Record, Scribe, canonical_json, sha256,
};
use tickmark_model::{Category, Control, Digest, System};
use tickmark_operations::Calendar;

use super::{MATRIX, SITE, STATEMENT, commit};
use crate::catalog::Catalog;
use crate::site::Site;

/// The blob `matrix`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rows {
    /// By id.
    pub(super) controls: Vec<Row<Control>>,
}

/// One row with the digest of its version.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row<T> {
    pub(super) row: T,
    pub(super) version: Digest,
}

/// The blob `site`: what expected operations depend on beside the matrix.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Around {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) boundary: Option<String>,
    pub(crate) calendar: Calendar,
    pub(crate) categories: Vec<Category>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) period: Option<(NaiveDate, NaiveDate)>,
    /// By name.
    pub(crate) systems: Vec<System>,
}

/// The blob `statement`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) approver: Option<String>,
    /// Never yet: nobody proves who they are.
    pub(super) authenticated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<String>,
}

/// Seals what is in force, where it differs from what was sealed last: so that what was expected at a time is what stood there
/// then.
///
/// # Errors
/// Where the log cannot be read or written.
pub(crate) fn seal_if_changed(
    ledger: &mut Ledger,
    site: &Site,
    catalog: &Catalog,
    by: &mut Scribe<'_>,
) -> anyhow::Result<()> {
    let (rows, around) = (canonical_json(&rows(catalog))?, canonical_json(&around(site))?);
    let (matrix, place) = (sha256(&rows), sha256(&around));
    let last = last(ledger)?;
    if last.as_ref().is_some_and(|last| (last.matrix, last.site) == (matrix, Some(place))) {
        return Ok(());
    }
    let committed = commit::of(&site.base);
    let (commit, author) = committed.map_or((None, None), |(commit, author)| (Some(commit), Some(author)));
    let people = People { approver: site.matrix_approved_by.clone(), authenticated: false, author };
    let body = Matrix {
        commit,
        controls: catalog.matrix().controls().count() as u64,
        digest: matrix,
        policy: PolicyVersion {
            bundle: bundle(catalog)?,
            engine: catalog.policies().engine().to_owned(),
            schema: catalog.policies().schema_digest(),
        },
        replaces: last.map(|last| last.matrix),
    };
    let blobs = [(MATRIX, rows), (SITE, around), (STATEMENT, canonical_json(&people)?)];
    let blobs = blobs.into_iter().map(|(name, bytes)| named(ledger, name, &bytes)).collect::<anyhow::Result<_>>()?;
    ledger.append(by, vec![NewRecord { blobs, ..NewRecord::new(body) }])?;
    Ok(())
}

fn rows(catalog: &Catalog) -> Rows {
    let row = |control: &Control| Row { row: control.clone(), version: catalog.policies().control_version(control) };
    Rows { controls: catalog.matrix().controls().map(row).collect() }
}

fn around(site: &Site) -> Around {
    let engagement = &site.engagement;
    let mut systems: Vec<System> = site.systems.iter().map(|system| system.system.clone()).collect();
    systems.sort_by(|a, b| a.name.cmp(&b.name));
    Around {
        boundary: engagement.boundary.clone(),
        calendar: engagement.calendar(),
        categories: engagement.categories.iter().copied().collect(),
        period: engagement.period.map(|period| (period.from, period.to)),
        systems,
    }
}

/// Over the policies of every control, in the order of their ids.
fn bundle(catalog: &Catalog) -> anyhow::Result<Digest> {
    let bundles: Vec<Digest> =
        catalog.matrix().controls().map(|control| catalog.policies().bundle_digest(control)).collect();
    Ok(sha256(&canonical_json(&bundles)?))
}

fn named(ledger: &Ledger, name: &str, bytes: &[u8]) -> anyhow::Result<NamedBlob> {
    let digest = ledger.blobs().put(bytes)?;
    let (media_type, name) = ("application/json".to_owned(), name.to_owned());
    Ok(NamedBlob { digest, media_type, name, size: bytes.len() as u64 })
}

/// What was sealed last.
struct Last {
    matrix: Digest,
    site: Option<Digest>,
}

fn last(ledger: &Ledger) -> anyhow::Result<Option<Last>> {
    let Some(record) = ledger.last_of_chain(Kind::Matrix.as_str())? else { return Ok(None) };
    let Record { head, body: Body::Matrix(matrix) } = record else { return Ok(None) };
    Ok(Some(Last { matrix: matrix.digest, site: head.blob(SITE).map(|blob| blob.digest) }))
}
