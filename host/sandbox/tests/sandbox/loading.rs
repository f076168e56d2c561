//! What is refused before `collect` runs, and what the folder for compiled code does.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use tickmark_sandbox::{CodeSource, Sandbox, SandboxConfig, rejected};

use crate::fixture::{Fixture, GUEST, LOADED, describing};

/// How loading `bytes` fails.
fn refusal(bytes: &[u8]) -> String {
    let (sandbox, _) = &*LOADED;
    sandbox.load(bytes.to_vec(), "test").unwrap_err().to_string()
}

/// A component that imports one instance of no content under `name`, by hand: header, type section, import section.
fn importing(name: &str) -> Vec<u8> {
    let mut bytes = b"\0asm\x0d\0\x01\0".to_vec();
    bytes.extend([7, 3, 1, 0x42, 0]);
    let mut import = vec![1, 0, u8::try_from(name.len()).unwrap()];
    import.extend(name.as_bytes());
    import.extend([5, 0]);
    bytes.extend([10, u8::try_from(import.len()).unwrap()]);
    bytes.extend(import);
    bytes
}

#[test]
fn a_plugin_is_known_by_its_bytes_and_its_own_words() {
    let (_, plugin) = &*LOADED;
    let identity = plugin.identity();
    assert_eq!((identity.name.as_str(), identity.version.as_str()), ("guest", "0.1.0"));
    assert_eq!((identity.origin.as_str(), identity.world.as_str()), ("test", "tickmark:collector@0.1.0"));
    assert_eq!(plugin.descriptor().facts.len(), 2);
    assert!(std::ptr::eq(plugin.bytes(), GUEST.as_slice()), "the bytes were copied");
    assert!(plugin.imports().contains(&"tickmark:collector/files@0.1.0".to_owned()));
    assert!(plugin.imports().iter().all(|name| name.starts_with("tickmark:collector/")));
}

#[test]
fn only_components_of_this_contract_are_admitted() {
    assert_eq!(refusal(b"(component)"), "plugin is no WebAssembly, expected a WebAssembly component");
    assert_eq!(refusal(b"\0asm\x01\0\0\0"), "plugin is a core WebAssembly module, expected a WebAssembly component");
    assert_eq!(refusal(&vec![0; (64 << 20) + 1]), "plugin is 67108865 bytes, limit is 67108864");
    assert_eq!(refusal(b"\0asm\x0d\0\x01\0"), "plugin does not export `tickmark:collector/plugin@0.1`");
    assert_eq!(
        refusal(&importing("wasi:cli/environment@0.2.0")),
        "plugin imports `wasi:cli/environment@0.2.0`, only `tickmark:collector/...@0.1` is offered"
    );
    assert_eq!(
        refusal(&importing("tickmark:collector/files@0.2.0")),
        "plugin imports `tickmark:collector/files@0.2.0`, only `tickmark:collector/...@0.1` is offered"
    );
    let cut = refusal(&GUEST[..GUEST.len() / 2]);
    assert!(cut.starts_with("plugin does not compile: "), "{cut}");
}

#[test]
fn a_bad_describe_is_refused() {
    assert_eq!(
        refusal(&describing("badly")),
        "plugin declares itself wrongly: fact name `Thing` does not match [a-z][a-z0-9_]* or is a Cedar keyword; \
         entity kind `Tickmark::System` is reserved"
    );
    assert_eq!(refusal(&describing("newly")), "`describe` gives another answer when it is called again");
    assert_eq!(refusal(&describing("nosily")), "`describe` ended as denied: `run.as-of` is called inside `describe`");
    assert_eq!(
        refusal(&describing("panic")),
        "`describe` ended as trapped: unreachable-code-reached: wasm `unreachable` instruction executed"
    );
}

#[test]
fn an_endless_describe_is_refused() {
    assert_eq!(
        refusal(&describing("forever")),
        "`describe` ended as fuel: more than 1000000000 units of fuel (about one an instruction), limit is 1000000000"
    );
}

#[test]
fn a_rejected_plugin_leaves_a_collection_that_says_so() {
    let (sandbox, _) = &*LOADED;
    let error = sandbox.load(Vec::new(), "test").unwrap_err();
    let collection = rejected(&Fixture::new("ok").job, &error);
    assert_eq!(collection.outcome.as_str(), "load-rejected");
    assert_eq!(collection.detail.as_deref(), Some("plugin is empty, expected a WebAssembly component"));
    assert_eq!(collection.plugin, None);
}

/// Loads and runs the guest in a new sandbox with this folder; whether its code came from there.
fn load_from(dir: &std::path::Path) -> bool {
    let sandbox = Sandbox::new(SandboxConfig { cache_dir: Some(dir.to_owned()), compiler: None }).unwrap();
    let plugin = sandbox.load(GUEST.as_slice(), "test").unwrap();
    assert_eq!(sandbox.collect(&plugin, Fixture::new("ok").job).outcome.as_str(), "ok");
    match plugin.code() {
        CodeSource::Cache => true,
        CodeSource::Compiler { not_kept } => {
            assert!(not_kept.is_none(), "{not_kept:?}");
            false
        }
    }
}

#[test]
fn compiled_code_is_kept_and_damage_is_repaired() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("code");
    assert!(!load_from(&dir));
    assert!(load_from(&dir));
    let mut files: Vec<PathBuf> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort_by_key(|file| file.extension().map(ToOwned::to_owned));
    let [file, usual] = &files[..] else { panic!("{files:?}") };
    let ends = [file, usual].map(|file| file.extension().unwrap().to_str().unwrap());
    assert_eq!(ends, ["cwasm", "usual"], "the code, and what the component usually takes");
    let sound = std::fs::read(file).unwrap();
    for damaged in [sound[..sound.len() / 2].to_vec(), b"forged".to_vec(), [&sound[..], &[0]].concat()] {
        std::fs::write(file, damaged).unwrap();
        assert!(!load_from(&dir));
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(load_from(&dir));
    }
    for damaged in [&b""[..], b"-1", b"99999999999999999999", b"\xff\xfe", b"forged"] {
        std::fs::write(usual, damaged).unwrap();
        assert!(load_from(&dir), "a number that nobody can read makes it unknown, and no more");
    }
}

#[test]
fn a_folder_that_others_can_write_is_refused() {
    let temp = tempfile::tempdir().unwrap();
    std::fs::set_permissions(temp.path(), std::fs::Permissions::from_mode(0o770)).unwrap();
    let error = Sandbox::new(SandboxConfig { cache_dir: Some(temp.path().to_owned()), compiler: None }).unwrap_err();
    let path = temp.path().display();
    assert_eq!(error.to_string(), format!("cache folder `{path}` has mode 0770, expected 0700"));
}
