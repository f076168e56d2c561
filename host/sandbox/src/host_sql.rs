//! `sql`: the operator's own queries.

use serde::{Deserialize, Serialize, Serializer};
use tickmark_model::{CedarType, NeedKind, Receipt, Scalar};
use wasmtime::component::Resource;

use crate::bindings::tickmark::collector::{sql as ws, types as wt};
use crate::check::{ty, type_name};
use crate::convert::{scalar_in, scalar_out};
use crate::digest::canonical_json;
use crate::interfaces::sql::{self, Table};
use crate::recorder::{Answer, Recorded, Summary};
use crate::replay::{Played, ReplayError};
use crate::resources::{Rows, hand_over};
use crate::run::Call;
use crate::secrets::Redaction;
use crate::state::HostState;

#[derive(Serialize)]
struct QueryRequest<'a> {
    grant: &'a str,
    params: &'a [Scalar],
}

/// A result as it is recorded. JSON writes a datetime as a string, so the types stand beside the cells.
#[derive(Serialize)]
struct RecordedTable<'a> {
    columns: &'a [String],
    rows: &'a [Vec<Option<Scalar>>],
    types: Vec<ColumnType>,
}

/// As [`RecordedTable`], read back.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlayedTable {
    columns: Vec<String>,
    rows: Vec<Vec<serde_json::Value>>,
    types: Vec<ColumnType>,
}

/// The type of a column's cells: one for all, or one for each where a database mixes them.
#[derive(Deserialize)]
#[serde(untagged)]
enum ColumnType {
    One(Option<CedarType>),
    Each(Vec<Option<CedarType>>),
}

impl ColumnType {
    fn of(table: &Table, column: usize) -> Self {
        let types = || table.rows.iter().map(move |row| row.get(column).and_then(Option::as_ref).map(ty));
        let first = types().flatten().next();
        let mixed = types().flatten().any(|ty| Some(ty) != first);
        if mixed { Self::Each(types().collect()) } else { Self::One(first) }
    }

    /// The type of the cell of row `row`.
    fn at(&self, row: usize) -> Option<CedarType> {
        match self {
            Self::One(ty) => *ty,
            Self::Each(types) => types.get(row).copied().flatten(),
        }
    }
}

impl Serialize for ColumnType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let name = |ty: &Option<CedarType>| ty.map(type_name);
        match self {
            Self::One(ty) => name(ty).serialize(serializer),
            Self::Each(types) => serializer.collect_seq(types.iter().map(name)),
        }
    }
}

impl Answer for Table {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let types = (0..self.columns.len()).map(|column| ColumnType::of(self, column)).collect();
        let recorded = RecordedTable { columns: &self.columns, rows: &self.rows, types };
        let summary = Summary::from([("rows".to_owned(), self.rows.len().into())]);
        Ok(Recorded { parts: vec![("rows", canonical_json(&recorded)?.into())], summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        let PlayedTable { columns, rows, types } = played.json("rows")?;
        let cell = |row: usize, json: serde_json::Value, ty: &ColumnType| match (json, ty.at(row)) {
            (serde_json::Value::Null, _) => Ok(None),
            (json, ty) => ty
                .and_then(|ty| Scalar::from_recorded(ty, &json))
                .map(Some)
                .ok_or_else(|| played.wrong(format_args!("cell `{json}` of row {row} is not of its type"))),
        };
        let row = |(at, cells): (usize, Vec<serde_json::Value>)| {
            if cells.len() != columns.len() || types.len() != columns.len() {
                let (cells, types, bound) = (cells.len(), types.len(), columns.len());
                return Err(played.wrong(format_args!("row {at} has {cells} cells of {types} types, expected {bound}")));
            }
            cells.into_iter().zip(&types).map(|(json, ty)| cell(at, json, ty)).collect()
        };
        let rows = rows.into_iter().enumerate().map(row).collect::<Result<_, _>>()?;
        Ok(Self { columns, rows })
    }

    /// The names of columns and the cells. A cell that is no text and has a secret for its spelling, such as a number,
    /// becomes the text that stands for it.
    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        self.columns.iter_mut().for_each(|name| redaction.text(name));
        for cell in self.rows.iter_mut().flatten().flatten() {
            match cell {
                Scalar::Text(text) | Scalar::Ip(text) => redaction.text(text),
                other => {
                    let mut text = other.to_string();
                    let before = redaction.places();
                    redaction.text(&mut text);
                    if redaction.places() > before {
                        *other = Scalar::Text(text);
                    }
                }
            }
        }
    }
}

impl ws::Host for HostState {
    fn query(
        &mut self,
        name: String,
        params: Vec<wt::Scalar>,
    ) -> wasmtime::Result<Result<Resource<Rows>, wt::Failure>> {
        let (run, resources) = self.enter("sql.query")?;
        let params: Vec<Scalar> = params.into_iter().map(scalar_in).collect();
        let call = Call::new(NeedKind::Sql, "sql.query", &name, &QueryRequest { grant: &name, params: &params })?;
        let told = run.perform(call, |grants, limits, vault| {
            grants.sql.get(&name).map(|granted| sql::query_as(granted, &params, limits, vault))
        })?;
        match told {
            Ok((Table { columns, rows }, receipt)) => {
                Ok(Ok(hand_over(resources, Rows { columns, receipt, rows: rows.into_iter() })?))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }
}

impl ws::HostRows for HostState {
    fn columns(&mut self, rows: Resource<Rows>) -> wasmtime::Result<Vec<String>> {
        let (_, resources) = self.enter("sql.columns")?;
        Ok(resources.get(&rows)?.columns.clone())
    }

    fn receipt(&mut self, rows: Resource<Rows>) -> wasmtime::Result<Receipt> {
        let (_, resources) = self.enter("sql.receipt")?;
        Ok(resources.get(&rows)?.receipt)
    }

    fn next(&mut self, rows: Resource<Rows>, max: u32) -> wasmtime::Result<Vec<Vec<Option<wt::Scalar>>>> {
        let (_, resources) = self.enter("sql.next")?;
        let rows = &mut resources.get_mut(&rows)?.rows;
        let batch = rows.by_ref().take(max as usize);
        Ok(batch.map(|row| row.into_iter().map(|cell| cell.map(scalar_out)).collect()).collect())
    }

    fn drop(&mut self, rows: Resource<Rows>) -> wasmtime::Result<()> {
        self.resources.delete(rows)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::Part;

    #[test]
    fn a_recorded_result_keeps_its_types() {
        let text = |text: &str| Some(Scalar::Text(text.into()));
        let table = Table {
            columns: vec!["id".into(), "seen".into(), "note".into()],
            rows: vec![vec![text("u1"), Some(Scalar::Datetime(0)), None], vec![text("u2"), text("never"), None]],
        };
        let recorded = table.record().unwrap();
        let ("rows", Part::Bytes(bytes)) = &recorded.parts[0] else { panic!("{:?}", recorded.parts) };
        assert_eq!(
            String::from_utf8(bytes.to_vec()).unwrap(),
            r#"{"columns":["id","seen","note"],"rows":[["u1","1970-01-01T00:00:00Z",null],["u2","never",null]],"types":["text",["datetime","text"],null]}"#
        );
    }
}
