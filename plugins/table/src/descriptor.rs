//! What the collector declares: no fact of its own, the ways to read one, and its settings.

use tickmark_collector::{Column, Descriptor, Need};

pub(crate) fn descriptor() -> Descriptor {
    let text = Column::text;
    Descriptor::new("table", env!("CARGO_PKG_VERSION"))
        .need(Need::files("source", "read the export (formats csv, json and jsonl)").optional())
        .need(Need::sql("source", "read the rows (format sql)").optional())
        .need(Need::http("source", "read the pages of a JSON API (setting path)").optional())
        .need(Need::sql("total", "ask the source how many rows it has (total = query)").optional())
        .need(Need::files("total", "read how many rows the source has (total = file)").optional())
        .setting(Column::declared())
        .setting(text("format", "csv, json, jsonl or sql").required())
        .setting(text("key", "the source's columns that name a row, with \" + \" between").required())
        .setting(
            text(
                "columns",
                "column=Source Column, column?=one that may be missing, column:=a constant; same names may be left out",
            )
            .set(),
        )
        .setting(text("exclude", "Source Column=value: rows that are counted as excluded").set())
        .setting(text("values", "column:word=what it stands for; nothing behind = stands for nothing").set())
        .setting(text("null_values", "texts that stand for nothing, beside the empty one").set())
        .setting(text("true_values", "words for true in any case; default true, yes, y, t, 1").set())
        .setting(text("false_values", "words for false in any case; default false, no, n, f, 0").set())
        .setting(text("list_separator", "between the items of a set in one text; default a semicolon"))
        .setting(text("decimal_separator", "in numbers written as text; default a point"))
        .setting(text("thousands_separator", "in numbers written as text; default none"))
        .setting(text("datetime_format", "iso, unix, unix-ms or a pattern such as %d.%m.%Y; default iso"))
        .setting(text("datetime_formats", "column=format, for columns that are written otherwise").set())
        .setting(text("time_zone", "where times without an offset hold: UTC, Europe/Berlin, +01:00; default UTC"))
        .setting(text("delimiter", "between the cells of csv: one letter, or tab; default a comma"))
        .setting(text("encoding", "of csv: utf-8 or windows-1252; default utf-8"))
        .setting(text("array", "where the array of rows is in json, such as /data/people; default the document"))
        .setting(text("total", "rows, query, file, or where json says it, such as /meta/total; default rows"))
        .setting(text("covers_from", "start of what the source covers: a time, as-of-90d, or where json says it"))
        .setting(text("covers_to", "end of what the source covers: a time, as-of, or where json says it"))
        .setting(text("observed_at", "when the source was so: a time, as-of-1d, or where json says it"))
        .setting(text("path", "first page of an http source, such as /v1/people?limit=100"))
        .setting(text(
            "next",
            "where a page names the next one: link, or a path such as /links/next; default it is the only one",
        ))
        .setting(text("cursor_parameter", "what `next` gives is the value of this parameter and no link"))
        .setting(text("page_parameter", "pages are numbered by this parameter from 1, up to one without rows"))
}
