//! The collector from settings to rows, on a host of canned answers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests, where a panic is the failure")]

mod common;

use expect_test::{Expect, expect};
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{Column, Datetime, Decimal, Duration, Fact, Failure, Ip, Scalar, code};

use common::{host, person, report};

#[track_caller]
fn check(host: &TestHost, expected: Expect) {
    expected.assert_eq(&report(host, &person()));
}

fn csv(text: &str) -> TestHost {
    host("csv").file("source", "", text.as_bytes())
}

#[test]
fn an_hr_export_becomes_persons() {
    let export = include_bytes!("fixtures/hr.csv");
    let host = TestHost::new()
        .declaring(person())
        .file("source", "", export)
        .with_setting("format", "csv")
        .with_setting("delimiter", ";")
        .with_setting("key", "Employee ID")
        .with_setting(
            "columns",
            vec![
                "name=Full Name",
                "department=Dept.",
                "manager=Line Manager",
                "contractor=Type",
                "started_at=Hire Date",
                "ended_at=Termination Date",
                "notice:=30d",
            ],
        )
        .with_setting("values", vec!["contractor:Contractor=yes", "contractor:Employee=no"])
        .with_setting("exclude", vec!["Type=Test"])
        .with_setting("datetime_format", "%d.%m.%Y")
        .with_setting("time_zone", "Europe/Berlin");
    check(
        &host,
        expect![[r#"
            1001 [0]: name=Ada Byron department=Engineering manager=Hr::Person::1003 contractor=false notice=30d started_at=2019-02-28T23:00:00Z
            1002 [0]: name=Babbage; Charles department=Engineering manager=Hr::Person::1003 contractor=true notice=30d started_at=2021-07-14T22:00:00Z ended_at=2026-10-30T23:00:00Z
            1003 [0]: name=Grace Hopper contractor=false notice=30d started_at=2015-01-01T23:00:00Z
            3 of 5 [0], 1 excluded: "Type" is "Test" (1)
            note: row 6, column "Hire Date": "31.02.2026" is no date in %d.%m.%Y
            note: the source does not say: desk, share, address, roles
        "#]],
    );
}

#[test]
fn a_job_ledger_of_json_lines() {
    let job_run = Fact::new("job_run", "Processing::JobRun", "")
        .column(Column::text("job", "").required())
        .column(Column::text("status", "").required())
        .column(Column::datetime("started_at", "").required())
        .column(Column::datetime("finished_at", ""))
        .column(Column::long("records_in", ""))
        .column(Column::decimal("amount_in", ""))
        .column(Column::decimal("amount_out", ""));
    let host = TestHost::new()
        .declaring(job_run.clone())
        .file("source", "", include_bytes!("fixtures/jobs.jsonl"))
        .with_setting("format", "jsonl")
        .with_setting("key", "run")
        .with_setting(
            "columns",
            vec![
                "status=state",
                "started_at=start",
                "finished_at=end",
                "records_in=in",
                "amount_in=amount.in",
                "amount_out=/amount/out",
            ],
        )
        .with_setting("values", vec!["status:COMPLETED=succeeded", "status:FAILED=failed", "status:RUNNING=running"])
        .with_setting("datetime_format", "unix")
        .with_setting("covers_from", "as-of-2d")
        .with_setting("covers_to", "as-of");
    expect![[r#"
        2026-11-19/billing [0]: job=billing status=succeeded started_at=2026-11-19T00:00:00Z finished_at=2026-11-19T01:00:00Z records_in=120345 amount_in=15304225000e-4 amount_out=15304225000e-4
        2026-11-19/ledger [0]: job=ledger status=failed started_at=2026-11-19T01:00:00Z finished_at=2026-11-19T01:01:00Z records_in=10
        2026-11-20/billing [0]: job=billing status=running started_at=2026-11-20T08:00:00Z
        3 of 3 [0], covers 2026-11-18T09:00:00Z to 2026-11-20T09:00:00Z
    "#]]
    .assert_eq(&report(&host, &job_run));
}

fn register(document: &str) -> (TestHost, Fact) {
    let fact = Fact::new("data_asset", "Register::DataAsset", "")
        .column(Column::text("name", "").required())
        .column(Column::text("tags", "").set())
        .column(Column::text("classification", ""))
        .column(Column::datetime("reviewed_at", ""));
    let host = TestHost::new()
        .declaring(fact.clone())
        .file("source", "", document.as_bytes())
        .with_setting("format", "json")
        .with_setting("array", "data.assets")
        .with_setting("key", "ref")
        .with_setting("columns", vec!["classification=class", "reviewed_at=review.date"])
        .with_setting("total", "/meta/total")
        .with_setting("observed_at", "/meta/exported");
    (host, fact)
}

#[test]
fn a_json_document_says_its_total_and_its_time() {
    let document = include_str!("fixtures/register.json");
    let (host, fact) = register(document);
    expect![[r#"
        D-1 [0]: name=Invoices tags={eu,finance} classification=confidential reviewed_at=2026-04-01T00:00:00Z
        D-2 [0]: name=Brochures tags={} classification=public
        2 of 3 [0], observed 2026-11-19T18:00:00Z
        note: record 3, column "review.date": "2026-06-31" is no date or time such as 2026-11-20 or RFC 3339
    "#]]
    .assert_eq(&report(&host, &fact));
    let check = |document: &str, expected: Expect| {
        let (host, fact) = register(document);
        expected.assert_eq(&report(&host, &fact));
    };
    check(
        &document.replace("\"total\": 3", "\"total\": \"many\""),
        expect![[r#"
        invalid: the document says "many" at `/meta/total`, expected a number of rows [0]
    "#]],
    );
    check(
        &document.replace("\"total\"", "\"count\""),
        expect![[r#"
        invalid: the document says nothing at `/meta/total` [0]
    "#]],
    );
    check(
        &document.replace("\"assets\"", "\"items\""),
        expect![[r#"
        invalid: the json document: there is no array at `/data/assets` [0]
    "#]],
    );
    check(
        &document.replace("2026-11-19T18:00:00Z", "yesterday"),
        expect![[r#"
        invalid: the document says "yesterday" at `/meta/exported`, which is no date or time such as 2026-11-20 or RFC 3339 [0]
    "#]],
    );
    check(
        &document.replace("review\"", "reviews\""),
        expect![[r#"
        invalid: no record has "review.date"; if that may be so, write columns = ["reviewed_at?=..."] [0]
    "#]],
    );
    check(
        &document
            .replace("\"name\": \"Invoices\"", "\"name\": \"Invoices\", \"name\": \"Other\"")
            .replace("\"D-2\"", "null"),
        expect![[r#"
            0 of 3 [0], observed 2026-11-19T18:00:00Z
            note: record 1: key "name" is there twice
            note: record 2, column "ref": it is nothing, and names the row
            note: record 3, column "review.date": "2026-06-31" is no date or time such as 2026-11-20 or RFC 3339
        "#]],
    );
    check(
        &document[..document.len() - 10],
        expect![[r#"
            invalid: the json document: byte 444: the document was cut off [0]
        "#]],
    );
}

#[test]
fn a_query_brings_types_of_its_own() {
    let columns = [
        "id",
        "name",
        "desk",
        "share",
        "contractor",
        "address",
        "notice",
        "started_at",
        "ended_at",
        "roles",
        "manager",
    ];
    let row = |id: Scalar, desk: Scalar, started: Option<Scalar>| {
        vec![
            Some(id),
            Some("Ada".into()),
            Some(desk),
            Some(Decimal(805_000).into()),
            Some(true.into()),
            Some(Ip("10.0.0.1".into()).into()),
            Some(Duration(86_400_000).into()),
            started,
            None,
            Some("a;b".into()),
            Some(1003.into()),
        ]
    };
    let at = |ms| Some(Scalar::from(Datetime(ms)));
    let rows = vec![
        row(7.into(), 4.into(), at(0)),
        row("8".into(), "4".into(), Some("2026-11-20".into())),
        row("9".into(), true.into(), at(0)),
        row("10".into(), 5.into(), None),
    ];
    let sql = host("sql").table("source", &columns, rows);
    check(
        &sql,
        expect![[r#"
            7 [0]: name=Ada manager=Hr::Person::1003 contractor=true desk=4 share=805000e-4 address=10.0.0.1 notice=1d roles={a,b} started_at=1970-01-01T00:00:00Z
            8 [0]: name=Ada manager=Hr::Person::1003 contractor=true desk=4 share=805000e-4 address=10.0.0.1 notice=1d roles={a,b} started_at=2026-11-20T00:00:00Z
            2 of 4 [0]
            note: row 3, column "desk": "true" is no number
            note: row 4, column "started_at": it is empty, and `started_at` is required
            note: the source does not say: department
        "#]],
    );
    let total = |columns: &[&str], rows| {
        host("sql")
            .table("source", &["id", "name", "started_at"], vec![vec![Some("1".into()), Some("A".into()), at(0)]])
            .with_setting("total", "query")
            .table("total", columns, rows)
    };
    let said = vec![Some(2.into()), at(0), at(1_000), at(2_000)];
    let all = ["total", "covers_from", "covers_to", "observed_at"];
    check(
        &total(&all, vec![said.clone()]),
        expect![[r#"
        1 [0]: name=A started_at=1970-01-01T00:00:00Z
        1 of 2 [1], covers 1970-01-01T00:00:00Z to 1970-01-01T00:00:01Z, observed 1970-01-01T00:00:02Z
        note: the source does not say: department, manager, contractor, desk, share, address, notice, roles, ended_at
    "#]],
    );
    check(
        &total(&all, vec![said.clone()]).with_setting("observed_at", "as-of"),
        expect![[r#"
        invalid: both the query `total` and the settings say what the source covers or when it was observed [1]
    "#]],
    );
    check(
        &total(&all, vec![said.clone(), said]),
        expect![[r#"
        invalid: query `total` has 2 rows, expected one [1]
    "#]],
    );
    check(
        &total(&["total"], vec![vec![Some((-1).into())]]),
        expect![[r#"
        invalid: query `total`, row 1: column `total` is no number of rows [1]
    "#]],
    );
    check(
        &total(&["count"], vec![vec![Some(1.into())]]),
        expect![[r#"
        invalid: query has no column `total`, it has: count [1]
    "#]],
    );
}

#[test]
fn what_a_file_says_is_the_total() {
    let one = "id,name,started_at\n1,A,2026-01-01\n";
    let total = |text: &str| csv(one).with_setting("total", "file").file("total", "", text.as_bytes());
    check(
        &total("2\n"),
        expect![[r#"
        1 [0]: name=A started_at=2026-01-01T00:00:00Z
        1 of 2 [1]
        note: the source does not say: department, manager, contractor, desk, share, address, notice, roles, ended_at
    "#]],
    );
    check(
        &total("two"),
        expect![[r#"
        invalid: the file `total` holds "two", expected a number of rows [1]
    "#]],
    );
}

#[test]
fn rows_that_cannot_be_read_are_missing_and_named() {
    let text = "id,name,started_at,desk,share,address,roles\n\
                1,A,2026-01-01,7,50,10.0.0.1,a\n\
                2,B,2026-01-01,7.5,50,10.0.0.1,a\n\
                3,,2026-01-01,7,50,10.0.0.1,a\n\
                4,D,2026-01-01,7,0.12345,10.0.0.1,a\n\
                5,E,2026-01-01,7,50,10.0.0,a\n\
                \n\
                6,F,2026-01-01,7,50\n\
                ,G,2026-01-01,7,50,10.0.0.1,a\n\
                8,H,2026-01-01,9007199254740992,50,10.0.0.1,a,b\n";
    check(
        &csv(text),
        expect![[r#"
            1 [0]: name=A desk=7 share=500000e-4 address=10.0.0.1 roles={a} started_at=2026-01-01T00:00:00Z
            1 of 8 [0]
            note: row 3, column "desk": "7.5" is no whole number
            note: row 4, column "name": it is empty, and `name` is required
            note: row 5, column "share": "0.12345" has more than 4 digits after the point
            note: row 6, column "address": "10.0.0" is no address or network
            note: row 8: 5 cells, the header has 7
            note: row 9, column "id": it is nothing, and names the row
            note: row 10: 8 cells, the header has 7
            note: the source does not say: department, manager, contractor, notice, ended_at
        "#]],
    );
    let mut many = "id,name,started_at\n".to_owned();
    (1..=50).for_each(|n| many.push_str(&format!("{n},A,soon\n")));
    let run = csv(&many).collect::<tickmark_table::Table>().unwrap();
    assert_eq!(run.notes().len(), 22);
    assert_eq!(run.notes()[20], "30 more cannot be read");
    assert_eq!(run.claim("person").unwrap().population.source_total, Some(50));
}

#[test]
fn what_is_not_of_the_format_is_refused() {
    let head = "id,name,started_at\n";
    check(
        &csv(""),
        expect![[r#"
        invalid: the csv file is empty, expected a header [0]
    "#]],
    );
    check(
        &csv("id,name,started_at,name\n"),
        expect![[r#"
        invalid: column "name" is there twice, as column 2 and 4 [0]
    "#]],
    );
    check(
        &csv("id,name,start\n"),
        expect![[r#"
        invalid: the source has no column "started_at", it has: "id", "name", "start"; map one with columns = ["started_at=..."] [0]
    "#]],
    );
    check(
        &csv("name,started_at\n"),
        expect![[r#"
        invalid: the source has no column "id", it has: "name", "started_at" [0]
    "#]],
    );
    check(
        &csv(head).with_setting("columns", vec!["desk=Desk"]),
        expect![[r#"
        invalid: the source has no column "Desk", it has: "id", "name", "started_at" [0]
    "#]],
    );
    check(
        &csv(head).with_setting("exclude", vec!["Desk=1"]),
        expect![[r#"
        invalid: the source has no column "Desk", it has: "id", "name", "started_at" [0]
    "#]],
    );
    check(
        &csv(&format!("{head}1,\"A,2026-01-01\n")),
        expect![[r#"
        invalid: the csv file: row 2: the quote of cell 2 is not closed, the file was cut off [0]
    "#]],
    );
    check(
        &csv(&format!("{head}a,A,2026-01-01\nb,B,2026-01-01\na,C,soon\n")),
        expect![[r#"
        invalid: row 2 and row 4 have the same key in column "id" [0]
    "#]],
    );
    check(
        &csv("<html>\n<body>"),
        expect![[r#"
        invalid: the source has no column "name", it has: "<html>"; map one with columns = ["name=..."] [0]
    "#]],
    );
    check(
        &host("json").file("source", "", b"{}"),
        expect![[r#"
        invalid: the json document: byte 0: the document is no array, `array` says where the array is [0]
    "#]],
    );
    check(
        &host("jsonl").file("source", "", b"<html>"),
        expect![[r#"
        invalid: the json lines: line 1 is no JSON object: byte 0: expected a value [0]
    "#]],
    );
    check(
        &host("csv"),
        expect![[r#"
            denied: files `source` is not granted [0]
        "#]],
    );
    // A column that may be missing is no mistake, and an empty source is one without rows.
    check(
        &csv(head).with_setting("columns", vec!["desk?=Desk"]),
        expect![[r#"
        0 of 0 [0]
        note: the source does not say: department, manager, contractor, share, address, notice, roles, ended_at
    "#]],
    );
}

#[test]
fn keys_of_several_columns_stay_apart() {
    let text = "a,b,name,started_at\nx/y,z,A,2026-01-01\nx,y/z,B,2026-01-01\n50%,2F,C,2026-01-01\n";
    check(
        &csv(text).with_setting("key", "a + b"),
        expect![[r#"
        x%2Fy/z [0]: name=A started_at=2026-01-01T00:00:00Z
        x/y%2Fz [0]: name=B started_at=2026-01-01T00:00:00Z
        50%25/2F [0]: name=C started_at=2026-01-01T00:00:00Z
        3 of 3 [0]
        note: the source does not say: department, manager, contractor, desk, share, address, notice, roles, ended_at
    "#]],
    );
}

#[test]
fn excluded_rows_need_not_be_readable() {
    let text = "id,name,started_at\n1,A,2026-01-01\n1,draft,soon\n,draft,\n2,A,2026-01-01\n3,,\n";
    check(
        &csv(text).with_setting("exclude", vec!["name=draft", "name=", "id=9"]),
        expect![[r#"
        1 [0]: name=A started_at=2026-01-01T00:00:00Z
        2 [0]: name=A started_at=2026-01-01T00:00:00Z
        2 of 5 [0], 3 excluded: "name" is "" (1), "name" is "draft" (2)
        note: the source does not say: department, manager, contractor, desk, share, address, notice, roles, ended_at
    "#]],
    );
}

#[test]
fn what_is_no_text_is_not_excluded_as_an_empty_one() {
    let json = r#"[{"id":1,"name":[],"started_at":"2026-01-01"},{"id":2,"name":null},{"id":3}]"#;
    check(
        &host("json").file("source", "", json.as_bytes()).with_setting("exclude", vec!["name="]),
        expect![[r#"
            0 of 3 [0], 2 excluded: "name" is "" (2)
            note: record 1, column "name": it is a list, expected a text
            note: the source does not say: department, manager, contractor, desk, share, address, notice, roles, ended_at
        "#]],
    );
}

fn paged() -> TestHost {
    host("json").with_setting("path", "/v1/people?limit=2").with_setting("array", "items")
}

fn page(ids: &[&str], more: &str) -> Answer {
    let items: Vec<String> =
        ids.iter().map(|id| format!(r#"{{"id":"{id}","name":"N","started_at":"2026-01-01"}}"#)).collect();
    let body = format!(r#"{{"items":[{}]{more}}}"#, items.join(","));
    Answer { status: 200, body: body.into_bytes(), ..Answer::default() }
}

/// Ids with their receipts, and the population; or the failure.
fn pages(host: &TestHost) -> String {
    match host.collect::<tickmark_table::Table>() {
        Err(failure) => format!("{failure}{}", if failure.retryable { " (retry)" } else { "" }),
        Ok(run) => {
            let ids: Vec<String> =
                run.rows("person").iter().map(|row| format!("{}[{}]", row.id, row.sources[0])).collect();
            let population = &run.claim("person").unwrap().population;
            let (total, shown) = (population.source_total.unwrap(), population.total_source.unwrap());
            format!("{} of {total} [{shown}]", ids.join(" "))
        }
    }
}

#[test]
fn pages_are_followed_to_their_end() {
    let first = "/v1/people?limit=2";
    let one = paged().answer("source", first, page(&["1", "2"], ""));
    assert_eq!(pages(&one), "1[0] 2[0] of 2 [0]");

    let link = |link: &str| Answer {
        headers: vec![("link".into(), format!("<{link}>; rel=\"next\""))],
        ..page(&["1", "2"], "")
    };
    let linked = paged()
        .with_setting("next", "link")
        .answer("source", first, link("https://api.example.com/v1/people?limit=2&after=2"))
        .answer("source", "/v1/people?limit=2&after=2", page(&["3"], ""));
    assert_eq!(pages(&linked), "1[0] 2[0] 3[1] of 3 [1]");
    let circle = paged().with_setting("next", "link").answer("source", first, link("?limit=2"));
    assert_eq!(pages(&circle), "invalid: page 1 leads back to a page that was read already");

    let pointed = paged()
        .with_setting("next", "/links/next")
        .with_setting("total", "/total")
        .answer("source", first, page(&["1", "2"], r#","links":{"next":"/v1/people?page=2"},"total":4"#))
        .answer("source", "/v1/people?page=2", page(&["3"], r#","links":{"next":null},"total":4"#));
    assert_eq!(pages(&pointed), "1[0] 2[0] 3[1] of 4 [1]");
    let moved = paged()
        .with_setting("next", "/next")
        .with_setting("total", "/total")
        .answer("source", first, page(&["1"], r#","next":"?p=2","total":4"#))
        .answer("source", "/v1/people?p=2", page(&["3"], r#","total":5"#));
    let changed = "invalid: the source says 4 rows and on page 2 5: it changed while it was read (retry)";
    assert_eq!(pages(&moved), changed);

    let cursor = paged()
        .with_setting("next", "meta.cursor")
        .with_setting("cursor_parameter", "after")
        .answer("source", first, page(&["1", "2"], r#","meta":{"cursor":"a b"}"#))
        .answer("source", "/v1/people?limit=2&after=a%20b", page(&["3"], r#","meta":{"cursor":""}"#));
    assert_eq!(pages(&cursor), "1[0] 2[0] 3[1] of 3 [1]");

    let numbered = paged()
        .with_setting("page_parameter", "page")
        .answer("source", "/v1/people?limit=2&page=1", page(&["1", "2"], ""))
        .answer("source", "/v1/people?limit=2&page=2", page(&["3"], ""))
        .answer("source", "/v1/people?limit=2&page=3", page(&[], ""));
    assert_eq!(pages(&numbered), "1[0] 2[0] 3[1] of 3 [2]");
}

#[test]
fn a_page_that_fails_fails_the_run() {
    let first = "/v1/people?limit=2";
    let next = || paged().with_setting("next", "next").answer("source", first, page(&["1"], r#","next":"/x""#));
    assert_eq!(pages(&next()), "unavailable: page 2 answered with status 404, expected 200");
    let status = |status| Answer { status, ..page(&[], "") };
    assert_eq!(
        pages(&next().answer("source", "/x", status(503))),
        "unavailable: page 2 answered with status 503, expected 200 (retry)"
    );
    let late = Failure::new(code::TIMEOUT, "late");
    assert_eq!(pages(&next().answer_fails("source", "/x", late)), "timeout: late");
    let cut = Answer { body: b"{\"items\":[".to_vec(), ..page(&[], "") };
    assert_eq!(pages(&next().answer("source", "/x", cut)), "invalid: page 2: byte 10: the document was cut off");
    assert_eq!(
        pages(&next().answer("source", "/x", page(&["1"], ""))),
        "invalid: record 1 and record 2 have the same key in column \"id\""
    );
    let listed = paged().with_setting("next", "next").answer("source", first, page(&[], r#","next":["/x"]"#));
    assert_eq!(pages(&listed), "invalid: what the document says about the next page is a list, expected a text");
}
