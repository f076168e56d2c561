use tickmark_model::{Collection, Descriptor};

use super::*;
use crate::fixture::*;
use crate::matrix;

const ID: &str = "CC6.3-mfa-for-admins";

fn policies() -> Policies {
    Policies::compile(&matrix::load(&[]).unwrap(), &descriptors()).unwrap()
}

fn versions(policies: &Policies, id: &str) -> RecordedVersions {
    let control = policies.compiled(id).unwrap().control.clone();
    RecordedVersions {
        bundle: policies.bundle_digest(&control),
        control: policies.control_version(&control),
        schema: policies.schema_digest(),
    }
}

/// What `change` makes of what was recorded, with the digests that fit it.
fn changed(change: impl FnOnce(&mut Recorded<'_>)) -> Result<RecordedControl, RecordedError> {
    let policies = policies();
    let mut recorded = policies.recorded(ID).unwrap();
    change(&mut recorded);
    let versions = RecordedVersions {
        bundle: compile::digest(&recorded.policy),
        control: compile::digest(&recorded.control),
        schema: compile::digest(&recorded.schema),
    };
    RecordedControl::compile(&recorded, &versions)
}

fn plugin(name: &str) -> Descriptor {
    descriptors().into_iter().find(|descriptor| descriptor.name == name).unwrap()
}

/// Ten users, every other one an administrator, every third without a second factor.
fn users() -> Collection {
    let mfa = plugin("mfa");
    let rows: Vec<(String, Given)> = (0..10)
        .map(|n| {
            let cells = vec![
                ("roles", texts(&[])),
                ("factors", texts(&[])),
                ("admin", yes(n % 2 == 0)),
                ("enabled", yes(true)),
                ("service", yes(false)),
                ("mfa_enabled", yes(n % 3 != 0)),
            ];
            (format!("user-{n}"), cells)
        })
        .collect();
    collection(&mfa, vec![table(mfa.fact("user").unwrap(), &rows)])
}

#[test]
fn every_built_in_control_compiles_from_its_record_alone() {
    let policies = policies();
    for control in matrix::load(&[]).unwrap().controls() {
        let recorded = policies.recorded(&control.id).unwrap();
        let again = RecordedControl::compile(&recorded, &versions(&policies, &control.id)).unwrap();
        assert_eq!(again.control(), control);
        assert_eq!(again.policies.recorded(&control.id), Some(recorded));
    }
}

#[test]
fn what_is_compiled_again_judges_alike() {
    let policies = policies();
    let system = system();
    let users = users();
    for id in [ID, "CC6.1-mfa-adoption"] {
        let control = policies.compiled(id).unwrap().control.clone();
        let input = Input { system: &system, collections: &[&users], as_of: at(AS_OF) };
        let judged = policies.assess(&control, input);
        assert!(judged.counts.exceptions > 0, "{id} finds nothing, which shows nothing");
        let again = RecordedControl::compile(&policies.recorded(id).unwrap(), &versions(&policies, id)).unwrap();
        assert_eq!(again.assess_one_by_one(input), judged);
    }
}

#[test]
fn the_recorded_policies_judge_and_not_those_of_today() {
    let system = system();
    let users = users();
    let input = Input { system: &system, collections: &[&users], as_of: at(AS_OF) };
    let today = changed(|_| {}).unwrap().assess_one_by_one(input);
    let other = changed(|recorded| {
        recorded.policy = recorded.policy.replace("resource.mfa_enabled", "!resource.mfa_enabled").into();
    });
    let other = other.unwrap().assess_one_by_one(input);
    assert_ne!(other.counts, today.counts);
}

#[test]
fn other_texts_than_the_record_names_are_refused() {
    let policies = policies();
    let recorded = policies.recorded(ID).unwrap();
    let versions = versions(&policies, ID);
    let other = |text: &str| Cow::Owned::<str>(format!("{text} "));
    let check = |recorded: Recorded<'_>| match RecordedControl::compile(&recorded, &versions) {
        Err(RecordedError::Digest { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(check(Recorded { control: other(&recorded.control), ..recorded.clone() }), "control");
    assert_eq!(check(Recorded { policy: other(&recorded.policy), ..recorded.clone() }), "policy");
    assert_eq!(check(Recorded { schema: other(&recorded.schema), ..recorded.clone() }), "schema");
}

#[test]
fn what_is_no_record_of_policies_is_refused() {
    let check = |change: fn(&mut Recorded<'_>)| changed(change).unwrap_err().to_string();
    let more = check(|it| it.control = it.control.replacen('{', r#"{"more":1,"#, 1).into());
    assert!(more.starts_with("the recorded control cannot be read: unknown field `more`"), "{more}");
    assert_eq!(
        check(|it| it.control = it.control.replacen('{', "{ ", 1).into()),
        "the recorded control cannot be read: it would be written otherwise"
    );
    assert!(check(|it| it.fact = "{}".into()).starts_with("the recorded fact cannot be read: missing field"));
    assert!(check(|it| it.schema = "[]".into()).starts_with("the recorded schema cannot be read: "));
    assert_eq!(check(|it| it.policy = "permit (principal, action".into()), "the recorded policies do not compile");
    // Strict validation is against the recorded schema: an attribute that it does not have is not there.
    assert_eq!(
        check(|it| it.schema = it.schema.replace("\"admin\"", "\"boss\"").into()),
        "the recorded policies do not compile"
    );
}
