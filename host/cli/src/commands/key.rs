//! `tickmark key`: the keys that sign the ledger and what is exported, and those of people.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tickmark_engine::keys::{KeySource, LogKeyRef, make_person_key};
use tickmark_engine::{exit, ledger};
use tickmark_ledger::PackageKeyPart;
use tickmark_ledger::tlog::LogSigner;

use crate::args::{Global, RotateArgs};
use crate::invoked_by::invoked_by;
use crate::progress::Progress;

/// Opens the ledger, which makes the keys that are not there and writes the log's first record.
pub fn generate(global: &Global) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let progress = Progress::new(global);
    let mut opened = ledger::open(&site, &progress)?;
    progress.finish();
    let new = opened.ledger.size() == 0;
    ledger::with_scribe(&site.company, invoked_by(), |by| Ok(opened.ledger.introduce_key(by)?))?;
    if !new && !global.quiet {
        anstream::eprintln!("the ledger has its key already, nothing was changed; `tickmark key rotate` replaces it");
    }
    Ok(exit::PASS)
}

pub fn show(global: &Global, package: bool) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let current = ledger::current_key(&site.ledger)?;
    let none = "there is no key yet; `tickmark key generate` or the first run makes one";
    let text = if package {
        let signer = site.keys.package_signer()?.context(none)?;
        signer.public_key().pem().to_owned()
    } else {
        // What auditors need is what the ledger says, and no private key is read for it.
        format!("{}\n", current.context(none)?)
    };
    anstream::stdout().write_all(text.as_bytes()).context("cannot write to stdout")?;
    Ok(exit::PASS)
}

pub fn person(global: &Global, name: &str, file: &Path) -> anyhow::Result<u8> {
    let file = global.directory.join(file);
    let key = make_person_key(name, &file)?;
    // A basic string of TOML is one of JSON but for what no name has.
    let name = serde_json::to_string(name.trim())?;
    let text = format!("[people.{name}]\nkey = \"{}\"\n", key.verifier());
    anstream::stdout().write_all(text.as_bytes()).context("cannot write to stdout")?;
    if !global.quiet {
        anstream::eprintln!("the private key is in {}, which only its owner can read", file.display());
        anstream::eprintln!("next: add these lines to tickmark.toml, and sign what is done in that name with --key");
    }
    Ok(exit::PASS)
}

pub fn rotate(global: &Global, args: RotateArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let progress = Progress::new(global);
    let mut opened = ledger::open(&site, &progress)?;
    progress.finish();
    let before = opened.ledger.verifier().clone();
    let elsewhere = match (args.next_env, args.next_vkey) {
        (Some(env), _) => Some(LogKeyRef::Env { env }),
        (None, Some(vkey)) => Some(LogKeyRef::Command { command: args.next_command, vkey }),
        (None, None) if site.keys.log != KeySource::Folder => {
            anyhow::bail!("the key is not in the key folder; say where the new one is: --next-env or --next-command")
        }
        (None, None) => None,
    };
    let next: Arc<dyn LogSigner> = match &elsewhere {
        Some(elsewhere) => elsewhere.signer()?,
        None => Arc::new(site.keys.folder.make_log_key(before.name())?),
    };
    let after = next.verifier().clone();
    let package = PackageKeyPart::of(opened.package.public_key());
    ledger::with_scribe(&site.company, invoked_by(), |by| Ok(opened.ledger.rotate(by, next, Some(package))?))?;
    if !global.quiet {
        anstream::eprintln!("{before}\n  no longer signs; from here on it is\n{after}");
        match elsewhere {
            Some(_) => anstream::eprintln!("next: name the new key under [keys] in {}", site.file.display()),
            None => anstream::eprintln!(
                "the old key stays in {}; nothing needs it any more",
                site.keys.folder.path().display()
            ),
        }
    }
    Ok(exit::PASS)
}
