use std::collections::BTreeMap;
use std::path::Path;

use super::*;
use crate::grants::{SecretRef, Written};

/// Runs with no secret known yet.
fn run(grant: &CommandGrant, params: &[(String, Scalar)], limits: &Limits) -> Result<Output, Refusal> {
    super::run(grant, params, limits, &mut Vault::default())
}

fn grant(argv: &[&str]) -> CommandGrant {
    CommandGrant {
        argv: argv.iter().map(ToString::to_string).collect(),
        env: BTreeMap::new(),
        params: BTreeMap::new(),
        timeout: None,
    }
}

/// Runs `script` with the shell as a granted program would be run.
fn shell(script: &str, limits: &Limits) -> Result<Output, String> {
    run(&grant(&["/bin/sh", "-c", script]), &[], limits).map_err(|refusal| refusal.to_string())
}

fn output(exit_code: i32, stdout: &str, stderr: &str) -> Result<Output, String> {
    Ok(Output { exit_code, stdout: stdout.into(), stderr: stderr.into() })
}

#[test]
fn output_and_exit_code_are_data() {
    assert_eq!(shell("echo out; echo err >&2; exit 3", &Limits::default()), output(3, "out\n", "err\n"));
    assert_eq!(shell("exec 1>&- 2>&-; exit 0", &Limits::default()), output(0, "", ""));
}

#[test]
fn a_file_may_be_the_program() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("script");
    std::fs::write(&script, "echo \"$1/$2\"; pwd; cat").unwrap();
    let grant = grant(&["/bin/sh", script.to_str().unwrap(), "a b;c", "$HOME"]);
    let expected = Output { exit_code: 0, stdout: b"a b;c/$HOME\n/\n".to_vec(), stderr: vec![] };
    assert_eq!(run(&grant, &[], &Limits::default()), Ok(expected));
}

#[test]
fn the_environment_is_what_the_grant_says() {
    let mut grant = grant(&["/usr/bin/env"]);
    assert_eq!(run(&grant, &[], &Limits::default()).unwrap().stdout, b"");
    grant.env = BTreeMap::from([
        ("LANG".to_owned(), SecretRef::Plain("C".to_owned())),
        ("TZ".to_owned(), SecretRef::Plain("UTC".to_owned())),
    ]);
    assert_eq!(run(&grant, &[], &Limits::default()).unwrap().stdout, b"LANG=C\nTZ=UTC\n");
    grant.env = BTreeMap::from([("A".to_owned(), SecretRef::Env("TICKMARK_TEST_NOT_SET".to_owned()))]);
    assert_eq!(
        run(&grant, &[], &Limits::default()).unwrap_err().to_string(),
        "unavailable: secret from environment variable `TICKMARK_TEST_NOT_SET` is not set"
    );
}

#[test]
fn parameters_reach_the_program_as_one_argument() {
    let mut grant = grant(&["/bin/sh", "-c", "printf '%s|' \"$@\"", "sh", "--since={since}"]);
    grant.params = BTreeMap::from([("since".to_owned(), Written::new("text"))]);
    let params = [("since".to_owned(), Scalar::Text("a b; $(id)".to_owned()))];
    assert_eq!(run(&grant, &params, &Limits::default()).unwrap().stdout, b"--since=a b; $(id)|");
}

#[test]
fn a_program_that_cannot_start_is_unavailable() {
    let check = |program| run(&grant(&[program]), &[], &Limits::default()).unwrap_err().to_string();
    assert_eq!(
        check("/nonexistent/nft"),
        "unavailable: program `/nonexistent/nft` cannot be started: No such file or directory (os error 2)"
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("nft");
    std::fs::write(&path, "").unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(
        check(path),
        format!("unavailable: program `{path}` cannot be started: Permission denied (os error 13)")
    );
    assert_eq!(check("nft"), "invalid: program `nft` is not an absolute path");
}

#[test]
fn a_program_ended_by_a_signal_gave_no_answer() {
    assert_eq!(
        shell("echo half; kill -9 $$", &Limits::default()),
        Err("unavailable: program `/bin/sh` was ended by signal 9".to_owned())
    );
}

#[test]
fn output_at_the_bound_is_kept_and_one_byte_more_is_refused() {
    let limits = Limits { response_bytes: 200_000, ..Limits::default() };
    assert_eq!(shell("head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2", &limits).unwrap().stderr.len(), 200_000);
    assert_eq!(
        shell("head -c 200001 /dev/zero", &limits),
        Err("limit: stdout of program `/bin/sh` is more than 200000 bytes".to_owned())
    );
    assert_eq!(
        shell("cat /dev/zero >&2", &limits),
        Err("limit: stderr of program `/bin/sh` is more than 200000 bytes".to_owned())
    );
}

/// Whether the process of this number still runs; one that waits to be reaped does not.
fn runs(pid: &str) -> bool {
    std::fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat"))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().trim_start().starts_with('Z'))
}

/// A killed process is gone once its parent, who is init or this program, has noticed; nothing is timed here.
fn assert_ends(pid: &str) {
    while runs(pid) {
        std::thread::yield_now();
    }
}

#[test]
fn a_grandchild_that_holds_the_output_is_ended_at_the_timeout() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let script = format!("sleep 1000 & echo $! > {}; exit 0", pid.display());
    let mut grant = grant(&["/bin/sh", "-c", &script]);
    grant.timeout = Some(Written::new("1s"));
    let refusal = run(&grant, &[], &Limits::default()).unwrap_err();
    assert_eq!(
        (refusal.to_string().as_str(), refusal.retryable),
        ("timeout: program `/bin/sh` took more than 1000 ms", true)
    );
    assert_ends(&std::fs::read_to_string(pid).unwrap());
}

#[test]
fn a_grandchild_in_the_background_does_not_outlive_its_program() {
    let dir = tempfile::tempdir().unwrap();
    let pid = dir.path().join("pid");
    let script = format!("sleep 1000 >/dev/null 2>&1 & echo $! > {}; echo done", pid.display());
    assert_eq!(shell(&script, &Limits::default()), output(0, "done\n", ""));
    assert_ends(&std::fs::read_to_string(pid).unwrap());
}
