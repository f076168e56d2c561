//! A clock on the wall of any zone, looked at minute by minute: the slow model of days and local times.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;

/// Milliseconds of a minute.
pub const MINUTE_MS: i64 = 60_000;

/// Zones and days on which something is odd there: midnight left out or shown twice, the day before shown again, a day left out.
pub const ODD: [(&str, Date); 21] = [
    ("UTC", date(2028, 2, 29)),
    ("UTC", date(2100, 2, 28)),
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("America/Santiago", date(2026, 9, 6)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Nuuk", date(2024, 3, 31)),
    ("America/Nuuk", date(2024, 10, 27)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("America/St_Johns", date(2009, 11, 1)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("Antarctica/Casey", date(2010, 3, 5)),
    ("Asia/Beirut", date(2021, 3, 28)),
    ("Asia/Gaza", date(2008, 9, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Pacific/Apia", date(2011, 12, 30)),
];

/// What the clock shows at a minute of UTC since 1970.
pub fn shown(minute: i64, zone: &TimeZone) -> DateTime {
    zone.to_datetime(Timestamp::from_second(minute * 60).unwrap())
}

/// The first minute at which it shows `day` or, where that is left out, a later one.
pub fn first_shown(day: Date, zone: &TimeZone) -> i64 {
    // No zone is further from Greenwich.
    let mut minute = greenwich(day) - 16 * 60;
    while shown(minute, zone).date() < day {
        minute += 1;
    }
    minute
}

/// The minute at which a clock in Greenwich shows the midnight that a day begins with.
pub fn greenwich(day: Date) -> i64 {
    day.to_zoned(TimeZone::UTC).unwrap().timestamp().as_second() / 60
}
