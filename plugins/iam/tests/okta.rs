//! Okta: what is made of its users and its System Log, as exports and over its API.
//!
//! Users follow "Users" and "Role assignments" in Okta's API reference
//! (<https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/>), events the `LogEvent` object and the
//! event types of "System Log API" (<https://developer.okta.com/docs/reference/api/system-log/>,
//! <https://developer.okta.com/docs/reference/api/event-types/>).

mod common;

use common::{only, report};
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{Duration, Failure};

const USERS: &[u8] = include_bytes!("fixtures/okta-users.json");
const LOG: &[u8] = include_bytes!("fixtures/okta-log.json");
const PAGES: &[u8] = include_bytes!("fixtures/okta-log-pages.json");

fn users(export: &[u8]) -> TestHost {
    TestHost::new().with_setting("source", "okta").file("okta-users", "", export)
}

fn log(export: &[u8]) -> TestHost {
    users(b"[]").with_setting("event_source", "okta").file("okta-log", "", export)
}

#[test]
fn users_with_their_roles_and_since_when_they_are_disabled() {
    let host = users(USERS).with_setting("approved_admins", vec!["ada@acme.example"]);
    assert_eq!(
        report(&host),
        "\
account 00u1: system=okta login=ada@acme.example name=Ada Example email=ada@acme.example employee=1001 kind=person enabled privileged approved roles=SUPER_ADMIN groups=Everyone created_at=2025-01-10T08:00:00Z last_login=2026-11-19T08:15:30Z last_active=2026-11-19T08:15:30Z
account 00u2: system=okta login=bob@acme.example name=Bob Example email=bob@acme.example employee=1002 kind=person enabled privileged roles=Helpdesk groups=Everyone,Sales created_at=2025-01-10T08:00:00Z last_login=2026-07-01T08:00:00Z last_active=2026-07-01T08:00:00Z
account 00u3: system=okta login=ci-bot@acme.example email=ci-bot@acme.example kind=service enabled groups=Everyone created_at=2025-01-10T08:00:00Z last_login=2026-11-20T03:00:00Z last_active=2026-11-20T03:00:00Z
account 00u4: system=okta login=dora@acme.example name=Dora Example email=dora@acme.example kind=person enabled groups=Everyone created_at=2026-11-01T08:00:00Z
account 00u5: system=okta login=carol@acme.example name=Carol Example email=carol@acme.example employee=1003 kind=person created_at=2025-01-10T08:00:00Z last_login=2026-11-09T08:00:00Z last_active=2026-11-09T08:00:00Z disabled_at=2026-11-10T17:30:00Z
account 00u6: system=okta login=eve@acme.example name=Eve Example email=eve@acme.example employee=1004 kind=person created_at=2025-01-10T08:00:00Z last_login=2026-05-01T08:00:00Z last_active=2026-05-01T08:00:00Z disabled_at=2026-05-05T17:30:00Z
account: 6 of 6
"
    );
}

/// The user's status changed last when it was deprovisioned; it had been suspended before.
#[test]
fn the_log_knows_better_since_when_an_account_is_disabled() {
    let host = users(USERS).with_setting("event_source", "okta").file("okta-log", "", LOG);
    let said = report(&host);
    let disabled: Vec<&str> = said.lines().filter_map(|line| line.split("disabled_at=").nth(1)).collect();
    assert_eq!(disabled, ["2026-11-10T16:02:00Z", "2026-05-05T17:30:00Z"]);
}

#[test]
fn events_say_who_did_what_to_whom() {
    let said = only(&report(&log(LOG)), &["event"]);
    assert_eq!(
        said.replace("f790999f-fe87-11ef-9880-6982a58398", ""),
        "\
event 01: system=okta kind=create event_type=user.lifecycle.create time=2026-11-01T08:00:00.123Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u4 target_login=dora@acme.example succeeded
event 02: system=okta kind=activate event_type=user.lifecycle.activate time=2026-11-01T08:05:00Z actor=system actor_login=Okta System actor_kind=program target=00u4 target_login=dora@acme.example succeeded
event 03: system=okta kind=group_add event_type=group.user_membership.add time=2026-11-01T08:06:00Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u4 target_login=dora@acme.example privilege=Everyone grants succeeded
event 04: system=okta kind=grant event_type=user.account.privilege.grant time=2026-11-03T10:00:00Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u2 target_login=bob@acme.example privilege=Helpdesk grants succeeded
event 05: system=okta kind=grant event_type=user.account.privilege.grant time=2026-11-04T10:00:00Z actor=00u2 actor_login=bob@acme.example actor_kind=person target=00u2 target_login=bob@acme.example privilege=Super administrator grants by_oneself succeeded
event 06: system=okta kind=revoke event_type=user.account.privilege.revoke time=2026-11-04T10:30:00Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u2 target_login=bob@acme.example privilege=Super administrator succeeded
event 07: system=okta kind=suspend event_type=user.lifecycle.suspend time=2026-11-10T16:02:00Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u5 target_login=carol@acme.example succeeded
event 08: system=okta kind=deactivate event_type=user.lifecycle.deactivate time=2026-11-10T17:30:00Z actor=00u1 actor_login=ada@acme.example actor_kind=person target=00u5 target_login=carol@acme.example succeeded
event 0a: system=okta kind=group_add event_type=group.user_membership.add time=2026-11-15T09:00:00Z actor=00u2 actor_login=bob@acme.example actor_kind=person target=00u2 target_login=bob@acme.example privilege=Admins grants by_oneself
event: 9 of 10, 1 excluded: the event's type says nothing about accounts and their rights, observed 2026-11-20T08:00:00Z, covers 2026-10-20T08:00:00Z to 2026-11-20T08:00:00Z
"
    );
}

/// What Okta had forgotten when it was asked is not covered, whatever was asked for.
#[test]
fn an_export_covers_no_more_than_okta_keeps() {
    let check = |since: &str, until: &str, exported_at: &str| {
        let export = format!(r#"{{"since":"{since}","until":"{until}","exported_at":"{exported_at}","events":[]}}"#);
        only(&report(&log(export.as_bytes())), &["event:", "note", "invalid"])
    };
    assert_eq!(
        check("2026-11-01T00:00:00Z", "2026-11-20T08:00:00Z", "2026-11-20T08:00:00Z"),
        "event: 0 of 0, observed 2026-11-20T08:00:00Z, covers 2026-11-01T00:00:00Z to 2026-11-20T08:00:00Z\n"
    );
    assert_eq!(
        check("2026-08-01T00:00:00Z", "2026-11-20T09:00:00Z", "2026-11-20T08:00:00Z"),
        "event: 0 of 0, observed 2026-11-20T08:00:00Z, covers 2026-08-22T08:00:00Z to 2026-11-20T08:00:00Z\n\
         note: the okta log was asked for from 2026-08-01T00:00:00Z on, and Okta has kept it since 2026-08-22T08:00:00Z\n"
    );
    assert_eq!(
        check("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-11-20T08:00:00Z"),
        "event: 0 of 0, observed 2026-11-20T08:00:00Z\n\
         note: the okta log was asked for from 2026-01-01T00:00:00Z on, and Okta has kept it since 2026-08-22T08:00:00Z\n"
    );
    assert_eq!(
        check("2026-11-20T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-20T08:00:00Z"),
        "invalid: not an export of Okta's System Log: `since` is 2026-11-20T00:00:00Z, after `until`, 2026-11-01T00:00:00Z\n"
    );
    assert_eq!(
        check("yesterday", "2026-11-01T00:00:00Z", "2026-11-20T08:00:00Z"),
        "invalid: not an export of Okta's System Log: `since` is `yesterday`, expected RFC 3339\n"
    );
}

#[test]
fn pages_that_were_saved_as_they_came_cover_what_is_in_them() {
    assert_eq!(
        only(&report(&log(PAGES)), &["event:", "note"]),
        "\
event: 9 of 10, 1 excluded: the event's type says nothing about accounts and their rights, observed 2026-11-15T09:00:00Z, covers 2026-11-01T08:00:00.123Z to 2026-11-15T09:00:00Z
note: the okta log does not say what it covers: taken are its oldest and its newest event
"
    );
    let nothing = only(&report(&log(b"[]")), &["event:", "note"]);
    assert_eq!(
        nothing,
        "event: 0 of 0\nnote: the okta log does not say what it covers: taken are its oldest and its newest event\n"
    );
}

#[test]
fn a_log_that_is_not_what_it_says_is_refused() {
    let check = |export: &str| report(&log(export.as_bytes()));
    let not = "invalid: not an export of Okta's System Log:";
    assert_eq!(check("{}"), format!("{not} no `events`\n"));
    assert_eq!(check(r#"{"events":[]}"#), format!("{not} no `since`\n"));
    assert_eq!(check("[] {}"), format!("{not} an object behind a list at line 1 column 5\n"));
    assert_eq!(check("[] ["), format!("{not} EOF while parsing a list at line 1 column 4\n"));
    assert_eq!(
        check(
            r#"{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011","errorCauses":[]}"#
        ),
        format!("{not} E0000011, Invalid token provided\n")
    );
    let text = String::from_utf8(LOG.to_vec()).unwrap();
    assert_eq!(
        check(&text.replace("2026-10-20T08:00:00Z", "2026-11-02T00:00:00Z")),
        "invalid: okta log has an event of 2026-11-01T08:00:00.123Z, expected 2026-11-02T00:00:00Z to 2026-11-20T08:00:00Z\n"
    );
    assert_eq!(
        check(&text.replace("9802\"", "9801\"").replace("839802", "839801")),
        "invalid: okta log, event 2 has id `f790999f-fe87-11ef-9880-6982a5839801`, as another has\n"
    );
    for keep in [10, text.len() / 2, text.len() - 3] {
        assert!(check(&text[..keep]).starts_with(not), "{keep}");
    }
}

#[test]
fn events_that_cannot_be_read_are_missing_from_the_count() {
    let export = br#"[{"eventType":"user.lifecycle.suspend"}, 7,
        {"eventType":"user.lifecycle.suspend","uuid":"b","published":"soon","outcome":{"result":"SUCCESS"}},
        {"eventType":"user.lifecycle.suspend","uuid":"","published":"2026-11-01T00:00:00Z","outcome":{"result":"SUCCESS"}},
        {"eventType":"user.lifecycle.suspend","uuid":"c","published":"2026-11-01T00:00:00Z","outcome":{"result":"SUCCESS"},
         "actor":{"id":"unknown","type":"User","alternateId":"unknown","displayName":null},
         "target":[{"id":"1","type":"User","alternateId":"a","displayName":"A"},{"id":"2","type":"User","alternateId":"b","displayName":"B"}]}]"#;
    assert_eq!(
        only(&report(&log(export)), &["event", "note: okta log, "]),
        "\
event c/1: system=okta kind=suspend event_type=user.lifecycle.suspend time=2026-11-01T00:00:00Z target=1 target_login=a succeeded
event c/2: system=okta kind=suspend event_type=user.lifecycle.suspend time=2026-11-01T00:00:00Z target=2 target_login=b succeeded
event: 2 of 6, observed 2026-11-01T00:00:00Z, covers 2026-11-01T00:00:00Z to 2026-11-01T00:00:00Z
note: okta log, event 1 cannot be read: missing field `uuid`
note: okta log, event 2 cannot be read: no `eventType`
note: okta log, event 3 cannot be read: time `soon` is not RFC 3339
note: okta log, event 4 cannot be read: id of 0 bytes, expected 1 to 1024
"
    );
}

#[test]
fn users_that_cannot_be_read_are_missing_from_the_count() {
    let export = br#"[{"id":"1","status":"SLEEPING","profile":{"login":"a"},"roles":[]},{"id":"2"},
        {"id":"3","status":"ACTIVE","lastLogin":"soon","profile":{"login":"c"},"roles":[]},
        {"id":"4","status":"ACTIVE","profile":{"login":"d"}},
        {"id":"5","status":"ACTIVE","profile":{},"roles":[]},
        {"id":"6","status":"ACTIVE","profile":{"login":"f"},"roles":[{"label":"Helpdesk"}]},
        {"id":"7","status":"STAGED","profile":{"login":"g","employeeNumber":7,"department":" Sales "},"roles":[]}]"#;
    assert_eq!(
        report(&users(export)),
        "\
account 7: system=okta login=g employee=7 department=Sales kind=person
account: 1 of 7
note: okta export, user 1 cannot be read: status `SLEEPING` is not known
note: okta export, user 2 cannot be read: missing field `status`
note: okta export, user 3 cannot be read: time `soon` is not RFC 3339
note: okta export, user 4 cannot be read: it does not say which `roles`
note: okta export, user 5 cannot be read: profile without `login`
note: okta export, user 6 cannot be read: role: missing field `type`
"
    );
    let twice = br#"[{"id":"1","status":"STAGED","profile":{"login":"a"},"roles":[]}][{"id":"1","status":"STAGED","profile":{"login":"b"},"roles":[]}]"#;
    assert_eq!(report(&users(twice)), "invalid: okta export, user 2 has id `1`, as 1 has\n");
}

const FIRST: &str = "/api/v1/users?limit=200";
const GONE: &str = "/api/v1/users?limit=200&search=status%20eq%20%22DEPROVISIONED%22";

fn answer(body: &str, link: &[&str]) -> Answer {
    let headers = link.iter().map(|link| ("link".to_owned(), (*link).to_owned())).collect();
    Answer { status: 200, headers, body: body.as_bytes().to_vec(), ..Answer::default() }
}

/// Two pages of users and one who is gone; the first administers by a group, and the list of the third's roles is `third`.
fn api(third: Answer) -> TestHost {
    let user =
        |id: &str, status: &str| format!(r#"{{"id":"{id}","status":"{status}","profile":{{"login":"{id}@a"}}}}"#);
    let one = format!("[{},{}]", user("00u1", "ACTIVE"), user("00u2", "ACTIVE"));
    let role = r#"[{"id":"r","type":"APP_ADMIN","label":"Application Administrator","status":"ACTIVE","assignmentType":"GROUP"}]"#;
    let links = [
        "<https://acme.okta.example/api/v1/users?limit=200>; rel=\"self\"",
        "<https://acme.okta.example/api/v1/users?after=00u2&limit=200>; rel=\"next\"",
    ];
    TestHost::new()
        .with_setting("source", "okta-http")
        .answer("okta", FIRST, answer(&one, &links))
        .answer(
            "okta",
            "/api/v1/users?after=00u2&limit=200",
            answer(&format!("[{}]", user("00u3", "ACTIVE")), &links[..1]),
        )
        .answer("okta", GONE, answer(&format!("[{}]", user("00u4", "DEPROVISIONED")), &[]))
        .answer("okta", "/api/v1/users/00u1/roles", answer(role, &[]))
        .answer("okta", "/api/v1/users/00u2/roles", answer("[]", &[]))
        .answer("okta", "/api/v1/users/00u3/roles", third)
}

#[test]
fn the_api_is_read_page_by_page_and_asked_for_roles() {
    let host = api(answer("[]", &[]));
    assert_eq!(
        report(&host),
        "\
account 00u1: system=okta login=00u1@a kind=person enabled privileged roles=APP_ADMIN
account 00u2: system=okta login=00u2@a kind=person enabled
account 00u3: system=okta login=00u3@a kind=person enabled
account 00u4: system=okta login=00u4@a kind=person
account: 4 of 4
"
    );
    let run = host.collect::<tickmark_iam::Iam>().unwrap();
    // The page of the list, and the answer with the roles.
    let receipts: Vec<&[u32]> = run.rows("account").iter().map(|row| row.sources.as_slice()).collect();
    assert_eq!(receipts, [&[0, 1][..], &[0, 2], &[3, 4], &[5]]);
    assert_eq!(run.claim("account").unwrap().population.total_source, Some(5));
}

#[test]
fn groups_are_asked_for_where_the_settings_say_so() {
    let host = ["00u1", "00u2", "00u3"].iter().fold(api(answer("[]", &[])), |host, id| {
        let group = r#"[{"id":"00g1","profile":{"name":"Owner"}}]"#;
        host.answer("okta", &format!("/api/v1/users/{id}/groups"), answer(group, &[]))
    });
    let said = report(&host.with_setting("okta_groups", true));
    assert_eq!(said.matches(" privileged").count(), 3, "{said}");
    assert_eq!(said.matches("groups=Owner").count(), 3, "{said}");
}

#[test]
fn a_list_that_breaks_off_is_no_shorter_list() {
    let refused = |status: u16, body: &str| Answer { status, body: body.as_bytes().to_vec(), ..Answer::default() };
    let error = r#"{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}"#;
    assert_eq!(
        report(&api(refused(429, error))),
        "unavailable: Okta's list of a user's roles, page 1 answered with status 429, expected 200: E0000047, API call \
         exceeded rate limit due to too many requests.\n"
    );
    assert_eq!(
        report(&api(refused(403, ""))),
        "unavailable: Okta's list of a user's roles, page 1 answered with status 403, expected 200\n"
    );
    // A user who was deleted in between.
    assert_eq!(
        only(&report(&api(refused(404, ""))), &["account:", "note"]),
        "account: 3 of 4\nnote: okta, user 3 cannot be read: it has no list of roles: status 404\n"
    );
    let after = "/api/v1/users?after=00u2&limit=200";
    let timeout = Failure::new("timeout", "no answer within 30s");
    assert_eq!(report(&api(answer("[]", &[])).answer_fails("okta", after, timeout)), "timeout: no answer within 30s\n");
    assert_eq!(
        report(&api(answer("[]", &[])).answer("okta", after, refused(500, ""))),
        "unavailable: Okta's list of users, page 2 answered with status 500, expected 200\n"
    );
    let circle = answer("[]", &["<https://acme.okta.example/api/v1/users?limit=200>; rel=\"next\""]);
    assert_eq!(
        report(&api(answer("[]", &[])).answer("okta", after, circle)),
        "invalid: Okta's list of users, page 2: it leads back to a page that was read already\n"
    );
    assert_eq!(
        report(&api(answer("[]", &[])).answer(
            "okta",
            after,
            answer("{\"errorCode\":\"E1\",\"errorSummary\":\"No.\"}", &[])
        )),
        "invalid: not Okta's list of users: E1, No.\n"
    );
    assert_eq!(
        report(&api(answer("[]", &[])).answer("okta", GONE, refused(404, ""))),
        "unavailable: Okta has no list of users: status 404\n"
    );
}

/// The filter as it is sent.
fn logs(since: &str) -> String {
    let types = [
        "user.lifecycle.create",
        "user.lifecycle.activate",
        "user.lifecycle.reactivate",
        "user.lifecycle.suspend",
        "user.lifecycle.unsuspend",
        "user.lifecycle.deactivate",
        "user.lifecycle.delete.completed",
        "user.account.privilege.grant",
        "user.account.privilege.revoke",
        "group.privilege.grant",
        "group.privilege.revoke",
        "group.user_membership.add",
        "group.user_membership.remove",
    ];
    let filter = types.map(|name| format!("eventType%20eq%20%22{name}%22")).join("%20or%20");
    format!("/api/v1/logs?since={since}&until=2026-11-20T09%3A00%3A00Z&sortOrder=ASCENDING&limit=1000&filter={filter}")
}

#[test]
fn the_log_is_asked_for_as_far_back_as_the_window_and_followed_to_its_end() {
    let pages: Vec<&str> = std::str::from_utf8(PAGES).unwrap().lines().collect();
    let next = "/api/v1/logs?after=1572617338977_1&limit=1000";
    let host = users(b"[]")
        .with_setting("event_source", "okta-http")
        .answer(
            "okta",
            &logs("2026-08-22T09%3A00%3A00Z"),
            answer(pages[0], &[&format!("<https://acme.okta.example{next}>; rel=\"next\"")]),
        )
        .answer("okta", next, answer(pages[1], &["<https://acme.okta.example/api/v1/logs>; rel=\"self\""]));
    assert_eq!(
        only(&report(&host), &["event:"]),
        "event: 9 of 10, 1 excluded: the event's type says nothing about accounts and their rights, covers \
         2026-08-22T09:00:00Z to 2026-11-20T09:00:00Z\n"
    );
    let day = logs("2026-11-19T09%3A00%3A00Z");
    let host = users(b"[]")
        .with_setting("event_source", "okta-http")
        .with_setting("event_window", Duration(86_400_000))
        .answer("okta", &day, answer("[]", &[]));
    assert_eq!(
        only(&report(&host), &["event:"]),
        "event: 0 of 0, covers 2026-11-19T09:00:00Z to 2026-11-20T09:00:00Z\n"
    );
    assert_eq!(
        report(&host.answer("okta", &day, answer(pages[0], &[]))),
        "invalid: okta log has an event of 2026-11-01T08:00:00.123Z, expected 2026-11-19T09:00:00Z to 2026-11-20T09:00:00Z\n"
    );
}
