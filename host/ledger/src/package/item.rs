//! What a package is made of, by the paths that its files have.
//!
//! **Invariant:** a path stands for one item and an item has one path, so that no other file can be in a package.

use tickmark_model::Digest;

use super::zip::VERIFY;

/// One file of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PackageItem {
    /// What to do with it, for people.
    Verify,
    /// Raw evidence.
    Blob(Digest),
    /// The log's signed checkpoint.
    Checkpoint,
    /// A collector's program.
    Component(Digest),
    /// The proof that the log begins with an older one of this many records.
    Consistency(u64),
    /// The key that signed the checkpoint: a hint.
    LogKey,
    /// What the package is about, and its files.
    Manifest,
    /// The signature.
    Signature,
    /// The key that signed the package: a hint.
    PackageKey,
    /// What judged.
    Policy(Digest, PolicyForm),
    /// Where a record stands in the log.
    Proof(u64),
    /// A record.
    Record(u64),
    /// The token of a timestamp server over the checkpoint.
    Timestamp,
}

/// In which language something that judges is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicyForm {
    /// Cedar policies.
    Cedar,
    /// A Cedar schema in its own language.
    CedarSchema,
    /// A schema, or the row of a control, in JSON.
    Json,
}

impl PolicyForm {
    const ALL: [Self; 3] = [Self::Cedar, Self::CedarSchema, Self::Json];

    fn extension(self) -> &'static str {
        match self {
            Self::Cedar => "cedar",
            Self::CedarSchema => "cedarschema",
            Self::Json => "json",
        }
    }
}

impl PackageItem {
    /// The items that every package has once.
    pub(super) const REQUIRED: [Self; 6] =
        [Self::Verify, Self::Checkpoint, Self::LogKey, Self::Manifest, Self::Signature, Self::PackageKey];

    /// Its path.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Verify => VERIFY.to_owned(),
            Self::Blob(digest) => format!("blobs/{}", digest.hex()),
            Self::Checkpoint => "checkpoint".to_owned(),
            Self::Component(digest) => format!("components/{}.wasm", digest.hex()),
            Self::Consistency(size) => format!("consistency/{size}.txt"),
            Self::LogKey => "log.vkey".to_owned(),
            Self::Manifest => "manifest.json".to_owned(),
            Self::Signature => "manifest.sigstore.json".to_owned(),
            Self::PackageKey => "package.pub.pem".to_owned(),
            Self::Policy(digest, form) => format!("policies/{}.{}", digest.hex(), form.extension()),
            Self::Proof(index) => format!("proofs/{index}.tlog-proof"),
            Self::Record(index) => format!("records/{index}.json"),
            Self::Timestamp => "timestamp.tsr".to_owned(),
        }
    }

    /// The item of a path; nothing where no package has such a file.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let item = Self::parse_loosely(path)?;
        (item.path() == path).then_some(item)
    }

    fn parse_loosely(path: &str) -> Option<Self> {
        let digest = |hex: &str| format!("sha256:{hex}").parse().ok();
        let Some((folder, name)) = path.split_once('/') else {
            let top = Self::REQUIRED.into_iter().chain([Self::Timestamp]);
            return top.into_iter().find(|item| item.path() == path);
        };
        let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
        match folder {
            "blobs" => digest(stem).map(Self::Blob),
            "components" => digest(stem).map(Self::Component),
            "consistency" => stem.parse().ok().map(Self::Consistency),
            "policies" => {
                let form = PolicyForm::ALL.into_iter().find(|form| form.extension() == extension)?;
                Some(Self::Policy(digest(stem)?, form))
            }
            "proofs" => stem.parse().ok().map(Self::Proof),
            "records" => stem.parse().ok().map(Self::Record),
            _ => None,
        }
    }

    /// The digest that its path says its bytes have.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::Blob(digest) | Self::Component(digest) | Self::Policy(digest, _) => Some(*digest),
            _ => None,
        }
    }

    /// Whether evaluations rest on it: a program, or something that judges.
    pub(super) fn is_configuration(&self) -> bool {
        matches!(self, Self::Component(_) | Self::Policy(..))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_item_and_an_item_one_path() {
        let digest = Digest([0xab; 32]);
        let items = [
            PackageItem::Blob(digest),
            PackageItem::Component(digest),
            PackageItem::Consistency(0),
            PackageItem::Policy(digest, PolicyForm::Cedar),
            PackageItem::Policy(digest, PolicyForm::CedarSchema),
            PackageItem::Policy(digest, PolicyForm::Json),
            PackageItem::Proof(u64::MAX),
            PackageItem::Record(12),
            PackageItem::Timestamp,
        ];
        for item in items.into_iter().chain(PackageItem::REQUIRED) {
            assert_eq!(PackageItem::parse(&item.path()), Some(item), "{}", item.path());
            super::super::zip::check_path(&item.path()).unwrap();
        }
        let hex = digest.hex();
        let others = [
            "",
            "blobs",
            "blobs/",
            "blobs/ab",
            "records/012.json",
            "records/+1.json",
            "records/1.JSON",
            "records/1",
            "records/1.json.json",
            "records/18446744073709551616.json",
            "other/1.json",
            "Checkpoint",
            "timestamp",
        ];
        let long = [
            format!("blobs/{hex}.x"),
            format!("blobs/{}", hex.to_uppercase()),
            format!("policies/{hex}"),
            format!("policies/{hex}.txt"),
            format!("components/{hex}"),
            format!("blobs/x/{hex}"),
        ];
        for other in others.into_iter().chain(long.iter().map(String::as_str)) {
            assert_eq!(PackageItem::parse(other), None, "{other}");
        }
    }
}
