//! One module for each format: bytes or rows in, [`record`](crate::record)s out. Pure: no host, no clock.
//!
//! A response that is not of the format at all is a failure; one record that is not is an
//! [`Unread`](crate::record::Unread) in its place.

use tickmark_collector::Datetime;
use tickmark_collector::time::rfc3339;

use crate::record::Unread;

pub mod aws;
pub mod okta;
pub(crate) mod table;

/// The time, where there is one.
fn time(text: Option<&str>) -> Result<Option<Datetime>, Unread> {
    let wrong = |text: &str| {
        let text: String = text.chars().take(100).collect();
        Unread(format!("time `{}` is not RFC 3339", text.escape_debug()))
    };
    text.map(|text| rfc3339(text).ok_or_else(|| wrong(text))).transpose()
}
