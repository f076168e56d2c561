//! The mfa collector: users by AWS's report, Okta's export or a query, and login windows.

use tickmark_mfa::Mfa;

use crate::collect::{self, Input};

/// Reads one part with the users, and one with the logins where `login_source` asks for them.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let sets = ["admin_roles", "admin_users", "service_accounts", "login_sources"];
    let host = input.host(&sets).with_setting("source", input.source);
    let (columns, rows) = collect::table(input.part(1));
    let host = host.table("logins", &columns, rows);
    collect::check::<Mfa>(&match input.source {
        "aws-credential-report" => host.file("credential-report", "", input.part(0)),
        "okta" => host.file("okta-users", "", input.part(0)),
        "sql" => {
            let (columns, rows) = collect::table(input.part(0));
            host.table("users", &columns, rows)
        }
        _ => return false,
    })
}
