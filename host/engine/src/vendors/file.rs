//! Filing a vendor's report, and saying that somebody reviewed the vendor by it.

use std::path::PathBuf;

use chrono::NaiveDate;
use tickmark_ledger::{Appended, NewRecord, Period, VendorReport as VendorReportBody, canonical_json};

use super::find::{BRIDGE_LETTER, REPORT, Statement, VendorReport, vendors};
use crate::acts::{self, Acting, STATEMENT, append, name, named, opaque, refuse, today};
use crate::clock::now;
use crate::ledger;
use crate::problem::known_names;
use crate::site::{Site, Vendor};
use crate::watch::Watch;

/// A report that somebody files.
#[derive(Clone, Debug)]
pub struct AddVendorReport {
    /// The vendor's id in the inventory.
    pub vendor: String,
    /// Its type, such as `SOC 2 Type II`.
    pub report_type: String,
    /// The days that it covers.
    pub period: Period,
    /// The report.
    pub file: PathBuf,
    /// A letter for the time since, and the last day that it bridges to.
    pub bridge: Option<(PathBuf, NaiveDate)>,
    /// Who files it, as they say.
    pub by: String,
}

/// That somebody reviewed a vendor by its report.
#[derive(Clone, Debug)]
pub struct ReviewVendor {
    /// The vendor's id in the inventory.
    pub vendor: String,
    /// What they concluded.
    pub conclusion: String,
    /// Who, as they say.
    pub by: String,
}

impl AddVendorReport {
    /// Seals that it was filed.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) with all that is wrong; where a file cannot be read or the ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<Appended> {
        let by = by.into();
        let report = acts::file(&self.file)?;
        let letter = self.bridge.as_ref().map(|(path, until)| Ok::<_, anyhow::Error>((acts::file(path)?, *until)));
        let letter = letter.transpose()?;
        let vendor = of_inventory(site, &self.vendor);
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let today = today(site)?;
        let Period { from, to } = self.period;
        let mut problems = Vec::new();
        problems.extend(vendor.as_ref().err().cloned());
        problems.extend(name("who files it", &self.by).err());
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        problems.extend(unsigned);
        problems.extend(self.report_type.trim().is_empty().then(|| "its type is empty".to_owned()));
        if to < from {
            problems.push(format!("it ends on {to}, before it starts on {from}"));
        }
        if to > today {
            problems.push(format!("it ends on {to}, and today is {today}"));
        }
        if let Some((_, until)) = letter.as_ref().filter(|(_, until)| *until <= to) {
            problems.push(format!("its letter bridges to {until}, and the report itself ends on {to}"));
        }
        refuse("the report", problems)?;
        let Ok(vendor) = vendor else { anyhow::bail!("there is no vendor `{}`", self.vendor) };
        let statement = Statement { by: self.by.trim().to_owned(), conclusion: None };
        let mut blobs =
            vec![opaque(&ledger, REPORT, &report)?, named(&ledger, STATEMENT, &canonical_json(&statement)?)?];
        if let Some((bytes, _)) = &letter {
            blobs.push(opaque(&ledger, BRIDGE_LETTER, bytes)?);
        }
        let new = NewRecord {
            blobs,
            ..NewRecord::new(VendorReportBody {
                bridged_until: letter.map(|(_, until)| until),
                method: vendor.method,
                of: None,
                period: self.period,
                report_type: self.report_type.trim().to_owned(),
                vendor: vendor.id.clone(),
            })
        };
        append(&mut ledger, site, by, &signers, new)
    }
}

impl ReviewVendor {
    /// Seals that the vendor was reviewed by the report that counts now. Gives the record, and that report.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) with all that is wrong, above all where there is no report; where the ledger cannot be
    /// written.
    pub fn seal(
        &self,
        site: &Site,
        by: impl Into<Acting>,
        watch: &dyn Watch,
    ) -> anyhow::Result<(Appended, VendorReport)> {
        let by = by.into();
        let vendor = of_inventory(site, &self.vendor);
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let known = vendors(site, now()?)?;
        let report = known.iter().find(|it| it.vendor.id == self.vendor).and_then(|it| it.current());
        let mut problems = Vec::new();
        problems.extend(vendor.as_ref().err().cloned());
        problems.extend(name("who reviewed it", &self.by).err());
        let (signers, unsigned) = by.signers(site, &[&self.by]);
        problems.extend(unsigned);
        problems.extend(self.conclusion.trim().is_empty().then(|| "its conclusion is empty".to_owned()));
        if vendor.is_ok() && report.is_none() {
            problems.push(format!("no report of `{}` was filed that it could be reviewed by", self.vendor));
        }
        refuse("the review of the vendor", problems)?;
        let (Ok(vendor), Some(report)) = (vendor, report) else {
            anyhow::bail!("there is no report of `{}`", self.vendor)
        };
        let conclusion = Some(self.conclusion.trim().to_owned());
        let statement = Statement { by: self.by.trim().to_owned(), conclusion };
        let new = NewRecord {
            blobs: vec![named(&ledger, STATEMENT, &canonical_json(&statement)?)?],
            ..NewRecord::new(VendorReportBody {
                bridged_until: report.bridged_until,
                method: vendor.method,
                of: Some(report.record),
                period: report.period,
                report_type: report.report_type.clone(),
                vendor: vendor.id.clone(),
            })
        };
        Ok((append(&mut ledger, site, by, &signers, new)?, report.clone()))
    }
}

/// The vendor of this id; of another one, what is wrong with it.
fn of_inventory<'s>(site: &'s Site, id: &str) -> Result<&'s Vendor, String> {
    let known = || site.vendors.iter().map(|it| it.id.as_str()).collect::<Vec<_>>();
    let found = site.vendors.iter().find(|it| it.id == id);
    found.ok_or_else(|| format!("there is no vendor `{id}` in the site file; {}", known_names(id, known())))
}
