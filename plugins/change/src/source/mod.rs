//! Where documents come from: an API over HTTP, or files that hold what it answered.
//!
//! A file stands at the path of the request with `.json` behind: the answer to `/repos/acme/web/pulls/7` is the file
//! `repos/acme/web/pulls/7.json`. Of a list it holds all pages, as one array or as arrays one after another.
//!
//! **Invariant:** a list is whole only where its page chain ended: the last page names no next one. Whatever breaks it is
//! [`Trouble`], never a shorter list.
//! **Invariant:** after the source said that it was asked too often, it is not asked again.

mod list;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use tickmark_collector::{Blob, Failure, Host, Receipt, Request, Response, code, link};

/// Most pages of one list.
const MAX_PAGES: usize = 10_000;

/// Why something was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The run cannot go on.
    Fatal(Failure),
    /// The source does not have it.
    Absent(String),
    /// It may be there, and is not known.
    Unread(String),
}

impl Trouble {
    /// Why, for people; a failure of the whole run stays one.
    ///
    /// # Errors
    /// The failure that ends the run.
    pub fn why(self) -> Result<String, Failure> {
        match self {
            Self::Fatal(failure) => Err(failure),
            Self::Absent(why) | Self::Unread(why) => Ok(why),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Fatal(failure)
    }
}

/// How a source is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over HTTP; each request starts with the prefix.
    Http,
    /// From saved files.
    Files,
}

/// One source.
pub(crate) struct Source<'h> {
    host: &'h dyn Host,
    way: Way,
    /// The grant's name, of either kind.
    grant: &'static str,
    /// What stands before every path of an HTTP request.
    prefix: String,
    /// Why it is not asked any more.
    stopped: RefCell<Option<String>>,
}

/// What a list's reader does with an element and with the end of a page.
pub(crate) trait Reader {
    /// Takes the next element of the list, shown by `receipt`.
    ///
    /// # Errors
    /// Ends the run.
    fn element(&mut self, element: Value, receipt: Receipt) -> Result<(), Failure>;

    /// Says after a page whether the next one is needed.
    fn page(&mut self) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<'h> Source<'h> {
    pub fn new(host: &'h dyn Host, way: Way, grant: &'static str, prefix: String) -> Self {
        Self { host, way, grant, prefix, stopped: RefCell::default() }
    }

    pub fn way(&self) -> Way {
        self.way
    }

    /// The document at `path`.
    ///
    /// # Errors
    /// [`Trouble`], where it is not there, not known or not of the form.
    pub fn one<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<(T, Receipt), Trouble> {
        let blob = match self.way {
            Way::Http => self.answer(&format!("{}{path}{query}", self.prefix))?.body,
            Way::Files => self.file(path)?,
        };
        let read = serde_json::from_reader(blob.reader());
        read.map(|document| (document, blob.receipt())).map_err(|error| self.unread(path, &error))
    }

    /// The documents that the pages at `path` are, where a document goes on over pages; in a file one after another.
    ///
    /// # Errors
    /// [`Trouble`], where a page is not there, not known or not of the form.
    pub fn parts<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<(Vec<T>, Vec<Receipt>), Trouble> {
        let mut parts = Vec::new();
        let receipts = self.pages(path, query, &mut |blob| {
            for part in serde_json::Deserializer::from_reader(blob.reader()).into_iter() {
                parts.push(part.map_err(|error| self.unread(path, &error))?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((parts, receipts))
    }

    /// All elements of the list at `path`. One that is not of the form leaves the whole list unread.
    ///
    /// # Errors
    /// [`Trouble`], where a page is not there, not known or no list.
    pub fn all<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<(Vec<T>, Vec<Receipt>), Trouble> {
        struct All<T>(Vec<T>, Option<String>);
        impl<T: DeserializeOwned> Reader for All<T> {
            fn element(&mut self, element: Value, _: Receipt) -> Result<(), Failure> {
                match T::deserialize(element) {
                    Ok(element) => self.0.push(element),
                    Err(error) => self.1 = Some(format!("element {}: {error}", self.0.len() + 1)),
                }
                Ok(())
            }

            fn page(&mut self) -> ControlFlow<()> {
                if self.1.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        }
        let mut all = All(Vec::new(), None);
        let receipts = self.list(path, query, &mut all)?;
        match all.1 {
            None => Ok((all.0, receipts)),
            Some(why) => Err(self.unread(path, &why)),
        }
    }

    /// Hands every element of the list at `path` to `reader`, page by page, and gives the receipts of the pages. The chain
    /// is followed to its end, unless `reader` says that it has enough.
    ///
    /// # Errors
    /// [`Trouble`], where a page is not there, not known or no list.
    pub fn list(&self, path: &str, query: &str, reader: &mut dyn Reader) -> Result<Vec<Receipt>, Trouble> {
        self.pages(path, query, &mut |blob| {
            let receipt = blob.receipt();
            match list::each(blob.reader(), &mut |element| reader.element(element, receipt)) {
                Ok(()) => Ok(reader.page()),
                Err(list::Stop::Failed(failure)) => Err(Trouble::Fatal(failure)),
                Err(list::Stop::NoList(why)) => Err(self.unread(path, &why)),
            }
        })
    }

    /// The pages at `path`, until there is no next one or `read` has enough.
    fn pages(
        &self,
        path: &str,
        query: &str,
        read: &mut dyn FnMut(&Blob) -> Result<ControlFlow<()>, Trouble>,
    ) -> Result<Vec<Receipt>, Trouble> {
        if self.way == Way::Files {
            let blob = self.file(path)?;
            let _ = read(&blob)?;
            return Ok(vec![blob.receipt()]);
        }
        let mut receipts = Vec::new();
        let mut asked = BTreeSet::new();
        let mut next = Some(format!("{}{path}{query}", self.prefix));
        while let Some(page) = next {
            if asked.len() >= MAX_PAGES {
                return Err(self.unread(path, &format!("more than {MAX_PAGES} pages")));
            }
            let response = self.answer(&page)?;
            receipts.push(response.body.receipt());
            if read(&response.body)?.is_break() {
                break;
            }
            asked.insert(page);
            next = link::next(&response.headers).map_err(|why| self.unread(path, &why))?;
            if next.as_ref().is_some_and(|next| asked.contains(next)) {
                return Err(self.unread(path, &"its pages go in a circle"));
            }
        }
        Ok(receipts)
    }

    fn file(&self, path: &str) -> Result<Blob, Trouble> {
        let name = format!("{}.json", path.trim_start_matches('/'));
        self.host.open(self.grant, &name).map_err(|failure| match failure.code.as_str() {
            code::NOT_FOUND => Trouble::Absent(format!("`{}` has no file `{name}`", self.grant)),
            code::DENIED => Trouble::Fatal(failure),
            _ => self.unread(path, &failure),
        })
    }

    /// The answer to a request, of status 200.
    fn answer(&self, path_and_query: &str) -> Result<Response, Trouble> {
        if let Some(why) = self.stopped.borrow().as_ref() {
            return Err(Trouble::Unread(why.clone()));
        }
        let mut request = Request::get(self.grant, path_and_query);
        // The version is the one of GitHub's API that this was written for. Others pass it over.
        for (name, value) in [("accept", "application/json"), ("x-github-api-version", "2022-11-28")] {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
        let response = self.host.send(&request).map_err(|failure| match failure.code.as_str() {
            code::DENIED => Trouble::Fatal(failure),
            _ => self.unread(path_and_query, &failure),
        })?;
        let status = response.status;
        if status == 200 {
            return Ok(response);
        }
        let said = match message(&response.body) {
            Some(said) => format!("status {status}: {said}"),
            None => format!("status {status}"),
        };
        if status == 429 || (status == 403 && limited(&response, &said)) {
            let why = format!("{} was asked too often ({said}), so the rest was not looked at", self.grant);
            *self.stopped.borrow_mut() = Some(why.clone());
            return Err(Trouble::Unread(why));
        }
        if status == 404 {
            return Err(Trouble::Absent(format!("{}{path_and_query}: {said}", self.grant)));
        }
        Err(self.unread(path_and_query, &said))
    }

    /// The trouble that what is at `path` is not known, for the reason `why`.
    pub fn unread(&self, path: &str, why: &dyn std::fmt::Display) -> Trouble {
        Trouble::Unread(format!("{}{}{path}: {why}", self.grant, if path.starts_with('/') { "" } else { "/" }))
    }
}

/// Whether a refusal says that too much was asked.
fn limited(response: &Response, said: &str) -> bool {
    let header = |wanted: &str| response.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.trim());
    header("x-ratelimit-remaining") == Some("0")
        || header("retry-after").is_some()
        || said.to_lowercase().contains("rate limit")
}

/// What the source says about its refusal, on one line and cut to a length for people.
fn message(body: &Blob) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Refusal {
        message: Option<String>,
        #[serde(default)]
        error_messages: Vec<String>,
    }
    let Refusal { message, error_messages } = serde_json::from_reader(body.reader()).ok()?;
    let said = message.or_else(|| error_messages.into_iter().next())?;
    Some(said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect())
}

/// `text` as one segment of a path: everything but letters, digits and `-._~` is percent-encoded.
pub(crate) fn segment(text: &str) -> String {
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
