//! Signing by a program, for the log, for packages and for people: the place for a hardware key or a cloud service. It gets the bytes to sign on stdin and prints the
//! signature in base64 on stdout.
//!
//! **Invariant:** no shell; a signature that does not verify by the key that the site file names is refused.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tickmark_ledger::package::{PackagePublicKey, PackageSigner};
use tickmark_ledger::tlog::{LogSigner, SignError, VerifierKey};

/// Signs the log by a program.
pub(super) struct LogCommand {
    command: Vec<String>,
    verifier: VerifierKey,
}

impl LogCommand {
    pub(super) fn new(command: Vec<String>, verifier: VerifierKey) -> Self {
        Self { command, verifier }
    }
}

impl LogSigner for LogCommand {
    fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignError> {
        let bytes = run(&self.command, message)?;
        let signature: [u8; 64] = bytes.as_slice().try_into().map_err(|_| {
            SignError::new(format!("{} gave {} bytes, an Ed25519 signature has 64", name(&self.command), bytes.len()))
        })?;
        self.verifier.verify(message, &signature).map_err(|_| {
            SignError::new(format!("the signature of {} does not verify by `{}`", name(&self.command), self.verifier))
        })?;
        Ok(signature)
    }
}

/// Whoever signs with the key `verifier` by a program.
pub(crate) fn signing_program(command: Vec<String>, verifier: VerifierKey) -> Arc<dyn LogSigner> {
    Arc::new(LogCommand::new(command, verifier))
}

/// Signs packages by a program.
pub(super) struct PackageCommand {
    command: Vec<String>,
    public: PackagePublicKey,
}

impl PackageCommand {
    pub(super) fn new(command: Vec<String>, public: PackagePublicKey) -> Self {
        Self { command, public }
    }
}

impl PackageSigner for PackageCommand {
    fn public_key(&self) -> &PackagePublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = run(&self.command, message)?;
        self.public.verify(message, &signature).map_err(|error| {
            SignError::new(format!(
                "the signature of {} does not verify by its public key: {error}",
                name(&self.command)
            ))
        })?;
        Ok(signature)
    }
}

fn name(command: &[String]) -> String {
    format!("`{}`", command.first().map_or("", String::as_str))
}

/// What the program prints, decoded.
fn run(command: &[String], message: &[u8]) -> Result<Vec<u8>, SignError> {
    let [program, arguments @ ..] = command else { return Err(SignError::new("the signing command is empty")) };
    let failed = |what: &str, why: &dyn std::fmt::Display| SignError::new(format!("`{program}` {what}: {why}"));
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(|e| failed("cannot be run", &e))?;
    if let Some(mut stdin) = child.stdin.take() {
        // One that needs no more of it may close it; what counts is what it prints.
        drop(stdin.write_all(message));
    }
    let output = child.wait_with_output().map_err(|e| failed("cannot be waited for", &e))?;
    if !output.status.success() {
        return Err(failed("failed", &output.status));
    }
    let text = output.stdout.trim_ascii();
    STANDARD.decode(text).map_err(|e| failed("printed no base64", &e))
}
