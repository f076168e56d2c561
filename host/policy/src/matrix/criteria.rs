//! `criteria.toml`: the 61 criteria.

use tickmark_model::{Category, Criterion};

use super::fields::Fields;
use crate::problem::{Problem, SourceFile};

/// The criteria of the `criteria.toml` among `files`.
pub(super) fn read(files: &[SourceFile], problems: &mut Vec<Problem>) -> Vec<Criterion> {
    let Some(file) = files.iter().find(|file| file.path().ends_with("criteria.toml")) else { return Vec::new() };
    let mut root = Fields::root(file, "list of criteria", problems);
    let rows = root.rows("criterion", problems);
    root.finish(problems);
    rows.into_iter().filter_map(|fields| criterion(fields, problems)).collect()
}

fn criterion(mut fields: Fields<'_>, problems: &mut Vec<Problem>) -> Option<Criterion> {
    let id = fields.text("id", problems);
    let category = fields.word("category", &Category::ALL.map(|it| (it.as_str(), it)), problems);
    let series = fields.text("series", problems);
    let title = fields.text("title", problems);
    fields.finish(problems);
    Some(Criterion { category: category?, id: id?.value, series: series?.value, title: title?.value })
}
