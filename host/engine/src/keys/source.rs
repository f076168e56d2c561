//! Where the two private keys come from, as `[keys]` of the site file says it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use tickmark_ledger::package::{PackageKey, PackagePublicKey, PackageSigner};
use tickmark_ledger::tlog::{LogSigner, SigningKey, VerifierKey};

use super::command::{LogCommand, PackageCommand};
use super::error::KeyError;
use super::folder::KeyFolder;

/// Both private keys of a site.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The folder for keys in files.
    pub folder: KeyFolder,
    /// Signs the log.
    pub log: KeySource<LogKeyRef>,
    /// Signs exported packages.
    pub package: KeySource<PackageKeyRef>,
}

/// Where a private key comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeySource<T> {
    /// A file of the key folder.
    #[default]
    Folder,
    /// An environment variable or a program.
    Elsewhere(T),
}

/// The log's key outside of the key folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum LogKeyRef {
    /// An environment variable with `PRIVATE+KEY+name+id+base64`.
    Env {
        /// Its name.
        env: String,
    },
    /// A program that gets the text on stdin and prints the signature in base64: for a hardware key or a cloud service.
    Command {
        /// The program and its arguments.
        command: Vec<String>,
        /// The verifier key that belongs to it.
        vkey: String,
    },
}

/// The packages' key outside of the key folder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum PackageKeyRef {
    /// An environment variable with the private key as PEM (PKCS#8).
    Env {
        /// Its name.
        env: String,
    },
    /// A program that gets the bytes to sign on stdin and prints the signature (DER, ECDSA P-256 with SHA-256) in base64.
    Command {
        /// The program and its arguments.
        command: Vec<String>,
        /// The file of the public key (PEM) that belongs to it.
        public_key: PathBuf,
    },
}

impl Keys {
    /// The signer of the log. `current` is the id of the key that the log says is its own, where there is a log.
    ///
    /// # Errors
    /// [`KeyError`] where it is not there or is no key; `None` where the folder has no key yet and the log is new.
    pub fn log_signer(&self, current: Option<&VerifierKey>) -> Result<Option<Arc<dyn LogSigner>>, KeyError> {
        match &self.log {
            KeySource::Folder => {
                let key = self.folder.log_key(current)?;
                Ok(key.map(|key| Arc::new(key) as Arc<dyn LogSigner>))
            }
            KeySource::Elsewhere(elsewhere) => elsewhere.signer().map(Some),
        }
    }

    /// The signer of packages; `None` where the folder has no key yet.
    ///
    /// # Errors
    /// [`KeyError`] where it is no key.
    pub fn package_signer(&self) -> Result<Option<Arc<dyn PackageSigner>>, KeyError> {
        match &self.package {
            KeySource::Folder => {
                let key = self.folder.package_key()?;
                Ok(key.map(|key| Arc::new(key) as Arc<dyn PackageSigner>))
            }
            KeySource::Elsewhere(elsewhere) => elsewhere.signer().map(Some),
        }
    }
}

impl LogKeyRef {
    /// The signer that it stands for.
    ///
    /// # Errors
    /// [`KeyError`] where it is not there or is no key.
    pub fn signer(&self) -> Result<Arc<dyn LogSigner>, KeyError> {
        match self {
            Self::Env { env } => {
                let key: Result<SigningKey, _> = variable(env)?.trim().parse();
                Ok(Arc::new(key.map_err(|error| no_key(env, &error))?))
            }
            Self::Command { command, vkey } => {
                let verifier: VerifierKey = vkey.parse().map_err(|error| no_key("`vkey`", &error))?;
                Ok(Arc::new(LogCommand::new(command.clone(), verifier)))
            }
        }
    }
}

impl PackageKeyRef {
    /// The signer that it stands for.
    ///
    /// # Errors
    /// [`KeyError`] where it is not there or is no key.
    pub fn signer(&self) -> Result<Arc<dyn PackageSigner>, KeyError> {
        match self {
            Self::Env { env } => {
                let key = PackageKey::from_pem(&variable(env)?).map_err(|error| no_key(env, &error))?;
                Ok(Arc::new(key))
            }
            Self::Command { command, public_key } => {
                let pem = std::fs::read_to_string(public_key).map_err(|e| KeyError::io("read", public_key, e))?;
                let from = public_key.display().to_string();
                let public = PackagePublicKey::from_pem(&pem).map_err(|error| no_key(&from, &error))?;
                Ok(Arc::new(PackageCommand::new(command.clone(), public)))
            }
        }
    }
}

fn variable(name: &str) -> Result<String, KeyError> {
    std::env::var(name).map_err(|_| KeyError::NoVariable(name.to_owned()))
}

fn no_key(from: &str, why: &dyn std::fmt::Display) -> KeyError {
    KeyError::NoKey { from: format!("`{}`", from.trim_matches('`')), why: why.to_string() }
}
