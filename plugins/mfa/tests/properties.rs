//! Properties: no parser panics on damaged exports, no user is lost on the way, records survive writing and reading, and
//! login windows agree with a slow and obvious model.

use std::collections::BTreeSet;

use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use tickmark_collector::{Datetime, time};
use tickmark_mfa::parse::{aws, okta};
use tickmark_mfa::user::User;
use tickmark_mfa::window::{Login, Windows};

const CSV: &[u8] = include_bytes!("fixtures/credential-report.csv");
const JSON: &[u8] = include_bytes!("fixtures/credential-report.json");
const OKTA: &[u8] = include_bytes!("fixtures/okta-users.json");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\\n".to_vec())];
    (vec((0..original.len(), byte), 0..6), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

fn instant() -> impl Strategy<Value = Datetime> {
    (-62_135_596_800_000_i64..=253_402_300_799_999).prop_map(Datetime)
}

/// A user that the credential report can hold, and not the root user.
fn aws_user() -> impl Strategy<Value = User> {
    let name = "[a-z+=,.@_-]{1,12}";
    (name, any::<(bool, bool, bool)>(), proptest::option::of(instant()), proptest::option::of(instant())).prop_map(
        |(name, (password, key, mfa), last_login, created_at)| User {
            id: format!("arn:aws:iam::123456789012:user/{name}"),
            name: Some(name),
            service: !password,
            enabled: password || key,
            mfa_enabled: Some(mfa),
            password_enabled: Some(password),
            last_login,
            created_at,
            access_keys: Some(i64::from(password || key)),
            ..User::default()
        },
    )
}

fn login() -> impl Strategy<Value = Login> {
    let source =
        proptest::option::weighted(0.8, proptest::sample::select(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    (source, 0_i64..5, 0_i64..5, proptest::option::of((0_i64..9).prop_map(Datetime)))
        .prop_map(|(source, failures, others, oldest)| Login { source, attempts: failures + others, failures, oldest })
}

proptest! {
    #[test]
    fn damaged_exports_never_panic(csv in damaged(CSV), json in damaged(JSON), okta_bytes in damaged(OKTA)) {
        let _ = aws::parse(&csv);
        let _ = aws::parse(&json);
        let _ = okta::parse(&okta_bytes);
    }

    /// Each element of the array is a user or a cause.
    #[test]
    fn every_okta_user_is_accounted_for(bytes in damaged(OKTA)) {
        if let Ok(users) = okta::parse(&bytes) {
            let items: Vec<serde_json::Value> = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(users.len(), items.len());
        }
    }

    /// Names may hold commas, which the CSV must quote; the columns may stand in any order.
    #[test]
    fn credential_reports_round_trip(
        users in vec(aws_user(), 0..6),
        order in Just(CSV.split(|b| *b == b'\n').next().unwrap().split(|b| *b == b',').map(<[u8]>::to_vec).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&order).unwrap();
        let when = |at: Option<Datetime>| at.map_or("N/A".to_owned(), time::text);
        for user in &users {
            let cells: Vec<String> = order.iter().map(|column| match column.as_slice() {
                b"user" => user.name.clone().unwrap(),
                b"arn" => user.id.clone(),
                b"user_creation_time" => when(user.created_at),
                b"password_enabled" => user.password_enabled.unwrap().to_string(),
                b"mfa_active" => user.mfa_enabled.unwrap().to_string(),
                b"access_key_1_active" => "false".to_owned(),
                b"access_key_2_active" => user.enabled.to_string(),
                b"access_key_2_last_used_date" => when(user.last_login),
                _ => "N/A".to_owned(),
            }).collect();
            writer.write_record(&cells).unwrap();
        }
        let report = aws::parse(&writer.into_inner().unwrap()).unwrap();
        prop_assert_eq!(report.users, users.into_iter().map(Ok).collect::<Vec<_>>());
    }

    #[test]
    fn okta_users_round_trip(users in vec((instant(), "[a-z@.]{1,12}", any::<(bool, bool, bool)>()), 0..6)) {
        let word = |active: bool| if active { "ACTIVE" } else { "INACTIVE" };
        let json: Vec<_> = users.iter().enumerate().map(|(at, (seen, login, (enabled, totp, question)))| serde_json::json!({
            "id": at.to_string(),
            "status": if *enabled { "ACTIVE" } else { "SUSPENDED" },
            "lastLogin": time::text(*seen),
            "profile": {"login": login},
            "factors": [
                {"factorType": "token:software:totp", "status": word(*totp)},
                {"factorType": "question", "status": word(*question)},
            ],
        })).collect();
        let want: Vec<_> = users.into_iter().enumerate().map(|(at, (seen, login, (enabled, totp, question)))| {
            let factors = [(totp, "totp"), (question, "question")];
            Ok(User {
                id: at.to_string(),
                name: Some(login),
                enabled,
                mfa_enabled: Some(totp),
                factors: factors.into_iter().filter(|(active, _)| *active).map(|(_, kind)| kind.to_owned()).collect(),
                last_login: Some(seen),
                ..User::default()
            })
        }).collect();
        prop_assert_eq!(okta::parse(&serde_json::to_vec(&json).unwrap()).unwrap(), want);
    }

    /// Each answer by its definition: who is there, with which counts, and since when all of them are.
    #[test]
    fn windows_agree_with_a_slow_model(
        logins in vec(login(), 0..4),
        expected in btree_set(proptest::sample::select(vec!["a".to_owned(), "b".to_owned(), "d".to_owned()]), 1..3)
    ) {
        let one = expected.first().filter(|_| expected.len() == 1);
        let names: Vec<Option<&String>> = logins.iter().map(|login| login.source.as_ref().or(one)).collect();
        let distinct: BTreeSet<_> = names.iter().flatten().collect();
        let refused = names.contains(&None) || distinct.len() < names.len();
        match Windows::of(logins.clone(), &expected) {
            Err(_) => prop_assert!(refused),
            Ok(windows) => {
                prop_assert!(!refused);
                for (name, login) in names.iter().flatten().zip(&logins) {
                    let counts = windows.counts.get(*name).unwrap();
                    prop_assert_eq!((counts.attempts, counts.failures), (login.attempts, login.failures));
                }
                let absent: Vec<_> = expected.iter().filter(|name| !distinct.contains(name)).collect();
                prop_assert_eq!(windows.counts.len(), logins.len() + absent.len());
                prop_assert!(absent.iter().all(|name| windows.counts.get(*name).unwrap().attempts == 0));
                let all_reach_back = |at: Datetime| absent.is_empty() && logins.iter().all(|login| login.oldest.is_some_and(|oldest| oldest <= at));
                let first = (0..9).map(Datetime).find(|at| all_reach_back(*at));
                prop_assert_eq!(windows.covers_from, first);
            }
        }
    }
}
