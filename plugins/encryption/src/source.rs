//! The only module that asks the host.

use tickmark_collector::{Blob, Failure, Host, Output, Receipt, Scalar, code};

use crate::settings::{Channel, Endpoint, Volumes};

/// Most bytes of openssl's output for one endpoint: a chain has a few certificates.
const TLS_BYTES: u64 = 1024 * 1024;

/// Most bytes of lsblk's output: tens of thousands of devices.
const TREE_BYTES: u64 = 4 * 1024 * 1024;

/// What there is of one endpoint.
#[derive(Debug)]
pub(crate) enum Handshake {
    /// What openssl printed, and its first words on standard error.
    Printed { stdout: String, stderr: String, receipt: Receipt },
    /// Nothing was printed, and why. That is evidence too.
    Nothing { why: String, receipt: Receipt },
}

/// Runs openssl for an endpoint, or opens its file.
///
/// # Errors
/// As the host's, save where an endpoint did not answer in time or its file is not there.
pub(crate) fn handshake(
    host: &dyn Host,
    channel: Channel,
    endpoint: &Endpoint,
    legacy: bool,
) -> Result<Handshake, Failure> {
    let printed = match channel {
        Channel::File => {
            let ending = if legacy { ".legacy.txt" } else { ".txt" };
            // No file has a colon in its name everywhere.
            let path = format!("{}_{}{ending}", endpoint.name.replace(':', "-"), endpoint.port);
            host.open("tls", &path).map(|stdout| (stdout, None))
        }
        Channel::Command => {
            let grant = if legacy { "openssl-legacy" } else { "openssl" };
            let text = |name: &str, text: &str| (name.to_owned(), Scalar::Text(text.to_owned()));
            let params = [text("connect", &endpoint.connect), text("name", &endpoint.name)];
            host.run(grant, &params).map(|output| (output.stdout, Some(output.stderr)))
        }
    };
    match printed {
        Ok((stdout, stderr)) => {
            let receipt = stdout.receipt();
            if stdout.size() > TLS_BYTES {
                let size = stdout.size();
                let message =
                    format!("openssl's output for `{}` has {size} bytes, limit is {TLS_BYTES}", endpoint.connect);
                return Err(Failure::new(code::LIMIT, message).shown_by(receipt));
            }
            let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let stderr = stderr.map(|blob| lossy(&blob.read(0, 65_536))).unwrap_or_default();
            Ok(Handshake::Printed { stdout: lossy(&stdout.bytes()), stderr, receipt })
        }
        Err(failure) => match (failure.code.as_str(), failure.receipt) {
            (code::TIMEOUT, Some(receipt)) => Ok(Handshake::Nothing { why: failure.to_string(), receipt }),
            (code::NOT_FOUND, Some(receipt)) => {
                Ok(Handshake::Nothing { why: "there is no file with what openssl printed".to_owned(), receipt })
            }
            _ => Err(failure),
        },
    }
}

/// Opens a list of volumes.
///
/// # Errors
/// As the host's; `unavailable` where the command failed, `limit` where a tree of devices is too large to be held.
pub(crate) fn volumes(host: &dyn Host, source: Volumes) -> Result<Blob, Failure> {
    let tree = match source {
        Volumes::Lsblk => succeeded("lsblk", host.run("lsblk", &[])?)?,
        Volumes::LsblkFile => host.open("lsblk", "")?,
        Volumes::Ec2 => return host.open("aws-volumes", ""),
        Volumes::Rds => return host.open("aws-databases", ""),
    };
    if tree.size() > TREE_BYTES {
        let message = format!("the output of `lsblk` has {} bytes, limit is {TREE_BYTES}", tree.size());
        return Err(Failure::new(code::LIMIT, message).shown_by(tree.receipt()));
    }
    Ok(tree)
}

/// The standard output of a command that ended with 0.
fn succeeded(name: &str, output: Output) -> Result<Blob, Failure> {
    if output.exit_code == 0 {
        return Ok(output.stdout);
    }
    let stderr = output.stderr.read(0, 65_536);
    let said = first_line(&String::from_utf8_lossy(&stderr)).unwrap_or_else(|| "it printed no error".to_owned());
    let message = format!("command `{name}` ended with exit code {}: {said}", output.exit_code);
    Err(Failure::new(code::UNAVAILABLE, message).shown_by(output.stderr.receipt()))
}

/// The first line that says something, shortened.
pub(crate) fn first_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    Some(line.chars().take(200).collect())
}
