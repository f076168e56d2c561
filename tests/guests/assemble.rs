//! From the text of a guest to the bytes of a component.
//!
//! A program in `programs/` is one of three things:
//! - the fields of a core module, among them `$collect`: `prelude.wat` goes before them, and the whole becomes a
//!   component of this contract. A form `(component ...)` after a line `;; beside` is put into that component, too,
//!   and is instantiated with it;
//! - a whole `(component ...)`, taken as it is;
//! - bytes, written `(bytes "...")`, taken as they are, or so many components within each other, written `(nested N)`,
//!   or types of components, written `(nested-types N)`.
//!
//! Two things are written shorter than WebAssembly's own text: `@"text"` stands for the address and the length of that
//! text in memory, and `@repeat N { ... }` for N times what is in it, with `@i` for the number of the turn. A line
//! `;; limits: {...}` sets limits of the run in place of those of [`crate::surroundings`]; with a line
//! `;; compiler: {...}` it is compiled in a process of its own, within these limits. A line `;; origin: "..."` is what its
//! grant `site` says in place of the server's own address; `PORT` in it stands for the server's port.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use crate::descriptor;

/// Where the texts of `@"..."` start in a guest's memory; the descriptor stands below.
const TEXTS_AT: usize = 0x1_0000;

/// What a component starts with.
const HEADER: [u8; 8] = *b"\0asm\x0d\0\x01\0";

/// What a guest calls itself.
const NAME: &str = "hostile";

/// Where the programs are.
pub fn folder() -> PathBuf {
    root().join("tests/guests/programs")
}

/// The workspace's root, whichever of its packages this is compiled in.
fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().find(|folder| folder.join("wit").is_dir()).unwrap_or(package)
}

/// The text of a program.
pub fn text(name: &str) -> Result<String> {
    let path = folder().join(format!("{name}.wat"));
    std::fs::read_to_string(&path).with_context(|| format!("guest `{name}` has no file `{}`", path.display()))
}

/// What the program's line `;; limits:` says.
pub fn limits(text: &str) -> Result<Value> {
    line(text, ";; limits: ").map(|limits| limits.unwrap_or_default())
}

/// What the program's line `;; compiler:` says, if it has one.
pub fn compiler(text: &str) -> Result<Option<Value>> {
    line(text, ";; compiler: ")
}

/// What the program's line `;; origin:` says, if it has one.
pub fn origin(text: &str) -> Result<Option<Value>> {
    line(text, ";; origin: ")
}

fn line(text: &str, start: &str) -> Result<Option<Value>> {
    let json = text.lines().find_map(|line| line.strip_prefix(start));
    json.map(serde_json::from_str).transpose().with_context(|| format!("what stands after `{start}` is no JSON"))
}

/// The bytes of the program with this text.
pub fn program(text: &str) -> Result<Vec<u8>> {
    program_called(NAME, text)
}

/// The bytes of the program with this text; a guest made of fields calls itself `name`.
pub fn program_called(name: &str, text: &str) -> Result<Vec<u8>> {
    let form = text.lines().find(|line| !line.starts_with(";;")).unwrap_or_default();
    if let Some(bytes) = form.strip_prefix("(bytes \"") {
        return unescape(bytes.strip_suffix("\")").context("bytes do not end")?);
    }
    if let Some(depth) = form.strip_prefix("(nested ") {
        return Ok(nested(depth.trim_end_matches(')').parse()?));
    }
    if let Some(depth) = form.strip_prefix("(nested-types ") {
        return Ok(nested_types(depth.trim_end_matches(')').parse()?));
    }
    let mut texts = Vec::new();
    if form.starts_with("(component") {
        return Ok(wat::parse_str(shorter(text, &mut texts)?)?);
    }
    let (fields, beside) = text.split_once(";; beside\n").unwrap_or((text, ""));
    let component = module(name, fields, &mut texts)?;
    if beside.is_empty() { Ok(component) } else { joined(component, &wat::parse_str(shorter(beside, &mut texts)?)?) }
}

/// A component of this contract from the fields of a core module.
fn module(name: &str, fields: &str, texts: &mut Vec<u8>) -> Result<Vec<u8>> {
    let fields = shorter(fields, texts)?;
    let mut source = String::from("(module\n");
    source.push_str(include_str!("prelude.wat"));
    if !fields.contains("(func $describe") {
        writeln!(source, "(func $describe (result i32) (i32.const {}))", descriptor::AT)?;
    }
    if !fields.contains("(func $realloc") {
        source.push_str(include_str!("realloc.wat"));
    }
    writeln!(source, "(data (i32.const {}) \"{}\")", descriptor::IMAGE_AT, escaped(&descriptor::image(name)))?;
    writeln!(source, "(data (i32.const {TEXTS_AT}) \"{}\")", escaped(texts))?;
    source.push_str(&fields);
    source.push_str(")\n");
    let mut module = wat::parse_str(&source)?;
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(root().join("wit/collector-0.1"))?;
    let world = resolve.select_world(&[package], Some("collector"))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().validate(false).module(&module)?.encode()
}

/// `component` with `inner` put into it and instantiated. Sections may follow each other in any order, so it goes last.
fn joined(mut component: Vec<u8>, inner: &[u8]) -> Result<Vec<u8>> {
    let number = count_sections(&component, 4)?;
    component.push(4);
    leb(inner.len(), &mut component);
    component.extend(inner);
    let mut instance = vec![1, 0];
    leb(number, &mut instance);
    instance.push(0);
    component.push(5);
    leb(instance.len(), &mut component);
    component.extend(instance);
    Ok(component)
}

/// A component of nothing but a component, and so on; text cannot nest that deep.
fn nested(depth: usize) -> Vec<u8> {
    let mut heads: Vec<Vec<u8>> = vec![HEADER.to_vec()];
    let mut size = HEADER.len();
    for _ in 0..depth {
        let mut head = [&HEADER[..], &[4]].concat();
        leb(size, &mut head);
        size += head.len();
        heads.push(head);
    }
    heads.into_iter().rev().flatten().collect()
}

/// A component of nothing but a type: of a component with nothing but a type, and so on.
fn nested_types(depth: usize) -> Vec<u8> {
    let body = [&[1][..], &[0x41, 1, 1].repeat(depth), &[0x41, 0]].concat();
    let mut component = [&HEADER[..], &[7]].concat();
    leb(body.len(), &mut component);
    component.extend(body);
    component
}

/// How many sections of this id there are on the outermost level.
fn count_sections(mut bytes: &[u8], id: u8) -> Result<usize> {
    let mut count = 0;
    bytes = bytes.get(8..).context("no header")?;
    while let Some((&found, mut rest)) = bytes.split_first() {
        let mut size = 0;
        for shift in (0..).step_by(7) {
            let (&byte, after) = rest.split_first().context("cut off")?;
            rest = after;
            size |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
        }
        count += usize::from(found == id);
        bytes = rest.get(size..).context("cut off")?;
    }
    Ok(count)
}

fn leb(mut n: usize, out: &mut Vec<u8>) {
    while n >= 0x80 {
        out.push((n & 0x7f) as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// Resolves `@repeat` and `@"..."`; the texts go to `texts`.
fn shorter(text: &str, texts: &mut Vec<u8>) -> Result<String> {
    let text = repeated(text)?;
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("@\"") {
        let end = closing_quote(after).context("a text does not end")?;
        let bytes = unescape(&after[..end])?;
        write!(out, "{before}(i32.const {}) (i32.const {})", TEXTS_AT + texts.len(), bytes.len())?;
        texts.extend(bytes);
        rest = &after[end + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

fn repeated(text: &str) -> Result<String> {
    let Some((before, after)) = text.split_once("@repeat ") else { return Ok(text.to_owned()) };
    let (count, after) = after.split_once('{').context("`@repeat N {`")?;
    let mut depth = 1;
    let end = after.bytes().position(|byte| {
        depth += i32::from(byte == b'{') - i32::from(byte == b'}');
        depth == 0
    });
    let end = end.context("a `@repeat` does not end")?;
    let mut out = before.to_owned();
    for turn in 0..count.trim().parse::<usize>()? {
        out.push_str(&after[..end].replace("@i", &turn.to_string()));
    }
    out.push_str(&repeated(&after[end + 1..])?);
    Ok(out)
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

/// The bytes of a string of WebAssembly's text, as far as the programs use its escapes.
fn unescape(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        match rest {
            [b'n', after @ ..] => (bytes.push(b'\n'), rest = after).1,
            [b'\\', after @ ..] => (bytes.push(b'\\'), rest = after).1,
            [b'"', after @ ..] => (bytes.push(b'"'), rest = after).1,
            [a, b, after @ ..] => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*a, *b])?, 16)?);
                rest = after;
            }
            _ => bail!("`{text}` ends inside an escape"),
        }
    }
    ensure!(!text.contains("\\u"), "`\\u` is not known here, write the bytes");
    Ok(bytes)
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}
