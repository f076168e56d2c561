//! The calendar of the place of work.

use std::collections::BTreeSet;

use tickmark_collector::{Failure, Host, Value};

use super::read;
use crate::calendar::{Calendar, Days, Hours, Slot, Zone, number_of, weekday};

const WEEK: [&str; 5] = ["Mon", "Tue", "Wed", "Thu", "Fri"];

pub(super) fn read(host: &dyn Host) -> Result<Calendar, Failure> {
    let zone = host.setting("time_zone");
    let name = zone.as_text().unwrap_or_default();
    let zone = Zone::named(name)
        .ok_or_else(|| read::wrong("time_zone", name, "a name of the IANA database such as `Europe/Berlin`"))?;
    let days = read::texts_or(host, "business_days", &WEEK)?;
    let business_days: Option<BTreeSet<i8>> = days.iter().map(|day| weekday(day).map(number_of)).collect();
    let business_days = business_days.filter(|days| !days.is_empty()).ok_or_else(|| {
        let days: Vec<&str> = days.iter().map(String::as_str).collect();
        read::wrong("business_days", &days.join(", "), "at least one of Mon, Tue, Wed, Thu, Fri, Sat, Sun")
    })?;
    let last_days = read::number(host, "blackout_last_days", 3, 31)?;
    Ok(Calendar {
        zone,
        business_days,
        business_hours: hours(host)?,
        holidays: days_of(host, "holidays")?,
        blackouts: days_of(host, "blackouts")?,
        blackout_last_days: u8::try_from(last_days).unwrap_or(u8::MAX),
        change_windows: read::each(
            host,
            "change_windows",
            "a weekday and times such as `Tue 20:00-23:00`",
            Slot::read,
        )?,
    })
}

fn hours(host: &dyn Host) -> Result<Hours, Failure> {
    let value = host.setting("business_hours");
    let text = match &value {
        Value::Absent => "09:00-17:00",
        value => value.as_text().unwrap_or_default(),
    };
    Hours::read(text).ok_or_else(|| read::wrong("business_hours", text, "times of one day such as `09:00-17:00`"))
}

fn days_of(host: &dyn Host, setting: &str) -> Result<Days, Failure> {
    let texts = read::texts(host, setting)?.unwrap_or_default();
    Days::read(texts.iter().map(String::as_str)).map_err(|text| {
        read::wrong(setting, text, "dates such as `2026-12-24` or spans such as `2026-12-24..2027-01-02`")
    })
}
