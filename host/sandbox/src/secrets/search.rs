//! Finds every spelling of every secret in an answer, and puts [`MARK`] in its place.
//!
//! One automaton (Aho and Corasick's) knows all spellings; it is fed each reading of the answer byte by byte. So the time
//! grows with the answer's length, however many secrets there are and however often an answer starts one.
//!
//! All that is found is taken out, also where two overlap: to keep the leftmost or the longest and to go on behind it
//! would leave the end of the other one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use aho_corasick::automaton::{Automaton as _, StateID};
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::MARK;
use super::reading::{Escapes, Read, Reader};
use super::spelling::{self, Edges};

/// How deep in the automaton a step is one look into a table: beyond that are few steps, and tables cost memory.
const DENSE_DEPTH: usize = 16;

/// What is looked for.
pub(super) struct Search {
    automaton: NFA,
    start: StateID,
    /// Of each spelling, by its number in the automaton.
    edges: Vec<Edges>,
    /// Bytes of the longest spelling.
    longest: usize,
}

impl Search {
    /// Looks for `parts`.
    ///
    /// # Errors
    /// Why there can be no automaton: the parts have more bytes than it has room for.
    pub(super) fn new(parts: &BTreeSet<Vec<u8>>) -> Result<Self, String> {
        let mut spellings = BTreeMap::new();
        for part in parts {
            spelling::add(part, &mut spellings);
        }
        let mut builder = NFA::builder();
        builder.match_kind(MatchKind::Standard).prefilter(false).dense_depth(DENSE_DEPTH);
        let automaton = builder.build(spellings.keys()).map_err(|error| error.to_string())?;
        let start = automaton.start_state(Anchored::No).map_err(|error| error.to_string())?;
        let longest = spellings.keys().map(Vec::len).max().unwrap_or(0);
        Ok(Self { automaton, start, edges: spellings.into_values().collect(), longest })
    }

    /// `text` with [`MARK`] in the place of what is found, and in how many places; nothing where that is none.
    pub(super) fn redact(&self, text: &[u8]) -> Option<(Vec<u8>, u64)> {
        // No way to read it makes it longer.
        if text.len() < self.automaton.min_pattern_len() {
            return None;
        }
        let mut found = Vec::new();
        for escapes in Escapes::ALL {
            // Without an escape in it, a text reads as it is.
            if escapes.start().is_none_or(|start| text.contains(&start)) {
                Scan::of(self, text, &mut found).all(Reader::new(text, escapes));
            }
        }
        if found.is_empty() {
            return None;
        }
        found.sort_unstable_by_key(|range| (range.start, range.end));
        let mut out = Vec::with_capacity(text.len());
        let mut places = 0;
        let mut end = 0;
        for range in found {
            if range.start >= end {
                out.extend_from_slice(text.get(end..range.start).unwrap_or_default());
                out.extend_from_slice(MARK.as_bytes());
                places += 1;
            }
            end = end.max(range.end);
        }
        out.extend_from_slice(text.get(end..).unwrap_or_default());
        Some((out, places))
    }
}

/// One reading of a text, on its way.
struct Scan<'a> {
    search: &'a Search,
    text: &'a [u8],
    found: &'a mut Vec<Range<usize>>,
    state: StateID,
    /// Bytes that were read.
    read: usize,
    /// Where they stand, as far back as the longest spelling goes and one more.
    places: VecDeque<Place>,
    /// Whether what is read next belongs to what was found last, if it holds bits.
    owed: bool,
}

/// Where some bytes stand, from one on.
struct Place {
    /// How many were read before them.
    read: usize,
    from: usize,
    /// The byte that an escape stands for; otherwise each of the bytes stands for itself, one behind the other.
    escaped: Option<u8>,
}

impl<'a> Scan<'a> {
    fn of(search: &'a Search, text: &'a [u8], found: &'a mut Vec<Range<usize>>) -> Self {
        Self { search, text, found, state: search.start, read: 0, places: VecDeque::new(), owed: false }
    }

    fn all(mut self, reader: Reader<'a>) {
        for read in reader {
            match read {
                Read::Plain { bytes, from } => {
                    self.stand(from, None);
                    for (to, byte) in (from + 1..).zip(bytes) {
                        self.step(*byte, to);
                    }
                }
                Read::Escape { taken, from, to } => {
                    for byte in taken.bytes() {
                        self.stand(from, Some(*byte));
                        self.step(*byte, to);
                    }
                }
            }
        }
    }

    /// Says where the next bytes stand.
    fn stand(&mut self, from: usize, escaped: Option<u8>) {
        let needed = self.read.saturating_sub(self.search.longest + 1);
        while self.places.get(1).is_some_and(|place| place.read <= needed) {
            self.places.pop_front();
        }
        self.places.push_back(Place { read: self.read, from, escaped });
    }

    /// The byte that was read after `read` others, and where it stands.
    fn place(&self, read: usize) -> Option<(u8, usize)> {
        let after = self.places.partition_point(|place| place.read <= read);
        let Place { read: first, from, escaped } = self.places.get(after.checked_sub(1)?)?;
        match escaped {
            Some(byte) => Some((*byte, *from)),
            None => {
                let at = from + (read - first);
                self.text.get(at).map(|byte| (*byte, at))
            }
        }
    }

    /// Reads one byte, what stands for which ends at `to`.
    #[inline]
    fn step(&mut self, byte: u8, to: usize) {
        if self.owed {
            self.owed = false;
            if spelling::holds_bits(byte)
                && let Some(range) = self.found.last_mut()
            {
                range.end = to;
            }
        }
        self.read += 1;
        self.state = self.search.automaton.next_state(Anchored::No, self.state, byte);
        if self.search.automaton.is_match(self.state) {
            self.note(to);
        }
    }

    /// Adds what ends at `to`: the longest of the spellings that do.
    #[cold]
    fn note(&mut self, to: usize) {
        let Search { automaton, edges, .. } = self.search;
        let mut start = to;
        for at in 0..automaton.match_len(self.state) {
            let pattern = automaton.match_pattern(self.state, at);
            let edges = edges.get(pattern.as_usize()).copied().unwrap_or_default();
            let first = self.read.saturating_sub(automaton.pattern_len(pattern));
            let before = first.checked_sub(1).filter(|_| edges.before).and_then(|before| self.place(before));
            let before = before.filter(|(byte, _)| spelling::holds_bits(*byte));
            start = before.or_else(|| self.place(first)).map_or(start, |(_, at)| at.min(start));
            self.owed |= edges.after;
        }
        self.found.push(start..to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(secrets: &[&str], text: &str, expected: &str) {
        let parts = secrets.iter().map(|secret| secret.as_bytes().to_vec()).collect();
        let found = Search::new(&parts).unwrap().redact(text.as_bytes());
        let shown = found.map(|(bytes, places)| (String::from_utf8(bytes).unwrap(), places));
        let places = expected.matches(MARK).count() as u64;
        assert_eq!(shown, (places > 0).then(|| (expected.to_owned(), places)));
    }

    #[test]
    fn what_overlaps_goes_whole() {
        check(&["abcdefgh", "efghijkl"], "-abcdefghijkl-", "-<redacted>-");
        check(&["abcdefgh", "abcdefghij"], "-abcdefgh-abcdefghij-", "-<redacted>-<redacted>-");
        check(&["abcdefgh", "bcdefghi", "xxabcdefghi"], "abcdefghi xxabcdefghi", "<redacted> <redacted>");
        check(&["abababab"], "abababababa", "<redacted>a");
        check(&["abcdefgh"], "abcdefghabcdefgh", "<redacted><redacted>");
    }

    #[test]
    fn what_is_not_whole_stays() {
        check(&["abcdefgh"], "abcdefg bcdefgh abcdefg", "");
        check(&["abcdefgh"], "", "");
    }

    #[test]
    fn escapes_are_read_and_go_whole() {
        check(&["pass/w\"rd&"], r#"{"a":"pass\/w\"rd&","b":1}"#, r#"{"a":"<redacted>","b":1}"#);
        check(&["pass/w\"rd&"], "?t=pass%2fw%22rd%26&x=1", "?t=<redacted>&x=1");
        check(&["pass/w\"rd&"], "<a b=\"pass/w&quot;rd&amp;\">", "<a b=\"<redacted>\">");
        check(&["pässwörter"], r"p\u00e4ssw\u00F6rter", "<redacted>");
        check(&["two words"], "two+words two%20words", "<redacted> <redacted>");
    }

    #[test]
    fn base64_is_read_across_lines_and_in_urls() {
        // `user:s3cret-token?>` and what is around it.
        check(&["s3cret-token?>"], "dXNlcjpzM2NyZXQtdG9rZW4/Pg==", "dXNlcj<redacted>==");
        check(&["s3cret-token?>"], "dXNlcjpzM2Ny\r\nZXQtdG9rZW4_Pg\n", "dXNlcj<redacted>\n");
        check(&["s3cret-token?>"], "dXNlcjpzM2NyZXQtdG9rZW4%2FPg%3D%3D", "dXNlcj<redacted>%3D%3D");
        check(&["s3cret-token?>"], r"dXNlcjpzM2NyZXQ\ntdG9rZW4\/Pg==", "dXNlcj<redacted>==");
    }
}
