//! Access logs, on a host of canned answers, judged at 2026-11-20T09:00:00Z.

mod common;

use common::{access, at, line, lines, report};
use tickmark_accesslog::AccessLog;
use tickmark_collector::testing::TestHost;
use tickmark_collector::{Failure, Value};

#[test]
fn a_log_with_every_field_and_in_order() {
    let log = lines(&[
        "2026-11-19T08:30:00Z",
        "2026-11-19T09:00:00Z",
        "2026-11-19T12:00:00Z",
        "2026-11-19T22:00:00Z",
        "2026-11-20T08:00:00Z",
    ]);
    assert_eq!(
        report(&access(&log)),
        "\
stream access from [0]: true 4 0 0 0 0 0 0 0 0 0 0 0 10h 2026-11-19T09:00:00Z 2026-11-20T08:00:00Z
stream: 1 of 1, covers 2026-11-19T08:30:00Z to 2026-11-20T09:00:00Z
"
    );
}

#[test]
fn gaps_reach_over_both_ends_of_the_window() {
    let check = |times: &[&str], says: &str| {
        let said = report(&access(&lines(times)));
        let gap = said.split(' ').nth(17).unwrap();
        assert_eq!(gap, says, "{said}");
    };
    check(&["2026-11-19T03:00:00Z", "2026-11-19T10:00:00Z", "2026-11-20T08:00:00Z"], "22h");
    check(&["2026-11-18T03:00:00Z", "2026-11-19T10:00:00Z", "2026-11-20T08:00:00Z"], "1d7h");
    check(&["2026-11-19T10:00:00Z", "2026-11-19T20:00:00Z"], "13h");
    // Nobody knows what was before the first line, and the coverage says so.
    check(&["2026-11-20T08:00:00Z"], "1h");
    check(&["2026-11-18T00:00:00Z"], "2d9h");
    check(&["2026-11-20T10:00:00Z"], "1d");
}

#[test]
fn a_log_without_lines_is_a_row_with_zero() {
    assert_eq!(
        report(&access("")),
        "\
stream access from [0]: true 0 0 0 0 0 0 0 0 0 0 0 0 1d - -
stream: 1 of 1
note: an access log is empty or not there: what it covers is not known
"
    );
}

#[test]
fn what_a_line_lacks_is_counted_and_noted() {
    let full = line(at("2026-11-20T07:00:00Z"), "c1");
    let log = [
        lines(&["2026-11-19T08:00:00Z"]),
        full.replace("\"u7\"", "null"),
        full.replace("c1", "c2").replace("\"10.0.0.5\"", "\"unknown\"").replace("\"outcome\": \"allowed\", ", ""),
        full.replace("c1", "").replace("2026-11-20T07:00:00Z", "yesterday"),
        full.replace("c1", "c3"),
    ]
    .concat();
    assert_eq!(
        report(&access(&log)),
        "\
stream access from [0]: true 4 0 3 1 1 0 0 1 1 1 0 0 23h 2026-11-20T07:00:00Z 2026-11-20T07:00:00Z
stream: 1 of 1, covers 2026-11-19T08:00:00Z to 2026-11-20T09:00:00Z
note: access, line 2 has no `user_id`
note: access, line 3 has no `source_ip`, `outcome`
note: access, line 4 has no `timestamp`, `correlation_id`: the time is `yesterday` is no time with an offset
"
    );
}

/// As Python's `datetime.utcnow().isoformat()` writes it.
#[test]
fn times_without_an_offset_need_one_in_the_settings() {
    let log = lines(&["2026-11-19T08:00:00Z", "2026-11-20T08:00:00Z"]).replace("00Z", "00.123456");
    let said = report(&access(&log));
    assert!(said.starts_with("stream access from [0]: true 2 0 2 2 0 0 "), "{said}");
    let said = report(&access(&log).with_setting("utc_offset", "+00:00"));
    assert!(said.starts_with("stream access from [0]: true 1 0 0 0 0 0 "), "{said}");
    assert!(said.contains(" covers 2026-11-19T08:00:00.123Z to "), "{said}");
}

#[test]
fn what_cannot_be_read_counts_in_every_window_that_it_may_belong_to() {
    let check = |log: &str, says: &str| {
        let said = report(&access(log));
        let counts: Vec<&str> = said.split(' ').skip(5).take(2).collect();
        assert_eq!(counts.join(" "), says, "{said}");
    };
    let (old, older) = (lines(&["2026-11-18T09:00:00Z"]), lines(&["2026-11-17T09:00:00Z"]));
    let new = lines(&["2026-11-20T08:00:00Z"]);
    let later = lines(&["2026-11-21T08:00:00Z"]);
    check(&[&older, "torn\n", &old, &new].concat(), "1 0");
    check(&[&older, &old, "torn\n", &new].concat(), "2 1");
    check(&[&old, &new, "torn\n", &later].concat(), "2 1");
    check(&[&old, "torn\n"].concat(), "1 1");
    // A line with an old date does not take the one before it out of the window.
    check(&[&old, &new, "torn\n", &old].concat(), "2 1");
    check(&[&new, "\n", "\0\0\0\n", &"x".repeat(1 << 20), "y\n"].concat(), "4 3");
}

#[test]
fn lines_before_earlier_ones_are_out_of_order() {
    let log = lines(&[
        "2026-11-18T10:00:00Z",
        "2026-11-18T09:00:00Z",
        "2026-11-20T07:00:00Z",
        "2026-11-20T06:59:59.999Z",
        "2026-11-20T07:00:00Z",
        "2026-11-19T08:00:00Z",
    ]);
    assert_eq!(
        report(&access(&log)),
        "\
stream access from [0]: true 3 0 0 0 0 0 0 0 0 0 2 0 1d21h 2026-11-20T06:59:59.999Z 2026-11-20T07:00:00Z
stream: 1 of 1, covers 2026-11-18T09:00:00Z to 2026-11-20T09:00:00Z
note: access, line 4 is dated 2026-11-20T06:59:59.999Z, before an earlier line
note: access, line 6 is dated 2026-11-19T08:00:00Z, before an earlier line
"
    );
}

#[test]
fn requests_that_are_logged_twice_are_duplicates() {
    let first = line(at("2026-11-20T07:00:00Z"), "c1");
    let log = [first.clone(), first.replace("read", "write"), first.replace("/orders/1", "/orders/2")].concat();
    let said = report(&access(&log));
    assert!(said.contains(" 0 1 2h 2026-11-20T07:00:00Z "), "{said}");
}

#[test]
fn a_log_that_was_cut_off_says_so() {
    let log = lines(&["2026-11-19T08:00:00Z", "2026-11-20T07:00:00Z", "2026-11-20T08:00:00Z"]);
    let cut = log.get(..log.len() - 1).unwrap();
    assert_eq!(
        report(&access(cut)),
        "\
stream access from [0]: true 2 1 0 0 0 0 0 0 0 0 0 0 23h 2026-11-20T07:00:00Z 2026-11-20T07:00:00Z truncated
stream: 1 of 1, covers 2026-11-19T08:00:00Z to 2026-11-20T09:00:00Z
note: access, line 3 cannot be read: it has no end: the log was cut off, or is being written
"
    );
}

#[test]
fn the_files_of_a_folder_are_streams_in_the_order_of_their_times() {
    let file = |host: TestHost, name: &str, times: &[&str]| host.file("access-log", name, lines(times).as_bytes());
    let host = TestHost::new()
        .with_setting("access_source", "folder")
        .with_setting("expected_streams", vec!["access.log", "access-admin.log"]);
    let host = file(host, "access.log", &["2026-11-20T00:30:00Z", "2026-11-20T08:00:00Z"]);
    let host = file(host, "access.log.1", &["2026-11-19T12:00:00Z", "2026-11-19T23:00:00Z"]);
    let host = file(host, "access.log.2", &["2026-11-18T12:00:00Z", "2026-11-19T11:00:00Z"]);
    let host = file(host, "access-api-20261119.log", &["2026-11-19T02:00:00Z", "2026-11-20T02:00:00Z"]);
    let host = file(host, "access-api.log", &["2026-11-20T01:00:00Z", "2026-11-20T03:00:00Z"]);
    let host = host.file("access-log", "access.log.3.gz", b"").file("access-log", "error.log", b"text");
    assert_eq!(
        report(&host),
        "\
stream access-admin.log from [0]: true 0 0 0 0 0 0 0 0 0 0 0 0 1d - -
stream access-api.log from [1, 2]: false 3 0 0 0 0 0 0 0 0 0 1 1 1d 2026-11-20T01:00:00Z 2026-11-20T03:00:00Z
stream access.log from [5, 4, 3]: true 5 0 0 0 0 0 0 0 0 0 0 3 23h 2026-11-19T11:00:00Z 2026-11-20T08:00:00Z
stream: 3 of 3
note: compressed files cannot be read, and what they cover is not shown: `access.log.3.gz`
note: an access log is empty or not there: what it covers is not known
"
    );
}

/// What is torn at the end of an old file is old where the next file begins before the window too.
#[test]
fn the_end_of_a_rotated_file_is_followed_by_the_next() {
    let check = |begins: &str, says: &str| {
        let old = lines(&["2026-11-17T12:00:00Z"]) + "torn";
        let host = TestHost::new().with_setting("access_source", "folder");
        let host = host.file("access-log", "access.log.1", old.as_bytes());
        let host = host.file("access-log", "access.log", lines(&[begins, "2026-11-20T08:00:00Z"]).as_bytes());
        let said = report(&host);
        let (row, _) = said.split_once('\n').unwrap();
        assert!(row.ends_with(says), "{row}");
    };
    check("2026-11-18T12:00:00Z", " 2026-11-20T08:00:00Z");
    check("2026-11-19T12:00:00Z", " truncated");
}

#[test]
fn another_file_is_no_access_log() {
    let failure = access("10.0.0.5 - - [19/Nov/2026]\n").collect::<AccessLog>().unwrap_err();
    let why = "no access log: access, line 1 cannot be read: invalid type: floating point `10.0`, expected an object at line 1 column 4";
    assert_eq!(failure, Failure::invalid(why).shown_by(0));
}

#[test]
fn many_defects_are_noted_once_each_and_then_counted() {
    let log = "{\"a\":1}\n".repeat(50);
    let said = report(&access(&log));
    assert_eq!(said.lines().filter(|line| line.starts_with("note: access, line")).count(), 20);
    assert!(said.contains("\nnote: access: 30 more defects\n"), "{said}");
}

#[test]
fn fields_may_be_called_otherwise() {
    let log = line(at("2026-11-20T08:00:00Z"), "c").replace("user_id", "sub").replace("u7", "n/a");
    let host = access(&log).with_setting("field_names", vec!["user_id=sub"]);
    let said = report(&host);
    assert!(said.starts_with("stream access from [0]: true 1 0 0 0 0 0 "), "{said}");
    let said = report(&host.with_setting("placeholders", vec!["N/A"]));
    assert!(said.starts_with("stream access from [0]: true 1 0 1 0 1 0 "), "{said}");
}

#[test]
fn settings_are_refused_with_value_and_bound() {
    let check = |setting: &str, value: Value, message: &str| {
        assert_eq!(report(&access("").with_setting(setting, value)), format!("invalid: {message}\n"));
    };
    check("access_source", "tail".into(), "setting `access_source` is `tail`, expected file or folder");
    check("access_prefix", "a".into(), "setting `access_prefix` has no meaning without access_source `folder`");
    check(
        "expected_streams",
        vec!["a", "b"].into(),
        "setting `expected_streams` has 2 names, a file is one log: expected one",
    );
    check("expected_streams", vec![""].into(), "setting `expected_streams` holds a name of 0 bytes, expected 1 to 900");
    let fields = "timestamp, user_id, action, resource, source_ip, outcome, correlation_id";
    for bad in ["user", "user=sub", "user_id="] {
        let message = format!(
            "setting `field_names` is `{bad}`, expected a field, `=` and a name, each field once; the fields are {fields}"
        );
        check("field_names", vec![bad].into(), &message);
    }
    check("field_names", vec!["user_id=action"].into(), "setting `field_names` gives two fields the same name");
    check(
        "utc_offset",
        "CET".into(),
        "setting `utc_offset` is `CET`, expected an offset from -23:59 to +23:59 such as +01:00",
    );
    let none = tickmark_collector::Duration(0);
    check("window", none.into(), "setting `window` is `0ms`, expected more than 0ms and at most 36500d");
    check("year", "latest".into(), "setting `year` has no meaning without `login_source`");
    assert_eq!(
        report(&TestHost::new()),
        "invalid: settings `access_source` and `login_source` are missing, expected one at least\n"
    );
    assert_eq!(
        report(&TestHost::new().with_setting("placeholders", vec!["-"])),
        "invalid: setting `placeholders` has no meaning without `access_source`\n"
    );
    let folder = TestHost::new().with_setting("access_source", "folder").with_setting("access_prefix", "");
    assert_eq!(
        report(&folder),
        "invalid: setting `access_prefix` is empty, expected how the names of the files begin\n"
    );
}

/// A file that cannot be had is a failure and no empty log.
#[test]
fn a_log_that_is_not_granted_is_denied() {
    let failure = TestHost::new().with_setting("access_source", "file").collect::<AccessLog>().unwrap_err();
    assert_eq!(failure.code, "denied");
}
