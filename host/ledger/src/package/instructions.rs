//! `VERIFY.md`: how to check a package with nothing of ours. Its commands are run by a test.

const PACKAGE: &str = include_str!("instructions/package.md");
pub(super) const SINCE: &str = include_str!("instructions/since.md");
const TIMESTAMP: &str = include_str!("instructions/timestamp.md");
const END: &str = include_str!("instructions/end.md");

/// The text for a package with or without a proof from an older checkpoint on, and a timestamp.
pub(super) fn instructions(since: bool, timestamp: bool) -> String {
    let mut text = PACKAGE.to_owned();
    for (is_there, part) in [(since, SINCE), (timestamp, TIMESTAMP), (true, END)] {
        if is_there {
            text.push_str(part);
        }
    }
    text
}
