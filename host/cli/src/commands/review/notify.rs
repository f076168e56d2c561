//! `tickmark review notify`: mail to reviewers.

use serde_json::json;
use tickmark_engine::exit;
use tickmark_engine::notices::{Letter, Notices, notify as send};
use tickmark_report::plain;

use super::super::control::document;
use crate::args::{Format, Global, Output};
use crate::output::write;

pub fn notify(global: &Global, dry_run: bool, output: &Output) -> anyhow::Result<u8> {
    let site = super::super::read_site(global)?;
    let log = super::log(global)?;
    let Notices { sent, failed, unreachable } = send(&site, &log, dry_run)?;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let verb = if dry_run { "would be sent to" } else { "sent to" };
            for letter in &sent {
                let Letter { to, review, .. } = letter;
                writeln!(out, "{review}: {} {verb} {}", letter.occasion.as_str(), plain(&to.to_string()))?;
            }
            for name in &unreachable {
                writeln!(out, "no mail address: {}", plain(name))?;
            }
            if sent.is_empty() && failed.is_empty() { writeln!(out, "nothing is to be sent") } else { Ok(()) }
        }
        Format::Json => {
            let letter = |letter: &Letter| {
                json!({
                    "due": letter.due,
                    "left": letter.left,
                    "occasion": letter.occasion.as_str(),
                    "review": letter.review,
                    "to": letter.to.to_string(),
                })
            };
            let failed: Vec<_> = failed.iter().map(|(failed, _)| letter(failed)).collect();
            let sent: Vec<_> = sent.iter().map(letter).collect();
            document(
                out,
                &json!({
                    "failed": failed,
                    "schema": "tickmark/notices/1",
                    "sent": sent,
                    "unreachable": unreachable,
                }),
            )
        }
    })?;
    for (_, error) in &failed {
        anstream::eprintln!("error: {error:#}");
    }
    Ok(if failed.is_empty() { exit::PASS } else { exit::COULD_NOT_RUN })
}
