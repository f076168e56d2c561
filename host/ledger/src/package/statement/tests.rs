//! What is said of which evaluations, in one form.

use expect_test::expect;

use super::*;

fn test(control: &str, index: u64, outcome: Option<Outcome>) -> Test {
    Test { control: control.into(), system: "prod-web".into(), index, outcome }
}

fn statement() -> Statement {
    let configuration = vec![
        Resource::new("policies/07.cedar", &Digest([7; 32])),
        Resource::new("components/01.wasm", &Digest([1; 32])),
        Resource::new("policies/07.cedar", &Digest([7; 32])),
    ];
    let tests = [
        test("CC6.1", 9, Some(Outcome::Pass)),
        test("CC6.1", 10, Some(Outcome::Pass)),
        test("CC6.3", 4, Some(Outcome::Fail)),
        test("CC7.2", 5, Some(Outcome::Inconclusive)),
        test("CC7.2", 6, None),
    ];
    Statement::new(b"{}", TestResult::new(configuration, &tests))
}

#[test]
fn known_bytes() {
    let bytes = statement().to_bytes().unwrap();
    expect![[r#"{"_type":"https://in-toto.io/Statement/v1","predicate":{"configuration":[{"digest":{"sha256":"0101010101010101010101010101010101010101010101010101010101010101"},"name":"components/01.wasm"},{"digest":{"sha256":"0707070707070707070707070707070707070707070707070707070707070707"},"name":"policies/07.cedar"}],"failedTests":["CC6.3@prod-web#4"],"passedTests":["CC6.1@prod-web#10","CC6.1@prod-web#9"],"result":"FAILED","warnedTests":["CC7.2@prod-web#5","CC7.2@prod-web#6"]},"predicateType":"https://in-toto.io/attestation/test-result/v0.1","subject":[{"digest":{"sha256":"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},"name":"manifest.json"}]}"#]].assert_eq(&String::from_utf8(bytes.clone()).unwrap());
    assert_eq!(Statement::parse(&bytes).unwrap(), statement());
}

#[test]
fn nothing_evaluated_and_nothing_certain_is_never_passed() {
    let result = |outcomes: &[Option<Outcome>]| {
        let tests: Vec<Test> = outcomes.iter().map(|outcome| test("CC6.1", 0, *outcome)).collect();
        TestResult::new(Vec::new(), &tests).result
    };
    let (pass, fail, inconclusive) = (Some(Outcome::Pass), Some(Outcome::Fail), Some(Outcome::Inconclusive));
    assert_eq!(result(&[]), TestOutcome::Warned);
    assert_eq!(result(&[pass, pass]), TestOutcome::Passed);
    assert_eq!(result(&[pass, inconclusive]), TestOutcome::Warned);
    assert_eq!(result(&[pass, None]), TestOutcome::Warned);
    assert_eq!(result(&[None]), TestOutcome::Warned);
    assert_eq!(result(&[inconclusive, fail, pass]), TestOutcome::Failed);
}

#[test]
fn refusals() {
    let text = String::from_utf8(statement().to_bytes().unwrap()).unwrap();
    let refused = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        Statement::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err().to_string()
    };
    let lines = [
        refused("Statement/v1", "Statement/v0.1"),
        refused("test-result", "vuln"),
        refused("FAILED", "WARNED"),
        refused("FAILED", "FINE"),
        refused(r#""CC6.1@prod-web#10","#, r#""D","#),
        refused("components/01", "policies/zz"),
        refused("CC7.2@prod-web#5", "CC6.3@prod-web#4"),
        refused(r#""sha256":"0101"#, r#""sha256":"0G01"#),
        refused("manifest.json", "VERIFY.md"),
        refused("44136f", "44136F"),
        refused(
            r#""subject":[{"#,
            &format!(r#""subject":[{{"digest":{{"sha256":"{}"}},"name":"a"}},{{"#, "0".repeat(64)),
        ),
        refused(r#""_type""#, r#" "_type""#),
    ];
    expect![[r#"
        `_type` is `https://in-toto.io/Statement/v0.1`, expected `https://in-toto.io/Statement/v1`
        `predicateType` is `https://in-toto.io/attestation/vuln/v0.1`, expected `https://in-toto.io/attestation/test-result/v0.1`
        `result` is `WARNED`, expected `FAILED`
        it is not the JSON expected
        `passedTests` is not sorted, each once
        `configuration` is not sorted, each once
        `CC6.3@prod-web#4` stands in two lists
        it is not the JSON expected
        `subject` is `VERIFY.md`, expected `manifest.json`
        it is not the JSON expected
        `subject` is `2 files`, expected `1 file`
        it is not canonical JSON, first at byte 1"#]].assert_eq(&lines.join("\n"));
}

#[test]
fn none_is_written_that_would_not_be_read() {
    let written = |configuration: &[(&str, u8)], tests: &[Test]| {
        let resource = |(path, byte): &(&str, u8)| Resource::new(path, &Digest([*byte; 32]));
        let configuration = configuration.iter().map(resource).collect();
        Statement::new(b"{}", TestResult::new(configuration, tests)).to_bytes().map_err(|e| e.to_string())
    };
    let (pass, fail) = (test("CC6.1", 1, Some(Outcome::Pass)), test("CC6.1", 1, Some(Outcome::Fail)));
    assert!(written(&[("a", 1), ("b", 1)], std::slice::from_ref(&pass)).is_ok());
    let twice = written(&[], &[pass.clone(), pass.clone()]);
    assert_eq!(twice, Err("`passedTests` is not sorted, each once".into()));
    assert_eq!(written(&[], &[pass, fail]), Err("`CC6.1@prod-web#1` stands in two lists".into()));
    assert_eq!(written(&[("a", 1), ("a", 2)], &[]), Err("`configuration` is not sorted, each once".into()));
}
