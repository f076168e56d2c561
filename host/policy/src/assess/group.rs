//! Rows that the policies cannot tell apart, decided once by Cedar.
//!
//! Each row is packed into a few words: the values that the policies read, or the truth of their comparisons with the
//! values that are read otherwise. Rows with equal words form a group; Cedar decides its first row. What Cedar could not
//! decide is asked again row by row, because its messages name the row's own values.
//!
//! **Invariant:** equal words, not equal hashes, make a group.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use tickmark_model::{Cells, FactTable, Instant};

use super::Way;
use super::doubts::Source;
use super::judge::{Judge, Verdict};
use super::reading::{Atom, Reading};
use super::tally::{Tally, Told};
use super::term::Bound;
use crate::compile::Compiled;

/// Judges every row of `source`.
pub(super) fn judge(way: Way, judge: &Judge<'_>, compiled: &Compiled, source: &Source<'_>, tally: &mut Tally) {
    let table = source.table;
    let cells = |name: &Option<String>| table.cells(table.fact().column(name.as_ref()?)?);
    let event = cells(&table.fact().event_time);
    let item = cells(&compiled.control.each).filter(|_| tally.happened.is_some());
    let stratum = cells(&compiled.control.stratum).filter(|_| tally.happened.is_some());
    let told = |row| Told {
        event: event.and_then(|cells| cells.key(row)),
        item: item.and_then(|cells| cells.text(row)).map(str::to_owned),
        // A truth value that is not there is none.
        stratum: stratum.filter(|cells| cells.key(row) == Some(1)).and(compiled.control.stratum.clone()),
    };
    let groups = compiled.reading.as_ref().and_then(|reading| groups(way, reading, table, judge.as_of));
    let Some(Groups { of_row, first }) = groups else {
        for row in 0..table.len() {
            tally.add(source, row, told(row), &judge.row(table, row));
        }
        return;
    };
    let verdicts: Vec<Verdict> = first.into_iter().map(|row| judge.row(table, row)).collect();
    for (row, group) in of_row.into_iter().enumerate() {
        match verdicts.get(group as usize) {
            Some(Verdict::Undecided { .. }) | None => tally.add(source, row, told(row), &judge.row(table, row)),
            Some(verdict) => tally.add(source, row, told(row), verdict),
        }
    }
}

pub(super) fn groups(way: Way, reading: &Reading, table: &FactTable, as_of: Instant) -> Option<Groups> {
    let all = table.len();
    match way {
        Way::OneByOne => None,
        Way::EqualValues => Groups::of(&Packing::values(reading, table)?, all, all),
        Way::Truths => Groups::of(&Packing::truths(reading, table, as_of)?, all, all),
        Way::Fastest => {
            // A request costs as much as some forty rows of grouping; so a hundredth of the rows as groups is cheap.
            let cheap = 128 + all / 128;
            Groups::of(&Packing::values(reading, table)?, all, cheap)
                .or_else(|| Groups::of(&Packing::truths(reading, table, as_of)?, all, all))
        }
    }
}

/// What is packed of a row, word by word.
struct Packing<'a> {
    values: Vec<Cells<'a>>,
    truths: Vec<Truth<'a>>,
    parents: Option<&'a FactTable>,
    width: usize,
}

/// Something that is false, true or neither.
enum Truth<'a> {
    Flag(Cells<'a>),
    Has(Cells<'a>),
    Compare(Bound<'a>),
}

/// Two bits for each truth.
const TRUTHS_IN_WORD: usize = 32;

impl<'a> Packing<'a> {
    /// By the values of every column that is read.
    fn values(reading: &Reading, table: &'a FactTable) -> Option<Self> {
        let values = reading.columns.iter().map(|at| table.cells(*at)).collect::<Option<Vec<_>>>()?;
        let truths = values.iter().map(|cells| Truth::Has(*cells)).collect();
        Some(Self::new(values, truths, reading.parents.then_some(table)))
    }

    /// By the truth of the conditions, and the values of columns that are read otherwise.
    fn truths(reading: &Reading, table: &'a FactTable, as_of: Instant) -> Option<Self> {
        let values = reading.values.iter().map(|at| table.cells(*at)).collect::<Option<Vec<_>>>()?;
        let present = values.iter().map(|cells| Some(Truth::Has(*cells)));
        let atoms = reading.atoms.iter().map(|atom| match atom {
            Atom::Flag(at) => table.cells(*at).map(Truth::Flag),
            Atom::Has(at) => table.cells(*at).map(Truth::Has),
            Atom::Compare(comparison) => comparison.bind(table, as_of).map(Truth::Compare),
        });
        let truths = atoms.chain(present).collect::<Option<Vec<_>>>()?;
        Some(Self::new(values, truths, reading.parents.then_some(table)))
    }

    fn new(values: Vec<Cells<'a>>, truths: Vec<Truth<'a>>, parents: Option<&'a FactTable>) -> Self {
        let width = values.len() + truths.len().div_ceil(TRUTHS_IN_WORD) + usize::from(parents.is_some());
        // A word that is always there keeps rows of nothing from being no row.
        Self { values, truths, parents, width: width.max(1) }
    }

    /// Writes the words of row `row` into `words`, which are `width` long.
    fn pack(&self, row: usize, words: &mut [u64]) {
        let mut slots = words.iter_mut();
        let mut put = |word: u64| {
            if let Some(slot) = slots.next() {
                *slot = word;
            }
        };
        for cells in &self.values {
            put(cells.key(row).unwrap_or_default().cast_unsigned());
        }
        for truths in self.truths.chunks(TRUTHS_IN_WORD) {
            put(truths.iter().fold(0, |word, truth| word << 2 | truth.of(row)));
        }
        if let Some(table) = self.parents {
            put(u64::from(table.parents_key(row)));
        }
    }
}

impl Truth<'_> {
    /// 0 false, 1 true, 2 an error.
    fn of(&self, row: usize) -> u64 {
        let truth = match self {
            Self::Flag(cells) => cells.key(row).map(|key| key == 1),
            Self::Has(cells) => Some(cells.key(row).is_some()),
            Self::Compare(bound) => bound.holds(row),
        };
        truth.map_or(2, u64::from)
    }
}

/// The rows of a table, sorted into groups.
pub(super) struct Groups {
    /// The group of each row.
    of_row: Vec<u32>,
    /// The first row of each group.
    pub(super) first: Vec<usize>,
}

impl Groups {
    /// The groups of `rows` rows, or nothing where they would be more than `most`.
    fn of(packing: &Packing<'_>, rows: usize, most: usize) -> Option<Self> {
        let width = packing.width;
        let hasher = RandomState::new();
        let mut index: HashTable<u32> = HashTable::new();
        let mut keys: Vec<u64> = Vec::new();
        let mut groups = Self { of_row: Vec::with_capacity(rows), first: Vec::new() };
        let mut words = vec![0; width];
        let key = |keys: &[u64], group: u32, words: &[u64]| {
            let start = group as usize * width;
            keys.get(start..start + width) == Some(words)
        };
        for row in 0..rows {
            packing.pack(row, &mut words);
            if let Some(last) = groups.of_row.last().copied().filter(|last| key(&keys, *last, &words)) {
                groups.of_row.push(last);
                continue;
            }
            let hash = hasher.hash_one(words.as_slice());
            if let Some(group) = index.find(hash, |group| key(&keys, *group, &words)) {
                groups.of_row.push(*group);
                continue;
            }
            if groups.first.len() >= most {
                return None;
            }
            let group = u32::try_from(groups.first.len()).ok()?;
            keys.extend_from_slice(&words);
            let start = |group: u32| group as usize * width;
            index.insert_unique(hash, group, |group| {
                hasher.hash_one(keys.get(start(*group)..start(*group) + width).unwrap_or_default())
            });
            groups.first.push(row);
            groups.of_row.push(group);
        }
        Some(groups)
    }
}
