//! What the hostile guests declare, laid out in memory as the canonical ABI wants it.
//!
//! One fact, `thing`, with a column of each type; a required need, `vital`, and an optional one for each interface.

/// Where the image starts in a guest's memory.
pub const IMAGE_AT: usize = 0x4000;

/// Where the record itself is: first in the image. Its five fields are name, version, facts, needs and settings, each a
/// pointer and a length.
pub const AT: usize = IMAGE_AT;

const RECORD_BYTES: usize = 40;

/// Name, type (a number of the contract's `cedar-type`), the kind of an entity, whether it is a set, whether required.
const COLUMNS: [(&str, u8, &str, bool, bool); 9] = [
    ("name", 2, "", false, true),
    ("flag", 0, "", false, false),
    ("size", 1, "", false, false),
    ("rate", 3, "", false, false),
    ("addr", 4, "", false, false),
    ("at", 5, "", false, false),
    ("took", 6, "", false, false),
    ("owner", 7, "Test::Group", false, false),
    ("tags", 2, "", true, false),
];

/// Kind, name, whether required.
const NEEDS: [(&str, &str, bool); 13] = [
    ("files", "vital", true),
    ("files", "folder", false),
    ("files", "proc", false),
    ("files", "device", false),
    ("files", "growing", false),
    ("files", "ungranted", false),
    ("command", "echo", false),
    ("command", "environment", false),
    ("command", "grandchild", false),
    ("http", "site", false),
    ("sql", "by-name", false),
    ("sql", "endless", false),
    ("sql", "writing", false),
];

struct Image(Vec<u8>);

impl Image {
    fn here(&self) -> u32 {
        (IMAGE_AT + self.0.len()) as u32
    }

    /// Adds `bytes`, aligned; the pointer and the number of `elements`.
    fn add(&mut self, bytes: &[u8], elements: usize) -> [u8; 8] {
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        let at = self.here();
        self.0.extend(bytes);
        pair(at, elements as u32)
    }

    fn text(&mut self, text: &str) -> [u8; 8] {
        self.add(text.as_bytes(), text.len())
    }

    fn optional_text(&mut self, text: &str) -> [u8; 12] {
        let [p0, p1, p2, p3, l0, l1, l2, l3] = self.text(text);
        [u8::from(!text.is_empty()), 0, 0, 0, p0, p1, p2, p3, l0, l1, l2, l3]
    }
}

fn pair(pointer: u32, length: u32) -> [u8; 8] {
    let ([a, b, c, d], [e, f, g, h]) = (pointer.to_le_bytes(), length.to_le_bytes());
    [a, b, c, d, e, f, g, h]
}

/// The image of a guest that calls itself `name`: the record, then the text of the fact's kind, which a guest may write
/// over, then everything else.
pub fn image(name: &str) -> Vec<u8> {
    let mut image = Image(vec![0; RECORD_BYTES]);
    let kind = image.text("Test::Thing");
    let doc = image.text("for the tests");

    let mut columns = Vec::new();
    for (name, ty, kind, set, required) in COLUMNS {
        columns.extend(image.text(name));
        columns.extend([ty, 0, 0, 0]);
        columns.extend(image.optional_text(kind));
        columns.extend([u8::from(set), u8::from(required), 0, 0]);
        columns.extend(doc);
    }
    let columns = image.add(&columns, COLUMNS.len());

    let parent = image.text("Test::Group");
    let mut fact = Vec::new();
    fact.extend(image.text("thing"));
    fact.extend(kind);
    fact.extend(image.add(&parent, 1));
    fact.extend(columns);
    fact.extend(image.optional_text(""));
    fact.extend(doc);
    let facts = image.add(&fact, 1);

    let mut needs = Vec::new();
    for (kind, name, required) in NEEDS {
        needs.extend(image.text(kind));
        needs.extend(image.text(name));
        needs.extend([u8::from(required), 0, 0, 0]);
        needs.extend(doc);
    }
    let needs = image.add(&needs, NEEDS.len());

    let (name, version) = (image.text(name), image.text("0.1.0"));
    let record = [name, version, facts, needs, pair(0, 0)].concat();
    image.0[..RECORD_BYTES].copy_from_slice(&record);
    image.0
}
