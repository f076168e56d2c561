//! The bytes around the entries, as functions of what the entries are.

/// One file of a ZIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZipEntry {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) crc32: u32,
    pub(super) offset: u64,
}

impl ZipEntry {
    /// Its path, in ASCII.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Where its own bytes begin in the file; nothing where no file can be as long.
    pub(super) fn start(&self) -> Option<u64> {
        self.offset.checked_add(self.local_len())
    }

    /// Where the next part of the file begins.
    pub(super) fn end(&self) -> Option<u64> {
        self.start()?.checked_add(self.size)
    }

    /// Bytes of its local header.
    pub(super) fn local_len(&self) -> u64 {
        let extra = if fits32(self.size) { 0 } else { 20 };
        (LOCAL_BYTES + self.path.len() + extra) as u64
    }
}

pub(super) const LOCAL: u32 = 0x0403_4b50;
pub(super) const CENTRAL: u32 = 0x0201_4b50;
pub(super) const END: u32 = 0x0605_4b50;
pub(super) const END64: u32 = 0x0606_4b50;
pub(super) const LOCATOR64: u32 = 0x0706_4b50;

/// Bytes of a local header before the path.
pub(super) const LOCAL_BYTES: usize = 30;
/// Bytes of a central header before the path.
pub(super) const CENTRAL_BYTES: usize = 46;
/// Bytes of the last part of the file.
pub(super) const END_BYTES: usize = 22;
/// Bytes of the last parts of the file where there is a zip64 part among them.
pub(super) const END64_BYTES: usize = 56 + 20 + END_BYTES;

/// What says in a field of 16 bits that the number stands in the zip64 part.
pub(super) const ELSEWHERE_16: u16 = u16::MAX;
/// What says in a field of 32 bits that the number stands in the zip64 part.
pub(super) const ELSEWHERE_32: u32 = u32::MAX;

/// 1980-01-01, the first day that a ZIP can say.
const DATE: u16 = 0x0021;
/// Reads stored entries.
const VERSION: u16 = 10;
/// Reads zip64.
const VERSION_64: u16 = 45;
/// The id of the zip64 extra field.
const EXTRA_64: u16 = 0x0001;

fn fits32(value: u64) -> bool {
    value < u64::from(ELSEWHERE_32)
}

/// The value of a 32-bit field.
fn field32(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(ELSEWHERE_32)
}

/// The value of a 16-bit field.
fn field16(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(ELSEWHERE_16)
}

fn put16(to: &mut Vec<u8>, values: &[u16]) {
    values.iter().for_each(|value| to.extend(value.to_le_bytes()));
}

fn put32(to: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|value| to.extend(value.to_le_bytes()));
}

fn put64(to: &mut Vec<u8>, values: &[u64]) {
    values.iter().for_each(|value| to.extend(value.to_le_bytes()));
}

/// The extra field with these numbers; nothing where there are none.
fn extra(numbers: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if !numbers.is_empty() {
        put16(&mut bytes, &[EXTRA_64, field16(numbers.len() as u64 * 8)]);
        put64(&mut bytes, numbers);
    }
    bytes
}

fn version(zip64: bool) -> u16 {
    if zip64 { VERSION_64 } else { VERSION }
}

/// What local and central header share: flags, method, time, date, CRC-32, both sizes, lengths of path and extra field.
fn common(to: &mut Vec<u8>, entry: &ZipEntry, extra: &[u8]) {
    let size = field32(entry.size);
    put16(to, &[0, 0, 0, DATE]);
    put32(to, &[entry.crc32, size, size]);
    put16(to, &[field16(entry.path.len() as u64), field16(extra.len() as u64)]);
}

/// The header before an entry's bytes.
pub(super) fn local(entry: &ZipEntry) -> Vec<u8> {
    let numbers: &[u64] = if fits32(entry.size) { &[] } else { &[entry.size, entry.size] };
    let extra = extra(numbers);
    let mut bytes = Vec::with_capacity(LOCAL_BYTES + entry.path.len() + extra.len());
    put32(&mut bytes, &[LOCAL]);
    put16(&mut bytes, &[version(!numbers.is_empty())]);
    common(&mut bytes, entry, &extra);
    bytes.extend(entry.path.as_bytes());
    bytes.extend(extra);
    bytes
}

/// An entry's header in the central directory.
pub(super) fn central(entry: &ZipEntry) -> Vec<u8> {
    let mut numbers = Vec::new();
    if !fits32(entry.size) {
        numbers.extend([entry.size, entry.size]);
    }
    if !fits32(entry.offset) {
        numbers.push(entry.offset);
    }
    let extra = extra(&numbers);
    let version = version(!numbers.is_empty());
    let mut bytes = Vec::with_capacity(CENTRAL_BYTES + entry.path.len() + extra.len());
    put32(&mut bytes, &[CENTRAL]);
    put16(&mut bytes, &[version, version]);
    common(&mut bytes, entry, &extra);
    // Length of the comment, disk, and internal attributes; then external attributes.
    put16(&mut bytes, &[0, 0, 0]);
    put32(&mut bytes, &[0, field32(entry.offset)]);
    bytes.extend(entry.path.as_bytes());
    bytes.extend(extra);
    bytes
}

/// Where the central directory stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directory {
    /// How many entries it has.
    pub(super) entries: u64,
    /// Its size in bytes.
    pub(super) size: u64,
    /// Where it begins.
    pub(super) offset: u64,
}

/// What stands after the central directory.
pub(super) fn end(directory: Directory) -> Vec<u8> {
    let Directory { entries, size, offset } = directory;
    let mut bytes = Vec::with_capacity(END64_BYTES);
    if entries >= u64::from(ELSEWHERE_16) || !fits32(size) || !fits32(offset) {
        put32(&mut bytes, &[END64]);
        put64(&mut bytes, &[44]);
        put16(&mut bytes, &[VERSION_64, VERSION_64]);
        put32(&mut bytes, &[0, 0]);
        put64(&mut bytes, &[entries, entries, size, offset]);
        put32(&mut bytes, &[LOCATOR64, 0]);
        put64(&mut bytes, &[offset.saturating_add(size)]);
        put32(&mut bytes, &[1]);
    }
    put32(&mut bytes, &[END]);
    put16(&mut bytes, &[0, 0, field16(entries), field16(entries)]);
    put32(&mut bytes, &[field32(size), field32(offset)]);
    put16(&mut bytes, &[0]);
    bytes
}
