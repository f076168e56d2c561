//! What is written about a change: in its pull request, in its issue, and in its own record.

use std::collections::BTreeMap;

use tickmark_collector::Datetime;

use crate::issue::Issue;
use crate::parse::body::{confirmed, is_filled, name};
use crate::request::Request;
use crate::settings::{Field, Fields};

/// Everything that is written about one change.
#[derive(Clone, Copy)]
pub(crate) struct Written<'a> {
    pub fields: &'a Fields,
    pub request: Option<&'a Request>,
    pub issue: Option<&'a Issue>,
    /// Of its own record, for a change out of an audit log.
    pub own: &'a BTreeMap<Field, String>,
}

/// Longest reason or label that is kept, in characters.
const KEPT: usize = 500;

impl Written<'_> {
    fn texts(&self, field: Field) -> impl Iterator<Item = &str> {
        let issue = self.issue.and_then(|issue| issue.texts.get(&field));
        self.own.get(&field).into_iter().chain(issue).map(String::as_str)
    }

    /// Whether somebody wrote this part.
    pub fn is_filled(&self, field: Field) -> bool {
        let headings = self.fields.headings(field);
        let in_request = self.request.is_some_and(|request| match field {
            Field::Description => request.body.is_described(headings),
            _ => request.body.section(headings).is_some(),
        });
        in_request || self.texts(field).any(is_filled)
    }

    /// Whether this part says that something is done, and none of its places says that it is not.
    pub fn is_confirmed(&self, field: Field) -> bool {
        let said: Vec<bool> = self.texts(field).filter_map(confirmed).collect();
        let in_request = self.request.is_some_and(|request| request.body.is_confirmed(self.fields.headings(field)));
        said.iter().all(|yes| *yes) && (in_request || !said.is_empty())
    }

    /// The text of this part, cut to a length for people.
    pub fn text(&self, field: Field) -> Option<String> {
        let own = self.texts(field).find(|text| is_filled(text));
        let text =
            own.or_else(|| self.request.and_then(|request| request.body.section(self.fields.headings(field))))?;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(text.chars().take(KEPT).collect())
    }

    /// Whether it is called an emergency: by a label of the pull request or the issue, or by a field.
    pub fn is_emergency(&self) -> bool {
        let labels = self.request.into_iter().flat_map(|request| &request.pull.labels);
        let labels = labels.map(|label| label.name.to_lowercase());
        let of_issue = self.issue.into_iter().flat_map(|issue| issue.labels.iter().cloned());
        labels.chain(of_issue).any(|label| self.fields.emergency_labels.contains(&label))
            || self.texts(Field::Emergency).any(|text| matches!(name(text).as_str(), "yes" | "true" | "emergency"))
    }

    /// What is said of the risk: by a label such as `risk: low`, or by a field.
    pub fn risk_label(&self) -> Option<String> {
        let of_label = |label: &str| {
            let label = label.to_lowercase();
            let rest = label.strip_prefix("risk")?.trim_start();
            let rest = rest.strip_prefix([':', '/', '-', '='])?.trim();
            (!rest.is_empty()).then(|| rest.chars().take(KEPT).collect())
        };
        let labels = self.request.into_iter().flat_map(|request| &request.pull.labels);
        self.text(Field::RiskLabel).or_else(|| labels.into_iter().find_map(|label| of_label(&label.name)))
    }

    /// When the change was seen to do what it should, after it was in place at `from` and up to `until`: when its issue
    /// came into such a status, or when the last of the checks was confirmed, whichever was first.
    pub fn verified_at(&self, from: Datetime, until: Datetime) -> Option<Datetime> {
        let within = |at: Datetime| (from..=until).contains(&at);
        let by_status = self.issue.and_then(|issue| issue.verified.iter().copied().find(|at| within(*at)));
        let checks = self.fields.checks.iter().map(|field| self.checked_at(*field).filter(|at| within(*at)));
        // Without any check the change is verified by being in place.
        let by_checks = checks.collect::<Option<Vec<Datetime>>>().map(|at| at.into_iter().max().unwrap_or(from));
        by_status.into_iter().chain(by_checks).min()
    }

    /// When a check was confirmed: when the field of the issue last changed, or the pull request, whose text has no dates
    /// of its own.
    fn checked_at(&self, field: Field) -> Option<Datetime> {
        if !self.is_confirmed(field) {
            return None;
        }
        let of_issue =
            self.issue.filter(|issue| issue.texts.get(&field).is_some_and(|text| confirmed(text) == Some(true)));
        let of_issue = of_issue.and_then(|issue| issue.changed.get(&field).copied());
        let of_request = self.request.filter(|request| request.body.is_confirmed(self.fields.headings(field)));
        of_issue.or_else(|| of_request.map(|request| request.pull.updated_at))
    }
}
