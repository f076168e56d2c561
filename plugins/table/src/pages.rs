//! The pages of a JSON API, one after the other, until the source says that there is none.
//!
//! **Invariant:** the chain is followed to its end, or the run fails: a page that is missing is never the last one.
//! **Absent on purpose:** other origins. A link says a path and a query; the host sends them to the granted origin, whatever
//! name stands in the link.

use std::collections::BTreeSet;

use tickmark_collector::{Blob, Failure, Host, Receipt, Request, Response, code, link};

use crate::convert::quoted;
use crate::parse::json::Json;
use crate::settings::{Next, Pages};

/// Most pages of one source.
const PAGES: u64 = 10_000;

/// What was on a page.
pub(crate) struct Page {
    pub rows: u64,
    /// What the document says about the next one.
    pub next: Option<Json>,
}

/// Hands every page to `each`, with its number from 1; gives the receipt of the last one.
///
/// # Errors
/// As the host's; `unavailable` where a page does not answer with 200; `invalid` where pages lead in a circle or to where no
/// page can be; whatever `each` returns.
pub(crate) fn each(
    host: &dyn Host,
    pages: &Pages,
    each: &mut dyn FnMut(u64, &Blob) -> Result<Page, Failure>,
) -> Result<Receipt, Failure> {
    let mut asked = BTreeSet::new();
    let mut path = match &pages.next {
        Next::Numbered(parameter) => with(&pages.first, parameter, "1"),
        _ => pages.first.clone(),
    };
    for number in 1..=PAGES {
        let response = host.send(&Request::get("source", &path))?;
        let receipt = response.body.receipt();
        if response.status != 200 {
            return Err(refused(number, response.status).shown_by(receipt));
        }
        let page = each(number, &response.body)?;
        let next = following(pages, number, &path, &response, &page).map_err(|failure| failure.shown_by(receipt))?;
        asked.insert(path);
        match next {
            None => return Ok(receipt),
            Some(next) if asked.contains(&next) => {
                let message = format!("page {number} leads back to a page that was read already");
                return Err(Failure::invalid(message).shown_by(receipt));
            }
            Some(next) => path = next,
        }
    }
    Err(Failure::new(code::LIMIT, format!("more than {PAGES} pages")))
}

fn refused(number: u64, status: u16) -> Failure {
    let failure = Failure::new(code::UNAVAILABLE, format!("page {number} answered with status {status}, expected 200"));
    Failure { retryable: status == 429 || status >= 500, ..failure }
}

/// Path and query of the page behind this one.
fn following(
    pages: &Pages,
    number: u64,
    path: &str,
    response: &Response,
    page: &Page,
) -> Result<Option<String>, Failure> {
    match &pages.next {
        Next::Never => Ok(None),
        Next::Numbered(_) if page.rows == 0 => Ok(None),
        Next::Numbered(parameter) => Ok(Some(with(&pages.first, parameter, &(number + 1).to_string()))),
        Next::Header => {
            link::url(&response.headers).map_err(Failure::invalid)?.map(|link| target(path, link)).transpose()
        }
        Next::At(_) => said(page)?.map(|link| target(path, &link)).transpose(),
        Next::Cursor(_, parameter) => Ok(said(page)?.map(|cursor| with(&pages.first, parameter, &cursor))),
    }
}

/// What the document says about the next page; nothing where it says that there is none.
fn said(page: &Page) -> Result<Option<String>, Failure> {
    match &page.next {
        None | Some(Json::Null | Json::Truth(false)) => Ok(None),
        Some(Json::Text(text)) if text.is_empty() => Ok(None),
        Some(Json::Text(text)) => Ok(Some(text.clone())),
        Some(Json::Number(number)) => Ok(Some(number.clone())),
        Some(other) => {
            let what = other.given().what();
            Err(Failure::invalid(format!("what the document says about the next page is {what}, expected a text")))
        }
    }
}

/// `path` with a further parameter.
fn with(path: &str, parameter: &str, value: &str) -> String {
    let joined = if path.contains('?') { '&' } else { '?' };
    let mut out = format!("{path}{joined}{parameter}=");
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Path and query that a link on the page at `path` leads to.
fn target(path: &str, link: &str) -> Result<String, Failure> {
    let absolute = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    let target = match (absolute, link) {
        (Some(rest), _) => rest.find(['/', '?']).and_then(|at| rest.get(at..)).map(str::to_owned),
        (None, link) if link.starts_with('/') && !link.starts_with("//") => Some(link.to_owned()),
        (None, link) if link.starts_with('?') => {
            Some(format!("{}{link}", path.split_once('?').map_or(path, |(path, _)| path)))
        }
        _ => None,
    };
    let target = target.map(|target| if target.starts_with('?') { format!("/{target}") } else { target });
    let plain = |target: &String| !target.starts_with("//") && target.bytes().all(|b| (0x21..0x7f).contains(&b));
    let target = target.map(|target| target.split_once('#').map_or(target.clone(), |(target, _)| target.to_owned()));
    target
        .filter(plain)
        .ok_or_else(|| Failure::invalid(format!("the next page is said to be at {}, which is no link", quoted(link))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_paths() {
        let check = |link: &str| target("/a/b?page=1", link).map_err(|failure| failure.message);
        assert_eq!(check("https://api.example.com/v1/x?page=2"), Ok("/v1/x?page=2".into()));
        assert_eq!(check("http://127.0.0.1:8080?page=2"), Ok("/?page=2".into()));
        assert_eq!(check("/v1/x?page=2#top"), Ok("/v1/x?page=2".into()));
        assert_eq!(check("?page=2"), Ok("/a/b?page=2".into()));
        for bad in ["", "https://api.example.com", "//evil/x", "page2", "/a b", "/\u{e4}", "https://a//b"] {
            assert_eq!(check(bad), Err(format!("the next page is said to be at {bad:?}, which is no link")), "{bad}");
        }
    }

    #[test]
    fn parameters_are_escaped() {
        assert_eq!(with("/x", "page", "2"), "/x?page=2");
        assert_eq!(with("/x?limit=5", "after", "a+b/ä="), "/x?limit=5&after=a%2Bb%2F%C3%A4%3D");
    }
}
