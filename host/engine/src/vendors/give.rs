//! The vendors of the inventory, as a collector reads them: one JSON document.
//!
//! **Invariant:** the same inventory, ledger and instant give the same bytes.
//! **Invariant:** every vendor of the inventory has a row, also one that nothing was filed about.

use std::sync::Arc;

use serde::Serialize;
use tickmark_ledger::{VendorMethod, canonical_json};
use tickmark_model::Instant;

use super::find::{KnownVendor, vendors};
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
    let rows: Vec<Row<'_>> = vendors(site, as_of)?.iter().map(|it| row(site, it)).collect::<anyhow::Result<_>>()?;
    Ok(canonical_json(&Document { as_of, total: rows.len(), vendors: rows })?.into())
}

fn row<'s>(site: &Site, known: &KnownVendor<'s>) -> anyhow::Result<Row<'s>> {
    let last_day = known.current().map(|it| it.bridged_until.map_or(it.period.to, |until| until.max(it.period.to)));
    Ok(Row {
        covered_until: last_day.map(|day| site.end_of(day)).transpose()?,
        id: &known.vendor.id,
        method: known.vendor.method,
        name: &known.vendor.name,
        reviewed_at: known.reports.iter().flat_map(|it| &it.reviews).map(|said| said.at).max(),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use expect_test::expect;
    use tickmark_ledger::acts::Authentication;
    use tickmark_ledger::{Period, Prev};
    use tickmark_model::{Digest, parse_instant};
    use tickmark_operations::vendor_standing;

    use super::super::find::VendorReport;
    use super::*;
    use crate::acts::Said;
    use crate::site::read_text;

    const SITE: &str = r#"
company = "Acme"
[engagement]
time_zone = "Pacific/Kiritimati"
[[vendor]]
id = "hosting"
name = "Example Hosting"
method = "carve-out"
[[system]]
name = "web"
environment = "production"
"#;

    /// A report until the end of 2025, bridged until a day, that was reviewed at these times.
    fn report(index: u64, bridged_until: Option<&str>, reviews: &[&str]) -> VendorReport {
        let said = |at: &str| Said {
            at: parse_instant(at).unwrap(),
            by: None,
            record: index,
            authentication: Authentication::Asserted,
        };
        VendorReport {
            id: format!("vendor-report/{index}"),
            record: Prev { index, leaf: Digest([1; 32]) },
            vendor: "hosting".to_owned(),
            report_type: "SOC 2 Type II".to_owned(),
            period: Period { from: "2025-01-01".parse().unwrap(), to: "2025-12-31".parse().unwrap() },
            bridged_until: bridged_until.map(|day| day.parse().unwrap()),
            filed: said("2026-01-20T09:00:00Z"),
            file: None,
            letter: None,
            reviews: reviews.iter().copied().map(said).collect(),
        }
    }

    #[test]
    fn a_vendor_is_covered_to_the_end_of_the_last_day_where_the_company_is() {
        let site = read_text(Path::new("tickmark.toml"), SITE).unwrap();
        let line = |current: Option<u64>, reports: Vec<VendorReport>| {
            let mut standing = vendor_standing(&[], &[], "2026-02-01".parse().unwrap());
            standing.report = current;
            let row = row(&site, &KnownVendor { vendor: &site.vendors[0], reports, standing }).unwrap();
            format!("{}\n", String::from_utf8(canonical_json(&row).unwrap()).unwrap())
        };
        let reviewed = ["2026-01-21T09:00:00Z", "2026-01-20T09:00:00Z"];
        let lines = [
            line(None, vec![]),
            line(Some(4), vec![report(4, None, &[])]),
            // The last word is that of the latest review, of whichever report; the report that counts is one.
            line(Some(5), vec![report(4, None, &reviewed), report(5, Some("2026-03-31"), &[])]),
        ];
        expect![[r#"
            {"id":"hosting","method":"carve-out","name":"Example Hosting"}
            {"covered_until":"2025-12-31T10:00:00Z","id":"hosting","method":"carve-out","name":"Example Hosting"}
            {"covered_until":"2026-03-31T10:00:00Z","id":"hosting","method":"carve-out","name":"Example Hosting","reviewed_at":"2026-01-21T09:00:00Z"}
        "#]].assert_eq(&lines.concat());
    }
}
