//! PostgreSQL: one query in a read-only transaction with a statement timeout.
//!
//! **Invariant:** the transaction is `READ ONLY`, and rows come through a portal in portions, so that an endless result
//! is stopped at its bound and not gathered first.
//! **Absent on purpose:** TLS. A connection that asks for it is refused rather than made without, and one that leaves
//! this machine must say `sslmode=disable`.

mod decode;

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use bytes::BytesMut;
use postgres::config::{Host, SslMode};
use postgres::error::SqlState;
use postgres::types::{Format, FromSql, IsNull, ToSql, Type, to_sql_checked};
use postgres::{Config, Error, IsolationLevel, NoTls, SimpleQueryMessage};
use tickmark_model::Scalar;

use super::super::Refusal;
use super::Table;
use super::cell::Cell;
use super::table::Builder;
use crate::grants::SqlGrant;
use crate::limits::Limits;
use crate::secrets::{Use, Vault};

/// Rows fetched in one message.
const PORTION: i32 = 1_000;
/// How much longer than the server's own timeout this side waits for its answer, in milliseconds.
const GRACE_MS: u64 = 1_000;

/// Runs the query on the server of `config`. `principal` becomes the user that the server names.
pub(super) fn query(
    grant: &SqlGrant,
    mut config: Config,
    params: Vec<Scalar>,
    limits: &Limits,
    vault: &mut Vault,
    timeout_ms: u64,
    principal: &mut String,
) -> Result<Table, Refusal> {
    check_transport(&config)?;
    if let Some(password) = &grant.password {
        let password = vault.reveal(password, Use::Password, limits).map_err(Refusal::unavailable)?;
        config.password(password.expose());
    }
    config.application_name("tickmark").connect_timeout(Duration::from_millis(timeout_ms));
    // The client has no timeout of its own for a server that falls silent, so it works aside and may be left behind.
    let (done, result) = mpsc::sync_channel(1);
    let (grant, limits) = (grant.clone(), limits.clone());
    std::thread::Builder::new()
        .name("postgres".to_owned())
        .spawn(move || {
            let mut user = None;
            let table = run(&grant, &config, &params, &limits, timeout_ms, &mut user);
            done.send((user, table))
        })
        .map_err(|error| Refusal::internal(format_args!("no thread for a query: {error}")))?;
    match result.recv_timeout(Duration::from_millis(timeout_ms.saturating_add(GRACE_MS))) {
        Ok((user, table)) => {
            *principal = user.unwrap_or_else(|| std::mem::take(principal));
            table
        }
        Err(RecvTimeoutError::Timeout) => Err(Refusal::timeout("query", timeout_ms)),
        Err(RecvTimeoutError::Disconnected) => Err(Refusal::internal("query ended without an answer")),
    }
}

/// Refuses to send a password or an answer in the clear where the operator did not say so.
fn check_transport(config: &Config) -> Result<(), Refusal> {
    let plain = match config.get_ssl_mode() {
        SslMode::Disable => return Ok(()),
        SslMode::Prefer => {
            config.get_hosts().iter().all(is_local) && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
        }
        _ => return Err(Refusal::invalid("connection asks for TLS, which is not supported for PostgreSQL yet")),
    };
    if plain {
        return Ok(());
    }
    Err(Refusal::invalid("connection would leave this machine without TLS; `sslmode=disable` says that this is meant"))
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
    }
}

fn run(
    grant: &SqlGrant,
    config: &Config,
    params: &[Scalar],
    limits: &Limits,
    timeout_ms: u64,
    user: &mut Option<String>,
) -> Result<Table, Refusal> {
    let failed = |error: Error| refusal(&error, timeout_ms);
    let mut client = config.connect(NoTls).map_err(failed)?;
    let mut transaction = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .map_err(failed)?;
    // Where a query compares a `timestamp` with a moment, it means UTC.
    let said = transaction
        .simple_query(&format!(
            "SET LOCAL statement_timeout = {timeout_ms}; SET LOCAL TimeZone = 'UTC'; SELECT current_user"
        ))
        .map_err(failed)?;
    *user = said.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });

    let params: Vec<Param> = params.iter().map(Param::new).collect();
    let types: Vec<Type> = params.iter().map(|param| param.ty.clone()).collect();
    let statement = transaction.prepare_typed(&grant.query, &types).map_err(failed)?;
    if statement.params().len() != params.len() {
        let (there, granted) = (statement.params().len(), params.len());
        return Err(Refusal::invalid(format_args!("query has {there} parameters, the grant declares {granted}")));
    }
    if statement.columns().is_empty() {
        return Err(Refusal::denied("query is no SELECT"));
    }
    let columns = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let mut builder = Builder::new(grant, columns, limits)?;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let portal = transaction.bind(&statement, &params).map_err(failed)?;
    loop {
        let rows = transaction.query_portal(&portal, PORTION).map_err(failed)?;
        for row in &rows {
            let cells = (0..builder.width()).map(|at| row.try_get::<_, Raw>(at).map(|raw| raw.0));
            builder.push(cells.collect::<Result<Vec<Cell>, _>>().map_err(failed)?)?;
        }
        if rows.len() < usize::try_from(PORTION).unwrap_or(0) {
            return Ok(builder.finish());
        }
    }
}

/// A parameter in PostgreSQL's text format, with the type that its declaration has there.
#[derive(Debug)]
struct Param {
    ty: Type,
    text: String,
}

impl Param {
    fn new(value: &Scalar) -> Self {
        let (ty, text) = match value {
            Scalar::Boolean(b) => (Type::BOOL, b.to_string()),
            Scalar::Long(n) => (Type::INT8, n.to_string()),
            Scalar::Decimal(d) => (Type::NUMERIC, d.to_string()),
            Scalar::Ip(text) => (Type::INET, text.clone()),
            Scalar::Datetime(_) => (Type::TIMESTAMPTZ, value.to_string()),
            Scalar::Duration(ms) => (Type::INTERVAL, format!("{ms} milliseconds")),
            Scalar::Text(_) | Scalar::Entity(_) => (Type::TEXT, value.to_string()),
        };
        Self { ty, text }
    }
}

impl ToSql for Param {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        out.extend_from_slice(self.text.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    to_sql_checked!();
}

/// A cell as [`decode`] reads it.
struct Raw(Cell);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(decode::cell(ty, raw)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(Cell::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn refusal(error: &Error, timeout_ms: u64) -> Refusal {
    let Some(db) = error.as_db_error() else {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        let message = error.to_string();
        // Some of the client's messages already end with their cause.
        let cause = if message.ends_with(&cause) { String::new() } else { cause };
        return Refusal::unavailable(format_args!("PostgreSQL: {message}{cause}")).retryable();
    };
    let message = format!("PostgreSQL: {} ({})", db.message(), db.code().code());
    match db.code() {
        &SqlState::QUERY_CANCELED => Refusal::timeout("query", timeout_ms),
        &SqlState::READ_ONLY_SQL_TRANSACTION => Refusal::denied(message),
        // A missing privilege is the server's to grant: it is not the grant that denies.
        &SqlState::INSUFFICIENT_PRIVILEGE => Refusal::unavailable(message),
        // The classes "syntax error or access rule violation" and "data exception".
        code if code.code().starts_with("42") || code.code().starts_with("22") => Refusal::invalid(message),
        _ => Refusal::unavailable(message),
    }
}
