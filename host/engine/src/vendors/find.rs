//! What a log says of the vendors of the inventory.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tickmark_ledger::{Body, Kind, NamedBlob, Period, Prev, Record, leaf_hash};
use tickmark_model::Instant;
use tickmark_operations::{FiledReport, VendorStanding, vendor_standing};

use crate::acts::{STATEMENT, Said, blob, each_act, log};
use crate::site::{Site, Vendor};

/// The names of the blobs.
pub(super) const REPORT: &str = "report";
pub(super) const BRIDGE_LETTER: &str = "bridge_letter";

/// One vendor of the inventory with what the ledger says of it.
#[derive(Clone, Debug)]
pub struct KnownVendor<'s> {
    /// As the site file has it.
    pub vendor: &'s Vendor,
    /// Its reports in the order in which they were filed.
    pub reports: Vec<VendorReport>,
    /// How it stands.
    pub standing: VendorStanding,
}

/// A report that somebody filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorReport {
    /// The record that filed it, such as `vendor-report/12`.
    pub id: String,
    /// That record.
    pub record: Prev,
    /// Whose it is.
    pub vendor: String,
    /// Its type, such as `SOC 2 Type II`.
    pub report_type: String,
    /// The days that it covers.
    pub period: Period,
    /// The last day that a letter bridges to.
    pub bridged_until: Option<NaiveDate>,
    /// Who filed it.
    pub filed: Said,
    /// The report itself.
    pub file: Option<NamedBlob>,
    /// The letter.
    pub letter: Option<NamedBlob>,
    /// Who reviewed the vendor by it.
    pub reviews: Vec<Said>,
}

/// Who filed a report or reviewed it, and what they concluded: the blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Statement {
    pub(super) by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) conclusion: Option<String>,
}

impl KnownVendor<'_> {
    /// The report that counts.
    #[must_use]
    pub fn current(&self) -> Option<&VendorReport> {
        self.reports.iter().find(|it| Some(it.record.index) == self.standing.report)
    }
}

/// The vendors of the inventory in its order, as they stand at `at`.
///
/// # Errors
/// Where the log cannot be read.
pub fn vendors(site: &Site, at: Instant) -> anyhow::Result<Vec<KnownVendor<'_>>> {
    let reports = reports(site, at)?;
    let today = site.day(at)?;
    let mut known = Vec::new();
    for vendor in &site.vendors {
        let reports: Vec<VendorReport> = reports.iter().filter(|it| it.vendor == vendor.id).cloned().collect();
        let filed = |it: &VendorReport| FiledReport {
            record: it.record.index,
            from: it.period.from,
            to: it.period.to,
            bridged_until: it.bridged_until,
        };
        let filed: Vec<FiledReport> = reports.iter().map(filed).collect();
        let reviewed = reports.iter().flat_map(|it| &it.reviews).map(|said| site.day(said.at));
        let reviewed: Vec<NaiveDate> = reviewed.collect::<anyhow::Result<_>>()?;
        known.push(KnownVendor { vendor, standing: vendor_standing(&filed, &reviewed, today), reports });
    }
    Ok(known)
}

/// All reports in the order in which they were filed, with the reviews of each.
fn reports(site: &Site, until: Instant) -> anyhow::Result<Vec<VendorReport>> {
    let Some(log) = log(&site.ledger)? else { return Ok(Vec::new()) };
    let mut reports: Vec<VendorReport> = Vec::new();
    each_act(&log, Kind::VendorReport, Some(until), |index, bytes, record, who| {
        let Record { head, body: Body::VendorReport(it) } = record else { return Ok(()) };
        let by = blob::<Statement>(&log, index, &head, STATEMENT)?.map(|it| it.by);
        let said = who.said(head.times.recorded_at, index, by);
        match it.of {
            // A review that names no report, or another record than it says, is of none.
            Some(of) => reports.iter_mut().filter(|it| it.record == of).for_each(|it| it.reviews.push(said.clone())),
            None => reports.push(VendorReport {
                record: Prev { index, leaf: leaf_hash(bytes) },
                vendor: it.vendor,
                report_type: it.report_type,
                period: it.period,
                bridged_until: it.bridged_until,
                filed: said,
                file: head.blob(REPORT).cloned(),
                letter: head.blob(BRIDGE_LETTER).cloned(),
                reviews: Vec::new(),
                id: head.id,
            }),
        }
        Ok(())
    })?;
    Ok(reports)
}
