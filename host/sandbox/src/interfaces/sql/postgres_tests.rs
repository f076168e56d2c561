use std::collections::BTreeMap;

use tickmark_model::Scalar;

use super::*;
use crate::grants::{SecretRef, Written};

mod cluster;
use cluster::Cluster;

fn ask(grant: &SqlGrant, params: &[Scalar], limits: &Limits) -> Result<Table, Refusal> {
    query_as(grant, params, limits, &mut Vault::default()).answer
}

fn grant(connection: &str, query: &str) -> SqlGrant {
    SqlGrant {
        sqlite: None,
        postgres: Some(connection.to_owned()),
        password: None,
        query: query.to_owned(),
        params: vec![],
        columns: BTreeMap::new(),
        timeout: None,
    }
}

/// Cells by a bar, rows by a line end, NULL as a dot; each cell with its type where it is not plain text.
fn show(table: &Table) -> String {
    let cell = |cell: &Option<Scalar>| match cell {
        None => ".".to_owned(),
        Some(Scalar::Text(text)) => text.clone(),
        Some(Scalar::Boolean(b)) => format!("boolean {b}"),
        Some(Scalar::Long(n)) => format!("long {n}"),
        Some(Scalar::Decimal(d)) => format!("decimal {d}"),
        Some(Scalar::Ip(ip)) => format!("ip {ip}"),
        Some(at @ Scalar::Datetime(_)) => format!("datetime {at}"),
        Some(span @ Scalar::Duration(_)) => format!("duration {span}"),
        Some(Scalar::Entity(_)) => "entity".to_owned(),
    };
    let rows: Vec<String> = table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect();
    rows.join("\n")
}

/// One server for all cases: starting it takes longer than all of them.
#[test]
fn a_real_server_answers_within_its_grant() {
    let cluster = Cluster::start();
    cluster.execute(
        "CREATE TYPE mood AS ENUM ('fine', 'bad');
         CREATE DOMAIN email AS text;
         CREATE TABLE users (id int PRIMARY KEY, name varchar(20), at timestamp, share double precision);
         INSERT INTO users VALUES (2, 'bo', NULL, 12.5), (1, 'al', '2026-11-20 09:00:00', 0.1);
         CREATE TABLE secrets (id int);
         CREATE ROLE audit LOGIN PASSWORD 'hunter2-secret';
         GRANT SELECT ON users TO audit;",
    );
    types_are_the_servers(&cluster);
    types_may_be_declared(&cluster);
    what_no_cell_can_be_is_refused(&cluster);
    parameters_have_their_types(&cluster);
    rows_have_an_order(&cluster);
    writing_is_refused(&cluster);
    bounds_hold(&cluster);
    a_password_is_asked_for(&cluster);
    the_user_is_the_one_that_the_server_names(&cluster);
}

fn check(cluster: &Cluster, query: &str) -> Result<String, String> {
    run(&grant(&cluster.connection(), query), &[])
}

fn run(grant: &SqlGrant, params: &[Scalar]) -> Result<String, String> {
    ask(grant, params, &Limits::default()).map(|table| show(&table)).map_err(|refusal| refusal.to_string())
}

fn types_are_the_servers(cluster: &Cluster) {
    let cases = [
        ("true", "boolean true"),
        ("1::int2", "long 1"),
        ("-2::int4", "long -2"),
        ("3::int8", "long 3"),
        ("'a'::text", "a"),
        ("'a'::varchar(5)", "a"),
        ("'a'::char(5)", "a"),
        ("'a'::name", "a"),
        ("'fine'::mood", "fine"),
        ("'a@example.com'::email", "a@example.com"),
        ("NULL::int", "."),
        ("timestamptz '2026-11-20 10:00:00.25+01'", "datetime 2026-11-20T09:00:00.250Z"),
        ("timestamptz '1969-12-31 23:59:59.9999Z'", "datetime 1969-12-31T23:59:59.999Z"),
        ("timestamp '2026-11-20 10:00:00'", "datetime 2026-11-20T10:00:00Z"),
        ("date '1999-12-31'", "datetime 1999-12-31T00:00:00Z"),
        ("99.9::numeric", "decimal 99.9000"),
        ("-0.0001::numeric", "decimal -0.0001"),
        ("123456789012.5000::numeric", "decimal 123456789012.5000"),
        ("0::numeric", "decimal 0.0000"),
        ("10000::numeric", "decimal 10000.0000"),
        ("inet '10.0.0.7'", "ip 10.0.0.7"),
        ("cidr '10.0.0.0/8'", "ip 10.0.0.0/8"),
        ("inet '2001:DB8::1'", "ip 2001:db8::1"),
        ("interval '1 day 2 hours'", "duration 1d2h"),
        ("interval '-1.5 seconds'", "duration -1s500ms"),
        ("'6ecd8c99-4036-403d-bf84-cf8400f67836'::uuid", "6ecd8c99-4036-403d-bf84-cf8400f67836"),
    ];
    for (expression, expected) in cases {
        assert_eq!(check(cluster, &format!("SELECT {expression} AS x")), Ok(expected.to_owned()), "{expression}");
    }
}

fn types_may_be_declared(cluster: &Cluster) {
    let declared = |expression: &str, ty: &str| {
        let mut grant = grant(&cluster.connection(), &format!("SELECT {expression} AS x"));
        grant.columns.insert("x".into(), Written::new(ty));
        run(&grant, &[])
    };
    assert_eq!(declared("99.95::float8", "decimal"), Ok("decimal 99.9500".into()));
    assert_eq!(declared("99.95::float4", "decimal"), Ok("decimal 99.9500".into()));
    assert_eq!(declared("sum(n)", "long").unwrap_err(), "invalid: PostgreSQL: column \"n\" does not exist (42703)");
    assert_eq!(declared("sum(7::bigint)", "long"), Ok("long 7".into()));
    assert_eq!(declared("90", "duration"), Ok("duration 1m30s".into()));
    assert_eq!(declared("'yes'::text", "boolean"), Ok("boolean true".into()));
    assert_eq!(declared("7", "text"), Ok("7".into()));
}

fn what_no_cell_can_be_is_refused(cluster: &Cluster) {
    let refused = |expression: &str| {
        let message = check(cluster, &format!("SELECT {expression} AS x")).unwrap_err();
        message.strip_prefix("invalid: row 1, column `x`: ").unwrap_or(&message).to_owned()
    };
    assert_eq!(
        refused("0.5::float8"),
        "`0.5` is a binary fraction; declare the column as decimal or round it to a whole number"
    );
    assert_eq!(refused("'NaN'::numeric"), "is not a number (NaN)");
    assert_eq!(refused("'Infinity'::numeric"), "is infinite");
    assert_eq!(
        refused("1/3::numeric"),
        "has more than 4 digits after the point; round it in the query, such as `round(x, 4)`"
    );
    assert_eq!(refused("1e15::numeric"), "is a number beyond 922337203685477.5807");
    assert_eq!(refused("timestamptz 'infinity'"), "is infinite; write nullif(x, 'infinity')");
    assert_eq!(refused("date '-infinity'"), "is infinite; write nullif(x, 'infinity')");
    assert_eq!(refused("timestamp '10000-01-01'"), "datetime `253402300800000` ms is outside the years 0001 to 9999");
    assert_eq!(
        refused("interval '1 month'"),
        "is an interval with 1 months, which have no fixed length; write justify_days or subtract two timestamps"
    );
    assert_eq!(refused("ARRAY['a']"), "has the type _text; write array_to_string(x, ',') or one row per element");
    assert_eq!(refused("'{}'::jsonb"), "has the type jsonb; write x::text or leave it out");
    assert_eq!(refused("9007199254740992"), "long `9007199254740992` is outside -9007199254740991 to 9007199254740991");
}

fn parameters_have_their_types(cluster: &Cluster) {
    let mut grant = grant(
        &cluster.connection(),
        "SELECT $1::text || pg_typeof($1) AS a, $2::text AS b, $3 AS c, $4 AS d, $5 AS e, $6 AS f, $7 AS g, \
         (SELECT count(*) FROM users WHERE at >= $1) AS h",
    );
    grant.params = ["datetime", "text", "duration", "decimal", "ip", "boolean", "long"].map(Written::new).to_vec();
    let params = [
        Scalar::Datetime(1_795_000_000_000),
        Scalar::Text("'; DROP TABLE users; --".into()),
        Scalar::Duration(90_061_001),
        Scalar::Decimal(tickmark_model::Decimal4(-5_000)),
        Scalar::Ip("10.0.0.7/8".into()),
        Scalar::Boolean(true),
        Scalar::Long(-3),
    ];
    assert_eq!(
        run(&grant, &params),
        Ok("2026-11-18 11:06:40+00timestamp with time zone|'; DROP TABLE users; --|duration 1d1h1m1s1ms|\
            decimal -0.5000|ip 10.0.0.0/8|boolean true|long -3|long 1"
            .into())
    );
    assert_eq!(run(&grant, &params[1..]), Err("invalid: query is given 6 parameters, expected 7".into()));
    grant.params.pop();
    assert_eq!(run(&grant, &params[..6]), Err("invalid: query has 7 parameters, the grant declares 6".into()));
}

fn rows_have_an_order(cluster: &Cluster) {
    assert_eq!(check(cluster, "SELECT id, name FROM users"), Ok("long 1|al\nlong 2|bo".into()));
    assert_eq!(check(cluster, "SELECT id, name FROM users ORDER BY id DESC"), Ok("long 2|bo\nlong 1|al".into()));
    // More rows than are fetched at once.
    let rows = check(cluster, "SELECT n FROM generate_series(1, 2500) AS n ORDER BY n").unwrap();
    let expected: Vec<String> = (1..=2500).map(|n| format!("long {n}")).collect();
    assert_eq!(rows, expected.join("\n"));
}

fn writing_is_refused(cluster: &Cluster) {
    let read_only =
        |what: &str| Err(format!("denied: PostgreSQL: cannot execute {what} in a read-only transaction (25006)"));
    assert_eq!(check(cluster, "DELETE FROM users RETURNING id"), read_only("DELETE"));
    assert_eq!(
        check(cluster, "WITH gone AS (DELETE FROM users RETURNING id) SELECT count(*) FROM gone"),
        read_only("SELECT")
    );
    assert_eq!(check(cluster, "CREATE TABLE t AS SELECT 1"), Err("denied: query is no SELECT".into()));
    assert_eq!(check(cluster, "COMMIT"), Err("denied: query is no SELECT".into()));
    assert_eq!(
        check(cluster, "SELECT 1; DELETE FROM users"),
        Err("invalid: query holds 2 statements, expected 1".into())
    );
    assert_eq!(check(cluster, "SELECT count(*) FROM users"), Ok("long 2".into()));
    assert_eq!(check(cluster, "SELEC 1"), Err("invalid: PostgreSQL: syntax error at or near \"SELEC\" (42601)".into()));
    assert_eq!(check(cluster, "SELECT 1/0 AS x"), Err("invalid: PostgreSQL: division by zero (22012)".into()));
}

fn bounds_hold(cluster: &Cluster) {
    let limited =
        |query: &str, limits: &Limits| ask(&grant(&cluster.connection(), query), &[], limits).unwrap_err().to_string();
    let limits = Limits { sql_rows: 1_500, response_bytes: 40_000, ..Limits::default() };
    let endless = "SELECT generate_series(1, 1000000000) AS n";
    assert_eq!(limited(endless, &limits), "limit: result is more than 1500 rows");
    assert_eq!(limited("SELECT repeat('a', 40000) AS x", &limits), "limit: result is more than 40000 bytes");
    let mut slow = grant(&cluster.connection(), "SELECT pg_sleep(1000)::text AS x");
    slow.timeout = Some(Written::new("300ms"));
    let refusal = ask(&slow, &[], &Limits::default()).unwrap_err();
    assert_eq!((refusal.to_string().as_str(), refusal.retryable), ("timeout: query took more than 300 ms", true));
}

fn a_password_is_asked_for(cluster: &Cluster) {
    let mut grant = grant(&cluster.connection().replace("user=postgres", "user=audit"), "SELECT count(*) FROM users");
    assert_eq!(run(&grant, &[]), Err("unavailable: PostgreSQL: invalid configuration: password missing".into()));
    grant.password = Some(SecretRef::Plain("wrong-secret".into()));
    assert_eq!(
        run(&grant, &[]),
        Err("unavailable: PostgreSQL: password authentication failed for user \"audit\" (28P01)".into())
    );
    grant.password = Some(SecretRef::Plain("hunter2-secret".into()));
    assert_eq!(run(&grant, &[]), Ok("long 2".into()));
    grant.query = "SELECT id FROM secrets".into();
    assert_eq!(run(&grant, &[]), Err("unavailable: PostgreSQL: permission denied for table secrets (42501)".into()));
}

fn the_user_is_the_one_that_the_server_names(cluster: &Cluster) {
    cluster.execute(
        "CREATE ROLE reader; GRANT reader TO audit; GRANT SELECT ON users TO reader; ALTER ROLE audit SET role = 'reader'",
    );
    let connection = cluster.connection().replace("user=postgres", "user=audit");
    let mut grant = grant(&connection, "SELECT count(*) AS n FROM users");
    let seen = |grant: &SqlGrant| {
        let Told { answer, principal, .. } = query_as(grant, &[], &Limits::default(), &mut Vault::default());
        (principal, answer.map(|table| show(&table)).map_err(|refusal| refusal.code.as_str()))
    };
    assert_eq!(seen(&grant), ("audit".to_owned(), Err("unavailable")), "no session, so the connection's user");
    grant.password = Some(SecretRef::Plain("hunter2-secret".into()));
    assert_eq!(seen(&grant), ("reader".to_owned(), Ok("long 2".to_owned())));
    grant.query = "SELECT id FROM secrets".into();
    assert_eq!(seen(&grant), ("reader".to_owned(), Err("unavailable")), "who was refused is on record too");
}

#[test]
fn a_connection_leaves_the_machine_in_the_clear_only_where_that_is_said() {
    let refused = |connection: &str| run(&grant(connection, "SELECT 1"), &[]).unwrap_err();
    let tls = "invalid: connection asks for TLS, which is not supported for PostgreSQL yet";
    assert_eq!(refused("host=127.0.0.1 user=audit sslmode=require"), tls);
    let plain = "invalid: connection would leave this machine without TLS; `sslmode=disable` says that this is meant";
    assert_eq!(refused("host=db.example.com user=audit"), plain);
    assert_eq!(refused("host=localhost,db.example.com user=audit"), plain);
    assert_eq!(refused("host=localhost hostaddr=192.0.2.1 user=audit"), plain);
}

#[test]
fn a_server_that_is_not_there_is_unavailable_and_may_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let connection = format!("host={} user=audit", dir.path().display());
    let refusal = ask(&grant(&connection, "SELECT 1"), &[], &Limits::default()).unwrap_err();
    assert_eq!(
        (refusal.to_string().as_str(), refusal.retryable),
        ("unavailable: PostgreSQL: error connecting to server: No such file or directory (os error 2)", true)
    );
}
