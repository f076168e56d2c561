//! Where data goes: stdout or a file, coloured or plain. A reader that goes away is no error.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Write};
use std::path::Path;

use anyhow::Context as _;

use crate::args::{ColorWhen, Global, Output};

/// How wide and how colourful a table may be.
#[derive(Clone, Copy, Debug)]
pub struct Looks {
    /// Columns; nothing means no limit.
    pub width: Option<usize>,
    /// Whether to colour.
    pub color: bool,
}

/// Sets how stderr and stdout are coloured, for the whole program.
pub fn choose_color(global: &Global) {
    match global.color {
        ColorWhen::Auto => {}
        ColorWhen::Always => anstream::ColorChoice::Always.write_global(),
        ColorWhen::Never => anstream::ColorChoice::Never.write_global(),
    }
}

/// What a table written to `output` may look like.
pub fn looks(output: &Output) -> Looks {
    if output.output_file.is_some() {
        return Looks { width: None, color: false };
    }
    let stdout = io::stdout();
    let color = match anstream::ColorChoice::global() {
        anstream::ColorChoice::Auto => !matches!(anstream::AutoStream::choice(&stdout), anstream::ColorChoice::Never),
        anstream::ColorChoice::Never => false,
        _ => true,
    };
    let width = stdout.is_terminal().then(terminal_width).flatten();
    Looks { width, color }
}

fn terminal_width() -> Option<usize> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col)).filter(|width| *width > 0)
}

/// Writes data with `write`, whole or with an error; a file appears only when it is complete.
pub fn write(output: &Output, base: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    match &output.output_file {
        Some(path) => to_file(&base.join(path), write),
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            match write(&mut out).and_then(|()| out.flush()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                other => other.context("cannot write to stdout"),
            }
        }
    }
}

fn to_file(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
    // A device or a pipe is written to and never replaced: root could put a file in the place of /dev/null.
    if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        let written = File::options().write(true).open(path).and_then(|mut file| write(&mut file));
        return written.with_context(|| format!("cannot write `{}`", path.display()));
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = File::create(&part).and_then(|file| {
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    });
    written
        .and_then(|()| std::fs::rename(&part, path))
        .inspect_err(|_| drop(std::fs::remove_file(&part)))
        .with_context(|| format!("cannot write `{}`", path.display()))
}
