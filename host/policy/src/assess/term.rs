//! Comparisons in policies that can be read natively: numbers of a row, the control's parameters and `as_of`.
//!
//! **Invariant:** a comparison is true, false or an error here exactly where it is in Cedar: integers of 64 bits whose
//! overflow is an error, and an absent attribute is an error. What is not understood is no comparison here.

use std::collections::BTreeMap;

use cedar_policy::pst::{BinaryOp, Expr, Literal, UnaryOp, Var};
use tickmark_model::{
    CedarType, Cells, Decimal4, Fact, FactTable, Instant, Scalar, Shape, parse_duration, parse_instant,
};

use crate::entity::is_number;
use crate::schema::type_of;

/// What an expression may name.
pub(super) struct Names<'a> {
    pub(super) fact: &'a Fact,
    pub(super) parameters: &'a BTreeMap<String, Scalar>,
}

/// A number that depends on the row or on the control only.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Cell(usize),
    Constant(i64),
    AsOf,
    Unary(Unary, Box<Self>),
    Binary(Binary, Box<Self>, Box<Self>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unary {
    Negate,
    /// Cut off towards zero.
    DivideBy(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Binary {
    Add,
    Subtract,
    Multiply,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comparison of two numbers of the same Cedar type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comparison {
    order: Order,
    left: Term,
    right: Term,
}

/// A [`Comparison`] for the rows of one table at one instant.
pub(super) struct Bound<'a> {
    order: Order,
    left: BoundTerm<'a>,
    right: BoundTerm<'a>,
}

enum BoundTerm<'a> {
    Cell(Cells<'a>),
    /// Nothing where it is an error.
    Constant(Option<i64>),
    Unary(Unary, Box<Self>),
    Binary(Binary, Box<Self>, Box<Self>),
}

impl Comparison {
    /// The comparison that `expr` is, if it is understood.
    pub(super) fn of(expr: &Expr, names: &Names<'_>) -> Option<Self> {
        let Expr::BinaryOp { op, left, right } = expr else { return None };
        let (order, decimal) = match op {
            BinaryOp::Eq => (Order::Equal, None),
            BinaryOp::NotEq => (Order::NotEqual, None),
            BinaryOp::Less => (Order::Less, Some(false)),
            BinaryOp::LessEq => (Order::LessOrEqual, Some(false)),
            BinaryOp::Greater => (Order::Greater, Some(false)),
            BinaryOp::GreaterEq => (Order::GreaterOrEqual, Some(false)),
            BinaryOp::DecimalLessThan => (Order::Less, Some(true)),
            BinaryOp::DecimalLessEq => (Order::LessOrEqual, Some(true)),
            BinaryOp::DecimalGreater => (Order::Greater, Some(true)),
            BinaryOp::DecimalGreaterEq => (Order::GreaterOrEqual, Some(true)),
            _ => return None,
        };
        let (left, type_left) = Term::of(left, names)?;
        let (right, type_right) = Term::of(right, names)?;
        let fits = decimal.is_none_or(|decimal| decimal == (type_left == CedarType::Decimal));
        (type_left == type_right && fits).then_some(Self { order, left, right })
    }

    /// The comparison for the rows of `table`.
    pub(super) fn bind<'a>(&self, table: &'a FactTable, as_of: Instant) -> Option<Bound<'a>> {
        Some(Bound { order: self.order, left: self.left.bind(table, as_of)?, right: self.right.bind(table, as_of)? })
    }
}

impl Bound<'_> {
    /// Whether it holds for row `row`; nothing where Cedar would raise an error.
    pub(super) fn holds(&self, row: usize) -> Option<bool> {
        let (left, right) = (self.left.number(row)?, self.right.number(row)?);
        Some(match self.order {
            Order::Equal => left == right,
            Order::NotEqual => left != right,
            Order::Less => left < right,
            Order::LessOrEqual => left <= right,
            Order::Greater => left > right,
            Order::GreaterOrEqual => left >= right,
        })
    }
}

impl Term {
    fn of(expr: &Expr, names: &Names<'_>) -> Option<(Self, CedarType)> {
        match expr {
            Expr::Literal(Literal::Long(n)) => Some((Self::Constant(*n), CedarType::Long)),
            Expr::GetAttr { expr, attr } => Self::attribute(expr, attr, names),
            Expr::UnaryOp { op, expr } => Self::unary(*op, expr, names),
            Expr::BinaryOp { op, left, right } => {
                let (left, type_left) = Self::of(left, names)?;
                let (right, type_right) = Self::of(right, names)?;
                use CedarType::{Datetime, Duration, Long};
                let (op, ty) = match (op, type_left, type_right) {
                    (BinaryOp::Add, Long, Long) => (Binary::Add, Long),
                    (BinaryOp::Sub, Long, Long) => (Binary::Subtract, Long),
                    (BinaryOp::Mul, Long, Long) => (Binary::Multiply, Long),
                    (BinaryOp::Offset, Datetime, Duration) => (Binary::Add, Datetime),
                    (BinaryOp::DurationSince, Datetime, Datetime) => (Binary::Subtract, Duration),
                    _ => return None,
                };
                Some((Self::Binary(op, Box::new(left), Box::new(right)), ty))
            }
            _ => None,
        }
    }

    fn attribute(of: &Expr, name: &str, names: &Names<'_>) -> Option<(Self, CedarType)> {
        match of {
            Expr::Var(Var::Resource) => {
                let at = names.fact.column(name)?;
                let column = names.fact.columns.get(at)?;
                (column.shape == Shape::One && is_number(column.ty)).then_some((Self::Cell(at), column.ty))
            }
            Expr::Var(Var::Context) if name == "as_of" => Some((Self::AsOf, CedarType::Datetime)),
            Expr::Var(Var::Context) => {
                let value = names.parameters.get(name)?;
                number(value).map(|number| (Self::Constant(number), type_of(value)))
            }
            _ => None,
        }
    }

    fn unary(op: UnaryOp, expr: &Expr, names: &Names<'_>) -> Option<(Self, CedarType)> {
        if let Expr::Literal(Literal::String(text)) = expr {
            // Cedar reads more spellings than the model; where both read one, they read the same.
            let scalar = match op {
                UnaryOp::Datetime => Scalar::Datetime(parse_instant(text).ok()?.ms()),
                UnaryOp::Duration => Scalar::Duration(parse_duration(text).ok()?),
                UnaryOp::Decimal => Scalar::Decimal(text.parse::<Decimal4>().ok()?),
                _ => return None,
            };
            return number(&scalar).map(|number| (Self::Constant(number), type_of(&scalar)));
        }
        let (term, ty) = Self::of(expr, names)?;
        let op = match (op, ty) {
            (UnaryOp::Neg, CedarType::Long) => Unary::Negate,
            (UnaryOp::ToMilliseconds, CedarType::Duration) => Unary::DivideBy(1),
            (UnaryOp::ToSeconds, CedarType::Duration) => Unary::DivideBy(1_000),
            (UnaryOp::ToMinutes, CedarType::Duration) => Unary::DivideBy(60_000),
            (UnaryOp::ToHours, CedarType::Duration) => Unary::DivideBy(3_600_000),
            (UnaryOp::ToDays, CedarType::Duration) => Unary::DivideBy(86_400_000),
            _ => return None,
        };
        Some((Self::Unary(op, Box::new(term)), CedarType::Long))
    }

    fn bind<'a>(&self, table: &'a FactTable, as_of: Instant) -> Option<BoundTerm<'a>> {
        Some(match self {
            Self::Cell(column) => BoundTerm::Cell(table.cells(*column)?),
            Self::Constant(number) => BoundTerm::Constant(Some(*number)),
            Self::AsOf => BoundTerm::Constant(Some(as_of.ms())),
            Self::Unary(op, term) => match term.bind(table, as_of)? {
                BoundTerm::Constant(number) => BoundTerm::Constant(number.and_then(|number| op.apply(number))),
                term => BoundTerm::Unary(*op, Box::new(term)),
            },
            Self::Binary(op, left, right) => match (left.bind(table, as_of)?, right.bind(table, as_of)?) {
                (BoundTerm::Constant(left), BoundTerm::Constant(right)) => {
                    BoundTerm::Constant(left.zip(right).and_then(|(left, right)| op.apply(left, right)))
                }
                (left, right) => BoundTerm::Binary(*op, Box::new(left), Box::new(right)),
            },
        })
    }
}

impl BoundTerm<'_> {
    fn number(&self, row: usize) -> Option<i64> {
        match self {
            Self::Cell(cells) => cells.key(row),
            Self::Constant(number) => *number,
            Self::Unary(op, term) => op.apply(term.number(row)?),
            Self::Binary(op, left, right) => op.apply(left.number(row)?, right.number(row)?),
        }
    }
}

impl Unary {
    fn apply(self, number: i64) -> Option<i64> {
        match self {
            Self::Negate => number.checked_neg(),
            Self::DivideBy(by) => number.checked_div(by),
        }
    }
}

impl Binary {
    fn apply(self, left: i64, right: i64) -> Option<i64> {
        match self {
            Self::Add => left.checked_add(right),
            Self::Subtract => left.checked_sub(right),
            Self::Multiply => left.checked_mul(right),
        }
    }
}

fn number(scalar: &Scalar) -> Option<i64> {
    match scalar {
        Scalar::Long(n) | Scalar::Datetime(n) | Scalar::Duration(n) => Some(*n),
        Scalar::Decimal(units) => Some(units.0),
        _ => None,
    }
}
