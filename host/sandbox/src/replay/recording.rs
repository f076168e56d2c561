//! What answers a guest when it is replayed: the exchanges of a recording, in order and each once.
//!
//! **Invariant:** an exchange answers only the question that it was recorded for.
//! **Invariant:** the answer, recorded again, gives the exchange again; otherwise it was not understood whole.
//! **Invariant:** the first thing wrong is kept, whatever the guest makes of it.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use tickmark_model::{Digest, Exchange, Receipt};

use super::error::{Question, ReplayError};
use crate::digest::sha256;
use crate::interfaces::{Code, Refusal};
use crate::outcome::Stop;
use crate::principal::Told;
use crate::recorder::{Answer, Asked, Summary};

/// Where the bytes of recorded responses are.
pub trait BlobSource: Send + Sync {
    /// The bytes whose SHA-256 is `digest`, or nothing where they are not there any more.
    ///
    /// # Errors
    /// What the system says.
    fn get(&self, digest: &Digest) -> io::Result<Option<Vec<u8>>>;
}

/// The exchanges that are not asked for yet.
pub(crate) struct Recording {
    left: VecDeque<Exchange>,
    recorded: usize,
    blobs: Arc<dyn BlobSource>,
    /// The exchange that answered last.
    current: Option<Exchange>,
    error: Option<ReplayError>,
}

impl Recording {
    /// # Errors
    /// [`ReplayError::Order`] where the ordinals do not count from 0.
    pub(super) fn new(exchanges: Vec<Exchange>, blobs: Arc<dyn BlobSource>) -> Result<Self, ReplayError> {
        let misplaced = exchanges.iter().enumerate().find(|(place, exchange)| exchange.seq as usize != *place);
        if let Some((place, exchange)) = misplaced {
            return Err(ReplayError::Order { place, found: exchange.seq });
        }
        let recorded = exchanges.len();
        Ok(Self { left: exchanges.into(), recorded, blobs, current: None, error: None })
    }

    /// What the source said when `asked` was asked.
    ///
    /// # Errors
    /// A [`Stop`], after which the run is lost: it asks something else, or the answer cannot be had.
    pub(crate) fn answer<T: Answer>(&mut self, asked: &Asked) -> Result<Told<T>, Stop> {
        let played = self.play(asked);
        played.map_err(|error| self.stop(error))
    }

    fn play<T: Answer>(&mut self, asked: &Asked) -> Result<Told<T>, ReplayError> {
        let found = || Box::new(Question::asked(asked));
        let Some(exchange) = self.left.pop_front() else {
            let seq = Receipt::try_from(self.recorded).unwrap_or(Receipt::MAX);
            return Err(ReplayError::Exhausted { seq, found: found(), recorded: self.recorded });
        };
        let same =
            exchange.function == asked.function && exchange.grant == asked.grant && exchange.request == asked.request;
        if !same {
            let expected = Box::new(Question::recorded(&exchange));
            return Err(ReplayError::Mismatch { seq: exchange.seq, expected, found: found() });
        }
        let played = Played { exchange: &exchange, blobs: &*self.blobs };
        let principal = played.summary_text("principal")?;
        let redacted = played.redacted()?;
        let answer = match &exchange.failure {
            None => Ok(T::play(&played)?),
            Some(word) => Err(played.refusal(word)?),
        };
        self.current = Some(exchange);
        Ok(Told { answer, principal, redacted })
    }

    /// Compares the exchange that was recorded `again` with the one that answered.
    ///
    /// # Errors
    /// A [`Stop`] where they differ, after which the run is lost.
    pub(crate) fn confirm(&mut self, again: Option<&Exchange>) -> Result<(), Stop> {
        let Some(exchange) = self.current.take() else { return Ok(()) };
        if again == Some(&exchange) {
            return Ok(());
        }
        let why = again.map_or("it is not recorded again", |again| difference(&exchange, again));
        Err(self.stop(ReplayError::Recording { seq: exchange.seq, why: why.to_owned() }))
    }

    /// # Errors
    /// The first thing that was wrong; [`ReplayError::Leftover`] where nothing was and the guest ended before the
    /// recording did.
    pub(super) fn end(self) -> Result<(), ReplayError> {
        match (self.error, self.left.front()) {
            (Some(error), _) => Err(error),
            (None, Some(first)) => Err(ReplayError::Leftover { from: first.seq, count: self.left.len() }),
            (None, None) => Ok(()),
        }
    }

    /// The first thing that was wrong, if anything was.
    pub(super) fn take_error(&mut self) -> Option<ReplayError> {
        self.error.take()
    }

    fn stop(&mut self, error: ReplayError) -> Stop {
        let stop = Stop::host_error(format!("the replay stops: {error}"));
        self.error.get_or_insert(error);
        stop
    }
}

/// Which part of two exchanges with the same question differs.
fn difference(recorded: &Exchange, again: &Exchange) -> &'static str {
    if recorded.blobs != again.blobs {
        "its responses would be written with other bytes"
    } else if recorded.summary != again.summary {
        "its summary is not that of its responses"
    } else {
        "it would be recorded otherwise"
    }
}

/// One exchange with its bytes at hand.
pub(crate) struct Played<'a> {
    exchange: &'a Exchange,
    blobs: &'a dyn BlobSource,
}

impl Played<'_> {
    /// The bytes of the part called `name`.
    ///
    /// # Errors
    /// [`ReplayError::Missing`], [`ReplayError::Altered`] and [`ReplayError::Unreadable`]; [`ReplayError::Recording`]
    /// where there is no such part.
    pub(crate) fn part(&self, name: &str) -> Result<Vec<u8>, ReplayError> {
        let seq = self.exchange.seq;
        let part = || name.to_owned();
        let blob = self.exchange.blobs.get(name).ok_or_else(|| self.wrong(format_args!("it has no part `{name}`")))?;
        let digest = blob.digest;
        let bytes = self.blobs.get(&digest).map_err(|cause| {
            let part = part();
            ReplayError::Unreadable { seq, part, digest, cause }
        })?;
        let bytes = bytes.ok_or_else(|| ReplayError::Missing { seq, part: part(), digest })?;
        let found = sha256(&bytes);
        if found != digest {
            return Err(ReplayError::Altered { seq, part: part(), expected: digest, found });
        }
        Ok(bytes)
    }

    /// The part called `name` as JSON.
    ///
    /// # Errors
    /// As [`Played::part`]; [`ReplayError::Recording`] where it is no such JSON.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, ReplayError> {
        let bytes = self.part(name)?;
        serde_json::from_slice(&bytes).map_err(|cause| self.wrong(format_args!("part `{name}`: {cause}")))
    }

    /// What the summary says under `name`.
    pub(crate) fn summary(&self) -> &Summary {
        &self.exchange.summary
    }

    /// An error that says why this is no recording.
    pub(crate) fn wrong(&self, why: impl std::fmt::Display) -> ReplayError {
        ReplayError::Recording { seq: self.exchange.seq, why: why.to_string() }
    }

    fn summary_text(&self, name: &str) -> Result<String, ReplayError> {
        let text = self.summary().get(name).and_then(serde_json::Value::as_str);
        text.map(str::to_owned).ok_or_else(|| self.wrong(format_args!("its summary has no text `{name}`")))
    }

    /// In how many places secrets were taken out: what is recorded has them no more, so it cannot be counted again.
    fn redacted(&self) -> Result<u64, ReplayError> {
        match self.summary().get("redacted") {
            None => Ok(0),
            Some(places) => places.as_u64().ok_or_else(|| self.wrong("its summary has no whole number `redacted`")),
        }
    }

    fn refusal(&self, word: &str) -> Result<Refusal, ReplayError> {
        let code = Code::from_word(word).ok_or_else(|| self.wrong(format_args!("no failure is called `{word}`")))?;
        let retryable = self.summary().get("retryable").and_then(serde_json::Value::as_bool);
        let retryable = retryable.ok_or_else(|| self.wrong("its summary has no boolean `retryable`"))?;
        Ok(Refusal { code, message: self.summary_text("message")?, retryable })
    }
}
