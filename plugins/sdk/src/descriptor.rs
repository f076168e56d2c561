//! Builders for what a collector declares: facts, needs and settings.

/// A collector's description of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// The plugin's name, `[a-z][a-z0-9-]*`.
    pub name: String,
    /// Its semantic version.
    pub version: String,
    /// The facts that it may emit.
    pub facts: Vec<Fact>,
    /// What it asks the operator for.
    pub needs: Vec<Need>,
    /// What the operator may set.
    pub settings: Vec<Column>,
}

impl Descriptor {
    /// A description without facts, needs or settings.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        Self { name: name.into(), version: version.into(), facts: vec![], needs: vec![], settings: vec![] }
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, fact: Fact) -> Self {
        self.facts.push(fact);
        self
    }

    /// Adds a need.
    #[must_use]
    pub fn need(mut self, need: Need) -> Self {
        self.needs.push(need);
        self
    }

    /// Adds a setting; `required` means that it has no default.
    #[must_use]
    pub fn setting(mut self, column: Column) -> Self {
        self.settings.push(column);
        self
    }
}

/// One kind of fact: one Cedar entity type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The name that batches and controls use, `[a-z][a-z0-9_]*`.
    pub name: String,
    /// The Cedar entity type, `Namespace::Kind`.
    pub entity_kind: String,
    /// The kinds that rows may have as parents.
    pub parent_kinds: Vec<String>,
    /// The attributes.
    pub columns: Vec<Column>,
    /// The column with the source's own time of the operation.
    pub event_time: Option<String>,
    /// One sentence for people.
    pub doc: String,
}

impl Fact {
    /// A fact without columns.
    #[must_use]
    pub fn new(name: &str, entity_kind: &str, doc: &str) -> Self {
        Self {
            name: name.into(),
            entity_kind: entity_kind.into(),
            parent_kinds: vec![],
            columns: vec![],
            event_time: None,
            doc: doc.into(),
        }
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, column: Column) -> Self {
        self.columns.push(column);
        self
    }

    /// Adds a kind that rows may have as a parent.
    #[must_use]
    pub fn parent_kind(mut self, kind: &str) -> Self {
        self.parent_kinds.push(kind.into());
        self
    }

    /// Says which datetime column holds the source's own time of the operation.
    #[must_use]
    pub fn event_time(mut self, column: &str) -> Self {
        self.event_time = Some(column.into());
        self
    }
}

/// The types that Cedar and the contract share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are Cedar's own names")]
pub enum CedarType {
    Boolean,
    Long,
    Text,
    Decimal,
    Ip,
    Datetime,
    Duration,
    Entity,
}

/// One scalar or a set of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One scalar.
    One,
    /// A set of scalars of the column's type.
    SetOf,
}

/// One attribute of a fact, or one setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name, `[a-z][a-z0-9_]*`, no Cedar keyword.
    pub name: String,
    /// The type of its scalars.
    pub ty: CedarType,
    /// For type entity: what it refers to.
    pub entity_kind: Option<String>,
    /// One or a set.
    pub shape: Shape,
    /// Whether every row has it.
    pub required: bool,
    /// One sentence for people, with the unit.
    pub doc: String,
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident => $ty:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(name: &str, doc: &str) -> Self {
            Self::new(name, CedarType::$ty, doc)
        }
    )*};
}

impl Column {
    fn new(name: &str, ty: CedarType, doc: &str) -> Self {
        Self { name: name.into(), ty, entity_kind: None, shape: Shape::One, required: false, doc: doc.into() }
    }

    constructors! {
        /// An optional boolean.
        boolean => Boolean;
        /// An optional whole number.
        long => Long;
        /// An optional text.
        text => Text;
        /// An optional fixed-point number.
        decimal => Decimal;
        /// An optional address or network.
        ip => Ip;
        /// An optional instant.
        datetime => Datetime;
        /// An optional duration.
        duration => Duration;
    }

    /// An optional reference to an entity of `kind`.
    #[must_use]
    pub fn entity(name: &str, kind: &str, doc: &str) -> Self {
        Self { entity_kind: Some(kind.into()), ..Self::new(name, CedarType::Entity, doc) }
    }

    /// Every row has it; for a setting: there is no default.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// A set of scalars instead of one.
    #[must_use]
    pub fn set(mut self) -> Self {
        self.shape = Shape::SetOf;
        self
    }
}

/// The host interfaces that need a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the variants are the interfaces' own names")]
pub enum NeedKind {
    Files,
    Command,
    Http,
    Sql,
}

/// One thing that a collector asks the operator for, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// Which interface.
    pub kind: NeedKind,
    /// The grant's name.
    pub name: String,
    /// Whether a run without it is denied.
    pub required: bool,
    /// One sentence that an operator can decide on.
    pub reason: String,
}

impl Need {
    fn new(kind: NeedKind, name: &str, reason: &str) -> Self {
        Self { kind, name: name.into(), required: true, reason: reason.into() }
    }

    /// A file or a folder.
    #[must_use]
    pub fn files(name: &str, reason: &str) -> Self {
        Self::new(NeedKind::Files, name, reason)
    }

    /// The output of a command of the operator's.
    #[must_use]
    pub fn command(name: &str, reason: &str) -> Self {
        Self::new(NeedKind::Command, name, reason)
    }

    /// An origin to send requests to.
    #[must_use]
    pub fn http(name: &str, reason: &str) -> Self {
        Self::new(NeedKind::Http, name, reason)
    }

    /// A read-only query of the operator's.
    #[must_use]
    pub fn sql(name: &str, reason: &str) -> Self {
        Self::new(NeedKind::Sql, name, reason)
    }

    /// The collector can do without it: which needs it uses depends on its settings.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}
