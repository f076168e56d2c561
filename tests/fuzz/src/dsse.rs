//! What signs a package: the bundle, the statement in it, and the key.

use std::sync::LazyLock;

use tickmark_ledger::package::{
    Bundle, PackageKey, PackagePublicKey, PackageSigner as _, Resource, Statement, Test, TestResult,
};
use tickmark_model::{Digest, Outcome};

/// The key that has signed [`signed`], and nothing else.
pub static KEY: LazyLock<PackageKey> = LazyLock::new(|| PackageKey::from_seed(&[5; 32]).expect("it is a seed"));

/// A key that has signed nothing.
static OTHER: LazyLock<PackageKey> = LazyLock::new(|| PackageKey::from_seed(&[6; 32]).expect("it is a seed"));

static SIGNED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let sign = |statement: Vec<u8>| Bundle::sign(statement, &*KEY).and_then(|it| it.to_bytes());
    statements().into_iter().map(|it| sign(it).expect("a key in memory signs")).collect()
});

/// The statements that are signed.
#[must_use]
pub fn statements() -> Vec<Vec<u8>> {
    let test = |index, outcome| Test { control: "CC6.1".into(), system: "prod-web".into(), index, outcome };
    let (pass, fail) = (test(1, Some(Outcome::Pass)), test(2, Some(Outcome::Fail)));
    let policy = Resource::new("policies/07.cedar", &Digest([7; 32]));
    let all = [
        TestResult::new(vec![], &[]),
        TestResult::new(vec![policy.clone()], std::slice::from_ref(&pass)),
        TestResult::new(vec![policy], &[pass, fail, test(3, None), test(4, Some(Outcome::Inconclusive))]),
    ];
    let statement = |result| Statement::new(b"{}", result).to_bytes().expect("it is read");
    all.into_iter().map(statement).collect()
}

/// The bundles of these statements.
#[must_use]
pub fn signed() -> &'static [Vec<u8>] {
    &SIGNED
}

/// Reads a bundle, a statement and a key.
pub fn check(bytes: &[u8]) -> bool {
    let key = str::from_utf8(bytes).ok().and_then(|text| PackagePublicKey::from_pem(text).ok());
    if let Some(key) = &key {
        assert_eq!(key.pem().as_bytes(), bytes, "a key has one form");
    }
    let statement = statement(bytes);
    let Ok(bundle) = Bundle::parse(bytes) else { return key.is_some() || statement };
    assert_eq!(bundle.to_bytes().expect("it was read"), bytes, "a bundle is written as it was read");
    self::statement(bundle.unverified_statement());
    assert!(bundle.verify(OTHER.public_key()).is_err(), "a key that has signed nothing verifies");
    if let Ok(statement) = bundle.verify(KEY.public_key()) {
        assert!(statements().iter().any(|it| it == statement), "the key has not signed this");
        assert!(SIGNED.iter().any(|it| it == bytes), "a signature has one form");
    }
    true
}

fn statement(bytes: &[u8]) -> bool {
    let Ok(statement) = Statement::parse(bytes) else { return false };
    assert_eq!(statement.to_bytes().expect("it was read"), bytes, "a statement is written as it was read");
    true
}
