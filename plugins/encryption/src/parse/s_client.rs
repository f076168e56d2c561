//! What `openssl s_client -showcerts` prints.
//!
//! Format: openssl-s_client(1), and `print_stuff` of `apps/s_client.c` of OpenSSL 1.1.1 to 3.x: `CONNECTED(`, the chain in
//! PEM, `SSL handshake has read R bytes and written W bytes`, `New, VERSION, Cipher is CIPHER`, `Protocol  : VERSION` and
//! `Verify return code: N (WORDS)`, the last two perhaps several times. A line `observed: RFC 3339` before all that says
//! when it was saved.
//!
//! **Invariant:** what the other side sends after the handshake stands below all that, and changes nothing: of each line
//! the first counts, certificates count above the line about the handshake only, and one bad verify code is enough.

use tickmark_collector::{Datetime, time};

/// Most certificates that are kept.
const CERTIFICATES: usize = 100;

/// What was printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// Whether there was a connection.
    pub connected: bool,
    /// The certificates in PEM, the endpoint's own first.
    pub certificates: Vec<String>,
    /// Bytes that were written in the handshake.
    pub written: u64,
    /// The cipher agreed on; nothing where there was none.
    pub cipher: Option<String>,
    /// The protocol.
    pub protocol: Option<String>,
    /// The first verify return code that is not 0, or 0, with openssl's words.
    pub verify: Option<(i64, String)>,
    /// When it was saved, or the session started.
    pub observed: Option<Datetime>,
}

/// Reads the output.
#[must_use]
pub fn parse(text: &str) -> Printed {
    let mut printed = Printed::default();
    let (mut pem, mut above, mut new) = (None::<String>, true, None::<(String, String)>);
    let mut started = None;
    for line in text.lines() {
        let bare = line.trim();
        if let Some(block) = &mut pem {
            block.push_str(bare);
            block.push('\n');
            if bare == "-----END CERTIFICATE-----" {
                let whole = pem.take().filter(|_| printed.certificates.len() < CERTIFICATES);
                printed.certificates.extend(whole);
            }
            continue;
        }
        if bare == "-----BEGIN CERTIFICATE-----" && above {
            pem = Some(format!("{bare}\n"));
        } else if line.starts_with("CONNECTED(") {
            printed.connected = true;
        } else if let Some(rest) = bare.strip_prefix("SSL handshake has read ") {
            above = false;
            let written = rest.split_once(" written ").and_then(|(_, rest)| rest.split(' ').next());
            printed.written = written.and_then(|bytes| bytes.parse().ok()).unwrap_or(printed.written);
        } else if let Some((version, cipher)) = handshake(bare).filter(|_| new.is_none()) {
            new = Some((version.to_owned(), cipher.to_owned()));
        } else if let Some(protocol) = after(bare, "Protocol") {
            printed.protocol.get_or_insert_with(|| protocol.to_owned());
        } else if let Some(code) = after(bare, "Verify return code").and_then(verify_code) {
            // One that is not 0 is never taken back.
            if printed.verify.as_ref().is_none_or(|(earlier, _)| *earlier == 0) {
                printed.verify = Some(code);
            }
        } else if let Some(at) = line.strip_prefix("observed: ").filter(|_| !printed.connected) {
            printed.observed = printed.observed.or_else(|| time::rfc3339(at.trim()));
        } else if let Some(seconds) = after(bare, "Start Time").filter(|_| started.is_none()) {
            started = seconds.parse::<i64>().ok().and_then(|s| s.checked_mul(1_000)).and_then(Datetime::from_ms);
        }
    }
    if let Some((version, cipher)) = new.filter(|(_, cipher)| cipher != "(NONE)") {
        // Of older protocols it is the cipher's version and not the session's.
        if version == "TLSv1.3" {
            printed.protocol = Some(version);
        }
        printed.cipher = Some(cipher);
    }
    printed.observed = printed.observed.or(started);
    printed
}

impl Printed {
    /// Whether a handshake was completed and a certificate shown.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.cipher.is_some() && !self.certificates.is_empty()
    }

    /// Whether the other side took an old version that it was offered; nothing where it was offered none.
    ///
    /// One that shows its certificate took it, whether or not this side went on: openssl may offer what it then finds too
    /// weak.
    #[must_use]
    pub fn accepted_legacy(&self) -> Option<bool> {
        let old = self.protocol.as_deref().and_then(version).is_some_and(|version| version < 12_000);
        match (self.connected && old, self.cipher.is_some() || !self.certificates.is_empty(), self.written) {
            (true, true, _) => Some(true),
            (true, false, 1..) => Some(false),
            _ => None,
        }
    }
}

/// The version of a protocol as a decimal, in units of 10^-4: 1.2 of `TLSv1.2`, 0.3 of `SSLv3`.
#[must_use]
pub fn version(protocol: &str) -> Option<i64> {
    Some(match protocol {
        "SSLv2" => 2_000,
        "SSLv3" => 3_000,
        "TLSv1" | "TLSv1.0" => 10_000,
        "TLSv1.1" => 11_000,
        "TLSv1.2" => 12_000,
        "TLSv1.3" => 13_000,
        _ => return None,
    })
}

/// `New, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384`, or `Reused, ...`.
fn handshake(line: &str) -> Option<(&str, &str)> {
    let rest = line.strip_prefix("New, ").or_else(|| line.strip_prefix("Reused, "))?;
    rest.split_once(", Cipher is ")
}

/// What stands behind `name` and a colon.
fn after<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    line.strip_prefix(name)?.trim_start().strip_prefix(':').map(str::trim)
}

/// `19 (self-signed certificate in certificate chain)`.
fn verify_code(text: &str) -> Option<(i64, String)> {
    let (code, words) = text.split_once(' ')?;
    let words = words.strip_prefix('(')?.strip_suffix(')')?;
    Some((code.parse::<i64>().ok().filter(|code| (0..=1_000_000).contains(code))?, words.to_owned()))
}
