//! The finding of a record, judged again with the recorded policies, one subject at a time.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tickmark_ledger::{Evaluation, Evidence, Head, ResultPart, finding_digest};
use tickmark_model::{Collection, Digest, Finding, System};
use tickmark_policy::{Input, Recorded, RecordedControl, RecordedVersions};

use super::difference::{FieldDifference, first_field};
use super::outcome::{FindingReplay, FindingResult, NotReplayable, OtherVersion};
use super::source::{self, Lack, unusable};
use crate::keep::{CONTROL, FACT, POLICY, SCHEMA};

/// Judges again what `evaluation` judged.
pub(super) fn judge(
    evidence: &dyn Evidence,
    head: &Head,
    evaluation: &Evaluation,
    collections: &[&Collection],
) -> FindingReplay {
    let mut other_engine = None;
    let result = recorded(evidence, head, evaluation).and_then(|judge| {
        other_engine = OtherVersion::unless_equal(&evaluation.policy.engine, judge.engine());
        judge_with(evidence, head, evaluation, collections, &judge)
    });
    let result = result.unwrap_or_else(|lack| match lack {
        Lack::Missing(why) => FindingResult::NotReplayable(why),
        Lack::Wrong(wrong) => FindingResult::Failed(wrong),
    });
    FindingReplay { other_engine, result }
}

/// What judged, compiled again.
fn recorded(evidence: &dyn Evidence, head: &Head, evaluation: &Evaluation) -> Result<RecordedControl, Lack> {
    let text = |name: &'static str| source::text(evidence, &format!("`{name}`"), named(head, name)?);
    let recorded = Recorded {
        control: text(CONTROL)?.into(),
        fact: text(FACT)?.into(),
        policy: text(POLICY)?.into(),
        schema: text(SCHEMA)?.into(),
    };
    let versions = RecordedVersions {
        bundle: evaluation.policy.bundle,
        control: evaluation.control.version,
        schema: evaluation.policy.schema,
    };
    let judge = RecordedControl::compile(&recorded, &versions)?;
    let (found, expected) = (&judge.control().id, &evaluation.control.id);
    if found != expected {
        return Err(unusable("`control`", format!("it is `{found}`, the record is about `{expected}`")).into());
    }
    Ok(judge)
}

fn judge_with(
    evidence: &dyn Evidence,
    head: &Head,
    evaluation: &Evaluation,
    collections: &[&Collection],
    judge: &RecordedControl,
) -> Result<FindingResult, Lack> {
    let system_blob = named(head, "system")?;
    let system: System = source::json(evidence, "`system`", system_blob)?;
    if (system_blob, &system.name) != (evaluation.system.digest, &evaluation.system.name) {
        return Err(unusable("`system`", "it is not the system that the record names").into());
    }
    let finding = judge.assess_one_by_one(Input { system: &system, collections, as_of: evaluation.as_of });
    let replayed = finding_digest(&finding).map_err(|error| unusable("the finding", error))?;
    let recorded = evaluation.finding;
    if replayed != recorded {
        return Ok(FindingResult::Different { recorded, replayed, first: first(evidence, evaluation, &finding)? });
    }
    // People read the record's result and not its digest, so the one must not say other things than the other.
    let result = ResultPart::of(&finding).map_err(|error| unusable("the finding", error))?;
    match first_field(&to_json(&evaluation.result)?, &to_json(&result)?) {
        None => Ok(FindingResult::Same { finding: recorded, outcome: finding.outcome }),
        Some(mut first) => {
            first.field = format!("result.{}", first.field);
            Ok(FindingResult::Different { recorded, replayed, first: Some(first) })
        }
    }
}

fn to_json(value: &impl Serialize) -> Result<serde_json::Value, Lack> {
    Ok(serde_json::to_value(value).map_err(|error| unusable("the finding", error))?)
}

/// The digest of the blob that the record calls `name`.
fn named(head: &Head, name: &'static str) -> Result<Digest, Lack> {
    head.blob(name).map(|blob| blob.digest).ok_or(Lack::Missing(NotReplayable::NotNamed(name)))
}

/// The first field that differs from the recorded finding, where that is there whole.
fn first(
    evidence: &dyn Evidence,
    evaluation: &Evaluation,
    replayed: &Finding,
) -> Result<Option<FieldDifference>, Lack> {
    let result = &evaluation.result;
    let recorded = || -> Result<Finding, Lack> {
        Ok(Finding {
            as_of: evaluation.as_of,
            control: evaluation.control.id.clone(),
            counts: result.counts,
            exceptions: list(evidence, "the exceptions", result.exceptions)?,
            happened: list(evidence, "what happened", result.happened)?,
            outcome: result.outcome,
            reasons: list(evidence, "the reasons", result.reasons_in_full)?,
            system: evaluation.system.name.clone(),
            undecided: list(evidence, "the undecided subjects", result.undecided)?,
        })
    };
    let recorded = match recorded() {
        Ok(recorded) => recorded,
        Err(Lack::Missing(_)) => return Ok(None),
        Err(wrong) => return Err(wrong),
    };
    Ok(first_field(&to_json(&recorded)?, &to_json(replayed)?))
}

fn list<T: DeserializeOwned>(evidence: &dyn Evidence, what: &str, digest: Option<Digest>) -> Result<Vec<T>, Lack> {
    digest.map_or_else(|| Ok(Vec::new()), |digest| source::json(evidence, what, digest))
}
