//! What the collector declares: two facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("mfa", env!("CARGO_PKG_VERSION"))
        .fact(user())
        .fact(login_window())
        .need(Need::sql("users", "read the users and their second factors (source `sql`)").optional())
        .need(Need::sql("logins", "count logins in a window (login_source `sql`)").optional())
        .need(Need::files("credential-report", "read the AWS IAM report (source `aws-credential-report`)").optional())
        .need(Need::files("okta-users", "read the Okta export of users and factors (source `okta`)").optional())
        .setting(Column::text("source", "sql, aws-credential-report or okta").required())
        .setting(
            Column::text(
                "admin_roles",
                "roles that make an administrator, in any case; default admin, administrator, root, owner, superuser",
            )
            .set(),
        )
        .setting(Column::text("admin_users", "administrators by id, name or email, whatever their roles").set())
        .setting(Column::text("service_accounts", "service accounts by id or name").set())
        .setting(Column::text("login_source", "sql; absent: logins are not looked at"))
        .setting(Column::duration(
            "login_window",
            "how far back from the judged instant logins are counted; default 24h",
        ))
        .setting(Column::text("login_sources", "the logs that must be counted, by name; default auth_log").set())
}

fn user() -> Fact {
    Fact::new("user", "Mfa::User", "one account of the source, enabled or not")
        .parent_kind("Mfa::Role")
        .column(Column::text("name", "the name to log in with"))
        .column(Column::text("email", "the email address"))
        .column(Column::text("roles", "the roles and groups, may be empty").set().required())
        .column(Column::boolean("admin", "whether it administers the source").required())
        .column(Column::boolean("service", "whether a program uses it, not a person").required())
        .column(Column::boolean("enabled", "whether it can log in").required())
        .column(Column::boolean(
            "mfa_enabled",
            "whether a second factor is enrolled; absent where the source does not say",
        ))
        .column(
            Column::text(
                "factors",
                "the enrolled factors, may be empty: totp, webauthn, sms, call, email, push, hardware, question, other",
            )
            .set()
            .required(),
        )
        .column(Column::boolean("password_enabled", "whether it has a password"))
        .column(Column::datetime("last_login", "when it last logged in"))
        .column(Column::datetime("created_at", "when it was created"))
        .column(Column::text("department", "the department of the person"))
        .column(Column::text("manager", "the person's manager"))
        .column(Column::long("access_keys", "active access keys; absent where the source has no such thing"))
}

fn login_window() -> Fact {
    Fact::new("login_window", "Mfa::LoginWindow", "the logins of one source in one window, none included")
        .column(Column::text("source", "the log").required())
        .column(Column::datetime("window_from", "start of the window, inclusive").required())
        .column(Column::datetime("window_to", "end of the window, exclusive").required())
        .column(Column::long("attempts", "logins tried in the window").required())
        .column(Column::long("failures", "those that failed").required())
}
