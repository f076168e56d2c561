//! The commands of `VERIFY.md`, as an auditor gives them: without anything of ours.

use std::path::Path;
use std::process::Command;

use expect_test::expect;

use super::*;

/// The commands of `VERIFY.md`, in one shell as an auditor would give them.
fn run_instructions(folder: &Path, bytes: &[u8]) -> (bool, String) {
    fs::write(folder.join("evidence.zip"), bytes).unwrap();
    let text = ZipReader::open(Cursor::new(bytes)).unwrap().read("VERIFY.md").unwrap();
    let text = String::from_utf8(text).unwrap();
    let commands: Vec<&str> = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(commands.len() >= 5, "{}", commands.len());
    let script = format!("set -eu\n{}", commands.concat());
    let output = Command::new("bash").args(["-c", &script]).env("TMPDIR", folder).current_dir(folder).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), said(&output.stdout) + &said(&output.stderr))
}

#[test]
fn the_commands_of_verify_md_verify() {
    let mut log = year();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("checkpoint.kept"), log.publish().checkpoint_bytes()).unwrap();
    log.judge(evaluation("CC6.1", "2026-05-01T00:00:00Z", "pass"), b"answer of May");
    let kept = fs::read(folder.path().join("checkpoint.kept")).unwrap();
    let (bytes, _) = export_with(&log, &all(), Some(&kept), None).unwrap();
    let (ok, said) = run_instructions(folder.path(), &bytes);
    expect![[r#"
        stated: FAILED 2 1 1
        Verified OK
        files: OK
        Signature Verified Successfully
        records: OK
        older checkpoint: OK
    "#]]
    .assert_eq(&said);
    assert!(ok);
}

#[test]
fn the_commands_of_verify_md_find_what_is_wrong() {
    let log = year();
    let (good, _) = export(&log, &all());
    let verify = |change: &dyn Fn(&str, &mut Vec<u8>)| {
        let mut files = unpack(&good);
        files.iter_mut().for_each(|(path, bytes)| change(path, bytes));
        run_instructions(tempfile::tempdir().unwrap().path(), &pack(&files))
    };
    let (ok, said) = verify(&|_, _| ());
    assert!(ok, "{said}");
    let paths = ["manifest.json", "records/3.json", "proofs/3.tlog-proof", "checkpoint", "log.vkey", "package.pub.pem"];
    for path in paths {
        let (ok, said) = verify(&|it, bytes| {
            if it == path {
                bytes[60] ^= 1;
            }
        });
        assert!(!ok, "{path}: {said}");
    }
}

/// The auditor's own lines, on proofs between logs of every two sizes.
#[test]
fn the_script_for_older_checkpoints_agrees_with_ours() {
    let script = instructions::SINCE.split("<<'END'\n").nth(1).unwrap().split("END\n").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    fs::create_dir(folder.path().join("consistency")).unwrap();
    write("check.py", script.as_bytes());
    let run = || {
        let python = Command::new("python3").args(["check.py", "kept"]).current_dir(folder.path()).output().unwrap();
        (python.status.success(), python.stdout, python.stderr)
    };
    let mut log = TestLog::new();
    let mut notes = Vec::new();
    for day in 1..=6 {
        let reader = log.publish();
        let note = reader.checkpoint_bytes().to_vec();
        notes.push(note.clone());
        write("checkpoint", &note);
        for (old, kept) in (1..).zip(&notes) {
            let consistency = Consistency { old, hashes: reader.consistency(old).unwrap(), checkpoint: note.clone() };
            write("kept", kept);
            write(&format!("consistency/{old}.txt"), &consistency.encode());
            assert_eq!(run(), (true, b"older checkpoint: OK\n".to_vec(), Vec::new()), "{old} to {day}");
        }
        let forked = String::from_utf8(note).unwrap();
        let root = forked.lines().nth(2).unwrap();
        write("kept", forked.replace(root, "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=").as_bytes());
        assert!(!run().0, "{day}, forked");
        log.judge(evaluation("CC6.1", &format!("2026-01-{day:02}T00:00:00Z"), "pass"), b"answer");
    }
}
