//! Finds every spelling of every secret in an answer, and puts [`MARK`] in its place.
//!
//! One automaton (Aho and Corasick's) knows all spellings; it is fed each reading of the answer byte by byte. So the time
//! grows with the answer's length, however many secrets there are and however often an answer starts one.
//!
//! All that is found is taken out, also where two overlap: to keep the leftmost or the longest and to go on behind it
//! would leave the end of the other one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use aho_corasick::automaton::Automaton as _;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use super::MARK;
use super::reading::{Escapes, Read, Reader};
use super::spelling::{self, Edges};

/// What is looked for.
pub(super) struct Search {
    automaton: NFA,
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
        let automaton = NFA::builder().match_kind(MatchKind::Standard).prefilter(false).build(spellings.keys());
        let automaton = automaton.map_err(|error| error.to_string())?;
        let longest = spellings.keys().map(Vec::len).max().unwrap_or(0);
        Ok(Self { automaton, edges: spellings.into_values().collect(), longest })
    }

    /// `text` with [`MARK`] in the place of what is found, and in how many places; nothing where that is none.
    pub(super) fn redact(&self, text: &[u8]) -> Option<(Vec<u8>, u64)> {
        let mut found = Vec::new();
        for escapes in Escapes::ALL {
            // Without an escape in it, a text reads as it is.
            if escapes.start().is_none_or(|start| text.contains(&start)) {
                self.scan(Reader::new(text, escapes), &mut found);
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

    /// Adds what is found in one reading.
    fn scan(&self, reader: Reader<'_>, found: &mut Vec<Range<usize>>) {
        let Ok(mut state) = self.automaton.start_state(Anchored::No) else { return };
        // What was read last: as much as the longest spelling, and one before it.
        let room = self.longest + 1;
        let mut last: VecDeque<Read> = VecDeque::with_capacity(room + 1);
        // Whether what is read next belongs to what was found last, if it holds bits.
        let mut owed = false;
        for read in reader {
            if owed
                && spelling::holds_bits(read.byte)
                && let Some(range) = found.last_mut()
            {
                range.end = read.to;
            }
            owed = false;
            last.push_back(read);
            if last.len() > room {
                last.pop_front();
            }
            state = self.automaton.next_state(Anchored::No, state, read.byte);
            if !self.automaton.is_match(state) {
                continue;
            }
            let mut start = read.from;
            for at in 0..self.automaton.match_len(state) {
                let pattern = self.automaton.match_pattern(state, at);
                let edges = self.edges.get(pattern.as_usize()).copied().unwrap_or_default();
                let first = last.len().saturating_sub(self.automaton.pattern_len(pattern));
                let before = first.checked_sub(1).and_then(|at| last.get(at));
                let before = before.filter(|read| edges.before && spelling::holds_bits(read.byte));
                let first = before.or_else(|| last.get(first));
                start = first.map_or(start, |first| first.from.min(start));
                owed |= edges.after;
            }
            found.push(start..read.to);
        }
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
