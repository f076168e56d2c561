//! `tickmark forward`, and `--forward` of `tickmark run`: events to receivers, by way of the site's spools.
//!
//! **Invariant:** what a receiver does changes neither what was judged nor the exit code of a run.
//! **Invariant:** a credential is read from the environment, goes to one origin and is never printed.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use tickmark_engine::exit;
use tickmark_engine::site::Site;
use tickmark_forward::{
    Authorization, Begun, Bounds, Delivered, Pace, Receiver, Retry, Since, Spool, SpoolError, Target, deliver, events,
    receiver,
};
use tickmark_ledger::{LogReader, ReadError, SealedRun};
use tickmark_operations::WaiversInForce;
use tickmark_report::plain;

use crate::args::{ForwardArgs, Global};

mod caught_up;
use caught_up::catch_up;

/// Where the credential for an HTTP endpoint is.
const AUTHORIZATION: &str = "TICKMARK_FORWARD_AUTHORIZATION";

pub fn forward(global: &Global, args: &ForwardArgs) -> anyhow::Result<u8> {
    let site = super::read_site(global)?;
    let mut forwards = Forwards::open(global, Some(&site), std::slice::from_ref(&args.target))?;
    forwards.catch_up(global, &site, args.deadline)?;
    let Some(forward) = forwards.forwards.pop() else { bail!("there is no target") };
    let delivered = forward.deliver(args.deadline)?;
    forward.say_broken(&delivered);
    println(&format!("{} sent to `{}`", plural(delivered.sent), plain(&forward.target.to_string())))?;
    if delivered.waiting == 0 {
        return Ok(exit::PASS);
    }
    forward.say_waiting(&delivered, "error");
    Ok(exit::COULD_NOT_RUN)
}

fn println(line: &str) -> anyhow::Result<()> {
    use std::io::Write as _;
    match writeln!(std::io::stdout().lock(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write to stdout"),
    }
}

/// The targets of a run.
pub(super) struct Forwards {
    forwards: Vec<Forward>,
}

/// One target with its spool.
struct Forward {
    authorization: Option<Authorization>,
    spool: Spool,
    target: Target,
    /// As it was typed.
    text: String,
    /// That the run that is about to seal something has begun.
    begun: Option<Begun>,
}

impl Forwards {
    /// Reads targets and opens their spools; nothing is connected to yet.
    pub(super) fn open(global: &Global, site: Option<&Site>, texts: &[String]) -> anyhow::Result<Self> {
        let mut forwards: Vec<Forward> = Vec::new();
        let base = std::path::absolute(&global.directory).context("the folder to work in has no path")?;
        let credential = std::env::var(AUTHORIZATION).ok().filter(|value| !value.is_empty());
        let mut origins = BTreeSet::new();
        for text in texts {
            let site = site.context("events are spooled beside the ledger: there is no site")?;
            let target = Target::parse(text, &base)?;
            let digest = target.digest();
            if forwards.iter().any(|other| other.target.digest() == digest) {
                continue;
            }
            let authorization = match (&target, &credential) {
                (Target::Http { uri, .. }, Some(value)) => {
                    origins.insert((uri.scheme_str().map(str::to_owned), uri.authority().map(ToString::to_string)));
                    Some(Authorization::new(value, uri).context(AUTHORIZATION)?)
                }
                _ => None,
            };
            ensure!(origins.len() < 2, "{AUTHORIZATION} is one credential, and there are several HTTP endpoints");
            // Also what would stop it later, such as certificates that cannot be read, is said before the run.
            receiver(&target, authorization.clone())?;
            let folder = site.base.join(".tickmark/spool").join(digest.hex());
            let spool = Spool::open(&folder, Bounds::default())?;
            forwards.push(Forward { authorization, spool, target, text: text.clone(), begun: None });
        }
        Ok(Self { forwards })
    }

    /// Puts into the spools what was sealed by runs that were cut off. Where there is no room, what waits is sent first.
    ///
    /// # Errors
    /// As [`catch_up`].
    pub(super) fn catch_up(&self, global: &Global, site: &Site, deadline: u32) -> anyhow::Result<()> {
        for forward in &self.forwards {
            let again = || catch_up(global, site, &forward.spool, &forward.target.to_string());
            match again() {
                Err(error) if matches!(error.downcast_ref(), Some(SpoolError::Full { .. })) => {
                    forward.say_broken(&forward.deliver(deadline)?);
                    again()?;
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// Says in each spool that something may be sealed from now on, so that it is found where this process is cut off.
    pub(super) fn begin(&mut self, site: &Site) -> anyhow::Result<()> {
        if self.forwards.is_empty() {
            return Ok(());
        }
        let size = match LogReader::open(&site.ledger) {
            Ok(log) => log.size(),
            Err(ReadError::Missing { .. }) => 0,
            Err(error) => return Err(error.into()),
        };
        for forward in &mut self.forwards {
            forward.begun = Some(forward.spool.begin(Since { size })?);
        }
        Ok(())
    }

    /// Says that nothing was sealed.
    pub(super) fn nothing(&mut self) {
        self.forwards.iter_mut().for_each(Forward::end);
    }

    /// Makes sure that what the run finds can be spooled, before anything is collected.
    pub(super) fn make_room(&self, deadline: u32) -> anyhow::Result<()> {
        for forward in &self.forwards {
            if forward.spool.room().is_err() {
                forward.say_broken(&forward.deliver(deadline)?);
                forward.spool.room()?;
            }
        }
        Ok(())
    }

    /// Spools what was found. That it failed is said: the findings are in the ledger, and the next run spools them.
    pub(super) fn put(&mut self, run: &SealedRun, waivers: &WaiversInForce) {
        for forward in &mut self.forwards {
            let events = match events(run, waivers) {
                Ok(events) => events,
                Err(error) => {
                    anstream::eprintln!("error: the findings are not forwarded: {error}");
                    continue;
                }
            };
            if let Err(error) = forward.spool.put(&events) {
                let target = plain(&forward.target.to_string());
                let count = plural(events.len());
                anstream::eprintln!("error: {count} not forwarded to `{target}`, though in the ledger: {error}");
                continue;
            }
            forward.end();
        }
    }

    /// Sends what waits, what is there from before first.
    pub(super) fn send(&self, deadline: u32, verbose: bool) {
        for forward in &self.forwards {
            match forward.deliver(deadline) {
                Ok(delivered) => {
                    forward.say_broken(&delivered);
                    if verbose {
                        let target = plain(&forward.target.to_string());
                        anstream::eprintln!("{} sent to `{target}`", plural(delivered.sent));
                    }
                    if delivered.waiting > 0 {
                        forward.say_waiting(&delivered, "warning");
                    }
                }
                Err(error) => {
                    let waiting = forward.spool.waiting().map_or_else(|_| "events".to_owned(), plural);
                    let (target, folder) = (plain(&forward.target.to_string()), forward.spool.folder().display());
                    anstream::eprintln!("warning: {waiting} for `{target}` in `{folder}` not sent: {error}");
                }
            }
        }
    }
}

impl Forward {
    /// Nothing of what was sealed is missing in the spool any more. Where that cannot be said, it is put once more.
    fn end(&mut self) {
        if let Some(Err(error)) = self.begun.take().map(Begun::end) {
            anstream::eprintln!("warning: the next run puts the same into the spool once more: {error}");
        }
    }

    fn deliver(&self, deadline: u32) -> anyhow::Result<Delivered> {
        let mut receiver: Box<dyn Receiver> = receiver(&self.target, self.authorization.clone())?;
        let started = Instant::now();
        let pace = Pace { elapsed: &|| started.elapsed(), pause: &std::thread::sleep };
        let retry = Retry::until(Duration::from_secs(deadline.into()));
        let delivered: Result<Delivered, SpoolError> = deliver(&self.spool, receiver.as_mut(), retry, &pace);
        Ok(delivered?)
    }

    fn say_broken(&self, delivered: &Delivered) {
        for path in &delivered.broken {
            anstream::eprintln!(
                "warning: an event in the spool cannot be read and was set aside: `{}`",
                path.display()
            );
        }
    }

    fn say_waiting(&self, delivered: &Delivered, word: &str) {
        let why = match &delivered.trouble {
            Some(trouble) => plain(&trouble.to_string()),
            None => "the time for it is over".to_owned(),
        };
        let verb = if delivered.waiting == 1 { "waits" } else { "wait" };
        anstream::eprintln!(
            "{word}: {} {verb} for `{}` in `{}`: {why}",
            plural(delivered.waiting),
            plain(&self.target.to_string()),
            self.spool.folder().display()
        );
        if word == "warning" {
            // A query may hold a key.
            let has_query = matches!(&self.target, Target::Http { uri, .. } if uri.query().is_some());
            let target = if has_query { "TARGET" } else { &self.text };
            anstream::eprintln!("  `tickmark forward '{}'` sends what waits", plain(target));
        }
    }
}

fn plural(count: usize) -> String {
    format!("{count} {}", if count == 1 { "event" } else { "events" })
}
