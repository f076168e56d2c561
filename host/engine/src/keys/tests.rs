//! Keys in files, in the environment and behind a program.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use tickmark_ledger::package::PackageSigner as _;
use tickmark_ledger::tlog::SigningKey;

use super::*;

fn folder() -> (tempfile::TempDir, KeyFolder) {
    let dir = tempfile::tempdir().unwrap();
    let folder = KeyFolder::new(dir.path().join("keys"));
    (dir, folder)
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o7777
}

fn keys(folder: KeyFolder) -> Keys {
    Keys { folder, log: KeySource::Folder, package: KeySource::Folder }
}

#[test]
fn a_key_that_was_made_is_found_again_and_only_its_owner_can_read_it() {
    let (_dir, folder) = folder();
    assert!(folder.log_key(None).unwrap().is_none());
    assert!(folder.package_key().unwrap().is_none());
    let made = folder.make_log_key("tickmark/test").unwrap();
    let file = folder.path().join(format!("{:08x}.key", made.verifier().id()));
    assert_eq!((mode(folder.path()), mode(&file)), (0o700, 0o600));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), format!("{}\n", made.to_text()));
    for current in [None, Some(made.verifier())] {
        assert_eq!(folder.log_key(current).unwrap().unwrap().to_text(), made.to_text());
    }
    let package = folder.make_package_key().unwrap();
    let found = folder.package_key().unwrap().unwrap();
    assert_eq!(found.public_key().pem(), package.public_key().pem());
    assert!(matches!(folder.make_package_key(), Err(KeyError::Exists { .. })));
    let names = folder.path().read_dir().unwrap().count();
    assert_eq!(names, 2, "a leftover beside the two keys");
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let (_dir, folder) = folder();
    let made = folder.make_log_key("tickmark/test").unwrap();
    let file = folder.path().join(format!("{:08x}.key", made.verifier().id()));
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    let error = folder.log_key(Some(made.verifier())).unwrap_err();
    let path = file.display();
    assert_eq!(error.to_string(), format!("`{path}` has mode 0640, a private key must have 0600"));
    assert_eq!(error.help().unwrap(), format!("chmod 600 {path}"));
}

#[test]
fn the_log_says_which_key_it_is() {
    let (_dir, folder) = folder();
    let first = folder.make_log_key("tickmark/test").unwrap();
    let second = folder.make_log_key("tickmark/test").unwrap();
    assert!(matches!(folder.log_key(None), Err(KeyError::Several { count: 2, .. })));
    for key in [&first, &second] {
        assert_eq!(folder.log_key(Some(key.verifier())).unwrap().unwrap().verifier(), key.verifier());
    }
    let other = SigningKey::from_seed("tickmark/test", [9; 32]).unwrap();
    let error = folder.log_key(Some(other.verifier())).unwrap_err();
    let (wanted, path) = (other.verifier(), folder.path().display());
    assert_eq!(error.to_string(), format!("the log is signed by key `{wanted}`, and `{path}` does not have it"));
}

#[test]
fn a_program_signs_and_what_it_signs_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let (right, wrong) = (SigningKey::from_seed("a", [1; 32]).unwrap(), SigningKey::from_seed("a", [2; 32]).unwrap());
    let signature = dir.path().join("signature");
    let encode = |bytes: &[u8]| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let command = |program: &[&str]| LogKeyRef::Command {
        command: program.iter().map(|word| (*word).to_owned()).collect(),
        vkey: right.verifier().to_string(),
    };
    let path = signature.display().to_string();
    let signer = command(&["cat", &path]).signer().unwrap();
    std::fs::write(&signature, encode(&right.sign(b"text"))).unwrap();
    assert_eq!(signer.sign(b"text").unwrap(), right.sign(b"text"));

    let refused = |signer: LogKeyRef| signer.signer().unwrap().sign(b"text").unwrap_err().to_string();
    std::fs::write(&signature, encode(&wrong.sign(b"text"))).unwrap();
    let verifier = right.verifier();
    let says = format!("cannot sign: the signature of `cat` does not verify by `{verifier}`");
    assert_eq!(refused(command(&["cat", &path])), says);
    std::fs::write(&signature, encode(b"short")).unwrap();
    let says = "cannot sign: `cat` gave 5 bytes, an Ed25519 signature has 64";
    assert_eq!(refused(command(&["cat", &path])), says);
    assert_eq!(refused(command(&["false"])), "cannot sign: `false` failed: exit status: 1");
    assert_eq!(refused(command(&[])), "cannot sign: the signing command is empty");
}

#[test]
fn the_environment_has_a_key_or_says_that_it_has_none() {
    let (_dir, folder) = folder();
    let from =
        |env: &str| Keys { log: KeySource::Elsewhere(LogKeyRef::Env { env: env.into() }), ..keys(folder.clone()) };
    let Err(error) = from("TICKMARK_TEST_NO_SUCH_KEY").log_signer(None) else { panic!("a key out of nothing") };
    assert_eq!(error.to_string(), "the environment variable `TICKMARK_TEST_NO_SUCH_KEY` is not set");
    // Set on every machine, and no key.
    let Err(error) = from("PATH").log_signer(None) else { panic!("a key out of a search path") };
    assert!(error.to_string().starts_with("`PATH` is no key: "), "{error}");
    assert!(!error.to_string().contains("/bin"), "it shows what may be a secret: {error}");
}
