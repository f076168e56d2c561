//! Employments, by employee number and by e-mail address.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::Datetime;
use tickmark_collector::given::{Given, Row};

use crate::clock::end_of_last_day;
use crate::settings::Settings;

/// One employment of one person.
#[derive(Clone, Debug)]
pub(crate) struct Employment {
    /// Its row's id, which stands once in all sources together with the source's name.
    pub id: String,
    pub number: String,
    pub name: Option<String>,
    pub employment_type: Option<String>,
    pub started_at: Datetime,
    pub ended_at: Option<Datetime>,
    /// When the clock starts.
    pub left_at: Option<Datetime>,
    pub recorded_at: Option<Datetime>,
}

/// Whether a person works here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Employed {
    Active,
    NotYet,
    Left,
}

impl Employed {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NotYet => "not-yet",
            Self::Left => "left",
        }
    }
}

/// All employments.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// By number; each person's in the order in which they started.
    by_number: BTreeMap<String, Vec<Employment>>,
    /// Numbers by address, in small letters.
    by_email: BTreeMap<String, BTreeSet<String>>,
    /// Addresses by number, in small letters.
    emails: BTreeMap<String, BTreeSet<String>>,
    /// Rows that say less than is needed.
    pub unreadable: Vec<String>,
}

impl People {
    pub fn read(given: &Given, settings: &Settings) -> Self {
        let mut people = Self::default();
        for row in &given.rows {
            match employment(row, given, settings) {
                Some(employment) => {
                    if let Some(email) = row.text("email") {
                        people.by_email.entry(small(email)).or_default().insert(employment.number.clone());
                        people.emails.entry(employment.number.clone()).or_default().insert(small(email));
                    }
                    people.by_number.entry(employment.number.clone()).or_default().push(employment);
                }
                None => people.unreadable.push(row.id.clone()),
            }
        }
        for employments in people.by_number.values_mut() {
            employments.sort_by(|a, b| (a.started_at, &a.id).cmp(&(b.started_at, &b.id)));
        }
        people
    }

    /// The employments of a person, in the order in which they started.
    pub fn of(&self, number: &str) -> &[Employment] {
        self.by_number.get(number).map_or(&[], Vec::as_slice)
    }

    /// Each person's employments.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[Employment])> {
        self.by_number.iter().map(|(number, employments)| (number.as_str(), employments.as_slice()))
    }

    /// The number as it is kept; nothing where nobody has it.
    pub fn number(&self, number: &str) -> Option<&str> {
        self.by_number.get_key_value(number).map(|(number, _)| number.as_str())
    }

    /// The numbers of those with this address.
    pub fn with_email(&self, email: &str) -> Vec<&str> {
        self.by_email.get(&small(email)).into_iter().flatten().map(String::as_str).collect()
    }

    /// Addresses of a person, in small letters.
    pub fn emails_of(&self, number: &str) -> impl Iterator<Item = &str> {
        self.emails.get(number).into_iter().flatten().map(String::as_str)
    }

    pub fn name_of(&self, number: &str) -> Option<&str> {
        self.of(number).last()?.name.as_deref()
    }

    /// Whether this person works here at `at`; nothing where nobody has this number.
    pub fn employed(&self, number: &str, at: Datetime) -> Option<Employed> {
        let employments = self.by_number.get(number)?;
        let is_active = |it: &Employment| it.started_at <= at && it.left_at.is_none_or(|left| at < left);
        Some(if employments.iter().any(is_active) {
            Employed::Active
        } else if employments.iter().any(|it| at < it.started_at) {
            Employed::NotYet
        } else {
            Employed::Left
        })
    }
}

fn employment(row: &Row, given: &Given, settings: &Settings) -> Option<Employment> {
    let ended_at = row.datetime("ended_at");
    let source = given.sources.get(row.source)?;
    let several = given.sources.len() > 1;
    Some(Employment {
        id: if several { format!("{}/{}/{}", source.system, source.collector, row.id) } else { row.id.clone() },
        number: row.text("employee_number").map(str::trim).filter(|number| !number.is_empty())?.to_owned(),
        name: row.text("name").map(str::to_owned),
        employment_type: row.text("employment_type").map(str::to_owned),
        started_at: row.datetime("started_at")?,
        ended_at,
        left_at: ended_at.map(|at| if settings.last_day { end_of_last_day(at, &settings.zone) } else { at }),
        recorded_at: row.datetime("recorded_at"),
    })
}

/// As addresses and logins are compared.
pub(crate) fn small(text: &str) -> String {
    text.trim().to_lowercase()
}
