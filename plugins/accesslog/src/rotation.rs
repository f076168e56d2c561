//! Which log a rotated file belongs to, by its name.

/// The log that a file belongs to: its name without what rotation adds, such as `.1`, `-20261119` or `.2026-11-19`.
#[must_use]
pub fn stream_of(name: &str) -> String {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let stem = match name.rsplit_once('.') {
        Some((stem, last)) if number(last) && !stem.is_empty() => stem,
        _ => name,
    };
    let bytes = stem.as_bytes();
    let separated = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, b'-' | b'.' | b'_'));
    let dated = (1..bytes.len()).filter(|at| separated(*at)).find_map(|at| {
        let end = at + 1 + date_bytes(bytes.get(at + 1..)?)?;
        Some((stem.get(..at)?, stem.get(end..)?))
    });
    match dated {
        Some((before, behind)) => format!("{before}{behind}"),
        None => stem.to_owned(),
    }
}

/// The length of the date that `bytes` begin with: `20261119`, with two digits for the hour or without, or `2026-11-19`.
fn date_bytes(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    match digits {
        8 | 10 => Some(digits),
        4 => {
            let [_, _, _, _, b'-', m, m1, b'-', d, d1] = bytes.first_chunk::<10>()? else { return None };
            let next = bytes.get(10).is_some_and(u8::is_ascii_digit);
            [m, m1, d, d1].iter().all(|byte| byte.is_ascii_digit()).then_some(10).filter(|_| !next)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_the_log_that_was_rotated() {
        for (name, stream) in [
            ("access.log", "access.log"),
            ("access.log.1", "access.log"),
            ("access.log.12", "access.log"),
            ("access.log-20261119", "access.log"),
            ("access.log-2026111922", "access.log"),
            ("access.log.2026-11-19", "access.log"),
            ("access-2026-11-19.log", "access.log"),
            ("access_20261119.log.1", "access.log"),
            ("access-v2.log", "access-v2.log"),
            ("access-123456789.log", "access-123456789.log"),
            ("access-2026-11-191.log", "access-2026-11-191.log"),
            (".1", ".1"),
            ("größe.log.1", "größe.log"),
            ("", ""),
        ] {
            assert_eq!(stream_of(name), stream, "{name}");
        }
    }
}
