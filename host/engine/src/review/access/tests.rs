//! Departments, reviewers and ages.

use serde_json::json;

use super::*;
use crate::review::blob::Verdict;
use crate::review::state::Step;
use crate::review::testing::{OPENED, account, at, decide, review};

fn site() -> AccessReview {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    AccessReview {
        reviewers: [
            ("engineering".to_owned(), names(&["eng@example.com"])),
            ("sales".to_owned(), names(&["sales@example.com", "sales2@example.com"])),
        ]
        .into(),
        department_of: [("root".to_owned(), "engineering".to_owned())].into(),
        ..AccessReview::default()
    }
}

/// Each account with its department, its reviewers, its age and what it ages from.
fn check(items: Vec<Item>, only: &[&str], general: &[&str]) -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let accounts = accounts(items, &site(), &owned(only), &owned(general), at(OPENED));
    let text = |item: &Item| {
        let department = item.department.as_deref().unwrap_or("-");
        let idle = item.idle.map_or("-".to_owned(), |idle| {
            format!("{} {:?}{}", idle.days, idle.since, if idle.inactive { " inactive" } else { "" })
        });
        format!("{} {department} [{}] {idle}", item.subject, item.reviewers.join(" "))
    };
    let departments =
        accounts.departments.iter().map(|it| format!("{}={}", it.name.as_deref().unwrap_or("-"), it.accounts));
    accounts.items.iter().map(text).chain([departments.collect::<Vec<_>>().join(" ")]).collect()
}

fn some() -> Vec<Item> {
    vec![
        account(
            "1",
            json!({ "department": "Engineering ", "email": "ada@example.com", "last_login": "2026-10-31T07:00:00Z" }),
        ),
        account(
            "2",
            json!({ "department": "engineering", "email": "ENG@example.com", "last_login": "2026-07-01T00:00:00Z" }),
        ),
        account(
            "3",
            json!({ "department": "sales", "email": "sales@example.com", "created_at": "2026-08-03T07:59:59Z" }),
        ),
        account("4", json!({ "name": "ROOT", "created_at": "2026-08-03T08:00:00Z" })),
        account("5", json!({ "name": "cron", "last_login": "2026-11-02T00:00:00Z" })),
        account("6", json!({ "department": "legal" })),
    ]
}

#[test]
fn everybody_is_reviewed_by_somebody_else_or_counted_as_without() {
    assert_eq!(
        check(some(), &[], &[]),
        [
            "1 Engineering [eng@example.com] 1 LastLogin",
            "2 engineering [] 123 LastLogin inactive",
            "3 sales [sales2@example.com] 90 Created inactive",
            "4 engineering [eng@example.com] 90 Created",
            "5 - [] 0 LastLogin",
            "6 legal [] -",
            "-=1 Engineering=1 engineering=2 legal=1 sales=1",
        ]
    );
}

/// Accounts of `iam`: who answers for one does not review it, and a key that is used keeps it in use.
#[test]
fn accounts_of_programs_age_from_the_last_use_and_are_not_reviewed_by_their_owners() {
    let deploy = json!({
        "kind": "service", "login": "deploy", "owner": "Eng@example.com", "department": "engineering",
        "created_at": "2023-05-05T09:00:00Z", "last_active": "2026-10-31T07:00:00Z",
    });
    let person = json!({
        "kind": "person", "login": "eng", "department": "engineering",
        "last_login": "2026-10-01T08:00:00Z", "last_active": "2026-10-01T08:00:00Z",
    });
    let both = json!({
        "login": "ROOT", "created_at": "2020-01-01T00:00:00Z", "last_login": "2026-01-01T00:00:00Z",
        "last_active": "2026-07-01T00:00:00Z",
    });
    let items = vec![account("a", deploy), account("b", person), account("c", both)];
    assert_eq!(
        check(items, &[], &["cto@example.com"]),
        [
            "a engineering [cto@example.com] 1 LastUse",
            "b engineering [cto@example.com] 31 LastLogin",
            "c engineering [eng@example.com] 123 LastUse inactive",
            "engineering=3",
        ]
    );
}

#[test]
fn the_general_reviewers_stand_in_where_nobody_else_may() {
    let reviewers = check(some(), &[], &["eng@example.com", "cto@example.com"]);
    assert!(reviewers[0].contains("[eng@example.com]"), "{reviewers:?}");
    assert!(reviewers[1].contains("[cto@example.com]"), "{reviewers:?}");
    assert!(reviewers[5].contains("[cto@example.com eng@example.com]"), "{reviewers:?}");
}

#[test]
fn only_some_departments_leaves_the_others_out_and_says_that_they_are_there() {
    assert_eq!(
        check(some(), &["SALES"], &[]),
        ["3 sales [sales2@example.com] 90 Created inactive", "-=1 Engineering=1 engineering=2 legal=1 sales=1"]
    );
}

/// The reviewer's own account by its address, another one of theirs that has nothing but the number in common, and a stranger's.
fn of_employees() -> Vec<Item> {
    let login = |login: &str, employee: &str, department: &str| {
        account(login, json!({ "login": login, "employee": employee, "department": department }))
    };
    vec![
        login("eng@example.com", "1001", "engineering"),
        login("adm-7", " 1001", "engineering"),
        login("adm-8", "1002", "engineering"),
        login("adm-9", "", "engineering"),
        login("books", "1001", "legal"),
    ]
}

#[test]
fn another_account_of_the_same_employee_is_the_reviewers_own() {
    let lines = check(of_employees(), &[], &["cto@example.com", "eng@example.com"]);
    let reviewers: Vec<&str> = lines.iter().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    let (cto, eng) = ("cto@example.com", "eng@example.com");
    assert_eq!(reviewers, [cto, cto, eng, eng, cto]);
}

/// That account may be of a department that is left out.
#[test]
fn nobody_decides_another_account_of_their_own_by_its_number() {
    let general = ["eng@example.com".to_owned()];
    let items = accounts(of_employees(), &site(), &["legal".to_owned()], &general, at(OPENED)).items;
    let [books] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((books.own_of.as_slice(), books.reviewers.len()), (&general[..], 0));
    let mut it = review(12, items.clone());
    let decisions = vec![(books.id.clone(), Verdict::Keep, None)];
    it.take(Step { index: 13, at: at(OPENED), act: decide("ENG@example.com ", decisions) });
    let mut contents = it.contents.unwrap();
    contents.opening.reviewers.extend(general);
    assert!(!contents.may_decide("eng@example.com", books) && contents.may_decide("bob@example.com", books));
    assert_eq!((contents.counts().self_reviewed, contents.counts().unauthorised), (1, 0));
}
