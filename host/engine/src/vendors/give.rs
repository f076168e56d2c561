//! The vendors of the inventory, as a collector reads them: one JSON document.
//!
//! **Invariant:** the same inventory, ledger and instant give the same bytes.
//! **Invariant:** every vendor of the inventory has a row, also one that nothing was filed about.

use std::sync::Arc;

use serde::Serialize;
use tickmark_ledger::{VendorMethod, canonical_json};
use tickmark_model::Instant;

use super::find::vendors;
use crate::site::Site;

#[derive(Serialize)]
struct Document<'s> {
    as_of: Instant,
    total: usize,
    vendors: Vec<Row<'s>>,
}

#[derive(Serialize)]
struct Row<'s> {
    /// The end of the last day that the report, or a letter after it, covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    covered_until: Option<Instant>,
    id: &'s str,
    method: VendorMethod,
    name: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviewed_at: Option<Instant>,
}

/// The vendors as of `as_of`.
///
/// # Errors
/// Where the log cannot be read.
pub(crate) fn state(site: &Site, as_of: Instant) -> anyhow::Result<Arc<[u8]>> {
    let mut rows = Vec::new();
    for known in vendors(site, as_of)? {
        let last_day = known.current().map(|it| it.bridged_until.map_or(it.period.to, |until| until.max(it.period.to)));
        rows.push(Row {
            covered_until: last_day.map(|day| site.end_of(day)).transpose()?,
            id: &known.vendor.id,
            method: known.vendor.method,
            name: &known.vendor.name,
            reviewed_at: known.reports.iter().flat_map(|it| &it.reviews).map(|said| said.at).max(),
        });
    }
    Ok(canonical_json(&Document { as_of, total: rows.len(), vendors: rows })?.into())
}
