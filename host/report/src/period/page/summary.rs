//! What may be shown to anyone, as a page.

use super::{Block, Page, checkpoint, pair, text, type2};
use crate::period::summary::Summary;

pub(super) fn page(report: &Summary) -> Page {
    let categories: Vec<&str> = report.categories.iter().map(|it| it.as_str()).collect();
    let mut pairs = vec![
        pair("Company", &report.company),
        pair("Period", format!("{} to {}, {}", report.from, report.to, report.time_zone)),
        pair("Categories in scope", categories.join(", ")),
    ];
    pairs.extend(checkpoint(&report.checkpoint, report.known_until));
    pairs.push(pair("Controls in scope", report.controls.to_string()));
    pairs.push(pair("Operations", type2::totals(&report.totals)));
    pairs.extend(type2::rates(&report.rates));
    pairs.push(pair("Gaps", report.gaps.to_string()));
    let changes = format!("{}; {} controls removed, {} loosened", report.matrices, report.removed, report.loosened);
    pairs.push(pair("Changes of the control matrix", changes));
    let mut lead: Vec<Block> = report.notes.iter().map(|note| text(*note)).collect();
    lead.push(Block::Pairs(pairs));
    Page {
        title: format!("Summary, {} to {}", report.from, report.to),
        lead,
        sections: vec![type2::criteria(&report.criteria)],
    }
}
