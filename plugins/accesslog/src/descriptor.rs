//! What the collector declares: two facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("accesslog", env!("CARGO_PKG_VERSION"))
        .fact(stream())
        .fact(login_window())
        .need(Need::files("access-log", "read the access log: one file, or its folder (access_source)").optional())
        .need(Need::files("auth-log", "count logins in syslog's file, or in its folder (login_source)").optional())
        .need(Need::command("journal", "count logins in the journal (login_source `journal`)").optional())
        .need(Need::files("journal", "count logins in saved output of journalctl (login_source `journal-file`)").optional())
        .setting(Column::text(
            "access_source",
            "file: the grant is the log; folder: it holds logs and rotated files; absent: access logs are not looked at",
        ))
        .setting(Column::text("access_prefix", "how the files begin (access_source `folder`); default access"))
        .setting(
            Column::text(
                "expected_streams",
                "the logs that must be there, by name; default access for a file, none for a folder",
            )
            .set(),
        )
        .setting(
            Column::text("field_names", "fields that the log calls otherwise, such as user_id=sub; default none").set(),
        )
        .setting(
            Column::text("placeholders", "texts that stand for nothing, in any case of letters; default - and unknown")
                .set(),
        )
        .setting(Column::text(
            "login_source",
            "auth-log, auth-log-folder, journal or journal-file; absent: logins are not looked at",
        ))
        .setting(Column::text("login_prefix", "how the files begin (login_source `auth-log-folder`); default auth.log"))
        .setting(
            Column::text("login_services", "the services whose logins are counted, by PAM's name; default sshd").set(),
        )
        .setting(Column::text(
            "year",
            "for times without a year: latest (the last line is not older than a year), or the last line's year",
        ))
        .setting(Column::text("utc_offset", "offset of times without one, such as +01:00; absent: they are not read"))
        .setting(Column::duration("window", "how far back from the judged instant is looked; default 24h"))
}

fn stream() -> Fact {
    Fact::new("stream", "Log::Stream", "one access log in one window, expected or seen")
        .column(Column::text("name", "the log's name").required())
        .column(Column::boolean("expected", "whether the settings expect it").required())
        .column(Column::datetime("window_from", "start of the window, inclusive").required())
        .column(Column::datetime("window_to", "end of the window, exclusive").required())
        .column(Column::long("lines", "lines in the window, readable or not").required())
        .column(Column::long("unreadable", "those that are no JSON object, or too long").required())
        .column(Column::long("incomplete", "readable ones without a required field").required())
        .column(Column::long("missing_timestamp", "those without a timestamp that can be read").required())
        .column(Column::long("missing_user_id", "those without a user").required())
        .column(Column::long("missing_action", "those without an action").required())
        .column(Column::long("missing_resource", "those without a resource").required())
        .column(Column::long("missing_source_ip", "those without an address").required())
        .column(Column::long("missing_outcome", "those without an outcome").required())
        .column(Column::long("missing_correlation_id", "those without a correlation id").required())
        .column(Column::long("out_of_order", "lines dated before an earlier one, and files that overlap").required())
        .column(Column::long("duplicates", "lines with action and correlation id of another line").required())
        .column(Column::duration("longest_gap", "longest time without a line, up to the window's end").required())
        .column(Column::datetime("first", "time of the first line in the window"))
        .column(Column::datetime("last", "time of the last line in the window"))
        .column(Column::boolean("truncated", "whether the log ends in the middle of a line").required())
}

fn login_window() -> Fact {
    Fact::new("login_window", "Log::LoginWindow", "the logins of one service in one window, none included")
        .column(Column::text("source", "the service, by PAM's name").required())
        .column(Column::datetime("window_from", "start of the window, inclusive").required())
        .column(Column::datetime("window_to", "end of the window, exclusive").required())
        .column(Column::long("attempts", "logins tried in the window").required())
        .column(Column::long("failures", "those that failed").required())
}
