//! The commit at which a site's files are kept, as git says.

use std::path::Path;
use std::process::{Command, Stdio};

use tickmark_ledger::Commit;

/// The commit that is checked out in `folder`, whether anything beneath it differs from that, and who made it; nothing where there is
/// no git or no repository.
pub(super) fn of(folder: &Path) -> Option<(Commit, String)> {
    let id = git(folder, &["rev-parse", "--verify", "HEAD"])?;
    let changed = git(folder, &["status", "--porcelain", "--untracked-files=normal", "--", "."])?;
    let author = git(folder, &["log", "-1", "--format=%an <%ae>"])?;
    Some((Commit { dirty: !changed.is_empty(), id }, author))
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    // A repository's own settings start no program here.
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"])
        .arg(folder)
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(folder: &Path, arguments: &[&str]) {
        let status = Command::new("git").arg("-C").arg(folder).args(arguments).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    }

    #[test]
    fn a_folder_says_its_commit_and_whether_it_differs() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(of(dir.path()), None, "no repository");
        run(dir.path(), &["init", "-q"]);
        assert_eq!(of(dir.path()), None, "no commit");
        std::fs::write(dir.path().join("tickmark.toml"), "1").unwrap();
        run(dir.path(), &["add", "."]);
        let who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
        run(dir.path(), &[&who[..], &["commit", "-q", "-m", "x"]].concat());
        let (commit, author) = of(dir.path()).unwrap();
        assert_eq!((commit.dirty, commit.id.len(), author.as_str()), (false, 40, "Ada <ada@example.com>"));
        std::fs::write(dir.path().join("tickmark.toml"), "2").unwrap();
        assert!(of(dir.path()).unwrap().0.dirty);
    }
}
