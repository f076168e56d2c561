//! Every rule of `docs/reference/rules.md` names the tests that would break, and those are there: in that file, as tests that run.

use std::fs;
use std::path::Path;

use crate::links::links;
use crate::shell;

/// Where the rules stand.
const PAGE: &str = "docs/reference/rules.md";

/// What is wrong with the table rows of the page at `path`, from `root`.
fn broken(root: &Path, path: &str, text: &str) -> Vec<String> {
    let folder = root.join(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let mut wrong = Vec::new();
    for (number, rule, tests) in rows(text) {
        let mut named = 0;
        for (words, target) in links(tests) {
            let Some(name) = words.strip_prefix('`').and_then(|words| words.strip_suffix('`')) else { continue };
            named += 1;
            let source = fs::read_to_string(folder.join(target)).unwrap_or_default();
            if !is_test(&source, name) {
                wrong.push(format!("{path}:{number}: `{target}` has no test `{name}`"));
            }
        }
        if rule.is_empty() || named == 0 {
            wrong.push(format!("{path}:{number}: no test is named for `{rule}`"));
        }
    }
    wrong
}

/// The rows of all tables of a page, without their heads: line, first cell, and what follows.
fn rows(text: &str) -> impl Iterator<Item = (usize, &str, &str)> {
    (1..).zip(text.lines()).filter_map(|(number, line)| {
        let (rule, tests) = line.strip_prefix('|')?.split_once('|')?;
        let is_head = rule.trim() == "rule" || rule.trim().starts_with("--");
        (!is_head).then_some((number, rule.trim(), tests))
    })
}

/// Whether `source` has a test of this name that is not left out: `#[test]` among the attributes before its `fn`.
fn is_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let start = format!("fn {name}(");
    let found = lines.iter().position(|line| line.starts_with(&start)).unwrap_or_default();
    let before = lines.get(..found).unwrap_or_default().iter().rev();
    let attributes: Vec<&&str> = before.take_while(|line| line.starts_with("#[") || line.starts_with("//")).collect();
    attributes.iter().any(|line| **line == "#[test]") && !attributes.iter().any(|line| line.starts_with("#[ignore"))
}

#[test]
fn every_rule_names_tests_that_are_there() {
    let root = shell::workspace();
    let text = fs::read_to_string(root.join(PAGE)).unwrap();
    assert_eq!(broken(&root, PAGE, &text), [""; 0]);
    let count = rows(&text).count();
    assert!(count > 100, "only {count} rules were looked at");
}

#[test]
fn a_rule_without_a_test_is_found_and_so_is_a_test_that_is_none() {
    let here = "../../xtask/src/rules.rs";
    let text = format!(
        "| rule | tests |\n|---|---|\n| a | [`a_rule_without_a_test_is_found_and_so_is_a_test_that_is_none`]({here}) |\n\
         | b | nothing |\n| c | [`is_test`]({here}) |\n| d | [`no_such_test`]({here}) [`rows`](none.rs) |\n"
    );
    assert_eq!(
        broken(&shell::workspace(), PAGE, &text),
        [
            "docs/reference/rules.md:4: no test is named for `b`",
            "docs/reference/rules.md:5: `../../xtask/src/rules.rs` has no test `is_test`",
            "docs/reference/rules.md:6: `../../xtask/src/rules.rs` has no test `no_such_test`",
            "docs/reference/rules.md:6: `none.rs` has no test `rows`",
        ]
    );
    assert!(is_test("proptest! {\n    /// x\n    #[test]\n    fn a(b: u8) {}\n}", "a"));
    assert!(!is_test("#[test]\n#[ignore = \"slow\"]\nfn a() {}", "a"));
    assert!(!is_test("#[test]\nfn b() {}\n\nfn a() {}", "a"));
}
