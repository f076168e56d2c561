//! What a run leaves behind of each host call: an [`Exchange`], and its bytes in the blob store.
//!
//! **Invariant:** bytes are stored before the guest sees them; where that fails, the run ends.
//! **Invariant:** an exchange's ordinal is its receipt, failed calls included.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::sync::Arc;

use tickmark_model::{BlobRef, Digest, Exchange, Instant, Receipt};

use crate::bound::Bound;
use crate::interfaces::Refusal;
use crate::outcome::Stop;
use crate::part;
use crate::replay::{Played, ReplayError};
use crate::secrets::Redaction;

/// Most exchanges of one run: each takes some kilobytes of the host's memory, and all are kept until its end.
const MAX_EXCHANGES: usize = 50_000;

/// Where the bytes of host responses are kept.
pub trait BlobSink: Send + Sync {
    /// Keeps `bytes` and gives their SHA-256.
    ///
    /// # Errors
    /// What the system says; the run then ends as `host-error`.
    fn put(&self, bytes: &[u8]) -> io::Result<Digest>;

    /// Keeps all that `source` gives without holding it in memory, and opens what it kept for reading. A sink that cannot do so
    /// gives nothing, before it has read anything.
    ///
    /// # Errors
    /// The source's, and what the system says; nothing is kept then.
    fn stream(&self, source: &mut dyn io::Read) -> io::Result<Option<(BlobRef, File)>> {
        let _ = source;
        Ok(None)
    }
}

/// Tells the time; called after each host response.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// Facts about a response, by name.
pub(crate) type Summary = BTreeMap<String, serde_json::Value>;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) function: &'static str,
    pub(crate) grant: String,
    pub(crate) request: Digest,
}

/// What is kept of a response.
#[derive(Debug, Default)]
pub(crate) struct Recorded<'a> {
    /// Each part's name and bytes.
    pub(crate) parts: Vec<(&'static str, Part<'a>)>,
    /// What is known of it besides its bytes.
    pub(crate) summary: Summary,
}

/// The bytes of one part.
#[derive(Debug)]
pub(crate) enum Part<'a> {
    /// To be kept.
    Bytes(Cow<'a, [u8]>),
    /// Kept already.
    Kept(BlobRef),
    /// So many that they were not even read.
    Over(u64),
    /// Those that could not be kept.
    Lost(&'a io::Error),
}

impl<'a, B: Into<Cow<'a, [u8]>>> From<B> for Part<'a> {
    fn from(bytes: B) -> Self {
        Self::Bytes(bytes.into())
    }
}

/// A response of a host interface that can be recorded whole: a replay needs nothing else.
pub(crate) trait Answer: Sized {
    /// Its bytes by part, and a summary.
    ///
    /// # Errors
    /// Where it has no JSON form, which is a fault of the host.
    fn record(&self) -> serde_json::Result<Recorded<'_>>;

    /// The answer that `played` was recorded from.
    ///
    /// # Errors
    /// Why it is not the recording of such an answer, or a blob that cannot be had.
    fn play(played: &Played<'_>) -> Result<Self, ReplayError>;

    /// Takes secrets out of every part that the source wrote.
    fn redact(&mut self, redaction: &mut Redaction<'_>);
}

/// Writes down every host call of one run.
pub(crate) struct Recorder {
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) fetched_at: Instant,
    blobs: Arc<dyn BlobSink>,
    clock: Clock,
    bytes: u64,
    max_bytes: u64,
}

impl Recorder {
    /// Nothing recorded; `max_bytes` bounds all responses together.
    pub(crate) fn new(blobs: Arc<dyn BlobSink>, clock: Clock, max_bytes: u64) -> Self {
        let fetched_at = clock();
        Self { exchanges: Vec::new(), fetched_at, blobs, clock, bytes: 0, max_bytes }
    }

    /// Records a call that gave `answer` to `principal`, with secrets taken out of it in `redacted` places.
    ///
    /// # Errors
    /// `host-error` where a part cannot be stored, `output-limit` where the responses or their number are more than their
    /// bound.
    pub(crate) fn answered(
        &mut self,
        asked: Asked,
        answer: &impl Answer,
        principal: &str,
        redacted: u64,
    ) -> Result<Receipt, Stop> {
        self.fetched_at = (self.clock)();
        let Recorded { parts, mut summary } = answer.record().map_err(|cause| {
            Stop::host_error(format!("response to `{}` cannot be recorded: {cause}", asked.function))
        })?;
        let mut blobs = BTreeMap::new();
        let lost = |of: &str, cause: &io::Error| {
            Stop::host_error(format!("response to `{}`{of} cannot be stored: {cause}", asked.function))
        };
        for (name, part) in &parts {
            let size = match part {
                Part::Bytes(bytes) => bytes.len() as u64,
                Part::Kept(blob) => blob.size,
                Part::Over(size) => *size,
                Part::Lost(cause) => return Err(lost("", cause)),
            };
            self.bytes = self.bytes.saturating_add(size);
            if self.bytes > self.max_bytes {
                let (value, bound) = (self.bytes, self.max_bytes);
                return Err(Stop::over(Bound::TotalResponseBytes, value, bound));
            }
            let blob = match part {
                Part::Bytes(bytes) => {
                    let put = part::aside(|| self.blobs.put(bytes));
                    BlobRef { digest: put.map_err(|cause| lost(&format!(" of {size} bytes"), &cause))?, size }
                }
                Part::Kept(blob) => *blob,
                Part::Over(_) | Part::Lost(_) => return Err(Stop::host_error("a response was not read")),
            };
            blobs.insert((*name).to_owned(), blob);
        }
        add(&mut summary, principal, redacted);
        self.push(asked, blobs, None, summary)
    }

    /// Records a call that was refused to `principal`, with secrets taken out of what was said in `redacted` places.
    ///
    /// # Errors
    /// `output-limit` where there are as many as there may be.
    pub(crate) fn failed(
        &mut self,
        asked: Asked,
        refusal: &Refusal,
        principal: &str,
        redacted: u64,
    ) -> Result<Receipt, Stop> {
        self.fetched_at = (self.clock)();
        let mut summary = Summary::from([
            ("message".to_owned(), refusal.message.as_str().into()),
            ("retryable".to_owned(), refusal.retryable.into()),
        ]);
        add(&mut summary, principal, redacted);
        self.push(asked, BTreeMap::new(), Some(refusal.code.as_str().to_owned()), summary)
    }

    fn push(
        &mut self,
        asked: Asked,
        blobs: BTreeMap<String, BlobRef>,
        failure: Option<String>,
        summary: Summary,
    ) -> Result<Receipt, Stop> {
        let Asked { function, grant, request } = asked;
        let full = || Stop::beyond(Bound::Answers, MAX_EXCHANGES);
        let seq = self.next().ok_or_else(full)?;
        self.exchanges.push(Exchange { blobs, failure, function: function.to_owned(), grant, request, seq, summary });
        Ok(seq)
    }

    /// The receipt that the next exchange gets, if it may be.
    fn next(&self) -> Option<Receipt> {
        Receipt::try_from(self.exchanges.len()).ok().filter(|_| self.exchanges.len() < MAX_EXCHANGES)
    }

    /// Where responses are kept, and how many bytes there may still be of all together.
    pub(crate) fn sink(&self) -> (Arc<dyn BlobSink>, u64) {
        (Arc::clone(&self.blobs), self.max_bytes.saturating_sub(self.bytes))
    }

    /// Whether `receipt` belongs to an exchange of this run.
    pub(crate) fn has(&self, receipt: Receipt) -> bool {
        (receipt as usize) < self.exchanges.len()
    }
}

/// Adds what every summary says; `redacted` only where something was.
fn add(summary: &mut Summary, principal: &str, redacted: u64) {
    summary.insert("principal".to_owned(), principal.into());
    if redacted > 0 {
        summary.insert("redacted".to_owned(), redacted.into());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;
    use crate::body::Body;
    use crate::digest::sha256;

    #[derive(Default)]
    struct Memory(Mutex<Vec<Vec<u8>>>);

    impl BlobSink for Memory {
        fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
            self.0.lock().unwrap().push(bytes.to_vec());
            Ok(sha256(bytes))
        }
    }

    struct Full;

    impl BlobSink for Full {
        fn put(&self, _: &[u8]) -> io::Result<Digest> {
            Err(io::ErrorKind::StorageFull.into())
        }
    }

    struct Short(&'static [u8]);

    impl Answer for Short {
        fn record(&self) -> serde_json::Result<Recorded<'_>> {
            Ok(Recorded { parts: vec![("body", self.0.into())], summary: Summary::new() })
        }

        fn play(_: &Played<'_>) -> Result<Self, ReplayError> {
            Ok(Self(b""))
        }

        fn redact(&mut self, _: &mut Redaction<'_>) {}
    }

    fn recorder(blobs: Arc<dyn BlobSink>, max_bytes: u64) -> Recorder {
        let ms = AtomicI64::new(0);
        Recorder::new(
            blobs,
            Arc::new(move || Instant::from_ms(ms.fetch_add(1_000, Ordering::Relaxed)).unwrap()),
            max_bytes,
        )
    }

    fn asked() -> Asked {
        Asked { function: "files.open", grant: "motd".into(), request: sha256(b"{}") }
    }

    #[test]
    fn ordinals_count_failures_and_the_clock_is_read_after_each_call() {
        let mut recorder = recorder(Arc::new(Memory::default()), 10);
        assert_eq!(recorder.fetched_at.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(recorder.failed(asked(), &Refusal::timeout("file", 5), "ada", 0), Ok(0));
        assert_eq!(recorder.answered(asked(), &Short(b"hi"), "ada", 2), Ok(1));
        assert_eq!(recorder.fetched_at.to_string(), "1970-01-01T00:00:02Z");
        assert!(recorder.has(1) && !recorder.has(2));
        let body = recorder.exchanges[1].blobs["body"];
        assert_eq!((body.digest, body.size), (sha256(b"hi"), 2));
        assert_eq!(recorder.exchanges[0].failure.as_deref(), Some("timeout"));
        let summaries: Vec<String> =
            recorder.exchanges.iter().map(|exchange| serde_json::to_string(&exchange.summary).unwrap()).collect();
        assert_eq!(
            summaries,
            [
                r#"{"message":"file took more than 5 ms","principal":"ada","retryable":true}"#,
                r#"{"principal":"ada","redacted":2}"#
            ]
        );
    }

    #[test]
    fn responses_are_bounded_together() {
        let mut recorder = recorder(Arc::new(Memory::default()), 3);
        assert!(recorder.answered(asked(), &Short(b"ab"), "ada", 0).is_ok());
        let stop = recorder.answered(asked(), &Short(b"cd"), "ada", 0).unwrap_err();
        assert_eq!(stop, Stop::over(Bound::TotalResponseBytes, 4, 3));
    }

    /// What a file was kept as, or was not.
    struct Streamed(Body);

    impl Answer for Streamed {
        fn record(&self) -> serde_json::Result<Recorded<'_>> {
            self.0.record()
        }

        fn play(_: &Played<'_>) -> Result<Self, ReplayError> {
            Ok(Self(Body::Held(Vec::new())))
        }

        fn redact(&mut self, _: &mut Redaction<'_>) {}
    }

    #[test]
    fn what_is_kept_already_counts_and_is_not_stored_again() {
        let mut recorder = recorder(Arc::new(Full), 9);
        assert_eq!(recorder.sink().1, 9);
        let blob = BlobRef { digest: sha256(b"abcdef"), size: 6 };
        let kept = || Streamed(Body::Kept(blob, File::open("/dev/null").unwrap()));
        assert_eq!(recorder.answered(asked(), &kept(), "ada", 0), Ok(0));
        assert_eq!((recorder.exchanges[0].blobs["body"], recorder.sink().1), (blob, 3));
        let stop = recorder.answered(asked(), &kept(), "ada", 0).unwrap_err();
        assert_eq!(stop, Stop::over(Bound::TotalResponseBytes, 12, 9));
    }

    #[test]
    fn what_was_not_read_or_not_kept_ends_the_run() {
        let answer = |body| recorder(Arc::new(Full), 9).answered(asked(), &Streamed(body), "ada", 0).unwrap_err();
        assert_eq!(answer(Body::Over(10)), Stop::over(Bound::TotalResponseBytes, 10, 9));
        let lost = answer(Body::Lost(io::ErrorKind::StorageFull.into()));
        assert_eq!(lost, Stop::host_error("response to `files.open` cannot be stored: no storage space"));
    }

    #[test]
    fn what_cannot_be_stored_ends_the_run() {
        let stop = recorder(Arc::new(Full), 9).answered(asked(), &Short(b"ab"), "ada", 0).unwrap_err();
        assert_eq!(stop, Stop::host_error("response to `files.open` of 2 bytes cannot be stored: no storage space"));
    }
}
