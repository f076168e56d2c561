//! The links in our documents lead somewhere: to a file that is there, and where a link's words are a test's name in
//! backticks, to a file that has it.

use std::fs;
use std::path::Path;

use crate::shell;

/// The links of a Markdown text, as words and target.
pub(crate) fn links(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("](") {
        let Some((target, _)) = text.get(at + 2..).and_then(|rest| rest.split_once(')')) else { continue };
        let words = text.get(..at).and_then(|before| before.rsplit_once('[')).map_or("", |(_, words)| words);
        found.push((words, target));
    }
    found
}

/// What is wrong with the links of the document at `path`, from `root`.
fn broken(root: &Path, path: &str, text: &str) -> Vec<String> {
    let folder = root.join(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let wrong = |(words, target): (&str, &str)| {
        let (file, _) = target.split_once('#').unwrap_or((target, ""));
        if file.is_empty() || file.contains("://") {
            return None;
        }
        let there = folder.join(file);
        if !there.exists() {
            return Some(format!("{path}: `{target}` is not there"));
        }
        let name = words.strip_prefix('`')?.strip_suffix('`')?;
        let is_test =
            name.contains('_') && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !is_test || file.ends_with(".md") {
            return None;
        }
        let source = fs::read_to_string(&there).unwrap_or_default();
        (!source.contains(&format!("fn {name}("))).then(|| format!("{path}: `{target}` has no `{name}`"))
    };
    links(text).into_iter().filter_map(wrong).collect()
}

#[test]
fn every_link_of_our_documents_leads_somewhere() {
    let root = shell::workspace();
    let mut folders = vec![String::new()];
    let (mut wrong, mut seen) = (Vec::new(), 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if entry.file_type().unwrap().is_dir() {
                folders.extend((name != "target" && !name.starts_with('.')).then_some(path));
            } else if name.ends_with(".md") {
                let text = fs::read_to_string(entry.path()).unwrap();
                seen += links(&text).len();
                wrong.extend(broken(&root, &path, &text));
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 100, "only {seen} links were looked at");
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let root = shell::workspace();
    let text = "[a](../README.md#x) [b](https://example.com/none) [c](#here) [d](none.md) \
                [`a_link_that_leads_nowhere_is_found`](../xtask/src/links.rs) [`no_such_test`](../xtask/src/links.rs)";
    assert_eq!(
        broken(&root, "docs/a.md", text),
        ["docs/a.md: `none.md` is not there", "docs/a.md: `../xtask/src/links.rs` has no `no_such_test`",]
    );
}
