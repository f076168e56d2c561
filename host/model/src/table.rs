//! All rows of one fact from one collection, kept column by column.
//!
//! A million rows of six cells fit in some tens of megabytes: numbers stand as they are, everything else is a code into
//! a dictionary. Equal cells have equal keys, which is what grouping needs.
//!
//! **Invariant:** every row has passed the checks of [`FactTable::push`], so a reader need not check again.

mod dictionary;
mod sorted;

use std::fmt;
use std::sync::Arc;

use crate::descriptor::{CedarType, Column, Fact, Shape};
use crate::value::{Decimal4, EntityRef, Scalar, Value, ValueError};
use dictionary::{Dictionary, Strings};
pub use sorted::SortedRows;

/// Bounds on one row, in bytes or items. A row beyond one of them is a contract violation.
pub mod limits {
    /// Longest entity id, in bytes.
    pub const ID_BYTES: usize = 1_024;
    /// Longest text, in bytes.
    pub const TEXT_BYTES: usize = 65_536;
    /// Most elements of one set.
    pub const SET_ITEMS: usize = 10_000;
    /// Most parents of one row.
    pub const PARENTS: usize = 1_000;
    /// Most receipts of one row.
    pub const RECEIPTS: usize = 1_000;
    /// Most rows of one fact.
    pub const ROWS: usize = 10_000_000;
}

/// One row as it arrives: cells are positional, in the order of a [`Layout`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The entity's id within the fact's kind.
    pub id: String,
    /// The groups it belongs to.
    pub parents: Vec<EntityRef>,
    /// One cell for each column of the layout.
    pub cells: Vec<Value>,
    /// The host responses that it was read from, by ordinal; at least one.
    pub receipts: Vec<u32>,
}

/// Which columns the cells of a batch stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// For each declared column: the position of its cell, if the batch has it.
    cell_of: Vec<Option<usize>>,
    width: usize,
}

/// Why a row or batch is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what the fields are")]
pub enum RowError {
    #[error("fact `{fact}` has no column `{column}`")]
    UnknownColumn { fact: String, column: String },
    #[error("column `{0}` is named twice in one batch")]
    RepeatedColumn(String),
    #[error("row has {value} cells, its batch names {bound} columns")]
    Width { value: usize, bound: usize },
    #[error("row `{id}`: required column `{column}` is absent")]
    Missing { id: String, column: String },
    #[error("row `{id}`: column `{column}` is declared {declared}, the cell is {found}")]
    Type { id: String, column: String, declared: String, found: String },
    #[error("row `{id}`: column `{column}`: {cause}")]
    Value { id: String, column: String, cause: ValueError },
    #[error("row `{id}`: column `{column}` has {value} {unit}, limit is {bound}")]
    Size { id: String, column: String, value: usize, unit: &'static str, bound: usize },
    #[error("row id of {value} bytes, limit is 1 to {bound}")]
    IdSize { value: usize, bound: usize },
    #[error("row `{id}` is of kind `{found}`, fact `{fact}` declares `{declared}`")]
    Kind { id: String, found: String, fact: String, declared: String },
    #[error("row `{id}` is there twice")]
    Duplicate { id: String },
    #[error("row `{id}`: parent kind `{kind}` is not declared")]
    ParentKind { id: String, kind: String },
    #[error("row `{id}` has {value} {what}, limit is {bound}")]
    Count { id: String, value: usize, what: &'static str, bound: usize },
    #[error("row `{id}` names no receipt, so nothing shows where it was read")]
    NoReceipt { id: String },
    #[error("fact `{fact}` has more than {bound} rows")]
    Rows { fact: String, bound: usize },
}

/// The cells of one column.
#[derive(Clone, Debug)]
enum Store {
    /// 0 false, 1 true, 2 absent.
    Boolean(Vec<u8>),
    /// The number itself; absent rows hold 0 and are listed in the bitmap.
    Number { cells: Vec<i64>, absent: Bitmap },
    /// A code into the strings, shifted by one; 0 is absent.
    Text { codes: Vec<u32>, strings: Strings },
    /// A code into the dictionary, shifted by one; 0 is absent.
    Set { codes: Vec<u32>, sets: Dictionary<Vec<Scalar>> },
}

impl Store {
    fn push(&mut self, cell: Value, declared: &Column) -> Result<(), Refusal> {
        match (self, cell) {
            (Self::Boolean(cells), Value::Absent) => cells.push(2),
            (Self::Boolean(cells), Value::One(Scalar::Boolean(b))) => cells.push(u8::from(b)),
            (Self::Number { cells, absent }, Value::Absent) => {
                absent.set(cells.len());
                cells.push(0);
            }
            (Self::Number { cells, .. }, Value::One(scalar)) => {
                let scalar = admit(scalar, declared)?;
                match scalar {
                    Scalar::Long(n) | Scalar::Datetime(n) | Scalar::Duration(n) => cells.push(n),
                    Scalar::Decimal(units) => cells.push(units.0),
                    other => return Err(Refusal::Type(kind_of(&other))),
                }
            }
            (Self::Text { codes, .. } | Self::Set { codes, .. }, Value::Absent) => codes.push(0),
            (Self::Text { codes, strings }, Value::One(scalar)) => match admit(scalar, declared)? {
                Scalar::Text(text) | Scalar::Ip(text) => codes.push(strings.intern(&text) + 1),
                Scalar::Entity(entity) => codes.push(strings.intern(&entity.id) + 1),
                other => return Err(Refusal::Type(kind_of(&other))),
            },
            (Self::Set { codes, sets }, Value::SetOf(items)) => {
                if items.len() > limits::SET_ITEMS {
                    let value = items.len();
                    return Err(Refusal::Size { value, unit: "elements", bound: limits::SET_ITEMS });
                }
                let admitted: Result<Vec<Scalar>, Refusal> =
                    items.into_iter().map(|item| admit(item, declared)).collect();
                let mut items = admitted?;
                items.sort();
                items.dedup();
                codes.push(sets.intern(items) + 1);
            }
            (_, Value::One(scalar)) => return Err(Refusal::Type(kind_of(&scalar))),
            (_, Value::SetOf(_)) => return Err(Refusal::Type("a set".to_owned())),
        }
        Ok(())
    }
}

/// The scalar in canonical form, if it is of the declared type and within the bounds.
fn admit(scalar: Scalar, declared: &Column) -> Result<Scalar, Refusal> {
    let fits = match (&scalar, declared.ty) {
        (Scalar::Boolean(_), CedarType::Boolean)
        | (Scalar::Long(_), CedarType::Long)
        | (Scalar::Text(_), CedarType::Text)
        | (Scalar::Decimal(_), CedarType::Decimal)
        | (Scalar::Ip(_), CedarType::Ip)
        | (Scalar::Datetime(_), CedarType::Datetime)
        | (Scalar::Duration(_), CedarType::Duration) => true,
        (Scalar::Entity(entity), CedarType::Entity) => declared.entity_kind.as_ref() == Some(&entity.kind),
        _ => false,
    };
    if !fits {
        return Err(Refusal::Type(kind_of(&scalar)));
    }
    let size = |value: usize, bound| {
        if value > bound { Err(Refusal::Size { value, unit: "bytes", bound }) } else { Ok(()) }
    };
    match &scalar {
        Scalar::Text(text) => size(text.len(), limits::TEXT_BYTES)?,
        Scalar::Entity(entity) => size(entity.id.len(), limits::ID_BYTES)?,
        _ => {}
    }
    scalar.canonical().map_err(Refusal::Value)
}

/// What a refused scalar is, in words.
fn kind_of(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Boolean(_) => "boolean".to_owned(),
        Scalar::Long(_) => "long".to_owned(),
        Scalar::Text(_) => "text".to_owned(),
        Scalar::Decimal(_) => "decimal".to_owned(),
        Scalar::Ip(_) => "ip".to_owned(),
        Scalar::Datetime(_) => "datetime".to_owned(),
        Scalar::Duration(_) => "duration".to_owned(),
        Scalar::Entity(entity) => format!("entity {}", entity.kind),
    }
}

#[derive(Clone, Debug, Default)]
struct Bitmap(Vec<u64>);

impl Bitmap {
    fn set(&mut self, at: usize) {
        let word = at / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (at % 64);
        }
    }

    fn get(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|bits| bits & (1 << (at % 64)) != 0)
    }
}

/// All rows of one fact from one collection.
#[derive(Clone, Debug)]
pub struct FactTable {
    fact: Arc<Fact>,
    ids: Strings,
    parents: Vec<u32>,
    parent_sets: Dictionary<Vec<EntityRef>>,
    receipts: Vec<u32>,
    receipt_sets: Dictionary<Vec<u32>>,
    columns: Vec<Store>,
}

impl FactTable {
    /// An empty table for `fact`.
    #[must_use]
    pub fn new(fact: Arc<Fact>) -> Self {
        let columns = fact
            .columns
            .iter()
            .map(|column| match (column.shape, column.ty) {
                (Shape::SetOf, _) => Store::Set { codes: Vec::new(), sets: Dictionary::default() },
                (Shape::One, CedarType::Boolean) => Store::Boolean(Vec::new()),
                (Shape::One, CedarType::Text | CedarType::Ip | CedarType::Entity) => {
                    Store::Text { codes: Vec::new(), strings: Strings::default() }
                }
                (Shape::One, _) => Store::Number { cells: Vec::new(), absent: Bitmap::default() },
            })
            .collect();
        Self {
            fact,
            ids: Strings::default(),
            parents: Vec::new(),
            parent_sets: Dictionary::default(),
            receipts: Vec::new(),
            receipt_sets: Dictionary::default(),
            columns,
        }
    }

    /// The declaration that every row conforms to.
    #[must_use]
    pub fn fact(&self) -> &Arc<Fact> {
        &self.fact
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// Which declared column each cell of a batch stands for.
    ///
    /// # Errors
    /// [`RowError::UnknownColumn`] and [`RowError::RepeatedColumn`].
    pub fn layout<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Result<Layout, RowError> {
        let mut layout = Layout { cell_of: vec![None; self.fact.columns.len()], width: 0 };
        for (cell, name) in names.into_iter().enumerate() {
            let slot = self
                .fact
                .column(name)
                .and_then(|at| layout.cell_of.get_mut(at))
                .ok_or_else(|| RowError::UnknownColumn { fact: self.fact.name.clone(), column: name.to_owned() })?;
            if slot.replace(cell).is_some() {
                return Err(RowError::RepeatedColumn(name.to_owned()));
            }
            layout.width = cell + 1;
        }
        Ok(layout)
    }

    /// Checks one row and adds it.
    ///
    /// # Errors
    /// A [`RowError`] that names row, column, value and bound. The table is then not to be used any more: what a
    /// collector emitted counts as a whole or not at all.
    pub fn push(&mut self, layout: &Layout, row: Row) -> Result<(), RowError> {
        let Row { id, mut parents, cells, mut receipts } = row;
        if self.len() >= limits::ROWS {
            return Err(RowError::Rows { fact: self.fact.name.clone(), bound: limits::ROWS });
        }
        if cells.len() != layout.width {
            return Err(RowError::Width { value: cells.len(), bound: layout.width });
        }
        if id.is_empty() || id.len() > limits::ID_BYTES {
            return Err(RowError::IdSize { value: id.len(), bound: limits::ID_BYTES });
        }
        if receipts.is_empty() {
            return Err(RowError::NoReceipt { id });
        }
        let count = |value, what, bound| {
            if value > bound { Err(RowError::Count { id: id.clone(), value, what, bound }) } else { Ok(()) }
        };
        count(parents.len(), "parents", limits::PARENTS)?;
        count(receipts.len(), "receipts", limits::RECEIPTS)?;
        if let Some(parent) = parents.iter().find(|parent| !self.fact.parent_kinds.contains(&parent.kind)) {
            return Err(RowError::ParentKind { kind: parent.kind.clone(), id });
        }
        if let Some(parent) = parents.iter().find(|parent| parent.id.is_empty() || parent.id.len() > limits::ID_BYTES) {
            return Err(RowError::IdSize { value: parent.id.len(), bound: limits::ID_BYTES });
        }

        let mut cells: Vec<Option<Value>> = cells.into_iter().map(Some).collect();
        for ((declared, store), cell_of) in self.fact.columns.iter().zip(&mut self.columns).zip(&layout.cell_of) {
            let cell = cell_of.and_then(|at| cells.get_mut(at)).and_then(Option::take).unwrap_or(Value::Absent);
            if cell == Value::Absent && declared.required {
                return Err(RowError::Missing { id, column: declared.name.clone() });
            }
            store.push(cell, declared).map_err(|refusal| refusal.at(&id, declared))?;
        }
        let rows = self.ids.len();
        if self.ids.intern(&id) as usize != rows {
            return Err(RowError::Duplicate { id });
        }
        parents.sort();
        parents.dedup();
        receipts.sort_unstable();
        receipts.dedup();
        self.parents.push(self.parent_sets.intern(parents));
        self.receipts.push(self.receipt_sets.intern(receipts));
        Ok(())
    }

    /// The id of row `row`, or nothing beyond the end.
    #[must_use]
    pub fn id(&self, row: usize) -> Option<&str> {
        u32::try_from(row).ok().and_then(|code| self.ids.get(code))
    }

    /// What the source calls the subject of row `row`: its column `name`, otherwise `text`, where there is one.
    #[must_use]
    pub fn display_name(&self, row: usize) -> Option<&str> {
        ["name", "text"].into_iter().find_map(|column| self.cells(self.fact.column(column)?)?.text(row))
    }

    /// The parents of row `row`, sorted; none beyond the end.
    #[must_use]
    pub fn parents(&self, row: usize) -> &[EntityRef] {
        self.parents.get(row).and_then(|code| self.parent_sets.get(*code)).map_or(&[], Vec::as_slice)
    }

    /// A number that is equal for rows with equal parents.
    #[must_use]
    pub fn parents_key(&self, row: usize) -> u32 {
        self.parents.get(row).copied().unwrap_or(u32::MAX)
    }

    /// The receipts of row `row`, ascending; none beyond the end.
    #[must_use]
    pub fn receipts(&self, row: usize) -> &[u32] {
        self.receipts.get(row).and_then(|code| self.receipt_sets.get(*code)).map_or(&[], Vec::as_slice)
    }

    /// Every receipt that some row names, ascending.
    #[must_use]
    pub fn cited_receipts(&self) -> std::collections::BTreeSet<u32> {
        self.receipt_sets.iter().flatten().copied().collect()
    }

    /// Fast access to the cells of column `column`, by its position in the fact.
    #[must_use]
    pub fn cells(&self, column: usize) -> Option<Cells<'_>> {
        let declared = self.fact.columns.get(column)?;
        self.columns.get(column).map(|store| Cells { store, ty: declared.ty, kind: declared.entity_kind.as_deref() })
    }

    /// The cell of one row and column; absent beyond either end.
    #[must_use]
    pub fn value(&self, row: usize, column: usize) -> Value {
        self.cells(column).map_or(Value::Absent, |cells| cells.value(row))
    }

    /// Row numbers in the order of their ids, the order in which anything is hashed or printed.
    #[must_use]
    pub fn sorted(&self) -> SortedRows {
        SortedRows::new(&self.ids)
    }
}

/// The cells of one column.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    store: &'a Store,
    ty: CedarType,
    kind: Option<&'a str>,
}

impl fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells").field("ty", &self.ty).finish_non_exhaustive()
    }
}

impl<'a> Cells<'a> {
    /// A number for the cell such that equal numbers mean equal cells; `None` where it is absent. For boolean it is
    /// 0 or 1, for long, decimal, datetime and duration the number itself, for others a code without meaning.
    #[must_use]
    pub fn key(&self, row: usize) -> Option<i64> {
        match self.store {
            Store::Boolean(cells) => cells.get(row).filter(|cell| **cell < 2).map(|cell| i64::from(*cell)),
            Store::Number { cells, absent } => cells.get(row).copied().filter(|_| !absent.get(row)),
            Store::Text { codes, .. } | Store::Set { codes, .. } => {
                codes.get(row).filter(|code| **code > 0).map(|code| i64::from(*code))
            }
        }
    }

    /// The text of a text, address or entity cell, without a copy.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&'a str> {
        match self.store {
            Store::Text { codes, strings } => {
                codes.get(row).and_then(|code| code.checked_sub(1)).and_then(|code| strings.get(code))
            }
            _ => None,
        }
    }

    /// The cell as a value.
    #[must_use]
    pub fn value(&self, row: usize) -> Value {
        if let Store::Set { codes, sets } = self.store {
            let set = codes.get(row).and_then(|code| code.checked_sub(1)).and_then(|code| sets.get(code));
            return set.map_or(Value::Absent, |items| Value::SetOf(items.clone()));
        }
        if let Some(text) = self.text(row) {
            return Value::One(match self.ty {
                CedarType::Ip => Scalar::Ip(text.to_owned()),
                CedarType::Entity => {
                    Scalar::Entity(EntityRef { id: text.to_owned(), kind: self.kind.unwrap_or_default().to_owned() })
                }
                _ => Scalar::Text(text.to_owned()),
            });
        }
        let Some(number) = self.key(row) else { return Value::Absent };
        match self.ty {
            CedarType::Boolean => Value::One(Scalar::Boolean(number == 1)),
            CedarType::Long => Value::One(Scalar::Long(number)),
            CedarType::Decimal => Value::One(Scalar::Decimal(Decimal4(number))),
            CedarType::Datetime => Value::One(Scalar::Datetime(number)),
            CedarType::Duration => Value::One(Scalar::Duration(number)),
            CedarType::Text | CedarType::Ip | CedarType::Entity => Value::Absent,
        }
    }
}

/// Why one cell is refused, before row and column are known.
enum Refusal {
    Type(String),
    Value(ValueError),
    Size { value: usize, unit: &'static str, bound: usize },
}

impl Refusal {
    fn at(self, id: &str, column: &Column) -> RowError {
        let (id, name) = (id.to_owned(), column.name.clone());
        match self {
            Self::Type(found) => {
                let ty = format!("{:?}", column.ty).to_lowercase();
                let declared = match (&column.entity_kind, column.shape) {
                    (Some(kind), Shape::One) => format!("entity {kind}"),
                    (_, Shape::One) => ty,
                    (_, Shape::SetOf) => format!("set of {ty}"),
                };
                RowError::Type { id, column: name, declared, found }
            }
            Self::Value(cause) => RowError::Value { id, column: name, cause },
            Self::Size { value, unit, bound } => RowError::Size { id, column: name, value, unit, bound },
        }
    }
}

#[cfg(test)]
mod tests;
