//! From records to rows of the fact: excluded, read, or left out with the reason.

use tickmark_collector::{Facts, Failure, Host, Population, Receipt, Summary, Value};

use crate::convert::{ID_BYTES, quoted};
use crate::given::Given;
use crate::keys::Keys;
use crate::plan::{Plan, Planned, Source};
use crate::record::Record;

/// Most rows that cannot be read that are noted one by one.
const NOTED: u64 = 20;

/// The rows of one source, as they are taken.
pub(crate) struct Rows<'h, 's> {
    plan: Plan<'s>,
    facts: Facts<'h>,
    keys: Keys,
    total: u64,
    /// By rule.
    excluded: Vec<u64>,
    unread: u64,
    /// Whether some record has the column, by column.
    seen: Vec<bool>,
    /// Whether there was a record that could be asked.
    asked: bool,
    notes: Vec<String>,
}

/// Which record it is.
#[derive(Clone, Copy)]
pub(crate) struct Which<'w> {
    /// What the source calls its records: `row`, `record` or `line`.
    pub word: &'w str,
    pub number: u64,
    pub receipt: Receipt,
}

impl<'h, 's> Rows<'h, 's> {
    pub fn new(host: &'h dyn Host, plan: Plan<'s>) -> Self {
        let facts = host.fact(&plan.settings.fact.name, &plan.names());
        let (seen, excluded) = (vec![false; plan.columns.len()], vec![0; plan.exclude.len()]);
        Self {
            plan,
            facts,
            keys: Keys::default(),
            total: 0,
            excluded,
            unread: 0,
            seen,
            asked: false,
            notes: Vec::new(),
        }
    }

    /// The records taken so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Takes one record, or why it is none.
    ///
    /// # Errors
    /// As the host's `emit`. A record that cannot be read is noted.
    pub fn take(&mut self, which: Which<'_>, record: Result<Record<'_>, String>) -> Result<(), Failure> {
        self.total += 1;
        let read = record.and_then(|record| self.read(which.number, record));
        match read {
            Ok(None) => Ok(()),
            Ok(Some((id, cells))) => {
                let mut row = self.facts.row(id, &[which.receipt]);
                for (planned, value) in self.plan.columns.iter().zip(cells) {
                    row = row.set(&planned.column.name, value);
                }
                row.push()
            }
            Err(why) => {
                self.unread += 1;
                if self.unread <= NOTED {
                    let separator = if why.starts_with("column ") { "," } else { ":" };
                    self.notes.push(format!("{} {}{separator} {why}", which.word, which.number));
                }
                Ok(())
            }
        }
    }

    /// The id and the cells of one record; nothing where it is excluded.
    fn read(&mut self, number: u64, record: Record<'_>) -> Result<Option<(String, Vec<Value>)>, String> {
        self.asked = true;
        for (seen, planned) in self.seen.iter_mut().zip(&self.plan.columns) {
            if let Source::Place { place, .. } = &planned.from {
                *seen = *seen || record.has(place);
            }
        }
        for ((rule, place), count) in self.plan.exclude.iter().zip(&mut self.excluded) {
            let given = record.get(place);
            let text = if given == Given::Nothing { Some("".into()) } else { given.text() };
            if text.is_some_and(|text| text == rule.value) {
                *count += 1;
                return Ok(None);
            }
        }
        let id = self.id(record)?;
        self.keys.add(&id, number);
        let cells = self.plan.columns.iter().map(|planned| self.cell(planned, record)).collect::<Result<_, _>>()?;
        Ok(Some((id, cells)))
    }

    fn id(&self, record: Record<'_>) -> Result<String, String> {
        let mut parts = Vec::with_capacity(self.plan.key.len());
        for (name, place) in &self.plan.key {
            let given = record.get(place);
            let text = given.text().unwrap_or_default();
            if text.is_empty() || self.plan.settings.words.nothings.contains(text.as_ref()) {
                let what = if given.text().is_some() { "nothing" } else { given.what() };
                return Err(format!("column {}: it is {what}, and names the row", quoted(name)));
            }
            // With one part there is nothing to keep apart.
            parts.push(match self.plan.key.len() {
                1 => text.into_owned(),
                _ => text.replace('%', "%25").replace('/', "%2F"),
            });
        }
        let id = parts.join("/");
        if id.len() > ID_BYTES { Err(format!("a key of {} bytes, limit is {ID_BYTES}", id.len())) } else { Ok(id) }
    }

    fn cell(&self, planned: &Planned<'_>, record: Record<'_>) -> Result<Value, String> {
        let (name, place) = match &planned.from {
            Source::Constant(value) => return Ok((*value).clone()),
            Source::Place { name, place, .. } => (name, place),
        };
        let value = self.plan.settings.words.value(planned.column, &record.get(place));
        let value = value.map_err(|why| format!("column {}: {why}", quoted(name)))?;
        if value == Value::Absent && planned.column.required {
            return Err(format!("column {}: it is empty, and `{}` is required", quoted(name), planned.column.name));
        }
        Ok(value)
    }

    /// Ends the fact with what the source says about its rows; `word` is what it calls them.
    ///
    /// # Errors
    /// `invalid`, where two rows have the same key, or no record has a column that was named; as the host's `emit`.
    pub fn finish(mut self, word: &str, population: Population) -> Result<Summary, Failure> {
        if let Some((first, again)) = self.keys.twice() {
            let names: Vec<String> = self.plan.key.iter().map(|(name, _)| quoted(name)).collect();
            let message =
                format!("{word} {first} and {word} {again} have the same key in column {}", names.join(" + "));
            return Err(Failure::invalid(message));
        }
        let mut nowhere = self.plan.nowhere.clone();
        for (planned, seen) in self.plan.columns.iter().zip(&self.seen) {
            if let (Source::Place { name, needed, .. }, false, true) = (&planned.from, *seen, self.asked) {
                if *needed {
                    let (name, column) = (quoted(name), &planned.column.name);
                    let message =
                        format!("no {word} has {name}; if that may be so, write columns = [\"{column}?=...\"]");
                    return Err(Failure::invalid(message));
                }
                nowhere.push(&planned.column.name);
            }
        }
        if let Some(more) = self.unread.checked_sub(NOTED).filter(|more| *more > 0) {
            self.notes.push(format!("{more} more cannot be read"));
        }
        if !nowhere.is_empty() {
            self.notes.push(format!("the source does not say: {}", nowhere.join(", ")));
        }
        let excluded: u64 = self.excluded.iter().sum();
        let mut population = population;
        if excluded > 0 {
            let rules = self.plan.exclude.iter().zip(&self.excluded).filter(|(_, count)| **count > 0);
            let rules: Vec<String> = rules
                .map(|((rule, _), count)| format!("{} is {} ({count})", quoted(&rule.column), quoted(&rule.value)))
                .collect();
            population = population.excluding(excluded, &rules.join(", "));
        }
        let claim = self.facts.finish(population)?;
        Ok(self.notes.into_iter().fold(Summary::new(), Summary::note).population(claim))
    }
}
