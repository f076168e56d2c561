//! `tickmark control coverage`: for each criterion, which controls serve it, by themselves or by hand, or that none does; and
//! whose controls it rests on besides.
//!
//! **Absent on purpose:** whether they operated. That a control by hand is in the matrix shows nothing of what people did.

use serde::Serialize;
use serde_json::json;
use tickmark_engine::site::{Engagement, Vendor};
use tickmark_engine::{Catalog, exit};
use tickmark_ledger::VendorMethod;
use tickmark_model::Criterion;
use tickmark_report::plain;

use super::control::document;
use super::operated::{Operated, Row};
use crate::args::{Format, Global, Output};
use crate::columns;
use crate::output::write;

/// How a criterion is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Served {
    Automated,
    ByHand,
    Both,
    Nothing,
    NotInScope,
}

impl Served {
    /// By these controls, in words of the report.
    fn by(controls: &[Row<'_>]) -> Self {
        let by_hand = controls.iter().any(|it| it.operated() != Operated::Automated);
        let automated = controls.iter().any(|it| it.operated() != Operated::ByHand);
        match (automated, by_hand) {
            (true, true) => Self::Both,
            (true, false) => Self::Automated,
            (false, true) => Self::ByHand,
            (false, false) => Self::Nothing,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Automated => "automated",
            Self::ByHand => "by hand",
            Self::Both => "automated, by hand",
            Self::Nothing => "NOTHING",
            Self::NotInScope => "not in scope",
        }
    }
}

/// One criterion with the controls that serve it, sorted by id, and the vendors that were carved out and are relied on for it.
struct Line<'a> {
    criterion: &'a Criterion,
    controls: Vec<Row<'a>>,
    served: Served,
    relied_on: Vec<&'a Vendor>,
}

impl Line<'_> {
    /// What is relied on, in a line for each vendor.
    fn relied_on(&self) -> impl Iterator<Item = String> {
        self.relied_on.iter().map(|vendor| {
            let own: Vec<String> = vendor.complementary_controls.iter().map(|control| plain(control)).collect();
            let own = if own.is_empty() { String::new() } else { format!("; own part: {}", own.join("; ")) };
            format!("{} rests on controls of {}, carved out{own}", self.criterion.id, plain(&vendor.name))
        })
    }
}

pub fn coverage(global: &Global, gaps: bool, output: &Output) -> anyhow::Result<u8> {
    let engine = super::engine_or_builtin(global)?;
    let engagement = engine.site().map(|site| site.engagement.clone()).unwrap_or_default();
    let vendors = engine.site().map(|site| site.vendors.as_slice()).unwrap_or_default();
    let mut lines = lines(engine.catalog(), &engagement, vendors);
    let count = |served| lines.iter().filter(|line| line.served == served).count();
    let (nothing, outside, all) = (count(Served::Nothing), count(Served::NotInScope), lines.len());
    let by_hand = count(Served::ByHand);
    if gaps {
        lines.retain(|line| line.served == Served::Nothing);
    }
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let row = |line: &Line<'_>| {
                let controls: Vec<&str> = line.controls.iter().map(|it| it.id()).collect();
                let category = line.criterion.category.to_string();
                [line.criterion.id.clone(), category, line.served.words().to_owned(), controls.join(" ")]
            };
            let rows: Vec<[String; 4]> = lines.iter().map(row).collect();
            columns::write(out, ["CRITERION", "CATEGORY", "SERVED", "CONTROLS"], &rows)?;
            writeln!(out, "\n{} of {} criteria in scope are served by nothing", nothing, all - outside)?;
            writeln!(out, "{by_hand} are served by hand alone: no run says whether people did it")?;
            lines.iter().flat_map(Line::relied_on).try_for_each(|line| writeln!(out, "{line}"))
        }
        Format::Json => {
            let line = |line: &Line<'_>| {
                let control = |it: &Row<'_>| {
                    let by_hand = it.operated() != Operated::Automated;
                    json!({ "id": it.id(), "by_hand": by_hand, "operated": it.operated() })
                };
                let vendor = |it: &&Vendor| json!({ "complementary_controls": it.complementary_controls, "id": it.id, "name": it.name });
                json!({
                    "category": line.criterion.category,
                    "controls": line.controls.iter().map(control).collect::<Vec<_>>(),
                    "id": line.criterion.id,
                    "relied_on": line.relied_on.iter().map(vendor).collect::<Vec<_>>(),
                    "served": line.served,
                })
            };
            let criteria: Vec<_> = lines.iter().map(line).collect();
            let engagement = json!({
                "boundary": engagement.boundary,
                "categories": engagement.categories,
                "period": engagement.period,
                "time_zone": engagement.time_zone_name(),
            });
            document(out, &json!({ "schema": "tickmark/coverage/1", "engagement": engagement, "criteria": criteria }))
        }
    })?;
    Ok(exit::PASS)
}

fn lines<'a>(catalog: &'a Catalog, engagement: &Engagement, vendors: &'a [Vendor]) -> Vec<Line<'a>> {
    let rows = Row::all(catalog.matrix());
    let line = |criterion: &'a Criterion| {
        let serves = |row: &Row<'_>| row.criteria().contains(&criterion.id);
        let controls: Vec<Row<'_>> = rows.iter().copied().filter(serves).collect();
        let in_scope = engagement.categories.contains(&criterion.category);
        let carved =
            |it: &&Vendor| in_scope && it.method == VendorMethod::CarveOut && it.criteria.contains(&criterion.id);
        let relied_on = vendors.iter().filter(carved).collect();
        Line {
            criterion,
            served: if in_scope { Served::by(&controls) } else { Served::NotInScope },
            controls,
            relied_on,
        }
    };
    catalog.matrix().criteria().iter().map(line).collect()
}
