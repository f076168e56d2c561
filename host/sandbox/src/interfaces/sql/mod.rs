//! SQL: one reading query, its parameters checked, its whole result in typed cells.
//!
//! **Invariant:** the text of the query is the operator's; the collector gives values and nothing else.
//! **Invariant:** the database itself is told to refuse writing, and every cell has a type or the result is refused.

mod cell;
mod postgres;
mod sqlite;
mod table;

use tickmark_model::Scalar;

use super::{Refusal, has_type};
use crate::grants::{Database, SqlGrant, statement};
use crate::limits::Limits;
use crate::principal::{NONE, Told, host_user};
use crate::secrets::Vault;

/// The whole result of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// The columns' names, in the order of the cells, without repeats.
    pub columns: Vec<String>,
    /// In the order of the query's ORDER BY, else sorted by their cells. `None` is NULL.
    pub rows: Vec<Vec<Option<Scalar>>>,
}

/// Runs the granted query to its last row, and says as whom.
pub(crate) fn query_as(grant: &SqlGrant, params: &[Scalar], limits: &Limits, vault: &mut Vault) -> Told<Table> {
    let mut principal = match grant.database() {
        Ok(Database::Sqlite(_)) => host_user().to_owned(),
        Ok(Database::Postgres(config)) => config.get_user().map_or_else(|| host_user().to_owned(), str::to_owned),
        Err(_) => NONE.to_owned(),
    };
    let answer = query(grant, params, limits, vault, &mut principal);
    Told::new(&principal, answer)
}

/// `principal` becomes whom the database itself names, where it does.
fn query(
    grant: &SqlGrant,
    params: &[Scalar],
    limits: &Limits,
    vault: &mut Vault,
    principal: &mut String,
) -> Result<Table, Refusal> {
    let params = check_params(grant, params)?;
    let timeout_ms = super::timeout_ms(grant.timeout.as_ref(), limits.sql_timeout_ms, limits)?;
    let scanned = statement::scan(&grant.query);
    if scanned.statements != 1 {
        return Err(Refusal::invalid(format_args!("query holds {} statements, expected 1", scanned.statements)));
    }
    let mut table = match grant.database() {
        Ok(Database::Sqlite(path)) => sqlite::query(grant, path, params, limits, timeout_ms)?,
        Ok(Database::Postgres(config)) => {
            postgres::query(grant, *config, params, limits, vault, timeout_ms, principal)?
        }
        Err((_, message)) => return Err(Refusal::invalid(format_args!("grant {message}"))),
    };
    if !scanned.ordered {
        table.rows.sort();
    }
    Ok(table)
}

/// The parameters in canonical form, exactly as many and of the types that the grant declares.
fn check_params(grant: &SqlGrant, params: &[Scalar]) -> Result<Vec<Scalar>, Refusal> {
    if params.len() != grant.params.len() {
        let (given, granted) = (params.len(), grant.params.len());
        return Err(Refusal::invalid(format_args!("query is given {given} parameters, expected {granted}")));
    }
    let mut checked = Vec::with_capacity(params.len());
    for (at, (value, ty)) in params.iter().zip(&grant.params).enumerate() {
        let ty = *ty.get().map_err(Refusal::invalid)?;
        let number = at + 1;
        if !has_type(value, ty) {
            return Err(Refusal::invalid(format_args!("parameter {number} is not of its type {ty:?}")));
        }
        let value = value.clone().canonical();
        checked.push(value.map_err(|error| Refusal::invalid(format_args!("parameter {number}: {error}")))?);
    }
    Ok(checked)
}

#[cfg(test)]
mod postgres_tests;
#[cfg(test)]
mod sqlite_tests;
