//! Markdown with tables, as most readers of it know them.
//!
//! **Invariant:** no text is taken for markup: what could begin some is escaped.

use std::io::{self, Write};

use super::Report;
use super::page::{Block, Detail, Page};
use crate::terminal::plain;

/// Writes a report.
///
/// # Errors
/// Those of `out`.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let page = Page::of(report, Detail::Full);
    writeln!(out, "# {}", escape(&page.title))?;
    page.lead.iter().try_for_each(|block| self::block(block, out))?;
    for section in &page.sections {
        writeln!(out, "\n## {}", escape(&section.title))?;
        section.blocks.iter().try_for_each(|block| self::block(block, out))?;
    }
    Ok(())
}

fn block(block: &Block, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    match block {
        Block::Heading(text) => writeln!(out, "### {}", escape(text)),
        Block::Text(text) => writeln!(out, "{}", escape(text)),
        Block::Pairs(pairs) => {
            pairs.iter().try_for_each(|(name, value)| writeln!(out, "- **{}:** {}", escape(name), escape(value)))
        }
        Block::Grid(titles, rows) => {
            writeln!(out, "| {} |", titles.join(" | "))?;
            writeln!(out, "|{}", " --- |".repeat(titles.len()))?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(|cell| escape(cell)).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
            Ok(())
        }
    }
}

/// A text that no reader takes for markup.
fn escape(text: &str) -> String {
    let plain = plain(text);
    if plain == "-" {
        return plain;
    }
    let mut escaped = String::with_capacity(plain.len());
    for (at, c) in plain.char_indices() {
        // These mean something anywhere; a sign of a list or a heading only at the start.
        let anywhere = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '!' | '$');
        if anywhere || (at == 0 && matches!(c, '#' | '+' | '-' | '=')) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    numbered(escaped)
}

/// A number with a point at the start would begin a list.
fn numbered(text: String) -> String {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    match text.split_at_checked(digits) {
        Some((number, rest)) if digits > 0 && rest.starts_with(['.', ')']) => format!("{number}\\{rest}"),
        _ => text,
    }
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
        expect_file!["testdata/type2.md"].assert_eq(&written(&report_type2()));
        expect_file!["testdata/type1.md"].assert_eq(&written(&report_type1()));
        expect_file!["testdata/summary.md"].assert_eq(&written(&summary()));
    }

    #[test]
    fn no_text_is_markup() {
        let check = |text: &str, expected: &str| assert_eq!(escape(text), expected);
        check("a|b *c* <d> `e`", r"a\|b \*c\* \<d\> \`e\`");
        check("# a", r"\# a");
        check("- a", r"\- a");
        check("1. a", r"1\. a");
        check("2026-01-01", "2026-01-01");
        check("[a](https://b)\nc", r"\[a\](https://b)\\nc");
        check("![x](y) $z$", r"\!\[x\](y) \$z\$");
    }
}
