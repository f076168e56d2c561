//! What the AWS command line prints of volumes and databases.
//!
//! Format: `aws ec2 describe-volumes` (EC2 API, `DescribeVolumes`: `Volumes` with `VolumeId`, `Encrypted`, `KmsKeyId`, `State`,
//! `VolumeType`, `Attachments`, `Tags`) and `aws rds describe-db-instances` (RDS API, `DescribeDBInstances`: `DBInstances` with
//! `DBInstanceIdentifier`, `StorageEncrypted`, `KmsKeyId`, `Engine`, `DBInstanceStatus`). A page that is not the last has
//! `NextToken` or `Marker`; the command line asks for all pages by itself.

use std::io::BufRead;

use serde::Deserialize;
use tickmark_collector::Failure;
use tickmark_collector::records::{Fields, Leaf, List};

use super::{Snapshot, Unread, Volume, observed};

/// A volume as it stands in the output.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawVolume {
    volume_id: Leaf,
    encrypted: Leaf,
    kms_key_id: Leaf,
    state: Leaf,
    volume_type: Leaf,
    attachments: Vec<Attachment>,
    tags: Vec<Tag>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attachment {
    instance_id: Leaf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Tag {
    key: Leaf,
    value: Leaf,
}

/// A database as it stands in the output.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct RawDatabase {
    #[serde(rename = "DBInstanceIdentifier")]
    identifier: Leaf,
    #[serde(rename = "DBInstanceStatus")]
    status: Leaf,
    storage_encrypted: Leaf,
    kms_key_id: Leaf,
    engine: Leaf,
}

/// Reads the output of `describe-volumes`, and hands over its volumes.
///
/// # Errors
/// `invalid`, where it is none, or not all of it; otherwise what `each` returns.
pub fn volumes(
    reader: impl BufRead,
    mut each: impl FnMut(Result<Volume, Unread>) -> Result<(), Failure>,
) -> Result<Snapshot, Failure> {
    let list = List {
        what: "an output of `aws ec2 describe-volumes`",
        path: &["Volumes"],
        fields: &["NextToken", "observed"],
    };
    let fields = list.read(reader, |raw| each(volume(raw).and_then(Volume::checked)))?;
    finish(fields, "Volumes", "NextToken")
}

/// Reads the output of `describe-db-instances`, and hands over its databases.
///
/// # Errors
/// As [`volumes`].
pub fn databases(
    reader: impl BufRead,
    mut each: impl FnMut(Result<Volume, Unread>) -> Result<(), Failure>,
) -> Result<Snapshot, Failure> {
    let list = List {
        what: "an output of `aws rds describe-db-instances`",
        path: &["DBInstances"],
        fields: &["Marker", "observed"],
    };
    let fields = list.read(reader, |raw| each(database(raw).and_then(Volume::checked)))?;
    finish(fields, "DBInstances", "Marker")
}

fn finish(mut fields: Fields, list: &str, next: &str) -> Result<Snapshot, Failure> {
    if !fields.has_list() {
        return Err(Failure::invalid(format!("the output of AWS has no list `{list}`")));
    }
    if fields.take(next).text(next).map_err(Failure::invalid)?.is_some() {
        return Err(Failure::invalid(format!("the output of AWS has `{next}`: it is one page of several")));
    }
    Ok(Snapshot { in_memory: 0, observed: observed(&mut fields)? })
}

fn volume(raw: RawVolume) -> Result<Volume, Unread> {
    let instances = raw.attachments.into_iter().map(|attachment| attachment.instance_id.text("InstanceId"));
    let instances: Vec<Option<String>> = instances.collect::<Result<_, _>>()?;
    let mut label = None;
    for tag in raw.tags {
        if tag.key.text("Key")?.as_deref() == Some("Name") {
            label = tag.value.text("Value")?;
        }
    }
    let encrypted = raw.encrypted.truth("Encrypted")?;
    Ok(Volume {
        name: raw.volume_id.some_text("VolumeId")?,
        encrypted,
        method: (encrypted == Some(true)).then(|| "aws-kms".to_owned()),
        key: raw.kms_key_id.text("KmsKeyId")?,
        kind: "block",
        format: raw.volume_type.text("VolumeType")?,
        devices: instances.into_iter().flatten().collect(),
        label,
        state: raw.state.text("State")?,
    })
}

fn database(raw: RawDatabase) -> Result<Volume, Unread> {
    let encrypted = raw.storage_encrypted.truth("StorageEncrypted")?;
    Ok(Volume {
        name: raw.identifier.some_text("DBInstanceIdentifier")?,
        encrypted,
        method: (encrypted == Some(true)).then(|| "aws-kms".to_owned()),
        key: raw.kms_key_id.text("KmsKeyId")?,
        kind: "database",
        format: raw.engine.text("Engine")?,
        state: raw.status.text("DBInstanceStatus")?,
        ..Volume::default()
    })
}
