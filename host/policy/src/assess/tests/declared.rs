//! The built-in controls on facts that no plugin declares, one exception at a time.

use super::*;

/// Judges one subject of `fact` whose cells are there beside `sound`; a cell given again replaces the one there, and one
/// that is absent takes it away.
struct Case {
    control: &'static str,
    fact: &'static str,
    sound: Given,
}

impl Case {
    #[track_caller]
    fn check(&self, cells: Given, expected: &[&str]) {
        let mut row = self.sound.clone();
        for (name, value) in cells {
            row.retain(|(there, _)| *there != name);
            if value != Value::Absent {
                row.push((name, value));
            }
        }
        let table_plugin = plugin("table");
        let fact = table_plugin.fact(self.fact).unwrap().clone();
        // One more that conforms, so that a subject out of scope leaves somebody in it.
        let rows = [("it".to_owned(), row), ("sound".to_owned(), self.sound.clone())];
        let one = Descriptor { facts: vec![fact.clone()], ..table_plugin };
        let finding = judged(self.control, &[&collection(&one, vec![table(&fact, &rows)])]);
        assert_eq!(finding.reasons, []);
        assert_eq!(finding.undecided, []);
        let found: Vec<&str> = finding
            .exceptions
            .iter()
            .inspect(|exception| assert_eq!(exception.subject.id, "it"))
            .flat_map(|exception| &exception.policies)
            .map(|policy| {
                policy.id.strip_prefix(self.control.split_once('-').unwrap().1).unwrap().trim_start_matches('-')
            })
            .collect();
        if expected == ["out of scope"] {
            assert_eq!((finding.counts.in_scope, finding.counts.excluded), (1, 1));
            assert_eq!(found, [""; 0]);
        } else {
            assert_eq!(finding.counts.in_scope, 2);
            assert_eq!(found, expected);
        }
    }
}

fn run(control: &'static str) -> Case {
    let sound = vec![
        ("job", text("billing")),
        ("status", text("succeeded")),
        ("started_at", datetime("2026-11-20T01:00:00Z")),
        ("finished_at", datetime("2026-11-20T02:00:00Z")),
        ("records_in", long(1_000)),
        ("records_out", long(990)),
        ("rejected", long(10)),
    ];
    Case { control, fact: "job_run", sound }
}

#[test]
fn a_job_balances() {
    let it = run("PI1.3-job-balance");
    it.check(vec![], &[]);
    it.check(vec![("records_out", long(989))], &["records-differ"]);
    it.check(vec![("records_out", long(991))], &["records-differ"]);
    it.check(vec![("rejected", Value::Absent)], &["not-counted"]);
    it.check(vec![("records_out", long(1_001)), ("rejected", long(-1))], &["below-zero"]);
    it.check(vec![("status", text("running")), ("records_out", Value::Absent)], &["out of scope"]);
    it.check(vec![("status", text("failed")), ("records_out", long(0))], &["records-differ"]);
    it.check(vec![("amount_in", decimal("10.50")), ("amount_out", decimal("10.5"))], &[]);
    it.check(vec![("amount_in", decimal("10.50")), ("amount_out", decimal("10.51"))], &["amounts-differ"]);
    it.check(vec![("amount_in", decimal("10.50"))], &["amounts-differ"]);
    it.check(vec![("amount_out", decimal("0"))], &["amounts-differ"]);
}

#[test]
fn rejects_are_counted_and_few() {
    let it = run("PI1.2-rejects-bounded");
    it.check(vec![("rejected", long(10))], &[]);
    it.check(vec![("rejected", long(11))], &["too-many"]);
    it.check(vec![("records_in", long(0)), ("rejected", long(0))], &[]);
    it.check(vec![("records_in", long(0)), ("rejected", long(1))], &["too-many"]);
    it.check(vec![("records_in", Value::Absent)], &["not-counted"]);
    it.check(vec![("status", text("running")), ("rejected", long(99))], &["out of scope"]);
    let most = 9_007_199_254_740_991;
    it.check(vec![("records_in", long(most)), ("rejected", long(most))], &["too-many"]);
}

#[test]
fn a_job_delivers_in_time() {
    let it = run("PI1.4-job-on-time");
    it.check(vec![], &[]);
    it.check(vec![("status", text("failed"))], &["not-succeeded"]);
    it.check(vec![("status", text("Succeeded"))], &["not-succeeded"]);
    it.check(vec![("finished_at", Value::Absent)], &["no-end"]);
    it.check(vec![("due_at", datetime("2026-11-20T02:00:00Z"))], &[]);
    it.check(vec![("due_at", datetime("2026-11-20T01:59:59Z"))], &["late"]);
    let running = |started: &str| {
        vec![("status", text("running")), ("finished_at", Value::Absent), ("started_at", datetime(started))]
    };
    it.check(running("2026-11-19T09:00:00Z"), &[]);
    it.check(running("2026-11-19T08:59:59Z"), &["hangs"]);
    let due = |at: &str| [running("2026-11-20T08:00:00Z"), vec![("due_at", datetime(at))]].concat();
    it.check(due("2026-11-20T09:00:00Z"), &[]);
    it.check(due("2026-11-20T08:59:59Z"), &["late"]);
    // A clock may be five minutes ahead; an end later than that has not come.
    it.check(vec![("finished_at", datetime("2026-11-20T09:05:00Z"))], &[]);
    it.check(vec![("finished_at", datetime("2026-11-20T09:05:01Z"))], &["in-the-future"]);
    // What still runs has not ended, whatever end the ledger says.
    let ended = vec![("finished_at", datetime("2026-11-20T08:30:00Z"))];
    it.check([due("2026-11-20T08:59:59Z"), ended.clone()].concat(), &["late"]);
    it.check([due("2026-11-20T09:00:00Z"), ended].concat(), &[]);
}

fn data(control: &'static str) -> Case {
    let sound = vec![
        ("name", text("invoices")),
        ("classification", text("confidential")),
        ("owner", text("Finance")),
        ("encrypted", yes(true)),
        ("reviewed_at", datetime("2026-01-10")),
    ];
    Case { control, fact: "data_asset", sound }
}

#[test]
fn data_is_classified_owned_and_reviewed() {
    let it = data("C1.1-data-register");
    it.check(vec![], &[]);
    it.check(vec![("classification", Value::Absent)], &["unclassified"]);
    it.check(vec![("owner", Value::Absent)], &["without-owner"]);
    it.check(vec![("reviewed_at", Value::Absent)], &["never-reviewed"]);
    it.check(vec![("reviewed_at", datetime("2025-11-19T09:00:00Z"))], &[]);
    it.check(vec![("reviewed_at", datetime("2025-11-19T08:59:59Z"))], &["review-too-old"]);
    it.check(vec![("reviewed_at", datetime("2026-11-21"))], &["reviewed-in-the-future"]);
}

#[test]
fn confidential_data_is_encrypted() {
    let it = data("C1.1-confidential-encrypted");
    it.check(vec![], &[]);
    it.check(vec![("encrypted", yes(false))], &["not-known"]);
    it.check(vec![("encrypted", Value::Absent)], &["not-known"]);
    it.check(vec![("classification", Value::Absent), ("encrypted", Value::Absent)], &["not-known"]);
    it.check(vec![("classification", text("internal")), ("encrypted", yes(false))], &["out of scope"]);
}

#[test]
fn records_are_deleted_by_their_date() {
    let sound = vec![
        ("record_class", text("applications of 2025")),
        ("due_at", datetime("2026-11-01")),
        ("deleted_at", datetime("2026-10-31T12:00:00Z")),
    ];
    let it = Case { control: "C1.2-deletion-on-time", fact: "deletion", sound };
    it.check(vec![], &[]);
    it.check(vec![("deleted_at", datetime("2026-11-01"))], &[]);
    it.check(vec![("deleted_at", datetime("2026-11-01T00:00:01Z"))], &["late"]);
    it.check(vec![("deleted_at", Value::Absent)], &["still-there"]);
    it.check(vec![("deleted_at", Value::Absent), ("due_at", datetime(AS_OF))], &[]);
    it.check(vec![("deleted_at", Value::Absent), ("hold", text("case 12"))], &["out of scope"]);
    it.check(vec![("deleted_at", datetime("2026-11-21")), ("due_at", datetime("2026-11-22"))], &["in-the-future"]);
}

#[test]
fn consent_comes_first_and_ends_the_processing() {
    let sound = vec![
        ("subject", text("s-1")),
        ("purpose", text("newsletter")),
        ("explicit_required", yes(false)),
        ("given_at", datetime("2026-03-01")),
        ("processing_started_at", datetime("2026-03-01")),
    ];
    let it = Case { control: "P3.2-consent-first", fact: "consent", sound };
    it.check(vec![], &[]);
    it.check(vec![("given_at", Value::Absent)], &["none"]);
    it.check(vec![("given_at", datetime("2026-03-01T00:00:01Z"))], &["too-late"]);
    it.check(vec![("explicit_required", yes(true))], &["not-explicit"]);
    it.check(vec![("explicit_required", yes(true)), ("explicit", yes(false))], &["not-explicit"]);
    it.check(vec![("explicit_required", yes(true)), ("explicit", yes(true))], &[]);
    it.check(vec![("withdrawn_at", datetime("2026-11-19T09:00:00Z"))], &[]);
    it.check(vec![("withdrawn_at", datetime("2026-11-19T08:59:59Z"))], &["used-after-withdrawal"]);
    let stopped = |at: &str| vec![("withdrawn_at", datetime("2026-06-01")), ("processing_stopped_at", datetime(at))];
    it.check(stopped("2026-06-02"), &[]);
    it.check(stopped("2026-06-02T00:00:01Z"), &["used-after-withdrawal"]);
}

fn request(control: &'static str, kind: &str) -> Case {
    let sound = vec![
        ("kind", text(kind)),
        ("received_at", datetime("2026-09-01")),
        ("answered_at", datetime("2026-10-01")),
        ("verified", yes(true)),
    ];
    Case { control, fact: "subject_request", sound }
}

#[test]
fn requests_and_complaints_are_answered_in_time() {
    for (control, kind, other) in
        [("P5.1-subject-requests", "access", "complaint"), ("P8.1-complaints", "complaint", "access")]
    {
        let it = request(control, kind);
        it.check(vec![], &[]);
        it.check(vec![("kind", text(other))], &["out of scope"]);
        it.check(vec![("answered_at", datetime("2026-10-01T00:00:01Z"))], &["late"]);
        it.check(vec![("answered_at", Value::Absent)], &["overdue"]);
        it.check(vec![("answered_at", Value::Absent), ("received_at", datetime("2026-11-01"))], &[]);
        it.check(vec![("due_at", datetime("2026-09-15"))], &["late"]);
        it.check(vec![("due_at", datetime("2026-11-15")), ("answered_at", datetime("2026-11-10"))], &[]);
        it.check(vec![("due_at", datetime("2026-11-30T00:00:01Z"))], &["due-too-far"]);
        let later = vec![("answered_at", datetime("2026-11-20T09:05:01Z")), ("due_at", datetime("2026-11-30"))];
        it.check(later, &["in-the-future"]);
    }
}

#[test]
fn data_is_given_to_whoever_was_verified() {
    let it = request("P5.1-subject-requests", "access");
    it.check(vec![("verified", yes(false))], &["not-verified"]);
    it.check(vec![("verified", Value::Absent)], &["not-verified"]);
    it.check(vec![("kind", text("correction")), ("verified", Value::Absent)], &[]);
    let open =
        vec![("verified", Value::Absent), ("answered_at", Value::Absent), ("received_at", datetime("2026-11-19"))];
    it.check(open, &[]);
}

#[test]
fn an_open_exception_is_put_right_in_time() {
    let sound = vec![("state", text("open")), ("due_at", datetime("2026-11-20T09:00:01Z"))];
    let it = Case { control: "CC4.2-remediation-on-time", fact: "remediation", sound };
    it.check(vec![], &[]);
    it.check(vec![("due_at", datetime("2026-11-20T09:00:00Z"))], &["overdue"]);
    it.check(vec![("due_at", datetime("2026-11-20T08:59:59Z"))], &["overdue"]);
    // That people say something about it moves nothing.
    it.check(vec![("state", text("corrected")), ("due_at", datetime("2026-11-20"))], &["overdue"]);
    // The row of the ledger has no due date, and counts once something was evaluated.
    let ledger = |evaluations: i64| {
        vec![("due_at", Value::Absent), ("state", Value::Absent), ("evaluations", long(evaluations))]
    };
    it.check(ledger(1), &[]);
    it.check(ledger(0), &["out of scope"]);
}

#[test]
fn a_vendor_has_a_recent_report_and_was_reviewed_by_it() {
    let sound = vec![
        ("name", text("Example Hosting")),
        ("method", text("carve-out")),
        ("covered_until", datetime("2026-10-01")),
        ("reviewed_at", datetime("2026-10-12")),
    ];
    let it = Case { control: "CC9.2-vendor-reports", fact: "vendor_standing", sound };
    it.check(vec![], &[]);
    it.check(vec![("covered_until", Value::Absent)], &["none"]);
    it.check(vec![("covered_until", datetime("2026-08-22T09:00:00Z"))], &[]);
    it.check(vec![("covered_until", datetime("2026-08-22T08:59:59Z"))], &["too-old"]);
    it.check(vec![("covered_until", datetime("2027-01-01"))], &[]);
    it.check(vec![("reviewed_at", Value::Absent)], &["never-reviewed"]);
    it.check(vec![("reviewed_at", datetime("2025-11-19T09:00:00Z"))], &[]);
    it.check(vec![("reviewed_at", datetime("2025-11-19T08:59:59Z"))], &["review-too-old"]);
}
