//! Timestamps of RFC 3161: what a server is asked, and what its answer says.
//!
//! **Invariant:** what is read of an answer stands where RFC 3161 and RFC 5652 put it, in the one form of DER, so that nobody
//! else reads another digest or time out of the same bytes.
//! **Absent on purpose:** trust. Who signed an answer is for `openssl ts -verify` and an authority that the reader names.

use tickmark_model::Digest;

use crate::hash::sha256;

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OID: u8 = 0x06;
const TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;
const EXPLICIT_1: u8 = 0xa1;

/// 1.2.840.113549.1.7.2 (RFC 5652, section 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// 1.2.840.113549.1.9.16.1.4 (RFC 3161, section 2.4.2).
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
/// 2.16.840.1.101.3.4.2.1.
const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

/// Why an answer is no timestamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotATimestamp {
    /// Not encoded as one.
    #[error("not a timestamp answer in DER: no {0}")]
    Form(&'static str),
    /// The server refused.
    #[error("the timestamp server granted nothing: its status is {0:?}, expected 0 or 1")]
    Refused(Vec<u8>),
}

/// What a timestamp server is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampRequest {
    imprint: Digest,
    nonce: Vec<u8>,
}

impl TimestampRequest {
    /// Asks for the time of a checkpoint file; the answer repeats the nonce.
    #[must_use]
    pub fn new(checkpoint: &[u8], nonce: [u8; 8]) -> Self {
        Self { imprint: sha256(checkpoint), nonce: number(&nonce).to_vec() }
    }

    /// The `TimeStampReq`: version 1, SHA-256, the nonce, and the server's certificate asked for.
    #[must_use]
    pub fn to_der(&self) -> Vec<u8> {
        let algorithm = put(SEQUENCE, &[put(OID, SHA_256), vec![5, 0]].concat());
        let imprint = put(SEQUENCE, &[algorithm, put(OCTETS, &self.imprint.0)].concat());
        let sign: &[u8] = if self.nonce.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
        let nonce = put(INTEGER, &[sign, &self.nonce].concat());
        put(SEQUENCE, &[put(INTEGER, &[1]), imprint, nonce, vec![1, 1, 0xff]].concat())
    }

    /// Whether an answer is to this request.
    #[must_use]
    pub fn is_answered_by(&self, timestamp: &Timestamp) -> bool {
        timestamp.imprint == self.imprint && timestamp.nonce.as_ref() == Some(&self.nonce)
    }
}

/// What an answer says; nobody has checked who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// SHA-256 of what it is about.
    pub imprint: Digest,
    /// The request's nonce, big-endian without leading zeros.
    pub nonce: Option<Vec<u8>>,
    /// When, as it is written: `YYYYMMDDhhmmss[.s...]Z`.
    pub gen_time: String,
}

impl Timestamp {
    /// Reads a `TimeStampResp`.
    ///
    /// # Errors
    /// [`NotATimestamp`].
    pub fn parse(tsr: &[u8]) -> Result<Self, NotATimestamp> {
        let mut answer = Der(Der(tsr).only(SEQUENCE, "answer")?);
        let status = Der(answer.take(SEQUENCE, "status")?).take(INTEGER, "status")?;
        if !matches!(status, [0 | 1]) {
            return Err(NotATimestamp::Refused(status.to_vec()));
        }
        let mut content = Der(answer.only(SEQUENCE, "content")?);
        content.is(OID, SIGNED_DATA, "signed data")?;
        let mut signed = Der(Der(content.only(EXPLICIT_0, "signed data")?).only(SEQUENCE, "signed data")?);
        signed.take(INTEGER, "version")?;
        signed.take(SET, "digest algorithms")?;
        let mut inner = Der(signed.take(SEQUENCE, "signed content")?);
        inner.is(OID, TST_INFO, "timestamp")?;
        let octets = Der(inner.only(EXPLICIT_0, "timestamp")?).only(OCTETS, "timestamp")?;
        let mut info = Der(Der(octets).only(SEQUENCE, "timestamp")?);
        info.is(INTEGER, &[1], "version 1")?;
        info.take(OID, "policy")?;
        let mut imprint = Der(info.take(SEQUENCE, "imprint")?);
        Der(imprint.take(SEQUENCE, "algorithm")?).is(OID, SHA_256, "SHA-256")?;
        let digest = imprint.only(OCTETS, "digest")?.try_into().map_err(|_| NotATimestamp::Form("digest"))?;
        info.take(INTEGER, "serial number")?;
        let time = std::str::from_utf8(info.take(TIME, "time")?).map_err(|_| NotATimestamp::Form("time"))?;
        let written = |it: char| it.is_ascii_digit() || it == '.';
        if !time.strip_suffix('Z').is_some_and(|it| it.len() >= 14 && it.chars().all(written)) {
            return Err(NotATimestamp::Form("time"));
        }
        // Accuracy and order.
        info.optional(SEQUENCE);
        info.optional(BOOLEAN);
        let nonce = info.optional(INTEGER).map(|it| natural(it).ok_or(NotATimestamp::Form("nonce"))).transpose()?;
        let nonce = nonce.map(<[u8]>::to_vec);
        // The server's name and extensions.
        info.optional(EXPLICIT_0);
        info.optional(EXPLICIT_1);
        info.end("end of the timestamp")?;
        Ok(Self { imprint: Digest(digest), nonce, gen_time: time.to_owned() })
    }
}

/// What is left to be read.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                let len = bytes.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
                (Some(len).filter(|len| *len >= 0x80 && bytes.first() != Some(&0))?, rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some((tag, value))
    }

    fn take(&mut self, tag: u8, what: &'static str) -> Result<&'a [u8], NotATimestamp> {
        self.next().filter(|it| it.0 == tag).map(|it| it.1).ok_or(NotATimestamp::Form(what))
    }

    /// Takes what must be the last.
    fn only(&mut self, tag: u8, what: &'static str) -> Result<&'a [u8], NotATimestamp> {
        let value = self.take(tag, what)?;
        self.end(what)?;
        Ok(value)
    }

    fn optional(&mut self, tag: u8) -> Option<&'a [u8]> {
        let mut after = Self(self.0);
        let (_, value) = after.next().filter(|it| it.0 == tag)?;
        self.0 = after.0;
        Some(value)
    }

    fn is(&mut self, tag: u8, value: &[u8], what: &'static str) -> Result<(), NotATimestamp> {
        if self.take(tag, what)? == value { Ok(()) } else { Err(NotATimestamp::Form(what)) }
    }

    fn end(&self, what: &'static str) -> Result<(), NotATimestamp> {
        if self.0.is_empty() { Ok(()) } else { Err(NotATimestamp::Form(what)) }
    }
}

/// A short value in DER: all of a request's are below 128 bytes.
fn put(tag: u8, value: &[u8]) -> Vec<u8> {
    let len = u8::try_from(value.len()).unwrap_or(u8::MAX);
    [&[tag, len], value].concat()
}

/// A number without leading zeros.
fn number(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// The value of an integer in DER that is not negative, without leading zeros; nothing for one in another form.
fn natural(value: &[u8]) -> Option<&[u8]> {
    match value {
        [0, rest @ ..] => rest.first().is_none_or(|next| *next >= 0x80).then_some(rest),
        [1..=0x7f, ..] => Some(value),
        _ => None,
    }
}
