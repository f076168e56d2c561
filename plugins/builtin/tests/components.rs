//! What is embedded: components of the contract's world and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use tickmark_builtin::{all, find};
use wit_component::{ComponentEncoder, DecodedWasm, decode};

#[test]
fn the_collectors_are_there_sorted_by_name() {
    let names: Vec<&str> = all().iter().map(|builtin| builtin.name).collect();
    assert_eq!(
        names,
        [
            "accesslog",
            "backup",
            "change",
            "encryption",
            "firewall",
            "iam",
            "ids",
            "lifecycle",
            "mfa",
            "monitoring",
            "recovery",
            "review",
            "table",
            "uptime",
            "vulnerability"
        ]
    );
    assert_eq!(find("mfa").unwrap().name, "mfa");
    assert_eq!(find("tickmark-mfa"), None);
}

#[test]
fn each_is_a_component_that_imports_the_contract_only_and_exports_the_plugin() {
    for builtin in all() {
        // Layer 1 of the binary format is a component, layer 0 a core module.
        assert_eq!(builtin.component[..8], *b"\0asm\x0d\0\x01\0", "{}", builtin.name);
        let DecodedWasm::Component(resolve, world) = decode(builtin.component).unwrap() else {
            panic!("`{}` is a package of interfaces, not a component", builtin.name);
        };
        let world = &resolve.worlds[world];
        for import in world.imports.keys().map(|key| resolve.name_world_key(key)) {
            assert!(import.starts_with("tickmark:collector/"), "`{}` imports `{import}`", builtin.name);
        }
        let exports: Vec<String> = world.exports.keys().map(|key| resolve.name_world_key(key)).collect();
        assert_eq!(exports, ["tickmark:collector/plugin@0.1.0"], "{}", builtin.name);
    }
}

#[test]
fn no_path_of_this_machine_is_in_the_bytes() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let home = std::env::home_dir().unwrap();
    let cargo = std::env::var_os("CARGO_HOME").map_or_else(|| home.join(".cargo"), PathBuf::from);
    let rust = std::env::var_os("RUSTUP_HOME").map_or_else(|| home.join(".rustup"), PathBuf::from);
    for builtin in all() {
        for path in [workspace, &cargo, &rust, Path::new(env!("OUT_DIR"))] {
            let path = path.to_str().unwrap().as_bytes();
            let found = builtin.component.windows(path.len()).any(|window| window == path);
            assert!(!found, "`{}` contains `{}`", builtin.name, String::from_utf8_lossy(path));
        }
        let registry = b"registry/src";
        let found = builtin.component.windows(registry.len()).any(|window| window == registry);
        assert!(!found, "`{}` says where its crates came from", builtin.name);
    }
}

#[test]
fn the_same_module_becomes_the_same_component() {
    for builtin in all() {
        let module = format!("guest/wasm32-unknown-unknown/guest/tickmark_{}.wasm", builtin.name);
        let module = fs::read(Path::new(env!("OUT_DIR")).join(module)).unwrap();
        let again = ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
        assert!(again == builtin.component, "`{}` differs", builtin.name);
    }
}
