//! Accepting exceptions.

use chrono::NaiveDate;
use tickmark_ledger::{Appended, ControlRef, Ledger, NewRecord, Waiver, WaiverAct, canonical_json};
use tickmark_model::same_person;
use tickmark_operations::AskedWaiver;

use super::find::{NamedSubject, Terms};
use crate::acts::{self, Acting, STATEMENT, append, named, no_system, one_key, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// A waiver that somebody asks for.
#[derive(Clone, Debug)]
pub struct AddWaiver {
    /// The control whose exceptions are accepted.
    pub control: String,
    /// The system, where it is about one only.
    pub system: Option<String>,
    /// The only subjects, each as `Kind::id`; empty for all.
    pub subjects: Vec<String>,
    /// The first day, inclusive.
    pub from: NaiveDate,
    /// The last day, inclusive.
    pub until: NaiveDate,
    /// Why.
    pub reason: String,
    /// Who asks for it, as they say.
    pub requested_by: String,
    /// Who approves it, as they say; nothing where that comes later.
    pub approved_by: Option<String>,
}

impl AddWaiver {
    /// Seals the waiver.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) with all that is wrong; where the ledger cannot be written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<Appended> {
        let by = by.into();
        let control = acts::control(site, &self.control)?;
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let (terms, problems) = self.check(site, control.as_ref().ok().map(|it| it.owner.as_str()), today(site)?);
        let (signers, unsigned) = by.signers(site, &self.names());
        refuse("the waiver", control.err().into_iter().chain(problems).chain(unsigned))?;
        let new = self.record(&ledger, &terms)?;
        append(&mut ledger, site, by, &signers, new)
    }

    /// In whose names it is.
    pub(super) fn names(&self) -> Vec<&str> {
        std::iter::once(self.requested_by.as_str()).chain(self.approved_by.as_deref()).collect()
    }

    /// What is to be recorded, and all that is wrong with it but for the control's name.
    pub(super) fn check(&self, site: &Site, owner: Option<&str>, today: NaiveDate) -> (Terms, Vec<String>) {
        let asked = AskedWaiver {
            approved_by: self.approved_by.clone(),
            control_owner: owner.unwrap_or_default().to_owned(),
            from: self.from,
            reason: self.reason.clone(),
            requested_by: self.requested_by.clone(),
            until: self.until,
        };
        let mut problems: Vec<String> = asked.problems(today).iter().map(ToString::to_string).collect();
        let owner = owner.unwrap_or_default();
        let owned = self.names().into_iter().filter(|name| !same_person(name, owner) && site.same_key(name, owner));
        problems.extend(owned.map(|name| one_key(name.trim(), owner)));
        problems.extend(self.system.as_deref().and_then(|system| no_system(site, system)));
        let mut subjects = Vec::new();
        for text in &self.subjects {
            match subject(text) {
                Some(subject) => subjects.push(subject),
                None => problems.push(format!("`{text}` is no subject such as `Mfa::User::2`")),
            }
        }
        subjects.sort();
        subjects.dedup();
        let terms = Terms {
            approved_by: self.approved_by.as_deref().map(|name| name.trim().to_owned()),
            reason: self.reason.trim().to_owned(),
            requested_by: self.requested_by.trim().to_owned(),
            subjects,
        };
        (terms, problems)
    }

    pub(super) fn record(&self, ledger: &Ledger, terms: &Terms) -> anyhow::Result<NewRecord> {
        Ok(NewRecord {
            blobs: vec![named(ledger, STATEMENT, &canonical_json(terms)?)?],
            ..NewRecord::new(Waiver {
                act: WaiverAct::Add,
                control: ControlRef { id: self.control.clone(), version: None },
                from: self.from,
                of: None,
                system: self.system.clone(),
                until: self.until,
            })
        })
    }
}

/// A subject as it is written: `Namespace::Kind::id`, the id bare or as reports print it, in quotation marks.
pub(crate) fn subject(text: &str) -> Option<NamedSubject> {
    let (namespace, rest) = text.split_once("::")?;
    let (kind, id) = rest.split_once("::")?;
    let quoted = id.len() > 1 && id.starts_with('"') && id.ends_with('"');
    let id = if quoted { serde_json::from_str(id).ok()? } else { id.to_owned() };
    let whole = ![namespace, kind, &id].iter().any(|part| part.is_empty());
    whole.then(|| NamedSubject { id, kind: format!("{namespace}::{kind}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_written_as_reports_print_it_or_bare() {
        let check = |text: &str| subject(text).map(|it| format!("{} {}", it.kind, it.id));
        assert_eq!(check("Mfa::User::2").as_deref(), Some("Mfa::User 2"));
        assert_eq!(check("Mfa::User::\"2\"").as_deref(), Some("Mfa::User 2"));
        assert_eq!(check("Firewall::Rule::web::22").as_deref(), Some("Firewall::Rule web::22"));
        for bad in ["", "2", "Mfa::User", "Mfa::User::", "::User::2", "Mfa::User::\"2\\\""] {
            assert_eq!(check(bad), None, "{bad}");
        }
    }
}
