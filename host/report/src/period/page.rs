//! A report as a page: headings, paragraphs, pairs and grids, which table, Markdown and HTML each write in their own way.
//!
//! **Invariant:** texts are as they were given; escaping is each format's own.

mod summary;
mod type1;
mod type2;

use tickmark_model::{Digest, Instant};

use super::Report;
use super::carved_out::CarvedOutLine;
use super::line::{About, ActLine, CheckpointLine, MatrixLine};
use super::words::{plural, short};

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// What fits on a terminal: plain operations are counted.
    Brief,
    /// All of it.
    Full,
}

/// A report as a page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) title: String,
    pub(super) lead: Vec<Block>,
    pub(super) sections: Vec<Section>,
}

/// A part with a heading.
#[derive(Debug)]
pub(super) struct Section {
    /// A word to link to.
    pub(super) anchor: String,
    pub(super) title: String,
    /// Whether it is about one control.
    pub(super) control: bool,
    pub(super) blocks: Vec<Block>,
}

impl Section {
    fn new(anchor: &str, title: &str, blocks: Vec<Block>) -> Self {
        Self { anchor: anchor.to_owned(), title: title.to_owned(), control: false, blocks }
    }
}

/// What stands below each other.
#[derive(Debug)]
pub(super) enum Block {
    /// A smaller heading.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// Names and what they are.
    Pairs(Vec<(String, String)>),
    /// Columns with titles.
    Grid(Vec<&'static str>, Vec<Vec<String>>),
}

impl Page {
    /// The page of a report.
    pub(super) fn of(report: &Report, detail: Detail) -> Self {
        match report {
            Report::Type1(report) => type1::page(report),
            Report::Type2(report) => type2::page(report, detail),
            Report::Summary(report) => summary::page(report),
        }
    }
}

/// A text as a block.
fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}

/// A name and what it is.
fn pair(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn about(about: &About) -> Vec<(String, String)> {
    let mut pairs = vec![pair("Company", &about.company)];
    if let Some(boundary) = &about.boundary {
        pairs.push(pair("Boundary", boundary));
    }
    let categories: Vec<&str> = about.categories.iter().map(|it| it.as_str()).collect();
    pairs.push(pair("Categories in scope", categories.join(", ")));
    pairs.extend(checkpoint(&about.checkpoint, about.known_until));
    pairs
}

fn checkpoint(it: &CheckpointLine, known_until: Instant) -> [(String, String); 2] {
    let made = format!("{} records, root {}, key {}", it.size, it.root, it.key);
    [pair("Made from", made), pair("Last record", known_until.to_string())]
}

/// Those that are there, separated by commas.
fn list(items: &[String]) -> String {
    if items.is_empty() { "-".to_owned() } else { items.join(", ") }
}

fn instant(at: Option<Instant>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.to_string())
}

/// What is not in the engagement's scope is no gap.
fn scope(in_scope: bool) -> &'static str {
    if in_scope { "in scope" } else { "not in scope" }
}

fn system(name: &str) -> &str {
    if name.is_empty() { "the company" } else { name }
}

fn digest(digest: &Digest) -> String {
    short(digest)
}

/// A matrix: where it was kept, and who wrote and approved it.
fn matrix_row(it: &MatrixLine) -> Vec<String> {
    let commit = match (&it.commit, it.dirty) {
        (Some(commit), Some(true)) => format!("{commit}, files differed"),
        (Some(commit), _) => commit.clone(),
        (None, _) => "-".to_owned(),
    };
    let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "-".to_owned());
    let (author, approver) = (name(&it.author), name(&it.approver));
    vec![it.from.to_string(), it.record.clone(), digest(&it.digest), it.controls.to_string(), commit, author, approver]
}

const MATRIX: [&str; 7] = ["From", "Record", "Digest", "Controls", "Commit", "Author", "Approver"];

/// What is said of names that nobody proves.
const ASSERTED: &str = "Names of authors and approvers are asserted, not authenticated.";

/// That a criterion rests on controls of vendors that were carved out, to stand behind its counts.
fn rests_on(vendors: u64) -> String {
    if vendors == 0 {
        return String::new();
    }
    format!("; rests on controls of {}", plural(vendors, "carved-out vendor", "carved-out vendors"))
}

/// Whose controls criteria rest on.
fn carved_out(lines: &[CarvedOutLine]) -> Option<Section> {
    let row = |it: &CarvedOutLine| {
        vec![
            it.criterion.clone(),
            format!("{} ({})", it.name, it.vendor),
            if it.complementary_controls.is_empty() { "-".to_owned() } else { it.complementary_controls.join("; ") },
            it.from.to_string(),
            instant(it.until),
            it.record.clone(),
        ]
    };
    let titles = vec!["Criterion", "Rests on controls of", "The company's own part", "From", "Until", "Record"];
    let note = "These vendors were carved out of the description of the system. What their controls did, their own reports say.";
    let blocks = vec![text(note), Block::Grid(titles, lines.iter().map(row).collect())];
    (!lines.is_empty()).then(|| Section::new("carved-out", "Carved-out vendors", blocks))
}

/// What people did, and whether it was them.
fn acts(lines: &[ActLine]) -> Option<Section> {
    let row = |it: &ActLine| {
        vec![
            it.record.clone(),
            it.at.to_string(),
            it.what.to_owned(),
            it.of.clone().unwrap_or_else(|| "-".to_owned()),
            it.control.clone().unwrap_or_else(|| "-".to_owned()),
            it.role.replace('_', " "),
            it.name.clone().unwrap_or_else(|| "erased".to_owned()),
            it.authentication.to_string(),
        ]
    };
    let note = "Who signed did so with a key that was theirs then. Every other name is asserted, not authenticated.";
    let titles = vec!["Record", "When", "What", "About", "Control", "As", "Name", "Signed"];
    let grid = Block::Grid(titles, lines.iter().map(row).collect());
    (!lines.is_empty()).then(|| Section::new("acts", "Acts of people", vec![text(note), grid]))
}

fn lost(lines: &[String]) -> Option<Section> {
    let rows: Vec<Vec<String>> = lines.iter().map(|line| vec![line.clone()]).collect();
    let blocks = vec![Block::Grid(vec!["What is there no more"], rows)];
    (!lines.is_empty()).then(|| Section::new("lost", "Lost evidence", blocks))
}
