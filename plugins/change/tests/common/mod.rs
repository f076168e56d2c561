//! The example company, over HTTP page by page and as saved files, and one literal for everything that a run gives.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail like tests")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value as Json;
use tickmark_change::Change;
use tickmark_collector::testing::{Answer, TestHost, TestRow};
use tickmark_collector::{Scalar, Value, time};

/// Documents by the path of their request, without `.json`.
pub type Documents = BTreeMap<String, Json>;

/// The documents below the folder `github` or `jira` of the fixtures.
pub fn documents(folder: &str) -> Documents {
    static GITHUB: LazyLock<Documents> = LazyLock::new(|| read("github"));
    static JIRA: LazyLock<Documents> = LazyLock::new(|| read("jira"));
    if folder == "github" { GITHUB.clone() } else { JIRA.clone() }
}

fn read(folder: &str) -> Documents {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder);
    let mut documents = Documents::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().with_extension("");
                let document = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
                documents.insert(name.to_str().unwrap().to_owned(), document);
            }
        }
    }
    documents
}

/// The audit export of the fixtures.
pub fn audit() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/audit.jsonl")).unwrap()
}

/// The settings of the example company, but for where it is read.
pub fn settings(host: TestHost) -> TestHost {
    host.with_setting("time_zone", "Europe/Berlin")
        .with_setting("repositories", vec!["acme/web"])
        .with_setting("issue_projects", vec!["OPS"])
        .with_setting("security_reviewers", vec!["carla"])
        .with_setting("identities", vec!["boris=5b10a2844c20165700ede21g", "carla=carla@example.com"])
        .with_setting("high_risk_paths", vec!["infra/", "**/auth/**"])
        .with_setting("low_risk_paths", vec!["docs/", "**/*.md"])
        .with_setting("owners", vec!["services/billing/=payments", "docs/billing/=payments", "infra/=platform"])
        .with_setting("teams", vec!["payments=ada,dave", "platform=boris"])
        .with_setting("change_windows", vec!["Tue 20:00-23:00"])
        .with_setting("holidays", vec!["2026-12-24..2027-01-01"])
}

/// A host with the documents as saved files.
pub fn files(host: TestHost, grant: &str, documents: &Documents) -> TestHost {
    documents.iter().fold(host.with_setting(grant, "files"), |host, (path, document)| {
        host.file(grant, &format!("{path}.json"), &serde_json::to_vec(document).unwrap())
    })
}

/// A host that answers as GitHub does, with `size` elements on a page.
pub fn http(host: TestHost, documents: &Documents, size: usize) -> TestHost {
    documents.iter().fold(host.with_setting("github", "http"), |host, (path, document)| {
        let Json::Array(elements) = document else {
            return host.answer("github", &format!("/{path}"), ok(document, None));
        };
        let query = match path.rsplit('/').next().unwrap() {
            "commits" if !path.contains("/pulls/") => {
                let repository = path.strip_suffix("/commits").unwrap();
                let head = documents[&format!("{repository}/branches/main")]["commit"]["sha"].as_str().unwrap();
                format!("?sha={head}&per_page=100")
            }
            "deployments" => "?environment=production&per_page=100".to_owned(),
            _ => "?per_page=100".to_owned(),
        };
        let mut pages: Vec<&[Json]> = elements.chunks(size).collect();
        if pages.is_empty() {
            pages.push(&[]);
        }
        pages.iter().enumerate().fold(host, |host, (at, page)| {
            // GitHub writes the number of the repository into links.
            let link = |page: usize| format!("/repositories/1296269/{path}?page={page}");
            let here = if at == 0 { format!("/{path}{query}") } else { link(at + 1) };
            let next = (at + 1 < pages.len()).then(|| link(at + 2));
            host.answer("github", &here, ok(&Json::Array(page.to_vec()), next.as_deref()))
        })
    })
}

/// A host that answers as Jira does.
pub fn jira(host: TestHost, documents: &Documents) -> TestHost {
    documents.iter().fold(host.with_setting("jira", "http"), |host, (path, document)| {
        host.answer("jira", &format!("/{path}?expand=changelog"), ok(document, None))
    })
}

/// A good answer, perhaps with a next page.
pub fn ok(document: &Json, next: Option<&str>) -> Answer {
    let link = |next: &str| {
        (
            "link".to_owned(),
            format!("<https://api.github.com{next}>; rel=\"next\", <https://api.github.com/x>; rel=\"last\""),
        )
    };
    Answer {
        status: 200,
        headers: next.map(link).into_iter().collect(),
        body: serde_json::to_vec(document).unwrap(),
        ..Answer::default()
    }
}

/// Runs the collector and writes down all that it gave; what is absent, false or empty is left out.
pub fn report(host: &TestHost) -> String {
    let run = match host.collect::<Change>() {
        Ok(run) => run,
        Err(failure) => return format!("{failure}\n"),
    };
    let columns: Vec<String> = <Change as tickmark_collector::Collector>::describe().facts[0]
        .columns
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let mut out = String::new();
    for row in run.rows("change") {
        let cells: Vec<String> = columns.iter().filter_map(|column| cell(row, column)).collect();
        writeln!(out, "{}\n  {}", short(&row.id), cells.join(" ")).unwrap();
    }
    let claim = run.claim("change").unwrap();
    let population = &claim.population;
    let total = population.source_total.map_or("?".to_owned(), |total| total.to_string());
    write!(out, "change: {} of {total}", claim.count).unwrap();
    if population.excluded > 0 {
        write!(out, ", {} excluded", population.excluded).unwrap();
    }
    if let Some(at) = population.observed_at {
        write!(out, ", observed {}", time::text(at)).unwrap();
    }
    if let (Some(from), Some(to)) = (population.covers_from, population.covers_to) {
        write!(out, ", covers {} to {}", time::text(from), time::text(to)).unwrap();
    }
    out.push('\n');
    for note in run.notes() {
        writeln!(out, "note: {}", short(note)).unwrap();
    }
    out
}

/// Hashes cut to seven digits.
fn short(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    let flush = |digits: &mut String, out: &mut String| {
        if digits.len() == 40 {
            digits.truncate(7);
        }
        out.push_str(digits);
        digits.clear();
    };
    for c in text.chars() {
        if c.is_ascii_hexdigit() {
            digits.push(c);
        } else {
            flush(&mut digits, &mut out);
            out.push(c);
        }
    }
    flush(&mut digits, &mut out);
    out
}

fn cell(row: &TestRow, column: &str) -> Option<String> {
    let said = match row.get(column) {
        Value::Absent | Value::One(Scalar::Boolean(false)) => return None,
        Value::SetOf(items) if items.is_empty() => return None,
        Value::One(Scalar::Boolean(true)) => column.to_owned(),
        Value::One(Scalar::Long(number)) => format!("{column}={number}"),
        Value::One(Scalar::Text(text)) => format!("{column}={}", short(text)),
        Value::One(Scalar::Datetime(at)) => format!("{column}={}", time::text(*at)),
        value => format!("{column}={}", value.texts().join(",")),
    };
    Some(said)
}
