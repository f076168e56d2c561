//! `tickmark verify`: the verifier of `tickmark-verify`, on the site's own ledger where nothing else is named.

use tickmark_verify::VerifyArgs;

use crate::args::Global;

pub fn verify(global: &Global, args: &VerifyArgs) -> anyhow::Result<u8> {
    let path = match &args.path {
        Some(path) => global.directory.join(path),
        None => super::read_site(global)?.ledger,
    };
    tickmark_verify::verify(&path, args)
}
