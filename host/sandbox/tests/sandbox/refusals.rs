//! Deny by default: what is not declared and granted is not reached, and a guest cannot hide that it tried.

use std::io;
use std::sync::Arc;

use serde_json::json;
use tickmark_model::{Digest, Scalar, Value};
use tickmark_sandbox::{BlobSink, check_grants};

use crate::fixture::{Fixture, LOADED, grants};

#[test]
fn a_required_need_without_grant_is_denied_before_the_guest_runs() {
    let collection = Fixture::new("spin")
        .granting(json!({}))
        .check("denied: files `vital` is required and not granted, add `grants.files.vital`");
    assert!(collection.exchanges.is_empty());
}

#[test]
fn an_undeclared_need_is_denied_even_where_it_is_granted() {
    let path = std::env::temp_dir();
    let granted = json!({ "files": { "vital": { "path": path }, "secrets": { "path": path } } });
    let collection = Fixture::new("outside-need")
        .granting(granted.clone())
        .check("denied: files `secrets` is asked for, but the plugin does not declare that need");
    assert_eq!(collection.exchanges[0].failure.as_deref(), Some("denied"));

    let (_, plugin) = &*LOADED;
    let errors: Vec<String> =
        check_grants(plugin.descriptor(), &grants(granted)).iter().map(ToString::to_string).collect();
    assert_eq!(errors, ["plugin `guest` does not ask for files `secrets`"]);
}

#[test]
fn a_declared_need_without_grant_is_refused_and_recorded() {
    let collection = Fixture::new("ungranted").check("denied: files `extra` is not granted, add `grants.files.extra`");
    assert_eq!(collection.exchanges.len(), 1);
    assert_eq!(collection.exchanges[0].grant, "extra");
    assert_eq!(collection.exchanges[0].summary["message"], "files `extra` is not granted, add `grants.files.extra`");
}

#[test]
fn a_swallowed_refusal_stays_on_record() {
    let collection = Fixture::new("swallow").check("ok");
    let uncited: Vec<u32> = collection.uncited_failures().iter().map(|exchange| exchange.seq).collect();
    assert_eq!(uncited, [0]);
}

#[test]
fn a_refused_required_need_cannot_be_swallowed() {
    let collection = Fixture::new("swallow-required").run();
    assert_eq!(collection.outcome.as_str(), "denied");
    assert!(collection.detail.unwrap().starts_with("required files `vital`: "));
}

#[test]
fn a_failure_is_the_guests_own() {
    Fixture::new("fail").check("plugin-error: invalid: not what was expected");
    Fixture::new("forbid-itself").check("plugin-error: denied: by nobody");
    let missing = Fixture::new("missing").run();
    assert_eq!(missing.outcome.as_str(), "plugin-error");
    assert_eq!(missing.exchanges[0].failure.as_deref(), Some("not-found"));
    assert!(missing.uncited_failures().is_empty(), "not-found is an answer");
}

#[test]
fn an_undeclared_setting_is_a_violation() {
    Fixture::new("undeclared-setting").check("contract-violation: setting `colour` is not declared");
}

#[test]
fn settings_that_were_not_checked_are_the_hosts_fault() {
    let mut fixture = Fixture::new("ok");
    fixture.job.settings.insert("mode".to_owned(), Value::One(Scalar::Long(1)));
    fixture.check("host-error: settings were not checked: setting `mode` of plugin `guest` is long, expected text");
}

struct Full;

impl BlobSink for Full {
    fn put(&self, _: &[u8]) -> io::Result<Digest> {
        Err(io::ErrorKind::StorageFull.into())
    }
}

struct Broken;

impl BlobSink for Broken {
    fn put(&self, _: &[u8]) -> io::Result<Digest> {
        panic!("a bug in the host")
    }
}

#[test]
fn a_response_that_cannot_be_stored_never_reaches_the_guest() {
    let mut fixture = Fixture::new("ok");
    fixture.job.blobs = Arc::new(Full);
    fixture.check("host-error: response to `files.open` of 20 bytes cannot be stored: no storage space");
}

#[test]
fn a_panicking_host_function_is_a_host_error() {
    let mut fixture = Fixture::new("ok");
    fixture.job.blobs = Arc::new(Broken);
    fixture.check("host-error: a host function failed: a bug in the host");
}
