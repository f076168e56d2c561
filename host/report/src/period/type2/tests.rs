use super::super::given::{Collected, PluginGiven};
use super::super::testing::{at, design, digest, exception, given, matrix};
use super::super::{ChangeKind, Report, Summary};
use super::*;

fn control<'a>(report: &'a Type2, id: &str) -> &'a ControlPart {
    report.controls.iter().find(|it| it.id == id).unwrap()
}

#[test]
fn the_two_rates_are_of_operations_and_of_subjects() {
    let report = Type2::new(given());
    let mfa = &control(&report, "CC6.3-mfa").systems[0];
    // Of seven operations one is open; failed, missed and not evidenced ones deviate.
    assert_eq!(mfa.rates, Rates { deviating: 3, due: 6, exceptions: 2, population: 36 });
    assert_eq!(mfa.totals.expected, 7);
    assert_eq!(mfa.after_period, 1);
}

#[test]
fn nothing_that_deviates_is_left_out_by_being_waived() {
    let mut without = given();
    without.waivers.clear();
    let (with, without) = (Type2::new(given()), Type2::new(without));
    assert_eq!(with.rates, without.rates);
    assert_eq!(with.totals, without.totals);
    let waived = &control(&with, "CC6.3-mfa").systems[0].exceptions;
    let named: Vec<&str> = waived.iter().filter(|it| !it.waivers.is_empty()).map(|it| it.subject.id.as_str()).collect();
    assert_eq!(named, ["7"]);
}

#[test]
fn an_exception_names_the_waivers_that_covered_it_when_it_was_seen() {
    let seen = |nth: u64, day: &str, waivers: &'static [u64]| {
        (RecordId { kind: Kind::Evaluation, index: nth }, at(day), move |_: &Subject| waivers.to_vec())
    };
    let mut found = Found::default();
    for (record, day, waived) in
        [seen(23, "2026-09-25", &[]), seen(24, "2026-09-26", &[109]), seen(25, "2026-09-27", &[99, 109])]
    {
        found.see(record, day, &[exception("7", None)], None, waived);
    }
    let mut given = given();
    given.evidence.values_mut().next().unwrap().found = found;
    let report = Type2::new(given);
    assert_eq!(control(&report, "CC6.3-mfa").systems[0].exceptions[0].waivers, ["waiver/99", "waiver/109"]);
}

#[test]
fn an_exception_that_was_waived_once_does_not_read_as_if_it_always_was() {
    let mut found = Found::default();
    for (nth, waivers) in [(23, vec![]), (24, vec![30, 31]), (25, vec![])] {
        let record = RecordId { kind: Kind::Evaluation, index: nth };
        found.see(record, at("2026-09-25"), &[exception("7", None)], None, |_| waivers.clone());
    }
    let mut given = given();
    given.evidence.values_mut().next().unwrap().found = found;
    let report = Type2::new(given);
    let line = &control(&report, "CC6.3-mfa").systems[0].exceptions[0];
    assert_eq!((line.waived_seen, line.seen), (1, 3));
    let (mut text, mut json, report) = (Vec::new(), Vec::new(), Report::Type2(Box::new(report)));
    super::super::markdown::write(&report, &mut text).unwrap();
    super::super::json::write(&report, &mut json).unwrap();
    let (text, json) = (String::from_utf8(text).unwrap(), String::from_utf8(json).unwrap());
    assert!(text.contains("waived in 1 of 3 by waiver/30, waiver/31"), "{text}");
    assert!(json.replace(": ", ":").contains("\"waived_seen\":1"), "{json}");
}

#[test]
fn the_last_of_several_remediations_is_how_an_exception_stands() {
    let mut given = given();
    let first = RemediationLine { state: "conforms".into(), cause: None, ..given.remediations[0].clone() };
    given.remediations.insert(0, first);
    let report = Type2::new(given);
    let line = &control(&report, "CC6.3-mfa").systems[0].exceptions[0];
    assert_eq!((line.remediation.as_deref(), line.cause.as_deref()), (Some("planned"), Some("new starter")));
}

#[test]
fn a_subject_is_one_exception_however_often_it_was_seen() {
    let report = Type2::new(given());
    let lines = &control(&report, "CC6.3-mfa").systems[0].exceptions;
    let seen: Vec<(&str, u64)> = lines.iter().map(|it| (it.subject.id.as_str(), it.seen)).collect();
    // The second evaluation is about one of the two only.
    assert_eq!(seen, [("7", 2), ("<script>alert(1)</script>", 1)]);
    assert_eq!((lines[0].first, lines[0].last), (at("2026-09-26T22:00:00Z"), at("2026-09-27T09:00:00Z")));
    assert_eq!(lines[0].records, ["evaluation/24", "evaluation/25"]);
    assert_eq!(lines[0].cause.as_deref(), Some("new starter"));
}

#[test]
fn criteria_have_counts_only_and_those_out_of_scope_none() {
    let report = Type2::new(given());
    let line = |id: &str| report.criteria.iter().find(|it| it.id == id).unwrap();
    assert_eq!((line("CC6.6").controls, line("CC6.6").totals.expected), (3, 8));
    assert_eq!((line("CC8.1").controls, line("CC8.1").in_scope), (0, true));
    assert_eq!((line("P4.3").controls, line("P4.3").in_scope, line("P4.3").totals.expected), (1, false, 0));
    assert!(control(&report, "P4.3-disposal").systems.is_empty());
}

#[test]
fn what_splits_the_period_is_named() {
    let report = Type2::new(given());
    let mfa = &control(&report, "CC6.3-mfa").systems[0];
    let changed: Vec<Vec<&str>> = mfa.versions.iter().map(|it| it.changed.clone()).collect();
    assert_eq!(changed, [vec![], vec!["matrix"], vec!["collector", "settings"]]);
    let strata: Vec<(Digest, u64, u64)> =
        mfa.strata.iter().map(|it| (it.version, it.operations, it.rates.deviating)).collect();
    assert_eq!(strata, [(digest(0x11), 2, 0), (digest(0x21), 5, 3)]);
}

#[test]
fn other_policies_under_the_same_row_split_it_as_policy() {
    let mut given = given();
    given.matrices[1].controls.insert("CC6.3-mfa".into(), Design { version: digest(0x21), ..design("CC6.3-mfa") });
    let evidence = given.evidence.values_mut().next().unwrap();
    evidence.versions.get_mut(&24).unwrap().policy = digest(0x42);
    evidence.versions.get_mut(&39).unwrap().policy = digest(0x42);
    let report = Type2::new(given);
    assert_eq!(control(&report, "CC6.3-mfa").systems[0].versions[1].changed, ["policy"]);
}

#[test]
fn other_grants_split_it_too() {
    let mut given = given();
    let evidence = given.evidence.values_mut().next().unwrap();
    let plugin = PluginGiven { name: "mfa".into(), version: "0.1.0".into(), digest: digest(0xcc) };
    let collected =
        Collected { instance: "mfa".into(), plugin: Some(plugin), settings: digest(1), grants: digest(0x32) };
    evidence.versions.get_mut(&39).unwrap().collectors = vec![collected];
    let report = Type2::new(given);
    assert_eq!(control(&report, "CC6.3-mfa").systems[0].versions[2].changed, ["grants"]);
}

#[test]
fn removed_and_loosened_controls_come_first_and_stay_in_the_report() {
    let report = Type2::new(given());
    let kinds: Vec<(ChangeKind, &str)> = report.changes.iter().map(|it| (it.kind, it.control.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (ChangeKind::Removed, "CC6.9-gone"),
            (ChangeKind::Loosened, "CC6.3-mfa"),
            (ChangeKind::Added, "P4.3-disposal")
        ]
    );
    assert!(control(&report, "CC6.9-gone").removed);
    assert!(!control(&report, "CC6.3-mfa").removed);
}

#[test]
fn a_matrix_after_the_period_changes_nothing_of_it() {
    let mut later = given();
    let mut third = matrix(60, &[]);
    third.from = at("2026-10-01T00:00:00Z");
    later.matrices.push(third);
    assert_eq!(Type2::new(later), Type2::new(given()));
}

#[test]
fn a_report_over_one_control_says_nothing_of_others() {
    let mut only = given();
    only.controls = Some(vec!["CC6.6-rules".to_owned()]);
    let report = Type2::new(only);
    assert_eq!(report.controls.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["CC6.6-rules"]);
    assert!(report.waivers.is_empty() && report.samples.is_empty() && report.changes.is_empty());
    assert_eq!(report.totals.expected, 1);
}

/// Every text that a summary could give away is marked, and none of the marks comes out in any format.
#[test]
fn a_summary_gives_nobody_and_no_system_away() {
    let mut given = given();
    let mark = |text: &mut String| text.insert_str(0, "SECRET");
    for matrix in &mut given.matrices {
        matrix.systems = BTreeMap::from([("SECRETsystem".to_owned(), "SECRETenvironment".to_owned())]);
        matrix.author = Some("SECRETauthor".to_owned());
        for vendor in &mut matrix.carved_out {
            mark(&mut vendor.vendor);
            mark(&mut vendor.name);
            vendor.complementary_controls.iter_mut().for_each(mark);
        }
        for design in matrix.controls.values_mut() {
            mark(&mut design.title);
            mark(&mut design.owner);
            design.systems = vec!["SECRETsystem".to_owned()];
        }
        matrix.controls =
            std::mem::take(&mut matrix.controls).into_iter().map(|(id, it)| (format!("SECRET{id}"), it)).collect();
    }
    given.about.boundary = Some("SECRETboundary".to_owned());
    given.operated.iter_mut().for_each(|it| {
        mark(&mut it.system);
        mark(&mut it.control);
    });
    given.evidence = std::mem::take(&mut given.evidence)
        .into_iter()
        .map(|((control, system), it)| ((format!("SECRET{control}"), format!("SECRET{system}")), it))
        .collect();
    for waiver in &mut given.waivers {
        waiver.approver = Some("SECRETapprover".to_owned());
        waiver.reason = Some("SECRETreason".to_owned());
    }
    let summary = Report::Summary(Box::new(Summary::new(&Type2::new(given))));
    type Format<'a> = &'a dyn Fn(&mut dyn std::io::Write) -> std::io::Result<()>;
    let formats: [Format<'_>; 5] = [
        &|out| super::super::table::write(&summary, out, None),
        &|out| super::super::json::write(&summary, out),
        &|out| super::super::markdown::write(&summary, out),
        &|out| super::super::csv::write(&summary, out),
        &|out| super::super::html::write(&summary, out),
    ];
    for format in formats {
        let mut out = Vec::new();
        format(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for secret in ["SECRET", "prod-web", "Security operations", "bob", "alert(1)", "evaluation/"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

#[test]
fn of_what_operated_only_before_the_period_the_date_is_said_and_that_effectiveness_is_not_testable() {
    let mut given = given();
    given.operated.iter_mut().for_each(|it| it.before_period = None);
    let text = |given: &super::super::given::Given| {
        let mut out = Vec::new();
        super::super::markdown::write(&Report::Type2(Box::new(Type2::new(given.clone()))), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    assert!(!text(&given).contains("not testable"));
    given.operated[0].before_period = Some(at("2026-03-02T10:00:00Z"));
    let said = "last operated on 2026-03-02T10:00:00Z, before the period; operating effectiveness not testable";
    assert_eq!(text(&given).matches(said).count(), 1);
}

#[test]
fn no_report_says_a_verdict() {
    use super::super::testing::{report_type1, report_type2, summary};
    for report in [report_type1(), report_type2(), summary()] {
        let mut out = Vec::new();
        super::super::html::write(&report, &mut out).unwrap();
        super::super::table::write(&report, &mut out, None).unwrap();
        let text = String::from_utf8(out).unwrap().to_lowercase();
        for verdict in ["compliant", "certified", "immutable", "satisfied"] {
            assert!(!text.contains(verdict), "{verdict}");
        }
        assert!(text.contains("for the auditor to say"));
    }
}
