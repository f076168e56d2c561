//! What `lsblk --json -o NAME,TYPE,FSTYPE,MOUNTPOINTS` prints: a forest of devices.
//!
//! Format: lsblk(8) of util-linux 2.37 and later, and the column MOUNTPOINT of older ones. A mounted device has mount
//! points; what it lies on stands above it. A device that lies on several others stands below each of them.
//!
//! A mount point is encrypted where every way from it to the disks goes through a device of type `crypt`, which is what
//! dm-crypt (LUKS or plain) is. Of several devices behind one mount point, all must be.
//!
//! **Absent on purpose:** disks that encrypt themselves, and file systems that do (ZFS, fscrypt): lsblk does not see it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use serde::Deserialize;
use tickmark_collector::Failure;
use tickmark_collector::records::{Leaf, List};

use super::{Snapshot, Unread, Volume, observed};

/// A device as it stands in the output.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Device {
    name: Leaf,
    #[serde(rename = "type")]
    kind: Leaf,
    fstype: Leaf,
    mountpoints: Points,
    mountpoint: Points,
    children: Vec<Device>,
}

/// The mount points of a device: a text, a list of texts and nulls, or null.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
enum Points {
    #[default]
    #[serde(skip)]
    NotThere,
    None(()),
    One(String),
    Many(Vec<Option<String>>),
}

/// What is known of one mount point.
#[derive(Debug)]
struct Mounted {
    encrypted: bool,
    formats: BTreeSet<String>,
    devices: BTreeSet<String>,
}

/// What was found so far.
#[derive(Default)]
struct Found {
    mounted: BTreeMap<String, Mounted>,
    /// Devices that cannot be read.
    unread: Vec<Unread>,
    in_memory: BTreeSet<String>,
}

/// Reads the output, and hands over what is mounted, and the devices that cannot be read.
///
/// # Errors
/// `invalid`, where it is none, or has not the columns that are needed; otherwise what `each` returns.
pub fn parse(
    reader: impl BufRead,
    mut each: impl FnMut(Result<Volume, Unread>) -> Result<(), Failure>,
) -> Result<Snapshot, Failure> {
    let list = List { what: "an output of `lsblk --json`", path: &["blockdevices"], fields: &["observed"] };
    let mut found = Found::default();
    let mut fields = list.read(reader, |device: Device| found.take(device, false))?;
    if !fields.has_list() {
        return Err(Failure::invalid("the output of `lsblk --json` has no list `blockdevices`"));
    }
    let in_memory = found.in_memory.len() as u64;
    for (point, mounted) in found.mounted {
        each(volume(point, mounted).checked())?;
    }
    found.unread.into_iter().try_for_each(|unread| each(Err(unread)))?;
    Ok(Snapshot { in_memory, observed: observed(&mut fields)? })
}

fn volume(point: String, mounted: Mounted) -> Volume {
    Volume {
        kind: if point == "[SWAP]" { "swap" } else { "filesystem" },
        name: point,
        encrypted: Some(mounted.encrypted),
        method: mounted.encrypted.then(|| "dm-crypt".to_owned()),
        format: (!mounted.formats.is_empty()).then(|| mounted.formats.into_iter().collect::<Vec<_>>().join(", ")),
        devices: mounted.devices.into_iter().collect(),
        ..Volume::default()
    }
}

impl Found {
    /// Takes a device and all below it; `above` is whether it lies on a device of type `crypt`.
    fn take(&mut self, device: Device, above: bool) -> Result<(), Failure> {
        let points = match (device.mountpoints, device.mountpoint) {
            (Points::NotThere, Points::NotThere) => {
                let message = "a device has neither `mountpoints` nor `mountpoint`: run it with `-o NAME,TYPE,FSTYPE,MOUNTPOINTS`";
                return Err(Failure::invalid(message));
            }
            (Points::NotThere, points) | (points, _) => points.list(),
        };
        let read = device.name.some_text("name").and_then(|name| Ok((name, device.kind.some_text("type")?)));
        let (name, kind, format) = match read.and_then(|(name, kind)| Ok((name, kind, device.fstype.text("fstype")?))) {
            Ok(read) => read,
            Err(why) => {
                // Whether what is below is encrypted may depend on it: nothing of it is known.
                self.unread.push(Unread(why));
                return Ok(());
            }
        };
        let crypt = above || kind == "crypt";
        let zram = kind == "disk" && name.strip_prefix("zram").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()));
        for point in points {
            if zram {
                self.in_memory.insert(format!("{name} {point}"));
                continue;
            }
            let new = || Mounted { encrypted: true, formats: BTreeSet::new(), devices: BTreeSet::new() };
            let mounted = self.mounted.entry(point).or_insert_with(new);
            mounted.encrypted &= crypt;
            mounted.formats.extend(format.clone());
            mounted.devices.insert(name.clone());
        }
        device.children.into_iter().try_for_each(|child| self.take(child, crypt))
    }
}

impl Points {
    fn list(self) -> Vec<String> {
        match self {
            Self::NotThere | Self::None(()) => Vec::new(),
            Self::One(point) => vec![point],
            Self::Many(points) => points.into_iter().flatten().collect(),
        }
    }
}
