//! The calendar against a slow model: a clock that is moved minute by minute, over whole years and over every change that
//! the zones made in them, without a library of dates.
//!
//! The changes are those of the IANA database: each is an instant in UTC and how far the wall clock is moved at it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;
use tickmark_change::calendar::{Calendar, Days, Hours, Slot, Zone};

const MINUTE_MS: i64 = 60_000;
const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// What the wall shows. Ordered as a calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Wall {
    year: i32,
    month: u8,
    day: u8,
    minute: u16,
    /// Monday is 1.
    weekday: u8,
}

impl Wall {
    fn days_in_month(self) -> u8 {
        match self.month {
            2 if self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    fn forward(&mut self) {
        self.minute += 1;
        if self.minute == 1_440 {
            self.minute = 0;
            self.weekday = self.weekday % 7 + 1;
            self.day += 1;
            if self.day > self.days_in_month() {
                (self.day, self.month) = (1, self.month + 1);
                if self.month > 12 {
                    (self.month, self.year) = (1, self.year + 1);
                }
            }
        }
    }

    /// Back within a year; before midnight comes the last minute of the day before.
    fn back(&mut self) {
        if self.minute == 0 {
            self.minute = 1_440;
            self.weekday = (self.weekday + 5) % 7 + 1;
            (self.month, self.day) = match self.day {
                1 => (self.month - 1, Self { month: self.month - 1, ..*self }.days_in_month()),
                day => (self.month, day - 1),
            };
        }
        self.minute -= 1;
    }

    fn date(self) -> (i32, u8, u8) {
        (self.year, self.month, self.day)
    }

    fn text(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A zone over some time: what the wall shows at each minute from `start` on, which is a minute of UTC since 1970.
struct Model {
    name: &'static str,
    start: i64,
    walls: Vec<Wall>,
    /// The minutes at which the clock was moved.
    changes: Vec<usize>,
}

impl Model {
    /// The clock starts at what it showed at `start`; `changes` are minutes after the start and how far it is moved then.
    fn new(name: &'static str, start: i64, first: Wall, days: i64, changes: &[(i64, i64)]) -> Self {
        let mut wall = first;
        let mut walls = Vec::new();
        for minute in 0..days * 1_440 {
            if minute > 0 {
                wall.forward();
            }
            if let Some((_, by)) = changes.iter().find(|(at, _)| *at == minute) {
                (0..*by).for_each(|_| wall.forward());
                (*by..0).for_each(|_| wall.back());
            }
            walls.push(wall);
        }
        let changes = changes.iter().map(|(at, _)| usize::try_from(*at).unwrap()).collect();
        Self { name, start, walls, changes }
    }

    fn at_ms(&self, minute: usize) -> i64 {
        (self.start + minute as i64) * MINUTE_MS
    }
}

/// The first minute of a year in UTC, counted day by day.
fn minutes_until(year: i32) -> i64 {
    let mut wall = Wall { year: 1970, month: 1, day: 1, minute: 0, weekday: 4 };
    let mut days = 0;
    while wall.year < year {
        wall.minute = 1_439;
        wall.forward();
        days += 1;
    }
    days * 1_440
}

/// Minutes from the first of January to a time of UTC in the same year.
fn of_year(year: i32, month: u8, day: u8, hour: i64, minute: i64) -> i64 {
    let mut wall = Wall { year, month: 1, day: 1, minute: 0, weekday: 1 };
    let mut days = 0;
    while (wall.month, wall.day) != (month, day) {
        wall.minute = 1_439;
        wall.forward();
        days += 1;
    }
    days * 1_440 + hour * 60 + minute
}

/// The zones of 2024, a leap year; two that set their clocks at midnight in other years, and Samoa when it left out a day.
static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let start = minutes_until(2024);
    let at = |month, day, hour, minute| of_year(2024, month, day, hour, minute);
    // 2024-01-01 is a Monday; west of Greenwich it is still Sunday there.
    let monday = |minute| Wall { year: 2024, month: 1, day: 1, minute, weekday: 1 };
    let sunday = |minute| Wall { year: 2023, month: 12, day: 31, minute, weekday: 7 };
    let year = 366;
    vec![
        Model::new("UTC", start, monday(0), year, &[]),
        Model::new("Asia/Kolkata", start, monday(330), year, &[]),
        Model::new("Europe/Berlin", start, monday(60), year, &[(at(3, 31, 1, 0), 60), (at(10, 27, 1, 0), -60)]),
        Model::new("America/New_York", start, sunday(1_140), year, &[(at(3, 10, 7, 0), 60), (at(11, 3, 6, 0), -60)]),
        // By half an hour.
        Model::new("Australia/Lord_Howe", start, monday(660), year, &[(at(4, 6, 15, 0), -30), (at(10, 5, 15, 30), 30)]),
        // At midnight, both ways: the day starts at 01:00, and another has 25 hours.
        Model::new("Africa/Cairo", start, monday(120), year, &[(at(4, 25, 22, 0), 60), (at(10, 31, 21, 0), -60)]),
        // At midnight, and back to midnight: the same day starts twice.
        Model::new("America/Havana", start, sunday(1_140), year, &[(at(3, 10, 5, 0), 60), (at(11, 3, 5, 0), -60)]),
        // At midnight, back to the evening before; and at midnight, forward.
        Model::new(
            "America/Sao_Paulo",
            minutes_until(2018),
            Wall { year: 2017, month: 12, day: 31, minute: 1_320, weekday: 7 },
            365,
            &[(of_year(2018, 2, 18, 2, 0), -60), (of_year(2018, 11, 4, 3, 0), 60)],
        ),
        Model::new(
            "Asia/Beirut",
            minutes_until(2021),
            Wall { year: 2021, month: 1, day: 1, minute: 120, weekday: 5 },
            365,
            &[(of_year(2021, 3, 27, 22, 0), 60), (of_year(2021, 10, 30, 21, 0), -60)],
        ),
        // From the evening of the 29th of December, a Thursday, to the morning of the 31st.
        Model::new(
            "Pacific/Apia",
            minutes_until(2011) + of_year(2011, 12, 1, 10, 0),
            Wall { year: 2011, month: 12, day: 1, minute: 0, weekday: 4 },
            62,
            &[(29 * 1_440, 1_440)],
        ),
    ]
});

/// What the settings say, as the model reads it.
#[derive(Clone, Debug)]
struct Rules {
    business_days: BTreeSet<u8>,
    hours: (u16, u16),
    last_days: u8,
    /// Dates as texts; sorted texts of one form are sorted dates.
    holidays: Vec<(String, String)>,
    /// Day of the week, from and to; to the next day where it does not end later.
    windows: Vec<(u8, u16, u16)>,
}

impl Rules {
    fn usual() -> Self {
        Self {
            business_days: (1..=5).collect(),
            hours: (540, 1_020),
            last_days: 3,
            holidays: vec![("2024-02-28".into(), "2024-03-01".into()), ("2024-12-24".into(), "2025-01-01".into())],
            windows: vec![(2, 1_200, 1_380), (6, 1_320, 120), (7, 60, 240)],
        }
    }

    fn calendar(&self, zone: &str) -> Calendar {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let holidays: Vec<String> = self.holidays.iter().map(|(first, last)| format!("{first}..{last}")).collect();
        let window = |(day, from, to): &(u8, u16, u16)| {
            Slot::read(&format!("{} {}-{}", NAMES[usize::from(*day) - 1], time(*from), time(*to))).unwrap()
        };
        Calendar {
            zone: Zone::named(zone).unwrap(),
            business_days: self.business_days.iter().map(|day| *day as i8).collect(),
            business_hours: Hours::read(&format!("{}-{}", time(self.hours.0), time(self.hours.1))).unwrap(),
            holidays: Days::read(holidays.iter().map(String::as_str)).unwrap(),
            blackouts: Days::default(),
            blackout_last_days: self.last_days,
            change_windows: self.windows.iter().map(window).collect(),
        }
    }

    fn is_holiday(&self, wall: Wall) -> bool {
        self.holidays.iter().any(|(first, last)| (first.as_str()..=last.as_str()).contains(&wall.text().as_str()))
    }

    fn is_business_day(&self, wall: Wall) -> bool {
        self.business_days.contains(&wall.weekday) && !self.is_holiday(wall)
    }

    fn in_business_hours(&self, wall: Wall) -> bool {
        self.is_business_day(wall) && self.hours.0 <= wall.minute && wall.minute < self.hours.1
    }

    fn in_blackout(&self, wall: Wall) -> bool {
        wall.days_in_month() - wall.day < self.last_days || self.is_holiday(wall)
    }

    fn in_change_window(&self, wall: Wall) -> bool {
        let yesterday = (wall.weekday + 5) % 7 + 1;
        self.windows.iter().any(|(day, from, to)| {
            if from < to {
                *day == wall.weekday && *from <= wall.minute && wall.minute < *to
            } else {
                (*day == wall.weekday && *from <= wall.minute) || (*day == yesterday && wall.minute < *to)
            }
        })
    }

    /// Minute by minute, until a day is over after `days` more business days have begun.
    fn deadline(&self, walls: &[Wall], from: usize, days: u32) -> Option<usize> {
        let mut left = days;
        for minute in from + 1..walls.len() {
            if walls[minute].date() != walls[minute - 1].date() {
                if left == 0 {
                    return Some(minute);
                }
                left -= u32::from(self.is_business_day(walls[minute]));
            }
        }
        None
    }

    fn check(&self, calendar: &Calendar, model: &Model, minute: usize) {
        let (at, wall) = (model.at_ms(minute), model.walls[minute]);
        let said = (calendar.in_business_hours(at), calendar.in_blackout(at), calendar.in_change_window(at));
        let wanted = (self.in_business_hours(wall), self.in_blackout(wall), self.in_change_window(wall));
        assert_eq!(said, wanted, "{} {wall:?}", model.name);
    }
}

fn every_minute_of(zone: &str) {
    let model = MODELS.iter().find(|model| model.name == zone).unwrap();
    let rules = Rules::usual();
    let calendar = rules.calendar(zone);
    (0..model.walls.len()).for_each(|minute| rules.check(&calendar, model, minute));
    // What is true of a minute is true of all of it.
    for second in [1, 59] {
        let minute = model.walls.len() / 2;
        let at = model.at_ms(minute) + second * 1_000 + 999;
        assert_eq!(calendar.in_business_hours(at), rules.in_business_hours(model.walls[minute]));
    }
}

#[test]
fn every_minute_of_a_leap_year_agrees_without_summer_time() {
    every_minute_of("UTC");
    every_minute_of("Asia/Kolkata");
}

#[test]
fn every_minute_of_a_leap_year_agrees_with_summer_time_by_night() {
    every_minute_of("Europe/Berlin");
    every_minute_of("America/New_York");
    every_minute_of("Australia/Lord_Howe");
}

#[test]
fn every_minute_of_a_year_agrees_where_midnight_is_skipped_or_comes_twice() {
    every_minute_of("Africa/Cairo");
    every_minute_of("America/Havana");
    every_minute_of("America/Sao_Paulo");
    every_minute_of("Asia/Beirut");
}

#[test]
fn every_minute_agrees_where_a_day_is_left_out() {
    every_minute_of("Pacific/Apia");
}

#[test]
fn a_deadline_is_the_end_of_a_business_day() {
    let calendar = Rules { holidays: vec![("2024-05-01".into(), "2024-05-01".into())], ..Rules::usual() }
        .calendar("Europe/Berlin");
    let check = |from: &str, days: u32, due: &str| {
        let read = |text| tickmark_collector::time::rfc3339(text).unwrap().0;
        let found = calendar.deadline_ms(read(from), days).unwrap();
        assert_eq!(tickmark_collector::time::text(tickmark_collector::Datetime(found)), due, "{from} {days}");
    };
    // Thursday; Friday evening and Saturday; before the first of May; over the night in which the clock is set.
    check("2024-04-25T10:00:00Z", 1, "2024-04-26T22:00:00Z");
    check("2024-04-26T20:00:00Z", 1, "2024-04-29T22:00:00Z");
    check("2024-04-27T10:00:00Z", 1, "2024-04-29T22:00:00Z");
    check("2024-04-30T10:00:00Z", 1, "2024-05-02T22:00:00Z");
    check("2024-04-30T10:00:00Z", 0, "2024-04-30T22:00:00Z");
    check("2024-10-25T10:00:00Z", 1, "2024-10-28T23:00:00Z");
    check("2024-02-27T23:30:00Z", 2, "2024-03-01T23:00:00Z");
}

#[test]
fn there_is_no_deadline_without_business_days() {
    let holidays = vec![("2020-01-01".into(), "2040-01-01".into())];
    let calendar = Rules { holidays, ..Rules::usual() }.calendar("UTC");
    assert_eq!(calendar.deadline_ms(1_700_000_000_000, 1), None);
    assert_eq!(calendar.deadline_ms(i64::MAX, 1), None);
    assert!(!calendar.in_business_hours(i64::MAX) && !calendar.in_blackout(i64::MIN));
}

#[test]
fn zones_are_known_by_name() {
    for (name, known) in
        [("Europe/Berlin", true), ("utc", true), ("Mars/Olympus", false), ("", false), ("../etc", false)]
    {
        assert_eq!(Zone::named(name).is_some(), known, "{name}");
    }
}

fn rules() -> impl Strategy<Value = Rules> {
    let span = (1_u8..=12, 1_u8..=28, 0_u8..3).prop_map(|(month, day, more)| {
        let date = |day: u8| format!("2024-{month:02}-{:02}", day.min(28));
        (date(day), date(day + more))
    });
    let hours = (0_u16..1_439, 1_u16..600).prop_map(|(from, long)| (from, (from + long).min(1_440)));
    (
        proptest::collection::btree_set(1_u8..=7, 1..=7),
        hours,
        0_u8..=31,
        proptest::collection::vec(span, 0..6),
        proptest::collection::vec((1_u8..=7, 0_u16..1_440, 0_u16..=1_440), 0..4),
    )
        .prop_map(|(business_days, hours, last_days, holidays, windows)| Rules {
            business_days,
            hours,
            last_days,
            holidays,
            windows,
        })
}

proptest! {
    #[test]
    fn any_rules_agree_with_the_clock_at_any_minute(
        rules in rules(), zone in 0_usize..10, minutes in proptest::collection::vec(0.0_f64..1.0, 10), days in 0_u32..8,
    ) {
        let model = &MODELS[zone];
        let calendar = rules.calendar(model.name);
        for part in minutes {
            let minute = (part * model.walls.len() as f64) as usize;
            rules.check(&calendar, model, minute);
            if let Some(due) = rules.deadline(&model.walls, minute, days) {
                prop_assert_eq!(calendar.deadline_ms(model.at_ms(minute), days), Some(model.at_ms(due)), "{} {:?} {}", model.name, model.walls[minute], days);
            }
        }
    }

    /// Around every time that the clock is set, where a mistake would be.
    #[test]
    fn any_rules_agree_with_the_clock_around_changes(rules in rules(), zone in 2_usize..10, near in -3_000_i64..3_000, days in 0_u32..4) {
        let model = &MODELS[zone];
        let calendar = rules.calendar(model.name);
        for at in &model.changes {
            let minute = usize::try_from((*at as i64 + near).max(0)).unwrap().min(model.walls.len() - 1);
            rules.check(&calendar, model, minute);
            if let Some(due) = rules.deadline(&model.walls, minute, days) {
                prop_assert_eq!(calendar.deadline_ms(model.at_ms(minute), days), Some(model.at_ms(due)));
            }
        }
    }
}
