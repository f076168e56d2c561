//! A finding as an OCSF 1.8 event of the class Compliance Finding (2003).
//!
//! **Invariant:** `Pass` is told of a pass alone. Inconclusive is `Warning` ("did not yield a result due to missing
//! information"), no-occurrence is `Other`.
//! **Invariant:** an event takes at most [`EVENT_BYTES`]; where texts were cut or exceptions left out, it says so.
//! **Invariant:** a waiver changes neither outcome nor severity. A failure that is waived as a whole is `Suppressed`, and says by
//! what and until when; one that is waived in part is not.
//! **Absent on purpose:** closing findings. Each judgement is a finding of its own; `metadata.correlation_uid` holds
//! those of one control on one system together.

use serde_json::{Map, Value, json};
use tickmark_ledger::{Evaluation, Head, SealedFinding, SealedRun};
use tickmark_model::{Control, Digest, Exception, Finding, Outcome, Severity, System};
use tickmark_operations::{Covered, Waiver, WaiversInForce};

use crate::event::{Event, Level};
use crate::text::{Cutter, ascii_json};

/// Most bytes of one event. With the head of a syslog message it is within the 8,192 octets that receivers take.
pub const EVENT_BYTES: usize = 7_680;

/// Most exceptions that are listed in one event.
const RESOURCES: usize = 50;

/// Most criteria, reasons and messages that are listed in one event.
const REQUIREMENTS: usize = 12;
const DETAILS: usize = 5;

/// An event for each finding of a run, in the order of their records; `waivers` are those in force as of it.
///
/// # Errors
/// None that a finding's types allow; the signature keeps the serialiser's.
pub fn events(run: &SealedRun, waivers: &WaiversInForce) -> Result<Vec<Event>, serde_json::Error> {
    let mut events: Vec<Event> =
        run.findings().iter().map(|sealed| event(sealed, waivers)).collect::<Result<_, _>>()?;
    events.sort_by_key(|event| event.index);
    Ok(events)
}

/// The event of a finding; `waivers` are those in force as of it.
///
/// # Errors
/// As [`events`].
pub fn event(sealed: &SealedFinding, waivers: &WaiversInForce) -> Result<Event, serde_json::Error> {
    let told = Told {
        control: sealed.control(),
        covered: &waivers.over(sealed.finding(), sealed.control().mode),
        evaluation: sealed.evaluation(),
        finding: sealed.finding(),
        head: sealed.head(),
        index: sealed.record_index(),
        leaf: sealed.leaf(),
        record: sealed.record_digest(),
        system: sealed.system(),
    };
    told.event()
}

/// What an event is made of.
#[derive(Clone, Copy, Debug)]
struct Told<'a> {
    control: &'a Control,
    covered: &'a Covered<'a>,
    evaluation: &'a Evaluation,
    finding: &'a Finding,
    head: &'a Head,
    index: u64,
    leaf: Digest,
    record: Digest,
    system: &'a System,
}

impl Told<'_> {
    fn event(self) -> Result<Event, serde_json::Error> {
        let time = self.head.times.recorded_at;
        Ok(Event {
            host: self.head.invoked_by.host.clone(),
            index: self.index,
            json: self.json()?,
            level: self.level(),
            time,
            uid: self.leaf.to_string(),
            word: self.finding.outcome.as_str().to_owned(),
        })
    }

    /// As bad as the worst policy that decided; of what is in doubt, as bad as the control.
    fn level(self) -> Level {
        let deciding = self.finding.exceptions.iter().flat_map(|exception| &exception.policies);
        let severity = match self.finding.outcome {
            Outcome::Pass | Outcome::NoOccurrence => return Level::Informational,
            Outcome::Fail => deciding.map(|policy| policy.severity).max().unwrap_or(self.control.severity),
            Outcome::Inconclusive => self.control.severity,
        };
        match severity {
            Severity::Low => Level::Low,
            Severity::Medium => Level::Medium,
            Severity::High => Level::High,
            Severity::Critical => Level::Critical,
        }
    }

    fn json(self) -> Result<String, serde_json::Error> {
        let mut cutter = Cutter::default();
        let mut event = self.without_resources(&mut cutter);
        // Both are counted at their longest; in the end they are as long or shorter.
        let exceptions = &self.finding.exceptions;
        set(&mut event, "/metadata", "is_truncated", true.into());
        set(&mut event, "/unmapped", "resources_left_out", exceptions.len().into());
        set(&mut event, "", "resources", json!([]));
        let mut size = ascii_json(&event)?.len();

        let mut resources = Vec::new();
        for (at, exception) in exceptions.iter().take(RESOURCES).enumerate() {
            let mut own = Cutter::default();
            let resource = resource(exception, self.covered.by.get(at).copied().flatten(), &mut own);
            size += ascii_json(&resource)?.len() + 1;
            if size > EVENT_BYTES {
                break;
            }
            cutter.cut |= own.cut;
            resources.push(resource);
        }
        let left_out = exceptions.len() - resources.len();
        set(&mut event, "/metadata", "is_truncated", (cutter.cut || left_out > 0).into());
        set(&mut event, "/unmapped", "resources_left_out", left_out.into());
        set(&mut event, "", "resources", resources.into());
        ascii_json(&event)
    }

    /// Names stand in the order of the alphabet, so that an event has one spelling.
    fn without_resources(self, cutter: &mut Cutter) -> Value {
        let Self { control, covered, evaluation, finding, head, index, leaf, record, system } = self;
        let (severity_id, severity) = self.level().ocsf();
        let (status_id, status) = match finding.outcome {
            Outcome::Pass => (1, "Pass"),
            Outcome::Inconclusive => (2, "Warning"),
            Outcome::Fail => (3, "Fail"),
            Outcome::NoOccurrence => (99, "No Occurrence"),
        };
        // Where something else about it is in doubt, somebody still has to look.
        let suppressed = covered.whole() && covered.at_the_gate() == Outcome::Pass;
        let (reading_id, reading) = if suppressed { (3, "Suppressed") } else { (1, "New") };
        let time = head.times.recorded_at.ms();
        let control_id = cutter.cut(&control.id, 120);
        let system_name = cutter.cut(&system.name, 120);
        let counts = finding.counts;
        let message = format!(
            "{control_id} on {system_name}: {}, {} of {} in scope conform, {} exceptions, {} undecided, {} excluded",
            finding.outcome, counts.conforming, counts.in_scope, counts.exceptions, counts.undecided, counts.excluded
        );
        let requirements: Vec<String> =
            control.criteria.iter().take(REQUIREMENTS).map(|it| cutter.cut(it, 32)).collect();
        cutter.cut |= control.criteria.len() > REQUIREMENTS;
        let mut event = json!({
            "activity_id": 1,
            "activity_name": "Create",
            "category_name": "Findings",
            "category_uid": 2,
            "class_name": "Compliance Finding",
            "class_uid": 2003,
            "compliance": {
                "control": control_id,
                "requirements": requirements,
                "standards": ["SOC 2 TSC"],
                "status": status,
                "status_code": finding.outcome.as_str(),
                "status_details": self.details(cutter),
                "status_id": status_id,
            },
            "finding_info": {
                "created_time": time,
                "desc": cutter.cut(&control.evidence, 360),
                "title": cutter.cut(&control.title, 240),
                "uid": leaf.to_string(),
            },
            "message": message,
            "metadata": {
                "correlation_uid": format!("{control_id}@{system_name}"),
                "product": {
                    "name": "tickmark",
                    "vendor_name": "tickmark",
                    "version": env!("CARGO_PKG_VERSION"),
                },
                "sequence": index,
                "tenant_uid": cutter.cut(&head.tenant, 120),
                "uid": leaf.to_string(),
                "version": "1.8.0",
            },
            "severity": severity,
            "severity_id": severity_id,
            "status": reading,
            "status_id": reading_id,
            "time": time,
            "type_name": "Compliance Finding: Create",
            "type_uid": 200_301,
            "unmapped": {
                "as_of": finding.as_of.to_string(),
                "counts": {
                    "conforming": counts.conforming,
                    "exceptions": counts.exceptions,
                    "excluded": counts.excluded,
                    "in_scope": counts.in_scope,
                    "undecided": counts.undecided,
                },
                "environment": cutter.cut(&system.environment, 60),
                "outcome": finding.outcome.as_str(),
                "owner": cutter.cut(&control.owner, 120),
                "policy_bundle": evaluation.policy.bundle.to_string(),
                "record_digest": record.to_string(),
                "record_id": cutter.cut(&head.id, 60),
                "record_index": index,
                "record_leaf": leaf.to_string(),
                "simulated": evaluation.simulated,
                "system": system_name,
                "waived": covered.by.iter().flatten().count(),
            },
        });
        if let Some(waived) = self.waived(cutter) {
            set(&mut event, "", "status_detail", waived.into());
        }
        if let Some(matrix_id) = &control.matrix_id {
            set(&mut event, "/unmapped", "matrix_id", cutter.cut(matrix_id, 60).into());
        }
        if let Some(desc) = self.remediation() {
            set(&mut event, "", "remediation", json!({ "desc": cutter.cut(&desc, 600) }));
        }
        event
    }

    /// Why it is in doubt, then what the policies that decided say.
    fn details(self, cutter: &mut Cutter) -> Vec<String> {
        let reasons = self.finding.reasons.iter().map(|reason| format!("{}: {}", reason.code, reason.detail));
        let mut said: Vec<String> = reasons.collect();
        for policy in self.finding.exceptions.iter().flat_map(|exception| &exception.policies) {
            let text = format!("{}: {}", policy.id, policy.message);
            if !said.contains(&text) {
                said.push(text);
            }
            // A finding may have many thousands of exceptions; what is not shown need not be found.
            if said.len() > DETAILS {
                break;
            }
        }
        cutter.cut |= said.len() > DETAILS;
        said.iter().take(DETAILS).map(|text| cutter.cut(text, 200)).collect()
    }

    /// How many exceptions are waived, by what and until when; nothing where none is.
    fn waived(self, cutter: &mut Cutter) -> Option<String> {
        let mut waivers: Vec<(&Waiver, u64)> = Vec::new();
        for waiver in self.covered.by.iter().flatten() {
            match waivers.iter_mut().find(|(known, _)| known.record == waiver.record) {
                Some((_, exceptions)) => *exceptions += 1,
                None => waivers.push((waiver, 1)),
            }
        }
        if waivers.is_empty() {
            return None;
        }
        let waived: u64 = waivers.iter().map(|(_, exceptions)| exceptions).sum();
        cutter.cut |= waivers.len() > DETAILS;
        let by = waivers.iter().take(DETAILS).map(|(waiver, exceptions)| {
            format!("{exceptions} by {} until {}", cutter.cut(&waiver.id, 60), waiver.until)
        });
        let by: Vec<String> = by.collect();
        Some(format!("{waived} of {} exceptions are waived: {}", self.finding.exceptions.len(), by.join(", ")))
    }

    /// What the policies that decided say is to be done.
    fn remediation(self) -> Option<String> {
        let mut said: Vec<&str> = Vec::new();
        for policy in self.finding.exceptions.iter().flat_map(|exception| &exception.policies) {
            if said.len() <= DETAILS && !said.contains(&policy.remediation.as_str()) {
                said.push(&policy.remediation);
            }
        }
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// One subject for which the control did not operate, and what waives that.
fn resource(exception: &Exception, waiver: Option<&Waiver>, cutter: &mut Cutter) -> Value {
    let Exception { name, policies, subject, .. } = exception;
    cutter.cut |= policies.len() > DETAILS;
    let policies: Vec<String> = policies.iter().take(DETAILS).map(|policy| cutter.cut(&policy.id, 80)).collect();
    let mut resource = json!({
        "data": { "policies": policies },
        "namespace": cutter.cut(&subject.collector, 80),
        "role": "Affected",
        "role_id": 3,
        "type": cutter.cut(&subject.kind, 80),
        "uid": cutter.cut(&subject.id, 160),
    });
    if let Some(waiver) = waiver {
        set(&mut resource, "/data", "waived_until", waiver.until.to_string().into());
        set(&mut resource, "/data", "waiver", cutter.cut(&waiver.id, 60).into());
    }
    if let Some(name) = name {
        set(&mut resource, "", "name", cutter.cut(name, 160).into());
    }
    resource
}

/// Sets a member of the object at `pointer`, which is there.
fn set(event: &mut Value, pointer: &str, name: &str, value: Value) {
    if let Some(object) = event.pointer_mut(pointer).and_then(Value::as_object_mut) {
        object.insert(name.to_owned(), value);
        sort(object);
    }
}

/// Keeps the order of the alphabet, also where a build keeps the order of insertion.
fn sort(object: &mut Map<String, Value>) {
    let mut members: Vec<(String, Value)> = std::mem::take(object).into_iter().collect();
    members.sort_by(|a, b| a.0.cmp(&b.0));
    object.extend(members);
}

#[cfg(test)]
mod tests;
