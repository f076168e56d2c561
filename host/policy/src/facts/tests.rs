//! What `facts.toml` may say, and that everything wrong comes at once, with its place and what to do.

use expect_test::{Expect, expect};
use miette::Diagnostic as _;

use super::*;

const SOUND: &str = r#"
[[fact]]
name = "key_card"
kind = "Doors::KeyCard"
doc = "one key card"
event_time = "issued_at"

[[fact.column]]
name = "holder"
type = "entity"
entity_kind = "Hr::Person"
required = true
doc = "who carries it"

[[fact.column]]
name = "doors"
type = "text"
set = true
doc = "the doors that it opens"

[[fact.column]]
name = "issued_at"
type = "datetime"
doc = "when it was handed over"
"#;

fn site(text: &str) -> Result<Facts, Problems> {
    load(&[SourceFile::new("site/policies/facts.toml", text)])
}

#[track_caller]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(text, site(text).unwrap_err().iter()));
}

/// Every problem as `line: message`, its labels and its help.
fn show<'a>(text: &str, problems: impl Iterator<Item = &'a Problem>) -> String {
    let mut lines = String::new();
    for problem in problems {
        let line = problem.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        let labels: Vec<String> = problem
            .labels()
            .into_iter()
            .flatten()
            .map(|label| {
                let at = &text[label.offset()..label.offset() + label.len()];
                format!("`{}` {}", at.lines().next().unwrap_or(""), label.label().unwrap_or(""))
            })
            .collect();
        let help = problem.help().map_or("none".to_owned(), |help| help.to_string());
        lines.push_str(&format!("{line}: {problem}\n  {}\n  help: {help}\n", labels.join("; ")));
    }
    lines
}

#[test]
fn a_site_adds_a_fact_of_its_own() {
    let (builtin, all) = (load(&[]).unwrap(), site(SOUND).unwrap());
    assert_eq!(all.iter().count(), builtin.iter().count() + 1);
    let own = all.iter().find(|it| it.origin == Origin::Site).unwrap();
    assert_eq!((own.fact.name.as_str(), own.fact.event_time.as_deref()), ("key_card", Some("issued_at")));
    let columns: Vec<String> = own
        .fact
        .columns
        .iter()
        .map(|it| format!("{} {:?} {:?} {} {:?}", it.name, it.ty, it.shape, it.required, it.entity_kind))
        .collect();
    assert_eq!(
        columns,
        [
            "holder Entity One true Some(\"Hr::Person\")",
            "doors Text SetOf false None",
            "issued_at Datetime One false None"
        ]
    );
    let names: Vec<&str> = all.iter().map(|it| it.fact.name.as_str()).collect();
    assert!(names.is_sorted());
}

#[test]
fn everything_wrong_comes_at_once() {
    check(
        r#"
colour = "red"
[[fact]]
name = "Key Card"
kind = "doors::KeyCard"
event_time = "holder"
parent = ["Doors::Set"]
[[fact.column]]
name = "has"
type = "txt"
doc = "a"
[[fact.column]]
name = "holder"
type = "text"
entity_kind = "Hr::Person"
doc = ""
[[fact.column]]
name = "if"
type = "entity"
set = "yes"
doc = "b"
[[fact]]
name = "door"
kind = "Tickmark::Door"
doc = "one\ndoor"
event_time = "seen"
[[fact.column]]
name = "seen"
type = "datetime"
set = true
doc = "c"
[[fact.column]]
name = "seen"
type = "long"
doc = "c"
[[fact]]
doc = "nameless"
"#,
        expect![[r#"
            2: list of facts has no key `colour`
              `colour` unknown key
              help: its keys are fact
            3: fact has no `doc`
              `[[fact]]` in this one
              help: it is a string
            4: fact name `Key Card` does not match [a-z][a-z0-9_]* or is a Cedar keyword
              `"Key Card"` of this fact
              help: such as `started_at`: small letters, digits and `_`, at most 64, starting with a letter
            5: entity kind `doors::KeyCard` is not of the form `Namespace::Kind`
              `"doors::KeyCard"` of this fact
              help: such as `Hr::Person`: letters and digits, each half starting with a capital
            7: fact has no key `parent`
              `parent` unknown key
              help: did you mean `parents`?
            9: column name `has` does not match [a-z][a-z0-9_]* or is a Cedar keyword
              `"has"` this column
              help: such as `started_at`: small letters, digits and `_`, at most 64, starting with a letter
            10: `txt` is not a type
              `"txt"` unknown word
              help: did you mean `text`?
            13: column `holder` must name an entity kind if and only if its type is entity
              `"holder"` this column
              help: write `type = "entity"` with `entity_kind`, or neither
            16: `doc` is empty
              `""` expected some text
              help: none
            18: column `if` must name an entity kind if and only if its type is entity
              `"if"` this column
              help: write `type = "entity"` with `entity_kind`, or neither
            18: column name `if` does not match [a-z][a-z0-9_]* or is a Cedar keyword
              `"if"` this column
              help: such as `started_at`: small letters, digits and `_`, at most 64, starting with a letter
            20: `set`: invalid type: string "yes", expected a boolean
              `"yes"` here
              help: it is true or false
            23: column `seen` is declared twice
              `"door"` of this fact
              help: leave one of them out
            23: event time `seen` of fact `door` is no datetime column of shape one
              `"door"` of this fact
              help: name a column of type datetime that is no set
            24: entity kind `Tickmark::Door` is reserved
              `"Tickmark::Door"` of this fact
              help: choose a namespace of your own
            25: `doc` has more than 1024 bytes or control characters
              `"one\ndoor"` here
              help: say it in one sentence
            36: fact has no `kind`
              `[[fact]]` in this one
              help: it is a string
            36: fact has no `name`
              `[[fact]]` in this one
              help: it is a string
        "#]],
    );
}

#[test]
fn replacing_must_be_said_and_be_true() {
    check(
        &SOUND.replace("key_card", "person"),
        expect![[r#"
        3: fact `person` is built in
          `"person"` belongs to the built-in fact `person`
          help: write `replaces = true` to replace it whole, or choose another
    "#]],
    );
    check(
        &SOUND.replace("Doors::KeyCard", "Hr::Person"),
        expect![[r#"
        4: kind `Hr::Person` is built in
          `"Hr::Person"` belongs to the built-in fact `person`
          help: write `replaces = true` to replace it whole, or choose another
    "#]],
    );
    check(
        &SOUND.replace("key_card", "persons").replace("event_time", "replaces = true\nevent_time"),
        expect![[r#"
        3: fact `persons` replaces nothing
          `"persons"` no built-in fact has this name or kind
          help: did you mean `person`?
    "#]],
    );
    let all = site(&SOUND.replace("key_card", "person").replace("event_time", "replaces = true\nevent_time")).unwrap();
    let person = all.iter().find(|it| it.fact.name == "person").unwrap();
    assert_eq!((person.origin, person.fact.entity_kind.as_str()), (Origin::Site, "Doors::KeyCard"));
    assert!(!all.iter().any(|it| it.fact.entity_kind == "Hr::Person"));
}

#[test]
fn names_and_kinds_are_declared_once() {
    check(
        &format!("{SOUND}{SOUND}"),
        expect![[r#"
        3: fact `key_card` is declared twice
          `"key_card"` first here; `"key_card"` again here
          help: none
    "#]],
    );
    check(
        &format!("{SOUND}{}", SOUND.replace("key_card", "card")),
        expect![[r#"
        4: kind `Doors::KeyCard` is declared twice
          `"Doors::KeyCard"` first here; `"Doors::KeyCard"` again here
          help: none
    "#]],
    );
}

#[test]
fn syntax_errors_point_at_their_place() {
    check(
        "[[fact]]\nname = \"a\nkind = \n",
        expect![[r#"
        2: invalid basic string, expected `"`
          `` here
          help: none
        3: string values must be quoted, expected literal string
          `` here
          help: none
    "#]],
    );
}

#[test]
fn a_namespace_of_a_plugin_is_left_to_it() {
    let owners = crate::fixture::descriptors();
    let against = |text: &str| show(text, site(text).unwrap().against(&owners).iter());
    assert_eq!(against(SOUND), "");
    expect![[r#"
        4: namespace of kind `Mfa::Card` belongs to plugin `mfa`
          `"Mfa::Card"` in another's namespace
          help: a namespace has one owner; declare the kind in a namespace of your own
    "#]]
    .assert_eq(&against(&SOUND.replace("Doors::KeyCard", "Mfa::Card")));
    expect![[r#"
        4: kind `Mfa::User` is declared otherwise than by its owner, plugin `mfa`
          `"Mfa::User"` belongs to a plugin
          help: `tickmark plugin inspect mfa` shows its columns, or choose another kind
    "#]]
    .assert_eq(&against(&SOUND.replace("Doors::KeyCard", "Mfa::User")));
    // An equal declaration may be there: the operator can have it provide the kind.
    let restore = r#"
[[fact]]
name = "restore_test"
kind = "Backup::Restore"
doc = "in other words"
event_time = "last_success"
"#;
    let columns = [("name", "text", true), ("last_run", "datetime", false), ("last_result", "text", false)];
    let more = [("last_success", "datetime", false), ("took", "duration", false)];
    let columns: String = columns
        .iter()
        .chain(&more)
        .map(|(name, ty, required)| {
            format!("[[fact.column]]\nname = \"{name}\"\ntype = \"{ty}\"\nrequired = {required}\ndoc = \"x\"\n")
        })
        .collect();
    assert_eq!(against(&format!("{restore}{columns}")), "");
}
