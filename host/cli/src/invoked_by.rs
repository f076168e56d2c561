//! Who started this run: the user, the host, and the CI job if there is one.

use tickmark_ledger::InvokedBy;

/// As the environment says it; asserted, not authenticated.
pub fn invoked_by() -> InvokedBy {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let github = || {
        let (server, repository) = (variable("GITHUB_SERVER_URL")?, variable("GITHUB_REPOSITORY")?);
        Some(format!("{server}/{repository}/actions/runs/{}", variable("GITHUB_RUN_ID")?))
    };
    InvokedBy {
        user: variable("USER").or_else(|| variable("LOGNAME")).unwrap_or_else(|| "unknown".to_owned()),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        ci_job: github().or_else(|| variable("CI_JOB_URL")).or_else(|| variable("BUILD_URL")),
    }
}
