//! A collector that asks every interface and lets no failure stop it: whatever it is told ends up in its rows.

use tickmark_collector::{Datetime, Failure, Host, Level, Request, Response, Summary};

use crate::population;

/// One row for each thing that was told, with `count` files read once more and not looked at.
pub fn all(host: &dyn Host, count: i64) -> Result<Summary, Failure> {
    let mut things = host.fact("thing", &["name", "size", "at"]);
    let listing = host.list("vital", "")?;
    for entry in listing.entries.iter().filter(|entry| !entry.is_dir) {
        let blob = host.open("vital", &entry.path)?;
        let row = things.row(format!("file-{}", entry.path), &[listing.receipt, blob.receipt()]);
        row.set("name", blob.text()?).set("size", entry.size.cast_signed()).set("at", entry.modified).push()?;
    }
    for _ in 0..count {
        let _ = host.open("vital", "one");
    }
    let output = host.run("tool", &[])?;
    let said = format!("{}/{}", output.stdout.text()?, output.stderr.text()?);
    let row = things.row("tool", &[output.stdout.receipt()]);
    row.set("name", said).set("size", i64::from(output.exit_code)).set("at", Datetime(0)).push()?;
    let rows = host.query("table", &[])?;
    let mut cells = Vec::new();
    rows.for_each(|row| {
        cells.push(format!("{row:?}"));
        Ok(())
    })?;
    for (at, cells) in (0_i64..).zip(cells) {
        let row = things.row(format!("row-{at}"), &[rows.receipt()]);
        row.set("name", cells).set("size", at).set("at", Datetime(0)).push()?;
    }
    for path in ["/health", "/gone"] {
        let (told, receipt) = match host.send(&Request::get("site", path)) {
            Ok(response) => (answer(&response)?, response.body.receipt()),
            Err(failure) => (format!("{failure:?}"), failure.receipt.unwrap_or_default()),
        };
        let row = things.row(format!("site-{path}"), &[receipt]);
        row.set("name", told).set("size", 0).set("at", Datetime(0)).push()?;
    }
    let missing = host.open("vital", "no-such-file").map_or_else(|failure| format!("{failure:?}"), |_| "there".into());
    host.log(Level::Warn, &missing);
    let emitted = things.emitted().cast_signed();
    let claim = things.finish(population(emitted, listing.receipt).excluding(0, "what has no name"))?;
    Ok(Summary::new().population(claim).note(format!("as of {}", host.as_of().0)))
}

fn answer(response: &Response) -> Result<String, Failure> {
    let Response { status, headers, body, elapsed_ms, tls } = response;
    Ok(format!("{status} {headers:?} {} {elapsed_ms} {tls:?}", body.text()?))
}
