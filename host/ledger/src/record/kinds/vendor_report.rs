//! The report of a vendor.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::record::{Period, Prev};

/// How the vendor stands in the description of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VendorMethod {
    /// Its controls are left out and relied on.
    CarveOut,
    /// Its controls are included.
    Inclusive,
}

/// A vendor's own report: the blob `report`; a letter for the time since, the blob `bridge_letter`. Who filed or reviewed it
/// stands in the blob `statement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorReport {
    /// The last day that a letter bridges to, inclusive.
    #[serde(default, deserialize_with = "crate::record::day::optional", skip_serializing_if = "Option::is_none")]
    pub bridged_until: Option<NaiveDate>,
    /// How the vendor stands in the description of the system.
    pub method: VendorMethod,
    /// The record that filed the report, in a review of the vendor by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Prev>,
    /// The days that the report covers.
    pub period: Period,
    /// Its type, such as `SOC 2 Type II`.
    pub report_type: String,
    /// The vendor's id in the inventory.
    pub vendor: String,
}
