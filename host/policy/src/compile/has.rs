//! `has`: on what, and whether the attribute is declared at all.
//!
//! Cedar's validator takes `has` of an attribute that no type declares for a plain false, so a misspelt one would
//! silently switch a condition off.

use std::collections::BTreeSet;

use cedar_policy::pst::{Expr, Var};
use tickmark_model::{Control, Fact};

use crate::schema::{Kinds, POPULATION, POPULATION_ATTRIBUTES, Part, SYSTEM_ATTRIBUTES};

/// The attributes that a control's policies can ask for.
pub(super) struct Attributes<'a> {
    kinds: &'a Kinds,
    context: BTreeSet<&'a str>,
    fact: &'a Fact,
}

/// One `has` in a condition.
#[derive(Clone)]
pub(super) struct Has {
    /// The attribute.
    pub(super) attribute: String,
    /// What is asked, in words, where the attribute is not declared on it.
    pub(super) undeclared: Option<String>,
    /// The attributes that are declared.
    pub(super) declared: Vec<String>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(kinds: &'a Kinds, control: &'a Control, fact: &'a Fact) -> Self {
        let context = control.parameters.keys().map(String::as_str).chain(["as_of"]).collect();
        Self { kinds, context, fact }
    }

    /// Every `has` in `condition`.
    pub(super) fn in_condition(&self, part: Part, condition: &Expr) -> Vec<Has> {
        let visit = |expr: &Expr| match expr {
            Expr::HasAttr { expr, attrs } => {
                // A path such as `has a.b` needs a record, and no declared attribute is one.
                let path: Vec<&str> = attrs.iter().map(|attribute| attribute.as_str()).collect();
                let mut found = self.in_condition(part, expr);
                found.push(self.has(part, expr, &path.join(".")));
                Some(found)
            }
            _ => None,
        };
        let join = |mut a: Vec<Has>, b: Vec<Has>| {
            a.extend(b);
            a
        };
        condition.reduce(&visit, &join, Vec::new())
    }

    fn has(&self, part: Part, on: &Expr, attribute: &str) -> Has {
        let declared = self.declared(part, on);
        let undeclared = match &declared {
            Some((_, attributes)) if attributes.iter().any(|declared| declared == attribute) => None,
            Some((what, _)) => Some(what.clone()),
            None => Some("the expression before `has`".to_owned()),
        };
        let declared = declared.map(|(_, attributes)| attributes).unwrap_or_default();
        Has { attribute: attribute.to_owned(), undeclared, declared }
    }

    /// What an expression stands for and the attributes that it may have, where that is known.
    fn declared(&self, part: Part, on: &Expr) -> Option<(String, Vec<String>)> {
        let columns = |fact: &Fact| fact.columns.iter().map(|column| column.name.clone()).collect();
        match on {
            Expr::Var(Var::Principal) => {
                let names = SYSTEM_ATTRIBUTES.iter().map(|(name, _)| (*name).to_owned()).collect();
                Some(("`principal`, a system,".to_owned(), names))
            }
            Expr::Var(Var::Context) => {
                Some(("`context`".to_owned(), self.context.iter().map(|name| (*name).to_owned()).collect()))
            }
            Expr::Var(Var::Resource) if part == Part::Population => {
                let names = POPULATION_ATTRIBUTES.iter().map(|(name, ..)| (*name).to_owned()).collect();
                Some((format!("kind `{POPULATION}`"), names))
            }
            Expr::Var(Var::Resource) => Some((format!("kind `{}`", self.fact.entity_kind), columns(self.fact))),
            Expr::GetAttr { expr, attr } if **expr == Expr::Var(Var::Resource) && part != Part::Population => {
                let column = self.fact.columns.iter().find(|column| column.name == attr.as_str())?;
                let kind = column.entity_kind.as_ref()?;
                Some((format!("kind `{kind}`"), self.kinds.fact(kind).map(|fact| columns(fact)).unwrap_or_default()))
            }
            _ => None,
        }
    }
}
