//! `tickmark init`: a site file to start from.

use std::fs::OpenOptions;
use std::io::Write as _;

use anyhow::Context as _;
use tickmark_engine::{exit, site};

use crate::args::{Global, InitArgs};

const TEMPLATE: &str = include_str!("site.toml");

pub fn init(global: &Global, args: &InitArgs) -> anyhow::Result<u8> {
    let dir = global.directory.join(&args.dir);
    std::fs::create_dir_all(&dir).with_context(|| format!("cannot make `{}`", dir.display()))?;
    let path = dir.join(site::SITE_FILE);
    // `create_new` so that a site file is never overwritten.
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| format!("cannot write `{}`", path.display()))?;
    file.write_all(TEMPLATE.as_bytes()).with_context(|| format!("cannot write `{}`", path.display()))?;
    if !global.quiet {
        anstream::eprintln!("wrote {}", path.display());
        let dir = args.dir.display();
        anstream::eprintln!("next: tickmark -C {dir} run --control A1.1-host-uptime");
    }
    Ok(exit::PASS)
}
