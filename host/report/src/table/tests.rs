//! What a person sees, literally.

use expect_test::{Expect, expect};

use super::*;
use tickmark_operations::WaiversInForce;

use crate::testing::{Case, sealed, waivers};

fn check(cases: &[Case], options: Options, expected: Expect) {
    check_with(cases, &WaiversInForce::default(), options, expected);
}

#[track_caller]
fn check_with(cases: &[Case], waivers: &WaiversInForce, options: Options, expected: Expect) {
    let mut out = Vec::new();
    write(&View::new(&sealed(cases), waivers), &mut out, options).unwrap();
    let text = String::from_utf8(out).unwrap();
    if let Some(width) = options.width {
        let width = width.max(NARROWEST);
        assert!(text.lines().all(|line| text::columns(line) <= width), "{text}");
    }
    expected.assert_eq(&text);
}

const ALL: [Case; 4] = [Case::Pass, Case::Fail, Case::NotCollected, Case::Denied];

#[test]
fn as_wide_as_it_likes() {
    check(
        &ALL,
        Options::default(),
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        CONTROL                 CRITERIA      OWNER                SYSTEM    OUTCOME       COUNTS
        A1.2-backup-monitoring  A1.2          Platform             prod-web  inconclusive  none in scope
          not-collected: `prod-web` has no collector `backup`
        CC6.1-rules             CC6.1         Platform             prod-web  pass          3/3 conform
        CC6.3-mfa-for-admins    CC6.1, CC6.6  Security             prod-web  fail          4/9 conform, 5 exceptions, 2 excluded
          Mfa::User::"ada": an administrator has no second factor
            mfa-missing (high): enrol a security key or an authenticator for the account, or take the role away
          Mfa::User::"bob\u{1b}[2K\u{202e}": an administrator has no second factor
            mfa-missing (high): enrol a security key or an authenticator for the account, or take the role away
          Mfa::User::"名前の長い利用者": an administrator has no second factor
            mfa-missing (high): enrol a security key or an authenticator for the account, or take the role away
          ... and 2 more
          population-incomplete: the source's own total is not known
        CC7.2-failed-logins     CC7.2         Security operations  prod-web  inconclusive  none in scope
          denied: need sql `logins` is not granted

        collector prod-web/logins ended `denied`: need sql `logins` is not granted

        criteria: A1.2 1 inconclusive; CC6.1 1 pass, 1 fail; CC6.6 1 fail; CC7.2 1 inconclusive
        1 pass, 1 fail, 2 inconclusive; 4 records sealed
    "#]],
    );
}

#[test]
fn on_eighty_columns() {
    check(
        &ALL,
        Options { width: Some(80), ..Options::default() },
        expect![[r#"
            Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

            CONTROL                 CRITERIA  OWNER      SYSTEM    OUTCOME       COUNTS
            A1.2-backup-monitoring  A1.2      Platform   prod-web  inconclusive  none in
                                                                                 scope
              not-collected: `prod-web` has no collector `backup`
            CC6.1-rules             CC6.1     Platform   prod-web  pass          3/3 conform
            CC6.3-mfa-for-admins    CC6.1,    Security   prod-web  fail          4/9
                                    CC6.6                                        conform, 5
                                                                                 exceptions,
                                                                                 2 excluded
              Mfa::User::"ada": an administrator has no second factor
                mfa-missing (high): enrol a security key or an authenticator for the
                  account, or take the role away
              Mfa::User::"bob\u{1b}[2K\u{202e}": an administrator has no second factor
                mfa-missing (high): enrol a security key or an authenticator for the
                  account, or take the role away
              Mfa::User::"名前の長い利用者": an administrator has no second factor
                mfa-missing (high): enrol a security key or an authenticator for the
                  account, or take the role away
              ... and 2 more
              population-incomplete: the source's own total is not known
            CC7.2-failed-logins     CC7.2     Security   prod-web  inconclusive  none in
                                              operation                          scope
                                              s
              denied: need sql `logins` is not granted

            collector prod-web/logins ended `denied`: need sql `logins` is not granted

            criteria: A1.2 1 inconclusive; CC6.1 1 pass, 1 fail; CC6.6 1 fail; CC7.2 1
              inconclusive
            1 pass, 1 fail, 2 inconclusive; 4 records sealed
        "#]],
    );
}

#[test]
fn nothing_is_lost_on_a_narrow_terminal() {
    check(
        &[Case::Fail],
        Options { width: Some(10), exceptions: 1, ..Options::default() },
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of
          2026-11-20T09:00:00Z

        CONTR  CRITE  OWNER  SYSTE  OUTCO  COUNT
        OL     RIA           M      ME     S
        CC6.3  CC6.1  Secur  prod-  fail   4/9
        -mfa-  ,      ity    web           confo
        for-a  CC6.6                       rm, 5
        dmins                              excep
                                           tions
                                           , 2
                                           exclu
                                           ded
          Mfa::User::"ada": an administrator
            has no second factor
            mfa-missing (high): enrol a
              security key or an authenticator
              for the account, or take the role
              away
          ... and 4 more
          population-incomplete: the source's
            own total is not known

        criteria: CC6.1 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
    "#]],
    );
}

#[test]
fn colour_beside_the_words() {
    check(
        &[Case::Pass, Case::NotCollected],
        Options { color: true, ..Options::default() },
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        [1mCONTROL[0m                 [1mCRITERIA[0m  [1mOWNER[0m     [1mSYSTEM[0m    [1mOUTCOME[0m       [1mCOUNTS[0m
        A1.2-backup-monitoring  A1.2      Platform  prod-web  [33minconclusive[0m  none in scope
          not-collected: `prod-web` has no collector `backup`
        CC6.1-rules             CC6.1     Platform  prod-web  [32mpass[0m          3/3 conform

        criteria: A1.2 1 inconclusive; CC6.1 1 pass
        1 pass, 1 inconclusive; 2 records sealed
    "#]],
    );
}

#[test]
fn as_many_exceptions_as_asked_for() {
    check(
        &[Case::Fail],
        Options { exceptions: 0, ..Options::default() },
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        CONTROL               CRITERIA      OWNER     SYSTEM    OUTCOME  COUNTS
        CC6.3-mfa-for-admins  CC6.1, CC6.6  Security  prod-web  fail     4/9 conform, 5 exceptions, 2 excluded
          ... and 5 more
          population-incomplete: the source's own total is not known

        criteria: CC6.1 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
    "#]],
    );
}

#[test]
fn nothing_judged() {
    check(
        &[],
        Options::default(),
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        nothing judged; 0 records sealed
    "#]],
    );
}

#[test]
fn what_is_waived_stands_below_whichever_exceptions_are_listed() {
    let options = Options { exceptions: 1, ..Options::default() };
    check_with(
        &[Case::Fail],
        &waivers(&["ada", "eve"]),
        options,
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        CONTROL               CRITERIA      OWNER     SYSTEM    OUTCOME  COUNTS
        CC6.3-mfa-for-admins  CC6.1, CC6.6  Security  prod-web  fail     4/9 conform, 5 exceptions, 2 excluded
          Mfa::User::"ada": an administrator has no second factor
            mfa-missing (high): enrol a security key or an authenticator for the account, or take the role away
          ... and 4 more
          population-incomplete: the source's own total is not known
          waived: 2 exceptions by waiver/12 until 2026-12-31, asked for by ada, approved by boris

        criteria: CC6.1 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
    "#]],
    );
    check_with(
        &[Case::Fail],
        &waivers(&[]),
        options,
        expect![[r#"
        Acme, 2026-01-01 to 2026-12-31, as of 2026-11-20T09:00:00Z

        CONTROL               CRITERIA      OWNER     SYSTEM    OUTCOME  COUNTS
        CC6.3-mfa-for-admins  CC6.1, CC6.6  Security  prod-web  fail     4/9 conform, 5 exceptions, 2 excluded
          Mfa::User::"ada": an administrator has no second factor
            mfa-missing (high): enrol a security key or an authenticator for the account, or take the role away
          ... and 4 more
          population-incomplete: the source's own total is not known
          waived: 5 exceptions by waiver/12 until 2026-12-31, asked for by ada, approved by boris
          waived: all of them, so that this finding fails no run

        criteria: CC6.1 1 fail; CC6.6 1 fail
        1 fail; 1 record sealed
    "#]],
    );
}
