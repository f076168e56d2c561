//! The site file: any text gives a site or problems that point into the text.

use std::collections::BTreeSet;
use std::path::Path;

use tickmark_engine::site;

/// Reads bytes as a site file; whether one was read.
///
/// # Panics
/// Where a problem points outside of the text, or a site breaks a rule.
pub fn check(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let read = site::read_text(Path::new("/site/tickmark.toml"), text);
    let site = match read {
        Ok(site) => site,
        Err(problems) => {
            assert!(!problems.problems.is_empty(), "no site, and no word why");
            for problem in &problems.problems {
                let span = problem.span().unwrap_or(0..0);
                assert!(text.get(span.clone()).is_some(), "{problem} points to {span:?}");
            }
            return false;
        }
    };
    assert!(!site.systems.is_empty());
    assert!(site.engagement.period.is_none_or(|period| period.from <= period.to));
    let names: BTreeSet<&str> = site.systems.iter().map(|it| it.system.name.as_str()).collect();
    assert_eq!(names.len(), site.systems.len(), "no two systems have one name");
    for collector in site.systems.iter().flat_map(|system| &system.collectors) {
        assert!(collector.path.as_ref().is_none_or(|path| path.is_absolute()));
        assert!(collector.grants.problems().is_empty(), "a grant with a problem is not granted");
        assert!(collector.grants.command.values().all(|it| it.argv.first().is_some_and(|it| it.starts_with('/'))));
    }
    true
}
