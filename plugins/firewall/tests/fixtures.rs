//! The recorded listings are what the installed tools really print: made again in fresh network namespaces and compared.
//!
//! Needs root, `unshare`, nftables and iptables. Without them the test fails; it never passes unrun.

#![cfg(test)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Handles, counters and versions go; sets are sorted, since the kernel's order differs from one load to the next.
fn settle(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            for moving in ["handle", "packets", "bytes", "version", "release_name"] {
                entries.remove(moving);
            }
            entries.values_mut().for_each(settle);
            for unordered in ["set", "elem"] {
                if let Some(Value::Array(items)) = entries.get_mut(unordered) {
                    items.sort_by_key(ToString::to_string);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        _ => {}
    }
}

/// One object or line in each line, without what changes from one recording to the next.
fn comparable(name: &str, bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).unwrap();
    if name.ends_with(".json") {
        let mut listing: Value = serde_json::from_str(text).unwrap();
        settle(&mut listing);
        let objects: Vec<_> = listing["nftables"].as_array().unwrap().iter().map(ToString::to_string).collect();
        return objects.join("\n");
    }
    let without_counters = |line: &str| match (line.find('['), line.find(']')) {
        (Some(from), Some(to)) if !line.contains("-A") || from == 0 => format!("{}{}", &line[..from], &line[to + 1..]),
        _ => line.to_owned(),
    };
    let lines = text.lines().filter(|line| !line.starts_with("# Generated") && !line.starts_with("# Completed"));
    lines.map(without_counters).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tools_still_print_what_was_recorded() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = tempfile::tempdir().unwrap();
    let script = fixtures.join("make-fixtures.sh");
    let made = Command::new("sh").arg(&script).arg(folder.path()).output().unwrap();
    assert!(
        made.status.success(),
        "{} failed; it needs root, unshare, nftables and iptables (run `cargo xtask setup`): {}",
        script.display(),
        String::from_utf8_lossy(&made.stderr)
    );
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let recorded = [
        "both.stderr",
        "both.v4",
        "docker-counters.v4",
        "docker.json",
        "docker.v4",
        "docker.v6",
        "empty.json",
        "server.json",
        "ufw.v4",
        "ufw.v6",
    ];
    assert_eq!(names, recorded);
    for name in names {
        let fresh = std::fs::read(folder.path().join(&name)).unwrap();
        assert_eq!(
            comparable(&name, &fresh),
            comparable(&name, &std::fs::read(fixtures.join(&name)).unwrap()),
            "{name} differs from the recorded one"
        );
    }
}
