//! `tickmark review`: opening, deciding and closing reviews, and what follows from them.

mod actions;
mod list;
mod notify;
mod show;

use anyhow::Context as _;
use tickmark_engine::exit;
use tickmark_engine::review::{
    Asked, Close, Decide, OpenReview, OpenedReview, Opening, Review, ReviewKind, asked_in_csv,
};
use tickmark_ledger::{Appended, Body, LogReader};
use tickmark_model::Instant;
use tickmark_report::plain;

use super::acts::{acting, appended_document, by, count, named, said, said_by};
use crate::args::{DecideArgs, Format, Global, Kind, OpenArgs, Output, ReviewCommand, Sign};
use crate::output::write;
use crate::progress::Progress;

pub fn review(global: &Global, command: ReviewCommand) -> anyhow::Result<u8> {
    match command {
        ReviewCommand::Open(args) => open(global, &args),
        ReviewCommand::List { output } => list::list(global, &output),
        ReviewCommand::Show { review, undecided, reviewer, output } => {
            show::show(global, &review, show::Only { undecided, reviewer }, &output)
        }
        ReviewCommand::Decide(args) => decide(global, args),
        ReviewCommand::Close { review, by, sign, output } => close(global, &Close { review, by }, &sign, &output),
        ReviewCommand::Notify { dry_run, output } => notify::notify(global, dry_run, &output),
        ReviewCommand::Actions { review, output } => actions::actions(global, &review, &output),
    }
}

fn open(global: &Global, args: &OpenArgs) -> anyhow::Result<u8> {
    let engine = super::engine(global)?;
    let request = OpenReview {
        kind: match args.kind {
            Kind::Access => ReviewKind::Access,
            Kind::Firewall => ReviewKind::Firewall,
        },
        system: args.system.clone(),
        departments: args.department.clone(),
        reviewers: args.reviewer.clone(),
        due: args.due,
        window: args.window.clone(),
        by: args.by.clone(),
    };
    let acting = acting(global, &args.sign)?;
    let progress = Progress::new(global);
    let opened = engine.open_review(&request, acting, &progress);
    progress.finish();
    let OpenedReview { appended, items, opening } = opened?;
    let by = match (&opening.by, engine.site()) {
        (Some(name), Some(site)) => Some(by(site, &appended, name)?),
        _ => None,
    };
    let without =
        |what: &dyn Fn(&tickmark_engine::review::Item) -> bool| items.iter().filter(|item| what(item)).count();
    let inactive = without(&|item| item.idle.is_some_and(|idle| idle.inactive));
    let no_department = without(&|item| opening.by_department && item.department.is_none());
    let no_reviewer = without(&|item| item.reviewers.is_empty());
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => {
            let (id, due) = (&appended.id, due(&appended));
            let items = count(items.len(), "item");
            writeln!(out, "{id}: {} of `{}`, {items}, due {due}", request.kind, request.system)?;
            if let Some(by) = by {
                writeln!(out, "opened by {by}")?;
            }
            if let Some(narrowed) = narrowed(&opening) {
                writeln!(out, "{narrowed}")?;
            }
            writeln!(out, "reviewers: {}", plain(&opening.reviewers.join(", ")))?;
            let mut note = |number: usize, what: &str| match number {
                0 => Ok(()),
                number => writeln!(out, "{} {what}", count(number, "account")),
            };
            note(inactive, "not used for longer than the review allows")?;
            note(no_department, "of no department, which is an exception of this review")?;
            match (request.kind, no_reviewer) {
                (ReviewKind::Access, number) => note(number, "that nobody was named for, which is an exception too"),
                (ReviewKind::Firewall, _) => Ok(()),
            }
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn decide(global: &Global, args: DecideArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let asked = match (args.file, args.item, args.decision) {
        (Some(file), ..) => asked_in_csv(&global.directory.join(file))?,
        (None, Some(item), Some(decision)) => vec![Asked { item, decision, comment: args.comment, place: None }],
        _ => anyhow::bail!("--item needs --decision"),
    };
    let decisions = asked.len();
    let decide = Decide { review: args.review, by: args.by, asked };
    let acting = acting(global, &args.sign)?;
    let progress = Progress::new(global);
    let sealed = decide.seal(&site, acting, &progress);
    progress.finish();
    let (appended, left) = sealed?;
    let by = by(&site, &appended, &decide.by)?;
    write(&args.output, &global.directory, |out| match args.output.output {
        Format::Table => {
            let left = if left == 0 { "nothing is left, it can be closed".to_owned() } else { format!("{left} left") };
            writeln!(out, "{}: {} by {by}; {left}", appended.id, count(decisions, "decision"))
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn close(global: &Global, close: &Close, sign: &Sign, output: &Output) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let acting = acting(global, sign)?;
    let progress = Progress::new(global);
    let sealed = close.seal(&site, acting, &progress);
    progress.finish();
    let (appended, review) = sealed?;
    let by = by(&site, &appended, &close.by)?;
    let at = appended.record.head.times.recorded_at;
    write(output, &global.directory, |out| match output.output {
        Format::Table => {
            let late = if at > review.due { format!(", late: it was due {}", review.due) } else { String::new() };
            writeln!(out, "{}: `{}` is closed by {by}{late}", appended.id, review.id)?;
            match review.contents.as_ref().map(|contents| contents.counts()) {
                Ok(counts) if counts.changed + counts.revoked > 0 => writeln!(
                    out,
                    "{} kept, {} to change, {} revoked; `tickmark review actions {}` lists what is to be done",
                    counts.kept, counts.changed, counts.revoked, review.id
                ),
                _ => Ok(()),
            }
        }
        Format::Json => appended_document(out, &appended),
    })?;
    Ok(exit::PASS)
}

fn log(global: &Global) -> anyhow::Result<LogReader> {
    super::log_if_there(&super::read_site(global)?)?.context("nothing was sealed yet, so there is no review")
}

/// How far a review has come, in words.
fn state(review: &Review, now: Instant) -> &'static str {
    match (&review.closed, review.is_late(now)) {
        (Some(_), false) => "closed",
        (Some(_), true) => "closed late",
        (None, false) => "open",
        (None, true) => "OVERDUE",
    }
}

/// What it is about alone, and who observes what is left out.
fn narrowed(opening: &Opening) -> Option<String> {
    let left_out = opening.left_out.iter().map(|it| match it.observed_by.as_slice() {
        [] => format!("{}, which no collector observes", it.kind),
        observed_by => format!("{} of {}", it.kind, observed_by.join(", ")),
    });
    let left_out = left_out.collect::<Vec<_>>().join("; ");
    opening.narrowed_to().map(|kinds| plain(&format!("narrowed to {}; left out: {left_out}", kinds.join(", "))))
}

fn due(appended: &Appended) -> String {
    match &appended.record.body {
        Body::Review(review) => review.due.map(|due| due.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}
