//! What is in force: the control matrix with its calendar and systems, sealed whenever it is another than before.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_ledger::{
    Body, Commit, Kind, Ledger, Matrix, NewRecord, PolicyVersion, Record, Scribe, canonical_json, sha256,
};
use tickmark_model::{Category, Control, Digest, Instant, ManualControl, System};
use tickmark_operations::{Calendar, InForce, Place};

use super::read::{ReadProgramme, in_force};
use super::{MATRIX, SITE, commit, version};
use crate::acts::{STATEMENT, named};
use crate::catalog::Catalog;
use crate::site::{Site, Vendor};

/// The blob `matrix`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rows {
    /// Those that a collector observes, by id.
    pub(super) controls: Vec<Row<Control>>,
    /// Those that people operate, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) manual: Vec<Row<ManualControl>>,
}

/// One row with the digest of its version, which is over row and policies: a change of either is another matrix.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row<T> {
    pub(super) row: T,
    pub(super) version: Digest,
}

/// The blob `site`: what expected operations depend on beside the matrix, and whose controls the company's own rest on.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// The inventory, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vendors: Vec<Vendor>,
}

/// The blob `statement`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct People {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) approver: Option<String>,
    /// Never yet: nobody proves who they are.
    pub(super) authenticated: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
}

impl People {
    /// Those of the site's files as they stand, with the commit that they are kept at.
    pub(super) fn of(site: &Site) -> (Option<Commit>, Self) {
        let (commit, author) = commit::of(&site.base).unzip();
        (commit, Self { approver: site.matrix_approved_by.clone(), authenticated: false, author })
    }
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
    let (rows, around) = (canonical_json(&rows(catalog)?)?, canonical_json(&around(site))?);
    let (matrix, place) = (sha256(&rows), sha256(&around));
    let last = last(ledger)?;
    if last.as_ref().is_some_and(|last| (last.matrix, last.site) == (matrix, Some(place))) {
        return Ok(());
    }
    let (commit, people) = People::of(site);
    let body = Matrix {
        commit,
        controls: (catalog.matrix().controls().count() + catalog.matrix().manual().count()) as u64,
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

/// Adds what the site has in force at `at` to what was read, as if it were sealed now, where it is another than what was sealed
/// last: which is what the next run seals.
///
/// # Errors
/// None that the types allow; the signature keeps the serialiser's.
pub(crate) fn put_in_force(
    read: &mut ReadProgramme,
    site: &Site,
    catalog: &Catalog,
    at: Instant,
) -> anyhow::Result<()> {
    let rows = rows(catalog)?;
    let digest = sha256(&canonical_json(&rows)?);
    let place = Place { index: u64::MAX, recorded_at: at };
    let now = in_force(place, digest, &rows, around(site));
    let last = read.programme.in_force.last();
    let same =
        |last: &InForce| last.digest == now.digest && last.calendar == now.calendar && last.systems == now.systems;
    if !last.is_some_and(same) {
        read.programme.in_force.push(now);
    }
    Ok(())
}

fn rows(catalog: &Catalog) -> anyhow::Result<Rows> {
    let policies = catalog.policies();
    let row = |control: &Control| -> anyhow::Result<Row<Control>> {
        let version = version(&policies.control_version(control), &policies.bundle_digest(control))?;
        Ok(Row { row: control.clone(), version })
    };
    let manual = |control: &ManualControl| -> anyhow::Result<Row<ManualControl>> {
        Ok(Row { row: control.clone(), version: sha256(&canonical_json(control)?) })
    };
    Ok(Rows {
        controls: catalog.matrix().controls().map(row).collect::<anyhow::Result<_>>()?,
        manual: catalog.matrix().manual().map(manual).collect::<anyhow::Result<_>>()?,
    })
}

fn around(site: &Site) -> Around {
    let engagement = &site.engagement;
    let mut systems: Vec<System> = site.systems.iter().map(|system| system.system.clone()).collect();
    systems.sort_by(|a, b| a.name.cmp(&b.name));
    let mut vendors = site.vendors.clone();
    vendors.sort_by(|a, b| a.id.cmp(&b.id));
    Around {
        boundary: engagement.boundary.clone(),
        calendar: engagement.calendar(),
        categories: engagement.categories.iter().copied().collect(),
        period: engagement.period.map(|period| (period.from, period.to)),
        systems,
        vendors,
    }
}

/// Over the policies of every control, in the order of their ids.
fn bundle(catalog: &Catalog) -> anyhow::Result<Digest> {
    let bundles: Vec<Digest> =
        catalog.matrix().controls().map(|control| catalog.policies().bundle_digest(control)).collect();
    Ok(sha256(&canonical_json(&bundles)?))
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
