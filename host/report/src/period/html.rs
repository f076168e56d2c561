//! One file that prints well: no script, no picture, nothing that is fetched.
//!
//! **Invariant:** no text is taken for markup, and the page forbids itself to load or run anything.

use std::io::{self, Write};

use super::Report;
use super::page::{Block, Detail, Page, Section};
use super::words::{NOT_SOC_3, OPINION};
use crate::terminal::plain;

const STYLE: &str = include_str!("html/style.css");

/// Writes a report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::of(report, Detail::Full);
    let title = escape(&page.title);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>"
    )?;
    page.lead.iter().try_for_each(|block| self::block(block, out))?;
    writeln!(out, "</header>\n<nav>\n<h2>Contents</h2>\n<ol>")?;
    for section in &page.sections {
        writeln!(out, "<li><a href=\"#{}\">{}</a></li>", anchor(section), escape(&section.title))?;
    }
    writeln!(out, "</ol>\n</nav>\n<main>")?;
    for section in &page.sections {
        let class = if section.control { " class=\"control\"" } else { "" };
        writeln!(out, "<section id=\"{}\"{class}>\n<h2>{}</h2>", anchor(section), escape(&section.title))?;
        section.blocks.iter().try_for_each(|block| self::block(block, out))?;
        writeln!(out, "</section>")?;
    }
    let last = if matches!(report, Report::Summary(_)) { NOT_SOC_3 } else { OPINION };
    writeln!(out, "</main>\n<footer><p>{}</p></footer>\n</body>\n</html>", escape(last))
}

fn block(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    match block {
        Block::Heading(text) => writeln!(out, "<h3>{}</h3>", escape(text)),
        Block::Text(text) => writeln!(out, "<p>{}</p>", escape(text)),
        Block::Pairs(pairs) => {
            writeln!(out, "<dl>")?;
            for (name, value) in pairs {
                writeln!(out, "<dt>{}</dt><dd>{}</dd>", escape(name), escape(value))?;
            }
            writeln!(out, "</dl>")
        }
        Block::Grid(titles, rows) => {
            write!(out, "<table>\n<thead><tr>")?;
            titles.iter().try_for_each(|title| write!(out, "<th scope=\"col\">{}</th>", escape(title)))?;
            writeln!(out, "</tr></thead>\n<tbody>")?;
            for row in rows {
                write!(out, "<tr>")?;
                row.iter().try_for_each(|cell| write!(out, "<td>{}</td>", escape(cell)))?;
                writeln!(out, "</tr>")?;
            }
            writeln!(out, "</tbody>\n</table>")
        }
    }
}

/// A word to link to: letters, digits and signs that mean nothing in an address.
fn anchor(section: &Section) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_') { c } else { '-' };
    section.anchor.chars().map(sign).collect()
}

/// A text that no reader takes for markup.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::testing::{report_type1, report_type2, summary};
    use super::*;
    use expect_test::expect_file;

    fn written(report: &Report) -> String {
        let mut out = Vec::new();
        write(report, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn reports_are_written_like_this() {
        expect_file!["testdata/type2.html"].assert_eq(&written(&report_type2()));
        expect_file!["testdata/type1.html"].assert_eq(&written(&report_type1()));
        expect_file!["testdata/summary.html"].assert_eq(&written(&summary()));
    }

    #[test]
    fn nothing_of_evidence_is_markup_and_nothing_is_fetched() {
        let html = written(&report_type2());
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "the hostile subject is there, escaped");
        for markup in ["<script", "<img", "<link", "<iframe", " src=", "url(", "@import", " onclick", "javascript:"] {
            assert!(!html.contains(markup), "{markup}");
        }
    }

    #[test]
    fn every_entry_of_the_contents_leads_to_one_section() {
        let html = written(&report_type2());
        let links: Vec<&str> = html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(links.len() > 4);
        for link in links {
            assert_eq!(html.matches(&format!("<section id=\"{link}\"")).count(), 1, "{link}");
        }
    }

    #[test]
    fn every_element_that_begins_ends() {
        for report in [report_type1(), report_type2(), summary()] {
            let html = written(&report);
            for element in ["html", "head", "body", "main", "nav", "section", "table", "tbody", "dl", "ol", "footer"] {
                let begins =
                    html.matches(&format!("<{element}>")).count() + html.matches(&format!("<{element} ")).count();
                assert_eq!(begins, html.matches(&format!("</{element}>")).count(), "{element}");
            }
        }
    }
}
