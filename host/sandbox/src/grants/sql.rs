//! The grant of one query on one database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use tickmark_model::CedarType;

use super::problem::Problems;
use super::statement;
use super::written::{Timeout, Written};
use crate::secrets::SecretRef;

/// One reading query that the collector may run, on a SQLite file or a PostgreSQL server.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlGrant {
    /// A SQLite database file.
    #[serde(default)]
    pub sqlite: Option<PathBuf>,
    /// A PostgreSQL connection as libpq writes it: `host=/run/postgresql user=audit dbname=app`, without a password.
    #[serde(default)]
    pub postgres: Option<String>,
    /// The password of the PostgreSQL user.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// One SELECT. Parameters are `?1` in SQLite and `$1` in PostgreSQL.
    ///
    /// Rows come in the order of its ORDER BY; without one they are sorted by their cells, so that the same data always
    /// gives the same result.
    pub query: String,
    /// The types of the parameters that the collector gives, in order; default none.
    ///
    /// SQLite has no type for three of them: a datetime is given as text such as `2026-11-20T09:00:00Z`, a duration as
    /// whole seconds, a decimal as text such as `99.9000`.
    #[serde(default)]
    pub params: Vec<Written<CedarType>>,
    /// The types of columns where the database does not say, by the column's name.
    #[serde(default)]
    pub columns: BTreeMap<String, Written<CedarType>>,
    /// In place of the limit `sql_timeout_ms`.
    #[serde(default)]
    pub timeout: Option<Written<Timeout>>,
}

/// A connection string may hold a password although it must not, so it is not printed.
impl std::fmt::Debug for SqlGrant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SqlGrant").field(&self.describe()).finish()
    }
}

/// Which database is meant.
pub(crate) enum Database<'a> {
    /// A file.
    Sqlite(&'a Path),
    /// A server, without the password.
    Postgres(Box<postgres::Config>),
}

impl SqlGrant {
    /// The one database that is meant.
    ///
    /// # Errors
    /// The field and what is wrong with it, in one line, never quoting a connection string.
    pub(crate) fn database(&self) -> Result<Database<'_>, (&'static str, String)> {
        let text = match (&self.sqlite, &self.postgres) {
            (Some(path), None) => return Ok(Database::Sqlite(path)),
            (None, Some(text)) => text,
            (Some(_), Some(_)) => return Err(("", "has both `sqlite` and `postgres`, expected one".to_owned())),
            (None, None) => return Err(("", "has neither `sqlite` nor `postgres`, expected one".to_owned())),
        };
        let config: postgres::Config = text.parse().map_err(|_| {
            ("postgres", "is not a connection string such as `host=/run/postgresql user=audit`".to_owned())
        })?;
        if config.get_password().is_some() {
            return Err(("postgres", "holds a password, expected it in `password = { env = \"NAME\" }`".to_owned()));
        }
        if config.get_hosts().is_empty() {
            return Err(("postgres", "names no host, expected an address or the folder of a socket".to_owned()));
        }
        Ok(Database::Postgres(Box::new(config)))
    }

    pub(super) fn check(&self, problems: &mut Problems<'_>) {
        match self.database() {
            Err((field, message)) => problems.push(field, message),
            Ok(Database::Sqlite(_)) if self.password.is_some() => {
                problems.push("password", "has no use with `sqlite`");
            }
            Ok(_) => {}
        }
        if let Some(problem) = self.password.as_ref().and_then(SecretRef::problem) {
            problems.push("password", problem);
        }
        match statement::scan(&self.query).statements {
            1 => {}
            0 => problems.push("query", "is empty"),
            n => problems.push("query", format!("holds {n} statements, expected 1")),
        }
        for (at, ty) in self.params.iter().enumerate() {
            if let Err(message) = ty.get() {
                problems.push(&format!("params[{at}]"), message);
            }
        }
        for (name, ty) in &self.columns {
            if let Err(message) = ty.get() {
                problems.push(&format!("columns.{name}"), message);
            }
        }
        if let Some(Err(message)) = self.timeout.as_ref().map(Written::get) {
            problems.push("timeout", message);
        }
    }

    pub(super) fn rebase(&mut self, base: &Path) {
        self.sqlite.iter_mut().for_each(|path| super::rebase(path, base));
        self.password.iter_mut().for_each(|secret| secret.rebase(base));
    }

    pub(super) fn describe(&self) -> Value {
        let columns: Value = self.columns.iter().map(|(name, ty)| (name.clone(), json!(ty.text()))).collect();
        json!({
            "columns": columns,
            "params": self.params.iter().map(Written::text).collect::<Vec<_>>(),
            "password": self.password.as_ref().map(SecretRef::describe),
            "postgres": self.postgres.as_ref().map(|text| match self.database() {
                Ok(_) => text.as_str(),
                Err(_) => "<unreadable>",
            }),
            "query": self.query,
            "sqlite": self.sqlite.as_ref().map(|path| path.to_string_lossy()),
            "timeout": self.timeout.as_ref().map(Written::text),
        })
    }
}
