//! What somebody may make of a package of a sealed period, and of one that is open still.

use expect_test::expect;

use super::forge::{Forged, found};
use super::history::{MFA, SCAN, export, open_period, sealed_period};

#[test]
fn a_dropped_failing_run_is_found() {
    found(&export(&sealed_period()), |it| it.drop_record(6), &expect!["completeness: `manifest.json`: has 2 records of `control/CC6.1-mfa`, the seal says 3"]);
}
