//! Cedar-shaped values. No floats, no null, no nesting deeper than a set.

/// Names one entity: its kind (`Namespace::Kind`) and its id within that kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityRef {
    /// The Cedar entity type, such as `Mfa::Role`.
    pub kind: String,
    /// The id: a natural key or a content digest, stable across runs.
    pub id: String,
}

impl EntityRef {
    /// The entity `id` of kind `kind`.
    #[must_use]
    pub fn new(kind: impl Into<String>, id: impl Into<String>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

/// An instant in milliseconds since 1970-01-01T00:00:00Z, years 0001 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Datetime(pub i64);

impl Datetime {
    /// The first instant that the contract carries, 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// The last instant that the contract carries, 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant `ms` milliseconds after 1970-01-01T00:00:00Z; nothing where the contract cannot carry it.
    #[must_use]
    pub fn from_ms(ms: i64) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&Self(ms)).then_some(Self(ms))
    }
}

/// A duration in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(pub i64);

/// A fixed-point number in units of 10^-4: `99.9` is `Decimal(999_000)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(pub i64);

/// An address or CIDR network; the host canonicalises it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ip(pub String);

/// One Cedar value that is not a set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scalar {
    /// True or false.
    Boolean(bool),
    /// A whole number within plus or minus 2^53 - 1.
    Long(i64),
    /// UTF-8 text.
    Text(String),
    /// Units of 10^-4.
    Decimal(Decimal),
    /// An address or network.
    Ip(Ip),
    /// An instant.
    Datetime(Datetime),
    /// A duration.
    Duration(Duration),
    /// A reference to an entity.
    Entity(EntityRef),
}

/// What one cell or setting holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// The source does not say.
    #[default]
    Absent,
    /// One scalar.
    One(Scalar),
    /// A set of scalars of one type.
    SetOf(Vec<Scalar>),
}

impl Value {
    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::One(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is a long.
    #[must_use]
    pub fn as_long(&self) -> Option<i64> {
        match self {
            Self::One(Scalar::Long(n)) => Some(*n),
            _ => None,
        }
    }

    /// The truth value, where it is a boolean.
    #[must_use]
    pub fn as_boolean(&self) -> Option<bool> {
        match self {
            Self::One(Scalar::Boolean(b)) => Some(*b),
            _ => None,
        }
    }

    /// The duration, where it is one.
    #[must_use]
    pub fn as_duration(&self) -> Option<Duration> {
        match self {
            Self::One(Scalar::Duration(d)) => Some(*d),
            _ => None,
        }
    }

    /// The texts of a set, in its order; empty where it is absent or something else.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self {
            Self::SetOf(items) => items
                .iter()
                .filter_map(|item| match item {
                    Scalar::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }
}

macro_rules! scalar_from {
    ($($from:ty => |$it:ident| $scalar:expr;)*) => {$(
        impl From<$from> for Scalar {
            fn from($it: $from) -> Self {
                $scalar
            }
        }
        impl From<$from> for Value {
            fn from($it: $from) -> Self {
                Self::One($scalar)
            }
        }
        impl From<Option<$from>> for Value {
            fn from(option: Option<$from>) -> Self {
                option.map_or(Self::Absent, Self::from)
            }
        }
        impl From<Vec<$from>> for Value {
            fn from(items: Vec<$from>) -> Self {
                Self::SetOf(items.into_iter().map(Scalar::from).collect())
            }
        }
    )*};
}

scalar_from! {
    bool => |it| Scalar::Boolean(it);
    i64 => |it| Scalar::Long(it);
    &str => |it| Scalar::Text(it.to_owned());
    String => |it| Scalar::Text(it);
    Decimal => |it| Scalar::Decimal(it);
    Ip => |it| Scalar::Ip(it);
    Datetime => |it| Scalar::Datetime(it);
    Duration => |it| Scalar::Duration(it);
    EntityRef => |it| Scalar::Entity(it);
}
