//! Pages of Okta's API, one after the other, until a page names no next one.
//!
//! **Invariant:** the chain is followed to its end, or the run fails: a page that is missing is never the last one.

use std::collections::BTreeSet;

use serde_json::Value;
use tickmark_collector::{Blob, Failure, Host, Receipt, Request, Response, code, link};

use crate::parse::okta::refusal;
use crate::stream;

/// Most pages of one list.
const PAGES: usize = 10_000;

/// What is not there where a list was asked for.
#[derive(Debug)]
pub(super) struct NotThere;

/// Hands every element of the list at `path` to `take`, with the receipt of its page; gives the receipt of the last page.
///
/// # Errors
/// As the host's; `unavailable` where a page does not answer with 200; `invalid` where a page is no list, or pages lead in
/// a circle or nowhere; `limit`; whatever `take` returns.
pub(super) fn each(
    host: &dyn Host,
    path: &str,
    what: &str,
    take: &mut dyn FnMut(Value, Receipt) -> Result<(), Failure>,
) -> Result<Result<Receipt, NotThere>, Failure> {
    let mut asked = BTreeSet::new();
    let mut next = path.to_owned();
    loop {
        if asked.len() >= PAGES {
            return Err(Failure::new(code::LIMIT, format!("{what} of more than {PAGES} pages")));
        }
        let mut request = Request::get("okta", &next);
        request.headers.push(("accept".to_owned(), "application/json".to_owned()));
        let response = host.send(&request)?;
        let receipt = response.body.receipt();
        match response.status {
            200 => {}
            404 if asked.is_empty() => return Ok(Err(NotThere)),
            _ => return Err(refused(&response, what, asked.len() + 1).shown_by(receipt)),
        }
        stream::list(response.body.reader(), what, refusal, &mut |element| take(element, receipt))
            .map_err(|failure| failure.shown_by(receipt))?;
        asked.insert(next);
        let page = asked.len();
        let wrong = |why: String| Failure::invalid(format!("{what}, page {page}: {why}")).shown_by(receipt);
        match link::next(&response.headers).map_err(wrong)? {
            None => return Ok(Ok(receipt)),
            Some(link) if asked.contains(&link) => {
                return Err(wrong("it leads back to a page that was read already".to_owned()));
            }
            Some(link) => next = link,
        }
    }
}

fn refused(response: &Response, what: &str, page: usize) -> Failure {
    let status = response.status;
    let said = said(&response.body).map_or_else(String::new, |said| format!(": {said}"));
    let message = format!("{what}, page {page} answered with status {status}, expected 200{said}");
    Failure { retryable: status == 429 || status >= 500, ..Failure::new(code::UNAVAILABLE, message) }
}

/// What Okta says about its refusal.
fn said(body: &Blob) -> Option<String> {
    let document: Value = serde_json::from_slice(&body.read(0, 65_536)).ok()?;
    Some(refusal(&document)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// `text` within a path or a query: everything but letters, digits and `-._~` is percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
