//! `tickmark verify`: the verifier of `tickmark-verify`, on the site's own ledger where nothing else is named.

use crate::args::{Global, VerifyArgs};

pub fn verify(global: &Global, args: &VerifyArgs) -> anyhow::Result<u8> {
    let path = match &args.verify.path {
        Some(path) => global.directory.join(path),
        None => super::read_site(global)?.ledger,
    };
    tickmark_verify::verify(&path, &args.verify)
}
