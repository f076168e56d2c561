//! The change collector: saved answers of GitHub and Jira, and audit exports.

use tickmark_change::Change;

use crate::collect::{self, Input};

/// Reads an export in one part; or answers, each in a part of its own that starts with a line for the file's path.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let sets = [
        "repositories",
        "issue_projects",
        "security_reviewers",
        "high_risk_paths",
        "low_risk_paths",
        "owners",
        "teams",
        "identities",
        "holidays",
        "change_windows",
        "sections",
        "issue_fields",
    ];
    let host = input.host(&sets).with_setting("time_zone", "Europe/Berlin");
    collect::check::<Change>(&match input.source {
        form @ ("json-lines" | "csv") => host.with_setting("audit", form).file("audit", "", input.part(0)),
        "files" => {
            let host = host.with_setting("github", "files").with_setting("jira", "files");
            input.parts().iter().fold(host, |host, part| {
                let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
                let path = String::from_utf8_lossy(&part[..end]);
                let grant = if path.starts_with("rest/") { "jira" } else { "github" };
                host.file(grant, &path, &part[end..])
            })
        }
        _ => return false,
    })
}
