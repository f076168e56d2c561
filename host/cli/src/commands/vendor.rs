//! `tickmark vendor`: vendors' own reports, and who looked at them.

use serde_json::{Value, json};
use tickmark_engine::exit;
use tickmark_engine::vendors::{AddVendorReport, KnownVendor, ReviewVendor, VendorReport, vendors};
use tickmark_ledger::{Period, VendorMethod};
use tickmark_report::plain;

use super::acts::{acting, appended_document, by, said};
use super::control::document;
use crate::args::{Format, Global, Output, Sign, VendorCommand, VendorReportArgs};
use crate::columns;
use crate::output::write;
use crate::progress::Progress;

pub fn vendor(global: &Global, command: VendorCommand) -> anyhow::Result<u8> {
    match command {
        VendorCommand::AddReport(args) => add(global, args),
        VendorCommand::Review { vendor, conclusion, by, sign, output } => {
            review(global, &ReviewVendor { vendor, conclusion, by }, &sign, &output)
        }
        VendorCommand::List { as_of, output } => list(global, as_of.as_deref(), &output),
    }
}

fn add(global: &Global, args: VendorReportArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let bridge = args.bridge_letter.map(|path| global.directory.join(path)).zip(args.bridged_until);
    let add = AddVendorReport {
        vendor: args.vendor,
        report_type: args.report_type,
        period: Period { from: args.from, to: args.to },
        file: global.directory.join(args.file),
        bridge,
        by: args.by,
    };
    let acting = acting(global, &args.sign)?;
    let progress = Progress::new(global);
    let sealed = add.seal(&site, acting, &progress);
    progress.finish();
    let appended = sealed?;
    let by = by(&site, &appended, &add.by)?;
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => {
            let Period { from, to } = add.period;
            let (id, report_type) = (&appended.id, plain(add.report_type.trim()));
            writeln!(out, "{id}: {report_type} of `{}`, {from} to {to}, filed by {by}", add.vendor)
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn review(global: &Global, review: &ReviewVendor, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = review.seal(&site, acting, &progress);
    progress.finish();
    let (appended, report) = sealed?;
    let by = by(&site, &appended, &review.by)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            writeln!(out, "{}: `{}` is reviewed by {by}, by {}", appended.id, review.vendor, report.id)
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn list(global: &Global, as_of: Option<&str>, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let at = super::as_of(as_of)?.map_or_else(super::now, Ok)?;
    let vendors = vendors(&site, at)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let row = |it: &KnownVendor<'_>| {
                let report = it.current();
                let until = report.and_then(|it| it.bridged_until);
                [
                    it.vendor.id.clone(),
                    plain(&it.vendor.name),
                    method(it.vendor.method).to_owned(),
                    or_none(report.map(|it| plain(&it.report_type))),
                    or_none(report.map(|it| it.period.to.to_string())),
                    or_none(it.standing.days_since_end.map(|days| days.to_string())),
                    or_none(until.map(|it| it.to_string())),
                    or_none(it.standing.review_due.map(|it| it.to_string())),
                    it.standing.exceptions.len().to_string(),
                ]
            };
            let rows: Vec<[String; 9]> = vendors.iter().map(row).collect();
            let headings =
                ["VENDOR", "NAME", "METHOD", "REPORT", "ENDED", "DAYS AGO", "BRIDGED TO", "REVIEW DUE", "EXCEPTIONS"];
            columns::write(out, headings, &rows)?;
            for it in &vendors {
                it.standing.exceptions.iter().try_for_each(|why| writeln!(out, "  {}: {why}", it.vendor.id))?;
            }
            Ok(())
        }
        Format::Json => {
            let rows: Vec<Value> = vendors.iter().map(vendor_document).collect();
            document(out, &json!({ "as_of": at, "schema": "tickmark/vendors-listed/1", "vendors": rows }))
        }
    })?;
    Ok(exit::PASS)
}

fn vendor_document(it: &KnownVendor<'_>) -> Value {
    let report = |it: &VendorReport| {
        json!({
            "bridge_letter": it.letter,
            "bridged_until": it.bridged_until,
            "filed": said(&it.filed),
            "id": it.id,
            "period": it.period,
            "report": it.file,
            "report_type": it.report_type,
            "reviews": it.reviews.iter().map(said).collect::<Vec<_>>(),
        })
    };
    let exceptions = it.standing.exceptions.iter().map(|why| json!({ "code": why.code(), "detail": why.to_string() }));
    json!({
        "complementary_controls": it.vendor.complementary_controls,
        "criteria": it.vendor.criteria,
        "current": it.current().map(|it| &it.id),
        "days_since_end": it.standing.days_since_end,
        "exceptions": exceptions.collect::<Vec<_>>(),
        "id": it.vendor.id,
        "method": it.vendor.method,
        "name": it.vendor.name,
        "reports": it.reports.iter().map(report).collect::<Vec<_>>(),
        "review_due": it.standing.review_due,
    })
}

fn method(method: VendorMethod) -> &'static str {
    match method {
        VendorMethod::CarveOut => "carve-out",
        VendorMethod::Inclusive => "inclusive",
    }
}
