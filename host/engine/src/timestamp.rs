//! Asking a timestamp server (RFC 3161) for a token over a checkpoint.
//!
//! **Absent on purpose:** trusting it. Whether the authority is one to trust is the reader's to say.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use tickmark_ledger::package::{Timestamp, TimestampRequest};

/// Longest answer, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// The answer of the server at `url` for `data`, once it is found to be about it. Only `http://`: a token is signed, so who
/// carries it does not matter.
///
/// # Errors
/// Where the server cannot be reached, refuses, or answers about something else.
pub(crate) fn fetch(url: &str, data: &[u8]) -> anyhow::Result<Vec<u8>> {
    ensure!(
        url.starts_with("http://"),
        "the timestamp server `{url}` is not an http:// address; https is not supported"
    );
    let mut nonce = [0; 8];
    getrandom::fill(&mut nonce).map_err(|error| anyhow::anyhow!("no random numbers: {error}"))?;
    // A number in DER has no leading zeros and is not negative.
    nonce[0] = nonce[0] & 0x3f | 0x40;
    let request = TimestampRequest::new(data, nonce);
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .max_redirects(0)
        .proxy(None)
        .build()
        .into();
    let cannot = || format!("cannot get a timestamp from `{url}`");
    let mut response =
        agent.post(url).content_type("application/timestamp-query").send(&request.to_der()[..]).with_context(cannot)?;
    let answer = response.body_mut().with_config().limit(MAX_BYTES).read_to_vec().with_context(cannot)?;
    let timestamp = Timestamp::parse(&answer).with_context(cannot)?;
    ensure!(request.is_answered_by(&timestamp), "the timestamp server `{url}` answers another request");
    Ok(answer)
}
