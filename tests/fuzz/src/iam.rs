//! The iam collector: AWS's details and report, Okta's users and log as exports and as pages, and queries.

use tickmark_collector::testing::Answer;
use tickmark_iam::Iam;

use crate::collect::{self, Input};

/// Reads one part with what the source says first, and one with what it says next: the report, the log or the keys.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let sets = ["approved_admins", "service_accounts", "privileged_roles", "disabled_statuses", "trusted_accounts"];
    let host = input.host(&sets).with_setting("source", input.source);
    let (first, second) = (input.part(0), input.part(1));
    collect::check::<Iam>(&match input.source {
        "aws" => host.file("authorization-details", "", first).file("credential-report", "", second),
        "okta" => host.file("okta-users", "", first).file("okta-log", "", second),
        "okta-http" => {
            let page = |body: &[u8], next: &str| Answer {
                status: 200,
                headers: vec![("link".to_owned(), format!("<https://okta.example{next}>; rel=\"next\""))],
                body: body.to_vec(),
                ..Answer::default()
            };
            let last = |body: &[u8]| Answer { status: 200, body: body.to_vec(), ..Answer::default() };
            let gone = "/api/v1/users?limit=200&search=status%20eq%20%22DEPROVISIONED%22";
            let host = host
                .answer("okta", "/api/v1/users?limit=200", page(first, "/api/v1/users?after=1"))
                .answer("okta", "/api/v1/users?after=1", last(second))
                .answer("okta", gone, last(b"[]"));
            // What the roles are is the same for the users that seeds have.
            ["1", "2"]
                .iter()
                .fold(host, |host, id| host.answer("okta", &format!("/api/v1/users/{id}/roles"), last(input.part(2))))
        }
        "sql" => {
            let (columns, rows) = collect::table(first);
            let (key_columns, keys) = collect::table(second);
            host.table("users", &columns, rows).table("keys", &key_columns, keys)
        }
        _ => return false,
    })
}
