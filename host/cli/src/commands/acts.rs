//! What the commands about people's acts share.

use std::io::{self, Write};
use std::path::PathBuf;

use serde_json::json;
use tickmark_engine::site::Site;
use tickmark_engine::{Acting, PersonKeys, Said, authentication};
use tickmark_ledger::Appended;
use tickmark_ledger::acts::Authentication;
use tickmark_report::plain;

use super::control::document;
use crate::args::{Global, Sign};
use crate::invoked_by::invoked_by;

/// Who acts: whoever runs the program, with the keys of people that they bring.
pub fn acting(global: &Global, sign: &Sign) -> anyhow::Result<Acting> {
    let files: Vec<PathBuf> = sign.key.iter().map(|file| global.directory.join(file)).collect();
    Ok(Acting { invoked_by: invoked_by(), keys: PersonKeys::in_files(&files)? })
}

/// The name in which something was just recorded, and whether it is signed.
pub fn by(site: &Site, appended: &Appended, name: &str) -> anyhow::Result<String> {
    let name = name.trim();
    Ok(named(name, &authentication(&site.ledger, appended, name)?))
}

/// A name, and whether it was them.
pub fn named(name: &str, authentication: &Authentication) -> String {
    format!("{} ({})", plain(name), plain(&authentication.to_string()))
}

/// Who did something, and whether it was them.
pub fn said_by(said: &Said) -> String {
    format!("{} ({})", who(said.by.as_deref()), plain(&said.authentication.to_string()))
}

/// A record that was written, for machines.
pub fn appended_document(out: &mut dyn Write, appended: &Appended) -> io::Result<()> {
    let Appended { index, leaf, record, .. } = appended;
    document(out, &json!({ "index": index, "leaf": leaf, "record": record, "schema": "tickmark/appended/1" }))
}

/// Who did something, for machines.
pub fn said(said: &Said) -> serde_json::Value {
    json!({ "at": said.at, "authentication": said.authentication, "by": said.by, "record": said.record })
}

/// Who did something, for people; `erased` where nobody can say any more.
pub fn who(by: Option<&str>) -> String {
    by.map_or_else(|| "erased".to_owned(), plain)
}

/// A number with what it counts.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
