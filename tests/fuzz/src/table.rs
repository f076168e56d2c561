//! The table collector: a file of any format or a query, as a fact with a column of every type.

use tickmark_collector::testing::Answer;
use tickmark_collector::{Column, Fact};
use tickmark_table::Table;

use crate::collect::{self, Input};

/// Reads the first part as the format of the first word; `pages` are JSON, a part each.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let format = if input.source == "pages" { "json" } else { input.source };
    let sets = ["columns", "exclude", "values", "null_values", "true_values", "false_values", "datetime_formats"];
    let fact = fact();
    let host = input.host(&sets).with_setting("format", format).declaring(fact.clone());
    let host = match input.source {
        "csv" | "json" | "jsonl" => host.file("source", "", input.part(0)),
        "pages" => (0..3).fold(host.with_setting("path", "/p").with_setting("page_parameter", "n"), |host, at| {
            let answer = Answer { status: 200, body: input.part(at).to_vec(), ..Answer::default() };
            host.answer("source", &format!("/p?n={}", at + 1), answer)
        }),
        "sql" => {
            let (columns, rows) = collect::table(input.part(0));
            let host = host.table("source", &columns, rows);
            let (columns, rows) = collect::table(input.part(1));
            host.table("total", &columns, rows)
        }
        _ => return false,
    };
    collect::check_declaring::<Table>(&host.file("total", "", input.part(1)), Some(&fact))
}

fn fact() -> Fact {
    Fact::new("thing", "Fuzz::Thing", "one thing")
        .column(Column::text("name", "its name").required())
        .column(Column::long("size", "its size"))
        .column(Column::decimal("share", "its share"))
        .column(Column::boolean("open", "whether it is open"))
        .column(Column::datetime("at", "when it was made"))
        .column(Column::duration("took", "how long that took"))
        .column(Column::ip("address", "its address"))
        .column(Column::entity("owner", "Fuzz::Owner", "whose it is"))
        .column(Column::text("tags", "its tags").set())
}
