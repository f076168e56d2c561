//! What a record is about: one body for each kind.

use serde::{Deserialize, Deserializer, Serialize};

use super::kinds::{
    Attempt, Evaluation, Hold, Key, ManualEvidence, Matrix, People, PopulationFrozen, Remediation, Review, Sample,
    Seal, Tombstone, VendorReport, Waiver,
};

macro_rules! bodies {
    ($($(#[$doc:meta])* $kind:ident = $word:literal ($body:ty),)*) => {
        /// What a record says beside its head, by kind.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind")]
        pub enum Body {
            $($(#[$doc])* #[serde(rename = $word)] $kind($body),)*
        }

        /// What a record is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)*
        }

        impl Kind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// The word in records.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$kind => $word,)*
                }
            }
        }

        impl Body {
            /// Reads a body of this kind.
            pub(super) fn read<'de, D: Deserializer<'de>>(kind: Kind, from: D) -> Result<Self, D::Error> {
                match kind {
                    $(Kind::$kind => <$body>::deserialize(from).map(Self::$kind),)*
                }
            }

            /// Its kind.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$kind(_) => Kind::$kind,)*
                }
            }
        }

        $(impl From<$body> for Body {
            fn from(body: $body) -> Self {
                Self::$kind(body)
            }
        })*
    };
}

bodies! {
    /// A control was judged on a system.
    Evaluation = "evaluation" (Box<Evaluation>),
    /// A control was tried, whatever came of it.
    Attempt = "attempt" (Attempt),
    /// The control matrix came into force.
    Matrix = "matrix" (Matrix),
    /// The keys of people came into force.
    People = "people" (People),
    /// Exceptions were accepted until some day, or no longer are.
    Waiver = "waiver" (Waiver),
    /// Exceptions are being put right, or have been.
    Remediation = "remediation" (Remediation),
    /// People decided item by item.
    Review = "review" (Review),
    /// A file that people brought as evidence.
    ManualEvidence = "manual-evidence" (ManualEvidence),
    /// All subjects or operations of a period were frozen, to be sampled.
    Population = "population" (PopulationFrozen),
    /// Some of a frozen population were chosen.
    Sample = "sample" (Sample),
    /// A vendor's own report was filed.
    VendorReport = "vendor-report" (VendorReport),
    /// A period was closed: how many records each chain has in it.
    Seal = "seal" (Seal),
    /// A key began to sign the log.
    Key = "key" (Key),
    /// A blob was erased.
    Tombstone = "tombstone" (Tombstone),
    /// Evidence may not be erased, or may be again.
    Hold = "hold" (Hold),
}

impl Kind {
    /// The id of a record of this kind at `index`.
    #[must_use]
    pub fn id(self, index: u64) -> String {
        format!("{}/{index}", self.as_str())
    }
}

impl From<Evaluation> for Body {
    fn from(body: Evaluation) -> Self {
        Self::Evaluation(Box::new(body))
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Body {
    /// The id of the control that it is about, where it is about one.
    #[must_use]
    pub fn control(&self) -> Option<&str> {
        match self {
            Self::Evaluation(it) => Some(&it.control.id),
            Self::Attempt(it) => Some(&it.control.id),
            Self::Waiver(it) => Some(&it.control.id),
            Self::Remediation(it) => Some(&it.control.id),
            Self::Review(it) => it.control.as_ref().map(|control| control.id.as_str()),
            Self::ManualEvidence(it) => Some(&it.control.id),
            Self::Population(it) => Some(&it.control.id),
            Self::Sample(it) => Some(&it.control.id),
            Self::Matrix(_)
            | Self::People(_)
            | Self::VendorReport(_)
            | Self::Seal(_)
            | Self::Key(_)
            | Self::Tombstone(_)
            | Self::Hold(_) => None,
        }
    }

    /// The chain that a record with this body belongs to.
    #[must_use]
    pub fn chain(&self) -> String {
        chain(self.kind().as_str(), self.control())
    }
}

/// The chain of a record of kind `kind` about `control`.
pub(super) fn chain(kind: &str, control: Option<&str>) -> String {
    control.map_or_else(|| kind.to_owned(), |control| format!("control/{control}"))
}
