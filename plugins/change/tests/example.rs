//! The example company, judged as a whole: each of its changes, over HTTP and from saved files.
//!
//! The forms of the fixtures are those of GitHub's and Atlassian's documentation; `tests/fixtures/make-fixtures.py` names the
//! pages.

mod common;

use common::{audit, documents, files, http, jira, report, settings};
use tickmark_collector::testing::TestHost;

#[test]
fn the_example() {
    let host = settings(TestHost::new());
    let host = files(files(host, "github", &documents("github")), "jira", &documents("jira"));
    let host = host.with_setting("audit", "json-lines").file("audit", "", &audit());
    println!("{}", report(&host));
}
