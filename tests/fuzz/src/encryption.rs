//! The encryption collector: what openssl printed of an endpoint, and lists of volumes.

use tickmark_encryption::Encryption;

use crate::collect::{self, Input};

/// Reads two parts of openssl for `tls`, and one list for each of the others.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_volumes", "out_of_scope"]);
    collect::check::<Encryption>(&match input.source {
        "tls" => host
            .with_setting("tls", "file")
            .with_setting("probe_legacy", true)
            .with_setting("endpoints", vec!["app.example.com:443"])
            .file("tls", "app.example.com_443.txt", input.part(0))
            .file("tls", "app.example.com_443.legacy.txt", input.part(1)),
        "lsblk-file" => host.with_setting("volumes", vec!["lsblk-file"]).file("lsblk", "", input.part(0)),
        source @ ("aws-volumes" | "aws-databases") => {
            host.with_setting("volumes", vec![source]).file(source, "", input.part(0))
        }
        _ => return false,
    })
}
