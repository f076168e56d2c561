//! Small files of every kind, and the workspace itself.

use super::source::{Place, Token, Why, manifest, places, tokens};
use super::*;

/// `number why` of every place.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found: Vec<String> = places("a.rs", text).iter().map(|it| format!("{} {}", it.number, it.why)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_keyword_is_found_wherever_it_is_code() {
    check("fn f() {\n    unsafe { g() }\n}", &["2 unsafe code"]);
    check("unsafe impl Send for A {}", &["1 unsafe code"]);
    check("pub unsafe fn f() {}\nunsafe extern \"C\" {}", &["1 unsafe code", "2 unsafe code"]);
    check("#[unsafe(no_mangle)] fn f() {}", &["1 unsafe code"]);
    check("macro_rules! m { () => { unsafe { f() } } }", &["1 unsafe code"]);
    check("/* a /* b */ c */ unsafe{}", &["1 unsafe code"]);
    check("let a = \"\\\\\"; unsafe {}", &["1 unsafe code"]);
    check("let a = r\"\\\"; unsafe {}", &["1 unsafe code"]);
    check("let a = '\"'; unsafe {} // \"", &["1 unsafe code"]);
    check("let a = b'\\''; unsafe {}", &["1 unsafe code"]);
    check("fn f<'a>(a: &'a str) { unsafe {} }", &["1 unsafe code"]);
    check("let a = \"a\n\n\"; unsafe {}", &["3 unsafe code"]);
    // Twice in one line is one place.
    check("unsafe { unsafe {} }", &["1 unsafe code"]);
}

#[test]
fn the_word_alone_is_nothing() {
    check("// unsafe {}\n/// unsafe\n//! unsafe\n/* unsafe */", &[]);
    check("/* a\n /* unsafe */ unsafe */", &[]);
    check("let a = \"unsafe {} \\\" unsafe\";", &[]);
    check("let a = b\"unsafe\"; let b = c\"unsafe\";", &[]);
    check("let a = r#\"unsafe \" unsafe\"#;", &[]);
    check("let a = br##\"unsafe \"# unsafe\"##;", &[]);
    check("let not_unsafe = unsafely + unsafe_ + r#unsafe;", &[]);
    check("fn f<'unsafe_>() {}", &[]);
    check("", &[]);
    check("let a = \"no end unsafe", &[]);
    check("/* no end unsafe", &[]);
}

#[test]
fn a_lint_that_is_lifted_is_found() {
    check("#![allow(unsafe_code)]", &["1 a lifted lint"]);
    check("#[expect(unsafe_code, reason = \"x\")]", &["1 a lifted lint"]);
    check("#[allow(\n    dead_code,\n    unsafe_code\n)]", &["3 a lifted lint"]);
    check("#[cfg_attr(test, allow(unsafe_code))]", &["1 a lifted lint"]);
    check("#![warn(unsafe_code)]", &["1 a lifted lint"]);
    check("#![deny(unsafe_code)]\n#![forbid(missing_docs, unsafe_code)]", &[]);
    check("#![deny(missing_docs)]\n#![allow(unsafe_code)]", &["2 a lifted lint"]);
    check("#[cfg_attr(test, forbid(unsafe_code), allow(unsafe_code))]", &["1 a lifted lint"]);
    check("// #![allow(unsafe_code)]", &[]);
}

#[test]
fn a_file_from_elsewhere_is_found() {
    check("include!(\"a.txt\");", &["1 an included file"]);
    check("include ! (concat!(env!(\"OUT_DIR\"), \"/a.rs\"));", &["1 an included file"]);
    check("#[path = \"a.txt\"] mod a;", &["1 an included file"]);
    check("#[cfg_attr(test, path = \"a\")] mod a;", &["1 an included file"]);
    check("#[path = \"../a.rs\"] mod a;", &[]);
    check("let path = \"/api\";", &[]);
    check("include_str!(\"a.txt\"); include_bytes!(\"a\");", &[]);
}

#[test]
fn a_package_without_the_lint_is_found() {
    let check = |text: &str| manifest("Cargo.toml", text).iter().map(|it| it.number).collect::<Vec<_>>();
    assert_eq!(check("[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"), [0; 0]);
    assert_eq!(check("[package]\nlints.workspace = true\n"), [0; 0]);
    assert_eq!(check("[package]\n[lints.rust]\nunsafe_code = \"deny\"\n"), [0; 0]);
    assert_eq!(check("[workspace]\nmembers = []\n"), [0; 0]);
    assert_eq!(check("[package]\nname = \"a\"\n# [lints]\n# workspace = true\n"), [1]);
    assert_eq!(check("[package]\n[dependencies]\na.workspace = true\n"), [1]);
    assert_eq!(check("[package]\n[lints.rust]\nunsafe_code = \"allow\"\n"), [1, 3]);
    assert_eq!(check("[workspace.lints.rust]\nunsafe_code = { level = \"warn\" }\n"), [2]);
}

#[test]
fn lines_are_counted_through_every_piece() {
    let text = "a /*\n*/ \"\n\" r\"\n\" // x\n'\\n' b";
    assert_eq!(
        tokens(text),
        [(1, Token::Word("a")), (2, Token::Text("\n")), (3, Token::Text("\n")), (5, Token::Word("b")),]
    );
}

const LIST: &[Reviewed] = &[
    Reviewed { file: "a.rs", line: "unsafe { f() }", because: "f is sound" },
    Reviewed { file: "a.rs", line: "unsafe { g() }", because: "g is sound" },
];

fn place(file: &str, number: usize, line: &str) -> Place {
    Place { file: file.into(), number, line: line.into(), why: Why::Unsafe }
}

#[test]
fn a_place_is_known_by_its_file_and_its_whole_line() {
    let both = [place("a.rs", 3, "unsafe { f() }"), place("a.rs", 9, "unsafe { g() }")];
    let Audit { known, breaches } = audit(LIST, &both);
    assert_eq!(known, ["a.rs:3: unsafe { f() }\n    f is sound", "a.rs:9: unsafe { g() }\n    g is sound"]);
    assert!(breaches.is_empty(), "{breaches:?}");
}

#[test]
fn whatever_differs_from_the_list_is_a_breach() {
    let found = [
        place("a.rs", 3, "unsafe { f() }"),
        place("a.rs", 4, "unsafe { f() }"),
        place("b.rs", 1, "unsafe { g() }"),
        place("b.rs", 2, "unsafe { h() }"),
    ];
    assert_eq!(
        audit(LIST, &found).breaches,
        [
            "a.rs:4: unsafe code that was not reviewed: unsafe { f() }",
            "b.rs:1: unsafe code that was not reviewed: unsafe { g() }",
            "b.rs:2: unsafe code that was not reviewed: unsafe { h() }",
            "a.rs: it is reviewed and not there: unsafe { g() }",
        ]
    );
}

#[test]
fn the_product_has_one_unsafe_line() {
    let product = |file: &str| file.starts_with("host/") && !file.contains("/tests/") || file.starts_with("plugins/");
    let blocks = REVIEWED.iter().filter(|it| it.line.contains("unsafe {") && product(it.file));
    assert_eq!(blocks.map(|it| it.file).collect::<Vec<_>>(), ["host/sandbox/src/cache.rs"]);
}

/// The workspace itself: also where only the tests run.
#[test]
fn the_list_is_that_of_the_workspace() {
    assert_eq!(super::check().unwrap(), 0);
}
