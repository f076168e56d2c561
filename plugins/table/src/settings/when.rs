//! Times that the operator states about the source, or says where the source states them.

use tickmark_collector::{Datetime, Failure, Host, time};

use super::{path, text, wrong};
use crate::convert::{duration, time as times};
use crate::parse::path::Path;

/// A time about the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// As the operator states it.
    Said(Said),
    /// Where the document says it.
    At(Path),
}

/// A time that the operator states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// This one.
    Fixed(Datetime),
    /// So many milliseconds before the judged instant.
    BeforeAsOf(i64),
}

impl Said {
    /// The instant; the first one there is, where it would be before it.
    pub fn instant(self, as_of: Datetime) -> Datetime {
        match self {
            Self::Fixed(at) => at,
            Self::BeforeAsOf(ms) => Datetime::from_ms(as_of.0.saturating_sub(ms)).unwrap_or(Datetime::MIN),
        }
    }
}

/// Reads `as-of`, `as-of-90d`, a time in RFC 3339, a date (its midnight in UTC), or with JSON a path.
pub(super) fn read(host: &dyn Host, setting: &str, json: bool) -> Result<Option<When>, Failure> {
    let Some(text) = text(host, setting) else { return Ok(None) };
    if json && text.starts_with('/') {
        return path(setting, &text).map(|path| Some(When::At(path)));
    }
    let said = match text.strip_prefix("as-of") {
        Some("") => Some(Said::BeforeAsOf(0)),
        Some(back) => {
            let back = back.strip_prefix('-').filter(|back| !back.starts_with('-')).and_then(duration);
            back.map(|back| Said::BeforeAsOf(back.0))
        }
        None => time::rfc3339(&text).or_else(|| midnight(&text)).map(Said::Fixed),
    };
    let expected =
        "as-of, as-of-90d, a time such as 2026-11-20T09:00:00Z, a date, or with json a path such as /meta/from";
    said.map(|said| Some(When::Said(said))).ok_or_else(|| wrong(setting, &text, expected))
}

fn midnight(text: &str) -> Option<Datetime> {
    let zone = times::zone("UTC")?;
    let utc = times::Times { form: times::Form::Iso, zone, zone_name: "UTC".to_owned() };
    utc.read(text).ok().filter(|_| text.len() == "2026-11-20".len())
}
