//! The inventory of vendors: `[[vendor]]`.
//!
//! **Absent on purpose:** their reports. They are in the ledger.

use std::collections::BTreeSet;

use serde::de::value::{Error as WordError, StrDeserializer};
use serde::{Deserialize, Serialize};
use tickmark_ledger::VendorMethod;
use tickmark_policy::matrix;
use toml::Spanned;
use toml::de::DeValue;

use super::read::{array, optional, refuse_rest, required, table};
use crate::problem::{Source, known_names};

/// One vendor whose services the company's own controls rest on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// What records call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How it stands in the description of the system.
    pub method: VendorMethod,
    /// The criteria that its controls are relied on for.
    pub criteria: Vec<String>,
    /// What the company itself has to do so that the vendor's controls work.
    pub complementary_controls: Vec<String>,
}

pub(super) fn read(value: Spanned<DeValue<'_>>, source: &mut Source) -> Vec<Vendor> {
    let mut ids = BTreeSet::new();
    let mut vendors = Vec::new();
    for value in array(value, "vendor", source) {
        let Some(vendor) = vendor(value, &mut ids, source) else { continue };
        vendors.push(vendor);
    }
    vendors
}

fn vendor(value: Spanned<DeValue<'_>>, ids: &mut BTreeSet<String>, source: &mut Source) -> Option<Vendor> {
    let mut it = table(value, "vendor", source)?;
    let id: Option<Spanned<String>> = required(&mut it, "id", source);
    let name: Option<String> = required(&mut it, "name", source);
    let method: Option<Spanned<String>> = required(&mut it, "method", source);
    let criteria: Vec<Spanned<String>> = optional(&mut it, "criteria", source).unwrap_or_default();
    let complementary_controls = optional(&mut it, "complementary_controls", source).unwrap_or_default();
    refuse_rest(&it, &["id", "name", "method", "criteria", "complementary_controls"], source);
    if let Some(id) = &id {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.get_ref().is_empty() || !id.get_ref().chars().all(plain) {
            let message = format!("`{}` is no id such as `hosting-provider`", id.get_ref());
            source.report(message, Some(id.span()), Some("use a to z, 0 to 9 and `-`".to_owned()));
        } else if !ids.insert(id.get_ref().clone()) {
            source.report(format!("vendor `{}` is there twice", id.get_ref()), Some(id.span()), None);
        }
    }
    let method = method.and_then(|word| {
        let read = VendorMethod::deserialize(StrDeserializer::<WordError>::new(word.get_ref()));
        if read.is_err() {
            let help = known_names(word.get_ref(), ["carve-out", "inclusive"]);
            source.report(format!("there is no method `{}`", word.get_ref()), Some(word.span()), Some(help));
        }
        read.ok()
    });
    if !criteria.is_empty() {
        let (matrix, _) = matrix::load_partly(&[]);
        let known: Vec<&str> = matrix.criteria().iter().map(|it| it.id.as_str()).collect();
        for criterion in criteria.iter().filter(|it| !known.contains(&it.get_ref().as_str())) {
            let help = tickmark_policy::did_you_mean(criterion.get_ref(), known.iter().copied());
            source.report(format!("there is no criterion `{}`", criterion.get_ref()), Some(criterion.span()), help);
        }
    }
    let criteria = criteria.into_iter().map(Spanned::into_inner).collect();
    Some(Vendor { id: id?.into_inner(), name: name?, method: method?, criteria, complementary_controls })
}
