//! The tables of the index.
//!
//! Instants are milliseconds since 1970, digests 32 bytes.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension as _, Result, Statement, params};
use tickmark_model::Digest;

use super::Chain;
use crate::record::{Prev, Skim};

/// Of the tables below; an index of another version is made anew.
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE meta(one INTEGER PRIMARY KEY CHECK (one = 1), size INTEGER NOT NULL, root BLOB NOT NULL, heads BLOB NOT NULL);
    CREATE TABLE chain(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, count INTEGER NOT NULL, head INTEGER NOT NULL, leaf BLOB NOT NULL);
    CREATE TABLE record(idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, chain INTEGER NOT NULL REFERENCES chain, leaf BLOB NOT NULL, at INTEGER NOT NULL);
";

/// Of which log the index is.
pub(super) struct Meta {
    pub(super) size: u64,
    pub(super) root: Digest,
    /// Over the heads of all chains.
    pub(super) heads: Digest,
}

/// Opens the file, or makes it. A commit is whole after a power failure, and perhaps gone: none waits for the disk, but
/// SQLite does before it overwrites, unless it need not be `safe`.
pub(super) fn connect(path: &Path, safe: bool) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", if safe { "normal" } else { "off" })?;
    db.pragma_update(None, "cache_size", -65_536)?;
    Ok(db)
}

pub(super) fn create(db: &Connection) -> Result<()> {
    db.execute_batch(TABLES)?;
    db.pragma_update(None, "user_version", VERSION)
}

/// What `meta` says; nothing in an index of another version, or one without it.
pub(super) fn meta(db: &Connection) -> Result<Option<Meta>> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        return Ok(None);
    }
    let row = db.query_row("SELECT size, root, heads FROM meta", [], |row| {
        Ok(Meta { size: from_sql(row.get(0)?), root: Digest(row.get(1)?), heads: Digest(row.get(2)?) })
    });
    row.optional()
}

pub(super) fn set_meta(db: &Connection, size: u64, root: Digest, heads: Digest) -> Result<()> {
    let mut set = db.prepare("INSERT OR REPLACE INTO meta(one, size, root, heads) VALUES (1, ?1, ?2, ?3)")?;
    set.execute(params![to_sql(size), root.0, heads.0]).map(drop)
}

pub(super) fn chains(db: &Connection) -> Result<BTreeMap<String, Chain>> {
    let mut select = db.prepare("SELECT name, id, count, head, leaf FROM chain")?;
    let rows = select.query_map([], |row| {
        let head = Prev { index: from_sql(row.get(3)?), leaf: Digest(row.get(4)?) };
        Ok((row.get(0)?, Chain { id: row.get(1)?, count: from_sql(row.get(2)?), head }))
    })?;
    rows.collect()
}

/// The records of a chain, the newest first.
pub(super) fn of_chain(db: &Connection, name: &str) -> Result<Vec<u64>> {
    let mut select =
        db.prepare("SELECT idx FROM record WHERE chain = (SELECT id FROM chain WHERE name = ?1) ORDER BY idx DESC")?;
    let rows = select.query_map([name], |row| row.get(0).map(from_sql))?;
    rows.collect()
}

/// Adds records, within one transaction.
pub(super) struct Adder<'db> {
    insert_chain: Statement<'db>,
    update_chain: Statement<'db>,
    insert_record: Statement<'db>,
}

impl<'db> Adder<'db> {
    pub(super) fn new(db: &'db Connection) -> Result<Self> {
        Ok(Self {
            insert_chain: db.prepare("INSERT INTO chain(id, name, count, head, leaf) VALUES (?1, ?2, 1, ?3, ?4)")?,
            update_chain: db.prepare("UPDATE chain SET count = ?2, head = ?3, leaf = ?4 WHERE id = ?1")?,
            insert_record: db.prepare("INSERT INTO record(idx, kind, chain, leaf, at) VALUES (?1, ?2, ?3, ?4, ?5)")?,
        })
    }

    /// Adds one record, and makes it the head of its chain.
    pub(super) fn add(
        &mut self,
        chains: &mut BTreeMap<String, Chain>,
        index: u64,
        leaf: Digest,
        skim: &Skim<'_>,
    ) -> Result<()> {
        let (name, head) = (skim.chain(), Prev { index, leaf });
        let id = match chains.get_mut(&name) {
            Some(chain) => {
                (chain.head, chain.count) = (head, chain.count + 1);
                self.update_chain.execute(params![chain.id, to_sql(chain.count), to_sql(index), leaf.0])?;
                chain.id
            }
            None => {
                let id = to_sql(chains.len() as u64);
                self.insert_chain.execute(params![id, name, to_sql(index), leaf.0])?;
                chains.insert(name, Chain { id, count: 1, head });
                id
            }
        };
        self.insert_record.execute(params![to_sql(index), skim.kind, id, leaf.0, skim.at().ms()])?;
        Ok(())
    }
}

/// SQLite has no larger integers, and no log as many records.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
