use std::path::Path;

use rusqlite::Connection;
use tickmark_model::{Decimal4, Scalar};

use super::*;
use crate::grants::Written;

fn ask(grant: &SqlGrant, params: &[Scalar], limits: &Limits) -> Result<Table, Refusal> {
    query_as(grant, params, limits, &mut Vault::default()).answer
}

/// The database of a small company.
fn database() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let connection = Connection::open(dir.path().join("acme.db")).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, mfa INTEGER, last_login TEXT, share REAL, key BLOB);
             INSERT INTO users VALUES
                 (2, 'bo', 0, NULL, 12.5, NULL),
                 (1, 'al', 1, '2026-11-20 09:00:00', 0.1, x'00ff'),
                 (3, 'cy', 'yes', '2026-11-19', 99.99999, NULL);",
        )
        .unwrap();
    dir
}

fn grant(dir: &Path, query: &str, columns: &[(&str, &str)], params: &[&str]) -> SqlGrant {
    SqlGrant {
        sqlite: Some(dir.join("acme.db")),
        postgres: None,
        password: None,
        query: query.to_owned(),
        params: params.iter().map(|ty| Written::new(*ty)).collect(),
        columns: columns.iter().map(|(name, ty)| (name.to_string(), Written::new(*ty))).collect(),
        timeout: None,
    }
}

/// The table as lines, a bar between cells and a dot for NULL.
fn show(table: &Table) -> String {
    let mut lines = vec![table.columns.join("|")];
    for row in &table.rows {
        let cells: Vec<String> =
            row.iter().map(|cell| cell.as_ref().map_or(".".to_owned(), ToString::to_string)).collect();
        lines.push(cells.join("|"));
    }
    lines.join("\n")
}

fn check(query: &str, columns: &[(&str, &str)]) -> Result<String, String> {
    let dir = database();
    ask(&grant(dir.path(), query, columns, &[]), &[], &Limits::default())
        .map(|table| show(&table))
        .map_err(|refusal| refusal.to_string().replace(&format!("{}/", dir.path().display()), ""))
}

#[test]
fn cells_have_the_types_that_the_grant_declares() {
    assert_eq!(
        check(
            "SELECT id, name, mfa, last_login FROM users ORDER BY id DESC",
            &[("mfa", "boolean"), ("last_login", "datetime")]
        ),
        Ok("id|name|mfa|last_login\n3|cy|true|2026-11-19T00:00:00Z\n2|bo|false|.\n1|al|true|2026-11-20T09:00:00Z"
            .into())
    );
    let dir = database();
    let table = ask(
        &grant(dir.path(), "SELECT id, share FROM users WHERE id = 2", &[("share", "decimal")], &[]),
        &[],
        &Limits::default(),
    );
    assert_eq!(table.unwrap().rows, [[Some(Scalar::Long(2)), Some(Scalar::Decimal(Decimal4(125_000)))]]);
}

#[test]
fn rows_without_an_order_are_sorted() {
    assert_eq!(
        check("SELECT name FROM users WHERE id IN (SELECT id FROM users ORDER BY id)", &[]),
        Ok("name\nal\nbo\ncy".into())
    );
    assert_eq!(check("SELECT last_login FROM users", &[]), Ok("last_login\n.\n2026-11-19\n2026-11-20 09:00:00".into()));
    assert_eq!(check("SELECT name FROM users ORDER BY name DESC", &[]), Ok("name\ncy\nbo\nal".into()));
}

#[test]
fn a_cell_that_does_not_fit_is_named_by_row_and_column() {
    assert_eq!(
        check("SELECT id, share FROM users ORDER BY id", &[]),
        Err("invalid: row 1, column `share`: `0.1` is a binary fraction; declare the column as decimal or round it to a \
             whole number"
            .into())
    );
    assert_eq!(
        check("SELECT share FROM users ORDER BY id", &[("share", "decimal")]),
        Err("invalid: row 3, column `share`: `99.99999` is no decimal with at most 4 digits after the point; round it in \
             the query, such as `round(x, 4)`"
            .into())
    );
    assert_eq!(
        check("SELECT key FROM users ORDER BY id", &[]),
        Err("invalid: row 1, column `key`: is a blob of 2 bytes; write hex(x) or leave it out".into())
    );
    assert_eq!(
        check("SELECT CAST(x'ff' AS TEXT) AS t", &[]),
        Err("invalid: row 1, column `t`: text is not UTF-8".into())
    );
}

#[test]
fn columns_must_be_there_and_be_told_apart() {
    assert_eq!(
        check("SELECT id, name FROM users", &[("nam", "text")]),
        Err("invalid: query has no column `nam`, it has: id, name".into())
    );
    assert_eq!(
        check("SELECT id, id FROM users", &[]),
        Err("invalid: query has two columns `id`; give one another name with AS".into())
    );
}

#[test]
fn nothing_but_reading_is_allowed() {
    let denied = || Err("denied: query does more than read tables".to_owned());
    for query in [
        "DELETE FROM users",
        "INSERT INTO users (id) VALUES (9) RETURNING id",
        "CREATE TEMP TABLE t (a)",
        "ATTACH '/tmp/x.db' AS x",
        "PRAGMA query_only = 0",
        "SELECT * FROM pragma_table_list",
        "BEGIN",
        "SELECT load_extension('x')",
    ] {
        let result = check(query, &[]);
        assert_eq!(result, denied(), "{query}");
    }
    assert_eq!(check("VACUUM INTO '/tmp/x.db'", &[]), Err("denied: query is no SELECT".into()));
    assert_eq!(check("SELECT 1; DELETE FROM users", &[]), Err("invalid: query holds 2 statements, expected 1".into()));
    assert_eq!(check("SELECT * FROM nowhere", &[]), Err("invalid: query on `acme.db`: no such table: nowhere".into()));
    assert_eq!(
        check("SELEC 1", &[]),
        Err("invalid: query on `acme.db`: near \"SELEC\": syntax error at byte 0".into())
    );
    assert_eq!(
        check("SELECT abs(-9223372036854775807 - 1) AS x", &[]),
        Err("invalid: query on `acme.db`: integer overflow".into())
    );
}

#[test]
fn parameters_are_bound_by_type() {
    let dir = database();
    let query = "SELECT ?1 AS a, ?2 AS b, ?3 AS c, ?4 AS d, ?5 AS e, typeof(?1) AS t";
    let types = ["datetime", "duration", "decimal", "boolean", "text"];
    let grant = grant(dir.path(), query, &[], &types);
    let params = [
        Scalar::Datetime(1_795_000_000_000),
        Scalar::Duration(90_000),
        Scalar::Decimal(Decimal4(999_000)),
        Scalar::Boolean(true),
        Scalar::Text("'; DROP TABLE users; --".into()),
    ];
    let check = |params: &[Scalar]| {
        ask(&grant, params, &Limits::default()).map(|table| show(&table)).map_err(|refusal| refusal.to_string())
    };
    assert_eq!(
        check(&params),
        Ok("a|b|c|d|e|t\n2026-11-18T11:06:40Z|90|99.9000|1|'; DROP TABLE users; --|text".into())
    );
    assert_eq!(check(&params[..4]), Err("invalid: query is given 4 parameters, expected 5".into()));
    let mut wrong = params.clone();
    wrong[1] = Scalar::Long(90);
    assert_eq!(check(&wrong), Err("invalid: parameter 2 is not of its type Duration".into()));
    let undeclared = SqlGrant { params: vec![], ..grant.clone() };
    let refusal = ask(&undeclared, &[], &Limits::default()).unwrap_err();
    assert_eq!(refusal.to_string(), "invalid: query has 5 parameters, the grant declares 0");
}

#[test]
fn an_endless_query_meets_its_bounds() {
    let dir = database();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";
    let check = |query: &str, timeout: Option<&str>, limits: &Limits| {
        let mut grant = grant(dir.path(), &format!("{endless} {query}"), &[], &[]);
        grant.timeout = timeout.map(Written::new);
        let message = ask(&grant, &[], limits).unwrap_err().to_string();
        message.replace(&format!("{}/", dir.path().display()), "")
    };
    let limits = Limits { sql_rows: 10, response_bytes: 2_000, ..Limits::default() };
    assert_eq!(check("SELECT i FROM n", None, &limits), "limit: result is more than 10 rows");
    assert_eq!(check("SELECT hex(zeroblob(200)) AS x FROM n", None, &limits), "limit: result is more than 2000 bytes");
    assert_eq!(
        check("SELECT hex(zeroblob(600000)) AS x FROM n", None, &limits),
        "limit: value in the query is more than 1000000 bytes"
    );
    assert_eq!(
        check("SELECT max(i) FROM n", Some("200ms"), &limits),
        "timeout: query on `acme.db` took more than 200 ms"
    );
}

#[test]
fn as_many_rows_as_the_bound_are_kept() {
    let dir = database();
    let limits = Limits { sql_rows: 3, response_bytes: 3 * 16, ..Limits::default() };
    let table = ask(&grant(dir.path(), "SELECT id FROM users", &[], &[]), &[], &limits).unwrap();
    assert_eq!(show(&table), "id\n1\n2\n3");
}

#[test]
fn a_database_that_cannot_be_used_is_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let check = || ask(&grant(dir.path(), "SELECT 1", &[], &[]), &[], &Limits::default()).unwrap_err().to_string();
    assert!(check().contains("unable to open database file"), "{}", check());
    assert!(check().starts_with("unavailable: database `"), "{}", check());
    assert!(!dir.path().join("acme.db").exists());
    std::fs::write(dir.path().join("acme.db"), vec![b'x'; 4096]).unwrap();
    let mut tables = grant(dir.path(), "SELECT name FROM sqlite_schema", &[], &[]);
    let refusal = ask(&tables, &[], &Limits::default()).unwrap_err().to_string();
    assert!(refusal.starts_with("unavailable: database `") && refusal.contains("file is not a database"), "{refusal}");
    tables.sqlite = None;
    let refusal = ask(&tables, &[], &Limits::default()).unwrap_err();
    assert_eq!(refusal.to_string(), "invalid: grant has neither `sqlite` nor `postgres`, expected one");
}

#[test]
fn the_file_is_not_touched() {
    let dir = database();
    let path = dir.path().join("acme.db");
    let before = std::fs::read(&path).unwrap();
    ask(&grant(dir.path(), "SELECT count(*) AS n FROM users", &[], &[]), &[], &Limits::default()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), before);
    let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["acme.db"]);
}
