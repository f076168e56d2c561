//! The accesslog collector: access logs, and logins of syslog and of the journal.

use tickmark_accesslog::AccessLog;
use tickmark_accesslog::parse::access::{Shape, parse, parse_utf8};

use crate::collect::{self, Input};

/// Reads one part with the log, and in a folder another with a rotated one.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_streams", "field_names", "placeholders", "login_services"]);
    let (one, two) = (input.part(0), input.part(1));
    let shape = Shape::default();
    for line in one.split(|byte| *byte == b'\n') {
        if std::str::from_utf8(line).is_ok() {
            assert_eq!(parse_utf8(line, &shape), parse(line, &shape), "{line:?}");
        }
    }
    collect::check::<AccessLog>(&match input.source {
        "access" => host.with_setting("access_source", "file").file("access-log", "", one),
        "access-folder" => host.with_setting("access_source", "folder").file("access-log", "access.log", one).file(
            "access-log",
            "access.log.1",
            two,
        ),
        "auth-log" => host.with_setting("login_source", "auth-log").file("auth-log", "", one),
        "auth-log-folder" => host
            .with_setting("login_source", "auth-log-folder")
            .file("auth-log", "auth.log", one)
            .file("auth-log", "auth.log.1", two),
        "journal" => host.with_setting("login_source", "journal").command("journal", 0, one, two),
        _ => return false,
    })
}
