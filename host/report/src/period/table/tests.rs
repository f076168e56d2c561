use super::super::testing::{report_type1, report_type2, summary};
use super::*;
use expect_test::expect_file;

fn written(report: &Report, width: Option<usize>) -> String {
    let mut out = Vec::new();
    write(report, &mut out, width).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn reports_are_written_like_this() {
    expect_file!["../testdata/type2.txt"].assert_eq(&written(&report_type2(), Some(120)));
    expect_file!["../testdata/type1.txt"].assert_eq(&written(&report_type1(), Some(120)));
    expect_file!["../testdata/summary.txt"].assert_eq(&written(&summary(), Some(120)));
}

#[test]
fn controls_in_order_are_counted_and_not_gone_through() {
    let text = written(&report_type2(), None);
    let heading = |id: &str| text.lines().filter(|line| *line == id.to_uppercase()).count();
    assert_eq!(heading("CC6.3-mfa"), 1);
    assert_eq!(heading("CC6.6-rules"), 0);
    assert!(text.contains("CC6.6-rules"), "it is in the overview");
}

#[test]
fn what_a_terminal_would_obey_is_escaped() {
    let Report::Type2(mut report) = report_type2() else { panic!("a report over a period") };
    report.controls.iter_mut().for_each(|it| it.design.owner = "\u{1b}[2J\u{202e}".to_owned());
    report.about.company = "a\nb".to_owned();
    let text = written(&Report::Type2(report), None);
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains(r"a\nb"), "{text}");
}
