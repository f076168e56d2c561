//! What a control's policies read of a subject. Subjects that agree in all of it get the same answer from Cedar.
//!
//! By induction over the syntax tree: the whole depends on the row only through its leaves, and every leaf that names
//! the resource is one of those listed here. A policy with another leaf (the resource itself compared or passed on) is
//! not understood, and its control is judged one by one.

use std::collections::BTreeSet;

use cedar_policy::pst::{BinaryOp, Clause, EntityOrSlot, Expr, Literal, ResourceConstraint, Var};
use tickmark_model::{CedarType, Control, Fact, Shape};

use super::term::{Comparison, Names};
use crate::compile::card::Card;
use crate::schema::Part;

/// One condition whose truth can be read natively: true, false or an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    /// A boolean attribute.
    Flag(usize),
    /// Whether an attribute is there.
    Has(usize),
    /// A comparison of numbers.
    Compare(Comparison),
}

/// What the scope and subject policies of one control read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    /// Every column that is read at all.
    pub(super) columns: BTreeSet<usize>,
    /// The conditions whose truth is enough.
    pub(super) atoms: Vec<Atom>,
    /// The columns whose value is read outside those conditions.
    pub(super) values: BTreeSet<usize>,
    /// Whether the parents are read.
    pub(super) parents: bool,
}

impl Reading {
    /// What the policies read, if all of it is understood.
    pub(crate) fn of<'a>(cards: impl Iterator<Item = &'a Card>, fact: &Fact, control: &Control) -> Option<Self> {
        let names = Names { fact, parameters: &control.parameters };
        let mut reading = Self::default();
        for card in cards.filter(|card| card.part != Part::Population) {
            let understood = match &card.body.resource {
                ResourceConstraint::Any | ResourceConstraint::Is(_) => true,
                ResourceConstraint::In(EntityOrSlot::Entity(group))
                | ResourceConstraint::IsIn(_, EntityOrSlot::Entity(group)) => {
                    reading.group(&group.ty.to_string(), fact)
                }
                _ => false,
            };
            let conditions = card.body.clauses().iter().map(|clause| match clause {
                Clause::When(condition) | Clause::Unless(condition) => condition,
            });
            for condition in conditions {
                reading.expr(condition, &names)?;
            }
            if !understood {
                return None;
            }
        }
        Some(reading)
    }

    /// Adds what `expr` reads; nothing where it is not understood.
    fn expr(&mut self, expr: &Expr, names: &Names<'_>) -> Option<()> {
        if !reads_resource(expr) {
            return Some(());
        }
        if let Some(comparison) = Comparison::of(expr, names) {
            self.touched(expr, names)?;
            self.atom(Atom::Compare(comparison));
            return Some(());
        }
        match expr {
            Expr::GetAttr { expr, attr } if is_resource(expr) => {
                let at = names.fact.column(attr)?;
                let column = names.fact.columns.get(at)?;
                self.columns.insert(at);
                if column.ty == CedarType::Boolean && column.shape == Shape::One {
                    self.atom(Atom::Flag(at));
                } else {
                    self.values.insert(at);
                }
                Some(())
            }
            Expr::HasAttr { expr, attrs } if is_resource(expr) => {
                let at = names.fact.column(attrs.first())?;
                self.columns.insert(at);
                self.atom(Atom::Has(at));
                (attrs.len() == 1).then_some(())
            }
            Expr::Is { expr, in_expr, .. } if is_resource(expr) => match in_expr {
                Some(groups) => self.groups(groups, names),
                None => Some(()),
            },
            Expr::BinaryOp { op: BinaryOp::In, left, right } if is_resource(left) => self.groups(right, names),
            Expr::Var(_) => None,
            other => parts(other)?.into_iter().try_for_each(|part| self.expr(part, names)),
        }
    }

    fn atom(&mut self, atom: Atom) {
        if !self.atoms.contains(&atom) {
            self.atoms.push(atom);
        }
    }

    /// Notes the columns inside a comparison, whose values are not needed beyond it.
    fn touched(&mut self, expr: &Expr, names: &Names<'_>) -> Option<()> {
        match expr {
            Expr::GetAttr { expr, attr } if is_resource(expr) => {
                self.columns.insert(names.fact.column(attr)?);
                Some(())
            }
            other => parts(other)?.into_iter().try_for_each(|part| self.touched(part, names)),
        }
    }

    /// `resource in` one group or a set of them, written out.
    fn groups(&mut self, groups: &Expr, names: &Names<'_>) -> Option<()> {
        match groups {
            Expr::Literal(Literal::EntityUID(group)) => self.group(&group.ty.to_string(), names.fact).then_some(()),
            Expr::Set(groups) => groups.iter().try_for_each(|group| self.groups(group, names)),
            _ => None,
        }
    }

    /// Parents tell who is in a group, save that each entity is also in itself.
    fn group(&mut self, kind: &str, fact: &Fact) -> bool {
        self.parents = true;
        kind != fact.entity_kind
    }
}

fn is_resource(expr: &Expr) -> bool {
    matches!(expr, Expr::Var(Var::Resource))
}

fn reads_resource(expr: &Expr) -> bool {
    expr.reduce(&|expr| is_resource(expr).then_some(true), &|a, b| a || b, false)
}

/// The direct parts of an expression; nothing for a form that is not known.
fn parts(expr: &Expr) -> Option<Vec<&Expr>> {
    Some(match expr {
        Expr::Literal(_) | Expr::Var(_) => Vec::new(),
        Expr::UnaryOp { expr, .. }
        | Expr::GetAttr { expr, .. }
        | Expr::HasAttr { expr, .. }
        | Expr::Like { expr, .. } => {
            vec![expr.as_ref()]
        }
        Expr::BinaryOp { left, right, .. } => vec![left.as_ref(), right.as_ref()],
        Expr::Is { expr, in_expr, .. } => {
            [Some(expr), in_expr.as_ref()].into_iter().flatten().map(AsRef::as_ref).collect()
        }
        Expr::IfThenElse { cond, then_expr, else_expr } => vec![cond.as_ref(), then_expr.as_ref(), else_expr.as_ref()],
        Expr::Set(items) => items.iter().map(AsRef::as_ref).collect(),
        Expr::Record(items) => items.values().map(AsRef::as_ref).collect(),
        _ => return None,
    })
}
