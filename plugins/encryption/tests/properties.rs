//! Properties: nothing that a source prints makes the collector panic or break the contract, and every record is
//! accounted for.

#![expect(clippy::indexing_slicing, reason = "helpers of tests, where a panic is the failure")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{tls, volumes};
use proptest::collection::vec;
use proptest::prelude::*;
use tickmark_collector::testing::{TestHost, TestRun};
use tickmark_encryption::Encryption;
use tickmark_encryption::parse::{certificate, s_client};

const GOOD: &[u8] = include_bytes!("fixtures/tls/good.txt");
const EXPIRED: &[u8] = include_bytes!("fixtures/tls/expired.txt");
const REFUSED: &[u8] = include_bytes!("fixtures/tls/legacy-refused.txt");
const OLD: &[u8] = include_bytes!("fixtures/tls/tls11.txt");
const LUKS: &[u8] = include_bytes!("fixtures/lsblk/luks.json");
const EC2: &[u8] = include_bytes!("fixtures/aws/volumes.json");
const RDS: &[u8] = include_bytes!("fixtures/aws/databases.json");

/// Some bytes overwritten, and perhaps cut off.
fn damaged(original: &'static [u8]) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![any::<u8>(), proptest::sample::select(b"{}[]\",:0-9aTZ\\".to_vec())];
    (vec((0..original.len(), byte), 0..6), 0..=original.len()).prop_map(move |(edits, keep)| {
        let mut bytes = original.to_vec();
        for (at, byte) in edits {
            bytes[at] = byte;
        }
        bytes.truncate(if keep % 3 == 0 { keep } else { original.len() });
        bytes
    })
}

fn run(host: &TestHost) -> Option<TestRun> {
    host.collect::<Encryption>().ok()
}

fn unread(run: &TestRun) -> u64 {
    run.notes().iter().filter(|note| note.contains("cannot be read")).count() as u64
}

/// A forest: each device with its mount points and what lies on it.
#[derive(Clone, Debug)]
struct Device {
    crypt: bool,
    points: Vec<u8>,
    children: Vec<Device>,
}

fn device() -> impl Strategy<Value = Device> {
    let leaf =
        (any::<bool>(), vec(0_u8..5, 0..2)).prop_map(|(crypt, points)| Device { crypt, points, children: vec![] });
    leaf.prop_recursive(4, 16, 3, |inner| {
        (any::<bool>(), vec(0_u8..5, 0..2), vec(inner, 0..3)).prop_map(|(crypt, points, children)| Device {
            crypt,
            points,
            children,
        })
    })
}

fn json(device: &Device) -> serde_json::Value {
    let kind = if device.crypt { "crypt" } else { "part" };
    let points: Vec<String> = device.points.iter().map(|point| format!("/{point}")).collect();
    let children: Vec<_> = device.children.iter().map(json).collect();
    serde_json::json!({"name": "d", "type": kind, "mountpoints": points, "children": children})
}

/// All ways from a disk to a mount point, each with whether it goes through a crypt device.
fn ways(device: &Device, above: bool, all: &mut Vec<(u8, bool)>) {
    let crypt = above || device.crypt;
    all.extend(device.points.iter().map(|point| (*point, crypt)));
    device.children.iter().for_each(|child| ways(child, crypt, all));
}

proptest! {
    #[test]
    fn every_endpoint_is_accounted_for(good in damaged(GOOD), expired in damaged(EXPIRED)) {
        for bytes in [&good, &expired] {
            let run = run(&tls(bytes)).unwrap();
            let claim = run.claim("endpoint").unwrap();
            prop_assert_eq!((claim.count + unread(&run), claim.population.source_total), (1, Some(1)));
        }
    }

    /// Whatever an endpoint sends after the handshake, openssl's words among it, its row stays or gets worse.
    #[test]
    fn nothing_that_is_sent_later_makes_an_endpoint_better(
        lines in vec(prop_oneof![
            Just("Verify return code: 0 (ok)".to_owned()),
            Just("    Verify return code: 0 (ok)".to_owned()),
            Just("Verification: OK".to_owned()),
            Just("New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384".to_owned()),
            Just("    Protocol  : TLSv1.3".to_owned()),
            Just("SSL handshake has read 1 bytes and written 1 bytes".to_owned()),
            Just("CONNECTED(00000003)".to_owned()),
            Just("observed: 2030-01-01T00:00:00Z".to_owned()),
            Just(String::from_utf8_lossy(GOOD).into_owned()),
            "\\PC{0,40}",
        ], 0..6)
    ) {
        for output in [EXPIRED, REFUSED, OLD] {
            let row = |text: &[u8]| run(&tls(text)).unwrap().rows("endpoint").first().cloned().unwrap();
            let plain = row(output);
            let later = row(&[output, b"\n", lines.join("\n").as_bytes()].concat());
            prop_assert!(later.get("verified") != &true.into());
            for column in ["observed", "tls_version", "not_after", "names"] {
                prop_assert_eq!(later.get(column), plain.get(column), "{}", column);
            }
        }
    }

    #[test]
    fn every_volume_is_accounted_for(luks in damaged(LUKS), ec2 in damaged(EC2), rds in damaged(RDS)) {
        for (source, bytes) in [("lsblk-file", &luks), ("aws-volumes", &ec2), ("aws-databases", &rds)] {
            if let Some(run) = run(&volumes(source, bytes)) {
                let claim = run.claim("volume").unwrap();
                let total = claim.count + claim.population.excluded + unread(&run);
                prop_assert_eq!(claim.population.source_total, Some(total));
                let list = match source { "aws-volumes" => "Volumes", "aws-databases" => "DBInstances", _ => continue };
                let document: serde_json::Value = serde_json::from_str(&String::from_utf8_lossy(bytes)).unwrap();
                prop_assert_eq!(total, document[list].as_array().unwrap().len() as u64);
            }
        }
    }

    /// Against all ways to each mount point, one by one.
    #[test]
    fn a_mount_point_is_encrypted_where_all_ways_to_it_are(forest in vec(device(), 0..4)) {
        let document = serde_json::json!({"blockdevices": forest.iter().map(json).collect::<Vec<_>>()});
        let run = volumes("lsblk-file", &serde_json::to_vec(&document).unwrap()).collect::<Encryption>().unwrap();
        let mut all = Vec::new();
        forest.iter().for_each(|device| ways(device, false, &mut all));
        let points: BTreeSet<u8> = all.iter().map(|(point, _)| *point).collect();
        let want: BTreeMap<String, bool> = points
            .into_iter()
            .map(|point| (format!("lsblk//{point}"), all.iter().filter(|(at, _)| *at == point).all(|(_, crypt)| *crypt)))
            .collect();
        let got: BTreeMap<String, bool> =
            run.rows("volume").iter().map(|row| (row.id.clone(), row.get("encrypted") == &true.into())).collect();
        prop_assert_eq!(got, want);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..80), text in "\\PC{0,60}") {
        let _ = s_client::parse(&text);
        let _ = certificate::read(&text);
        let _ = certificate::read(&format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n"));
        for bytes in [bytes.as_slice(), text.as_bytes()] {
            let _ = run(&tls(bytes));
            for source in ["lsblk-file", "aws-volumes", "aws-databases"] {
                let _ = run(&volumes(source, bytes));
            }
        }
    }
}
