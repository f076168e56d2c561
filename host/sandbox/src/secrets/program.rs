//! A secret that a program prints: a password manager, a vault's client, a cloud's token helper.
//!
//! **Invariant:** no shell and no search path; what the program prints is in no error, and what it says on its standard
//! error is read by nobody.
//! **Absent on purpose:** an environment of its own. It is the operator's program, and finds its keys and agents there.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::Group;
use crate::process::output::Stop;

/// Longest that a program may take, in milliseconds.
pub(super) const MAX_MS: u64 = 10_000;

/// What `command` prints within `max_ms` milliseconds, at most `max_bytes`.
///
/// # Errors
/// Why there is nothing, as the end of a sentence.
pub(super) fn print(command: &[String], max_ms: u64, max_bytes: u64) -> Result<Vec<u8>, String> {
    let [program, arguments @ ..] = command else { return Err("is empty".to_owned()) };
    let mut command = Command::new(program);
    command.args(arguments).current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let deadline = Instant::now().checked_add(Duration::from_millis(max_ms));
    let mut group = Group::start(&mut command).map_err(|error| format!("cannot be started: {error}"))?;
    let gathered = group.gather(max_bytes, deadline);
    let status = group.end().map_err(|error| format!("cannot be awaited: {error}"))?;
    let (stdout, _) = gathered.map_err(|stop| match stop {
        Stop::Timeout => format!("took more than {max_ms} ms"),
        Stop::Cap(_) => format!("printed more than {max_bytes} bytes"),
        Stop::Io(error) => format!("cannot be read: {error}"),
    })?;
    match (status.code(), status.signal()) {
        (Some(0), _) => Ok(stdout),
        (Some(code), _) => Err(format!("ended with exit code {code}")),
        (None, signal) => Err(format!("was ended by signal {}", signal.unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a shell script prints, or why not.
    fn check(script: &str, max_ms: u64) -> Result<String, String> {
        let command = ["/bin/sh", "-c", script].map(str::to_owned);
        print(&command, max_ms, 64).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn standard_output_is_the_secret_and_no_failure_quotes_it() {
        assert_eq!(check("echo s3cret-token", MAX_MS), Ok("s3cret-token\n".to_owned()));
        assert_eq!(check("echo s3cret-token; exit 2", MAX_MS), Err("ended with exit code 2".to_owned()));
        assert_eq!(check("echo s3cret-token >&2; exit 1", MAX_MS), Err("ended with exit code 1".to_owned()));
        assert_eq!(check("echo s3cret-token; kill -9 $$", MAX_MS), Err("was ended by signal 9".to_owned()));
        assert_eq!(check("head -c 65 /dev/zero", MAX_MS), Err("printed more than 64 bytes".to_owned()));
        let missing = print(&["/nonexistent/pass".to_owned()], MAX_MS, 64);
        assert_eq!(missing, Err("cannot be started: No such file or directory (os error 2)".to_owned()));
    }

    #[test]
    fn it_has_the_operators_environment_and_no_input() {
        let path = std::env::var("PATH").unwrap();
        let start: String = path.chars().take(60).collect();
        assert_eq!(check("cat; printf '%s' \"$PATH\" | head -c 60", MAX_MS), Ok(start));
        assert_eq!(check("pwd", MAX_MS), Ok("/\n".to_owned()));
    }

    #[test]
    fn arguments_are_taken_as_they_stand() {
        let command = ["/bin/echo", "$HOME", "; id", "`id`"].map(str::to_owned);
        assert_eq!(print(&command, MAX_MS, 64), Ok(b"$HOME ; id `id`\n".to_vec()));
    }

    #[test]
    fn a_program_that_waits_is_ended_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let pid = dir.path().join("pid");
        let script = format!("sleep 1000 & echo $! > {}; wait", pid.display());
        assert_eq!(check(&script, 300), Err("took more than 300 ms".to_owned()));
        // Gone once its parent, who is init or this program, has noticed; nothing is timed here.
        let pid = std::fs::read_to_string(pid).unwrap();
        let runs = || {
            std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
                .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
        };
        while runs() {
            std::thread::yield_now();
        }
    }
}
