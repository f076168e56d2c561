//! The export of other changes: both of its forms, how far it reaches, and what of it cannot be read.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

#[expect(dead_code, reason = "this program uses a part of it")]
mod common;

use common::{audit, documents, files, report, settings};
use tickmark_change::Change;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Value, time};

/// The time zone is all that an export needs.
fn host(form: &str, export: &[u8]) -> TestHost {
    TestHost::new().with_setting("time_zone", "UTC").with_setting("audit", form).file("audit", "", export)
}

const COVERAGE: &str =
    r#"{"kind":"coverage","created_at":"2026-10-01T00:00:00Z","deployed_at":"2026-11-20T08:00:00Z"}"#;

fn line(id: &str, at: &str) -> String {
    format!(r#"{{"id":"{id}","kind":"configuration","author":"ada","deployed_at":"{at}"}}"#)
}

/// Rows, total, excluded, coverage, and notes without the first, which counts rows where there are any.
fn check(form: &str, export: &str, expected: &str) {
    let run = match host(form, export.as_bytes()).collect::<Change>() {
        Ok(run) => run,
        Err(failure) => return assert_eq!(failure.to_string(), expected),
    };
    let claim = run.claim("change").unwrap();
    let population = &claim.population;
    let total = population.source_total.map_or("?".to_owned(), |total| total.to_string());
    let mut said = format!("{} of {total}, {} excluded", claim.count, population.excluded);
    if let (Some(from), Some(to)) = (population.covers_from, population.covers_to) {
        said += &format!(", {} to {}", time::text(from), time::text(to));
    }
    for note in run.notes().iter().skip(usize::from(claim.count > 0)) {
        said += &format!("\n{note}");
    }
    assert_eq!(said, expected, "{export}");
}

#[test]
fn an_export_covers_what_it_says_or_what_its_changes_show() {
    let (old, new) = (line("a", "2026-10-21T09:00:00Z"), line("b", "2026-11-19T10:00:00Z"));
    let before = line("c", "2026-10-21T08:59:59Z");
    check(
        "json-lines",
        &format!("{COVERAGE}\n{new}\n"),
        "1 of 1, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z",
    );
    check(
        "json-lines",
        &format!("{before}\n\n{old}\n{new}"),
        "2 of 3, 1 excluded, 2026-10-21T09:00:00Z to 2026-11-19T10:00:00Z",
    );
    check(
        "json-lines",
        &new,
        "1 of ?, 0 excluded\nthe audit export reaches back to 2026-11-19T10:00:00Z, the window to 2026-10-21T09:00:00Z",
    );
    let late = COVERAGE.replace("2026-10-01", "2026-10-22");
    check(
        "json-lines",
        &format!("{before}\n{late}"),
        "0 of ?, 1 excluded\nthe audit export reaches back to 2026-10-22T00:00:00Z, the window to 2026-10-21T09:00:00Z",
    );
    check("json-lines", "", "0 of ?, 0 excluded\nthe audit export is empty: how far it reaches is not known");
    check("json-lines", COVERAGE, "0 of 0, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z");
    check(
        "json-lines",
        &format!("{COVERAGE}\n{COVERAGE}"),
        "invalid: an audit export has two records of kind `coverage`, expected one",
    );
}

#[test]
fn an_export_that_lost_records_is_noticed() {
    let counted = COVERAGE.replace('}', r#","total":2}"#);
    let export = format!("{counted}\n{}\n{}\n", line("a", "2026-11-01T00:00:00Z"), line("b", "2026-11-02T00:00:00Z"));
    check("json-lines", &export, "2 of 2, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z");
    let cut = export.rsplit_once("{\"id\":\"b\"").unwrap().0;
    check("json-lines", cut, "1 of ?, 0 excluded\nthe audit export says that it holds 2 changes, it holds 1");
    // Cut off within a record.
    check(
        "json-lines",
        &export[..export.len() - 10],
        "1 of 2, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z\n\
         audit record 3 cannot be read: EOF while parsing a string at line 1 column 76",
    );
}

#[test]
fn a_record_that_cannot_be_read_is_missing_from_the_count_and_not_from_the_total() {
    let bad = |record: &str, why: &str| {
        let expected = format!(
            "0 of 1, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z\naudit record 2 cannot be read: {why}"
        );
        check("json-lines", &format!("{COVERAGE}\n{record}"), &expected);
    };
    let good = line("a", "2026-11-01T00:00:00Z");
    let with = |field: &str| good.replace('}', &format!(",{field}}}"));
    bad("[]", "no JSON object");
    bad(r#"["a","configuration","ada","2026-11-01T00:00:00Z"]"#, "no JSON object");
    bad(&good.replace("\"a\"", "\"\""), "id of 0 bytes, expected 1 to 900");
    bad(&good.replace("\"ada\"", "\" \""), "it does not say the author");
    bad(&good.replace("2026-11-01T", "2026-11-31T"), "time `2026-11-31T00:00:00Z` is not RFC 3339 at line 1 column 85");
    bad(&with(r#""approved_by":"b""#), "`approved_by` and `approved_at` are not both there");
    bad(&with(r#""request":7"#), "`request` and `repository` are not both there");
    bad(&with(r#""repository":"acme/x","request":7"#), "setting `repositories` does not name `acme/x`");
    bad(&" ".repeat((1 << 20) + 1), "longer than 1048576 bytes");
    let long = with(&format!(r#""description":"{}""#, "x".repeat(1 << 20)));
    bad(&long, "longer than 1048576 bytes");
    let unknown = host("json-lines", format!("{COVERAGE}\n{}", with(r#""aproved_by":"b""#)).as_bytes());
    assert!(report(&unknown).contains("audit record 2 cannot be read: unknown field `aproved_by`, expected one of"));
}

#[test]
fn the_same_id_twice_is_refused() {
    let twice = format!("{}\n{}\n", line("a", "2026-11-01T00:00:00Z"), line("a", "2026-11-02T00:00:00Z"));
    check("json-lines", &twice, "invalid: change `configuration/a` is there twice");
    let apart = twice.replacen("configuration", "infrastructure", 1);
    check(
        "json-lines",
        &format!("{COVERAGE}\n{apart}"),
        "2 of 2, 0 excluded, 2026-10-21T09:00:00Z to 2026-11-20T08:00:00Z",
    );
}

/// The fixture as CSV, with the columns in another order and lists with semicolons.
#[test]
fn csv_says_the_same_as_json_lines() {
    let records: Vec<serde_json::Value> =
        String::from_utf8(audit()).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut columns: Vec<&str> =
        records.iter().flat_map(|record| record.as_object().unwrap().keys().map(String::as_str)).collect();
    columns.sort_unstable_by(|a, b| b.cmp(a));
    columns.dedup();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&columns).unwrap();
    for record in &records {
        writer
            .write_record(columns.iter().map(|column| match record.get(column) {
                None => String::new(),
                Some(serde_json::Value::String(text)) => text.clone(),
                Some(serde_json::Value::Array(items)) => {
                    items.iter().map(|item| item.as_str().unwrap()).collect::<Vec<_>>().join("; ")
                }
                Some(other) => other.to_string(),
            }))
            .unwrap();
    }
    let csv = writer.into_inner().unwrap();
    let both = |form: &str, export: &[u8]| {
        let host = files(files(settings(TestHost::new()), "github", &documents("github")), "jira", &documents("jira"));
        report(&host.with_setting("audit", form).file("audit", "", export))
    };
    assert_eq!(both("csv", &csv), both("json-lines", &audit()));
}

#[test]
fn what_is_no_csv_of_this_form_is_refused() {
    let header = "id,kind,author,deployed_at";
    check(
        "csv",
        "<html>",
        "invalid: not an audit export: column `<html>` is not known, known are: id, kind, author, deployed_at, created_at, name, repository, request, issue, paths, approved_by, approved_at, risk_label, description, risk_assessment, rollback_plan, testing_completed, emergency, emergency_reason, verified_at, total",
    );
    check("csv", "id,kind,author", "invalid: not an audit export: no column `deployed_at`");
    check("csv", &format!("{header},id"), "invalid: not an audit export: column `id` is there twice");
    check("csv", "", "invalid: not an audit export: no column `id`");
    check("csv", header, "0 of ?, 0 excluded\nthe audit export is empty: how far it reaches is not known");
    let rows = format!(
        "{header},emergency,request\n,coverage,,2026-11-20T08:00:00Z,,\na,configuration,ada,2026-10-01T00:00:00Z,,\n\
         b,configuration,ada\nc,configuration,ada,2026-11-01T00:00:00Z,perhaps,\nd,configuration,ada,2026-11-01T00:00:00Z,,-1\n\
         e,poetry,ada,2026-11-01T00:00:00Z,,\n"
    );
    check(
        "csv",
        &rows,
        "0 of 6, 1 excluded, 2026-10-21T09:00:00Z to 2026-10-01T00:00:00Z\n\
         audit record 1 cannot be read: a record of coverage has no `created_at` up to `deployed_at`\n\
         audit record 3 cannot be read: 3 cells, the header has 6\n\
         audit record 4 cannot be read: `emergency` is `perhaps`, expected true or false\n\
         audit record 5 cannot be read: `request` is `-1`, expected a number\n\
         audit record 6 cannot be read: unknown variant `poetry`, expected one of `infrastructure`, `configuration`, `access_policy`, `coverage`"
            .replace(", 2026-10-21T09:00:00Z to 2026-10-01T00:00:00Z", "")
            .as_str(),
    );
}

/// A quote that is never closed would take the rest of the file for one record.
#[test]
fn a_record_without_an_end_is_given_up() {
    let open = format!("id,kind,author,deployed_at\n\"a,{}", "x,y\n".repeat(1 << 19));
    check("csv", &open, "invalid: not an audit export: a record longer than 1048576 bytes");
}

#[test]
fn whoever_is_no_known_account_is_said_and_approves_nothing() {
    let record = line("a", "2026-11-01T10:00:00Z");
    let with = |author: &str, approver: &str| {
        let approved = format!(r#","approved_by":"{approver}","approved_at":"2026-11-01T09:00:00Z"}}"#);
        let export =
            format!("{COVERAGE}\n{}", record.replace("\"ada\"", &format!("{author:?}")).replace('}', &approved));
        let host = host("json-lines", export.as_bytes())
            .with_setting("identities", vec!["ada=arn:aws:iam::1:user/ada"])
            .with_setting("security_approval", "never");
        let run = host.collect::<Change>().unwrap();
        let row = run.row("change", "configuration/a").unwrap();
        let is = |column: &str| row.get(column) == &Value::from(true);
        format!("{} {} {}", is("author_known"), is("approved_before_deploy"), is("self_approved"))
    };
    assert_eq!(with("ada", "boris"), "true true false");
    assert_eq!(with("ada", "arn:aws:iam::1:user/ada"), "true false true");
    assert_eq!(with("arn:aws:iam::1:user/ada", "Ada"), "true false true");
    assert_eq!(with("arn:aws:iam::1:user/x", "boris"), "false true false");
    assert_eq!(with("ada", "arn:aws:iam::1:user/x"), "true false false");
}
