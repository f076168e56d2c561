//! What a collector may ask its host: by grant name, never by path, command line, URL or query text.

use std::fmt;
use std::io::{self, BufRead, Read};

use crate::emit::{Batch, Facts};
use crate::failure::Failure;
use crate::value::{Datetime, Scalar, Value};

/// Ordinal of one recorded host response in this run.
pub type Receipt = u32;

/// The host, as a collector sees it. Inside the sandbox it is the real one, in tests a
/// [`TestHost`](crate::testing::TestHost).
pub trait Host {
    /// The instant that everything is judged at.
    fn as_of(&self) -> Datetime;

    /// A setting of the operator's, or absent.
    fn setting(&self, name: &str) -> Value;

    /// Writes one line to the run's log.
    fn log(&self, level: Level, message: &str);

    /// Reads a file whole. `path` is relative to the granted folder, or empty where a file is granted.
    ///
    /// # Errors
    /// `denied`, `not-found`, `limit`, `unavailable`, `invalid`.
    fn open(&self, grant: &str, path: &str) -> Result<Blob, Failure>;

    /// Lists a folder, sorted by path.
    ///
    /// # Errors
    /// As [`Host::open`].
    fn list(&self, grant: &str, dir: &str) -> Result<Listing, Failure>;

    /// Runs the granted command.
    ///
    /// # Errors
    /// `denied`, `limit`, `timeout`, `unavailable`, `invalid`. An exit code other than 0 is no failure.
    fn run(&self, name: &str, params: &[(String, Scalar)]) -> Result<Output, Failure>;

    /// Sends one request to the granted origin.
    ///
    /// # Errors
    /// `denied`, `limit`, `timeout`, `unavailable`, `invalid`. A status other than 2xx is no failure.
    fn send(&self, request: &Request) -> Result<Response, Failure>;

    /// Runs the granted query.
    ///
    /// # Errors
    /// `denied`, `limit`, `timeout`, `unavailable`, `invalid`.
    fn query(&self, name: &str, params: &[Scalar]) -> Result<Rows, Failure>;

    /// Hands over one batch; usually through `fact`, which every `dyn Host` has.
    ///
    /// # Errors
    /// `limit` and `invalid`; the run is then lost whatever the collector does.
    fn emit(&self, batch: Batch) -> Result<(), Failure>;
}

impl dyn Host + '_ {
    /// Starts emitting rows of the fact called `name`, whose cells stand under `columns`.
    #[must_use]
    pub fn fact<'h>(&'h self, name: &str, columns: &[&str]) -> Facts<'h> {
        Facts::new(self, name, columns)
    }
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the usual four")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// Where a blob's bytes are.
pub trait BlobSource {
    /// Its size in bytes.
    fn size(&self) -> u64;
    /// Exactly min(len, size - offset) bytes.
    fn read(&self, offset: u64, len: u32) -> Vec<u8>;
}

/// A complete, size-capped, hashed host response.
pub struct Blob {
    receipt: Receipt,
    source: Box<dyn BlobSource>,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob").field("receipt", &self.receipt).field("size", &self.size()).finish()
    }
}

impl Blob {
    /// Bytes moved in one call: large enough to be cheap, small enough to keep memory flat.
    const CHUNK: u32 = 64 * 1024;

    /// A blob over some source.
    #[must_use]
    pub fn new(receipt: Receipt, source: Box<dyn BlobSource>) -> Self {
        Self { receipt, source }
    }

    /// The recorded response that it belongs to.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        self.receipt
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// The next piece of its bytes from `offset` on; empty at the end.
    pub(crate) fn piece(&self, offset: u64) -> Vec<u8> {
        self.source.read(offset, Self::CHUNK)
    }

    /// A piece of its bytes, for what is too large to be held whole: at most `len` of them from `offset` on, fewer only
    /// at its end.
    #[must_use]
    pub fn read(&self, offset: u64, len: u32) -> Vec<u8> {
        self.source.read(offset, len)
    }

    /// All its bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let size = self.size();
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        while (bytes.len() as u64) < size {
            let chunk = self.piece(bytes.len() as u64);
            if chunk.is_empty() {
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        bytes
    }

    /// Reads it in pieces, so that a large one needs no memory.
    #[must_use]
    pub fn reader(&self) -> BlobReader<'_> {
        BlobReader { blob: self, offset: 0, piece: Vec::new(), used: 0 }
    }

    /// All its bytes as text.
    ///
    /// # Errors
    /// `invalid`, with the offset of the first byte that is not UTF-8.
    pub fn text(&self) -> Result<String, Failure> {
        String::from_utf8(self.bytes()).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::invalid(format!("not UTF-8 at byte {at} of {}", self.size())).shown_by(self.receipt)
        })
    }
}

/// A blob's bytes, one piece in memory at a time.
#[derive(Debug)]
pub struct BlobReader<'b> {
    blob: &'b Blob,
    /// Where the next piece starts.
    offset: u64,
    piece: Vec<u8>,
    /// Bytes of the piece that were consumed.
    used: usize,
}

impl BufRead for BlobReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.piece.len() {
            self.piece = self.blob.source.read(self.offset, Blob::CHUNK);
            self.offset += self.piece.len() as u64;
            self.used = 0;
        }
        Ok(self.piece.get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, bytes: usize) {
        self.used = self.used.saturating_add(bytes).min(self.piece.len());
    }
}

impl Read for BlobReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?.read(into)?;
        self.consume(bytes);
        Ok(bytes)
    }
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Relative to the granted folder, separated by `/`.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Whether it is a folder.
    pub is_dir: bool,
    /// When its bytes last changed.
    pub modified: Datetime,
}

/// A folder's entries, sorted by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The recorded response.
    pub receipt: Receipt,
}

/// What a command gave.
#[derive(Debug)]
pub struct Output {
    /// Its exit code.
    pub exit_code: i32,
    /// Its standard output.
    pub stdout: Blob,
    /// Its standard error.
    pub stderr: Blob,
}

/// One HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The grant's name.
    pub origin: String,
    /// Such as `GET`; checked against the grant.
    pub method: String,
    /// Starts with exactly one `/`.
    pub path_and_query: String,
    /// Without credentials, which the host adds.
    pub headers: Vec<(String, String)>,
    /// The body, if any.
    pub body: Option<Vec<u8>>,
}

impl Request {
    /// A GET request.
    #[must_use]
    pub fn get(origin: &str, path_and_query: &str) -> Self {
        Self {
            origin: origin.into(),
            method: "GET".into(),
            path_and_query: path_and_query.into(),
            headers: vec![],
            body: None,
        }
    }
}

/// What the transport knew about the other side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// Such as `TLSv1.3`.
    pub version: String,
    /// When the certificate ends.
    pub not_after: Datetime,
    /// Who issued it.
    pub issuer: String,
    /// Whom it names.
    pub subject: String,
}

/// One HTTP response.
#[derive(Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Sorted, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Blob,
    /// Milliseconds from sending to the last byte, as recorded.
    pub elapsed_ms: u64,
    /// For https.
    pub tls: Option<Tls>,
}

/// Where the rows of a query come from.
pub trait RowSource {
    /// Up to `max` rows; none is the end.
    fn next(&self, max: u32) -> Vec<Vec<Option<Scalar>>>;
}

/// The rows of a query.
pub struct Rows {
    columns: Vec<String>,
    receipt: Receipt,
    source: Box<dyn RowSource>,
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("columns", &self.columns).field("receipt", &self.receipt).finish_non_exhaustive()
    }
}

impl Rows {
    /// Rows fetched in one call.
    const BATCH: u32 = 500;

    /// Rows over some source.
    #[must_use]
    pub fn new(columns: Vec<String>, receipt: Receipt, source: Box<dyn RowSource>) -> Self {
        Self { columns, receipt, source }
    }

    /// The columns' names, in the order of the cells.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The recorded response.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        self.receipt
    }

    /// The position of the column called `name`.
    ///
    /// # Errors
    /// `invalid`, with the columns that there are.
    pub fn column(&self, name: &str) -> Result<usize, Failure> {
        self.columns.iter().position(|column| column == name).ok_or_else(|| {
            let there = self.columns.join(", ");
            Failure::invalid(format!("query has no column `{name}`, it has: {there}")).shown_by(self.receipt)
        })
    }

    /// Hands over every row, in order.
    ///
    /// # Errors
    /// Whatever `each` returns.
    pub fn for_each(&self, mut each: impl FnMut(Vec<Option<Scalar>>) -> Result<(), Failure>) -> Result<(), Failure> {
        loop {
            let batch = self.source.next(Self::BATCH);
            if batch.is_empty() {
                return Ok(());
            }
            for row in batch {
                each(row)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestHost;

    #[test]
    fn a_reader_gives_all_bytes_in_pieces() {
        let chunk = Blob::CHUNK as usize;
        for len in [0, 1, chunk - 1, chunk, chunk + 1, 2 * chunk + 7] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let host = TestHost::new().file("f", "", &bytes);
            let blob = host.open("f", "").unwrap();
            let mut read = Vec::new();
            assert_eq!(blob.reader().read_to_end(&mut read).unwrap(), len);
            assert_eq!(read, bytes);
            let mut reader = blob.reader();
            let mut longest = 0;
            while let Some(piece) = reader.fill_buf().ok().filter(|piece| !piece.is_empty()) {
                longest = longest.max(piece.len());
                let half = piece.len().div_ceil(2);
                reader.consume(half);
            }
            assert!(longest <= chunk, "{longest}");
        }
    }
}
