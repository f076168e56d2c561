//! What a site file says, and what is wrong with one.

use std::path::{Path, PathBuf};

use tickmark_model::Category;

use super::*;

fn parse(text: &str) -> ReadSite {
    read::site(Path::new("tickmark.toml"), PathBuf::from("/base"), text)
}

#[track_caller]
fn problems(text: &str) -> Vec<String> {
    parse(text).source.problems.iter().map(ToString::to_string).collect()
}

const SOUND: &str = r#"
company = "Acme"
[[system]]
name = "web"
environment = "production"
[[system.collector]]
plugin = "firewall"
settings = { source = "nft-file" }
grants.files.nft.path = "rules.json"
"#;

#[test]
fn paths_are_relative_to_the_file_and_defaults_are_filled_in() {
    let read = parse(SOUND);
    assert!(read.source.problems.is_empty());
    let site = read.site.unwrap();
    assert_eq!(site.ledger, Path::new("/base/.tickmark/ledger"));
    assert_eq!(site.policies, Path::new("/base/policies"));
    assert_eq!(site.engagement, Engagement::default());
    let collector = &site.systems[0].collectors[0];
    assert_eq!(collector.instance, "firewall");
    assert_eq!(collector.limits, Limits::default());
    assert_eq!(collector.grants.describe()["files"]["nft"]["path"], "/base/rules.json");
}

#[test]
fn nothing_is_not_a_site() {
    assert_eq!(problems(""), ["`company` is missing"]);
    assert_eq!(problems("company = \"Acme\""), ["there is no system"]);
}

#[test]
fn a_mistake_does_not_hide_another() {
    let text = SOUND
        .replace("company = \"Acme\"", "company = 1\nledgre = \"x\"")
        .replace("name = \"web\"", "")
        .replace("source = \"nft-file\"", "source = 1.5, other = { duration = \"soon\" }");
    assert_eq!(
        problems(&text),
        [
            "`soon` is not a duration such as `26h`, `7d` or `1d12h` (units d, h, m, s, ms, largest first)",
            "invalid type: floating point `1.5`, expected a scalar or an array of scalars",
            "`name` is missing",
            "invalid type: integer `1`, expected a string",
            "unknown key `ledgre`",
        ]
    );
}

#[test]
fn a_period_ends_after_it_starts() {
    let text = format!("{SOUND}\n[engagement.period]\nfrom = \"2026-07-01\"\nto = \"2026-06-30\"");
    assert_eq!(problems(&text), ["the period ends on 2026-06-30, before it starts on 2026-07-01"]);
}

#[test]
fn an_engagement_has_security_known_categories_and_a_time_zone() {
    let engagement = |text: &str| parse(&format!("{SOUND}\n[engagement]\n{text}"));
    let site = engagement("categories = [\"security\", \"privacy\"]\ntime_zone = \"Europe/Berlin\"").site.unwrap();
    assert_eq!(site.engagement.categories, [Category::Security, Category::Privacy].into());
    assert_eq!(site.engagement.time_zone_name(), "Europe/Berlin");
    let wrong = engagement("categories = [\"availabilty\"]\ntime_zone = \"Europe/Berlln\"\nfrom = 1");
    let said: Vec<String> = wrong.source.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "there is no category `availabilty`",
            "`categories` does not have `security`",
            "there is no time zone `Europe/Berlln`",
            "unknown key `from`",
        ]
    );
}

#[test]
fn how_many_collectors_run_at_once_is_the_sites_to_say() {
    let at_once = |text: &str| parse(text).site.unwrap().limits.collectors_at_once.get();
    assert_eq!(at_once(SOUND), 128);
    assert_eq!(at_once(&format!("{SOUND}\n[limits]\ncollectors_at_once = 3")), 3);
    let limits = |text: &str| problems(&format!("{SOUND}\n[limits]\n{text}"));
    assert_eq!(limits("collectors_at_once = 0"), ["invalid value: integer `0`, expected a nonzero usize"]);
    assert_eq!(limits("memory_bytes = 1"), ["unknown field `memory_bytes`, expected `collectors_at_once`"]);
}

#[test]
fn the_nearest_file_upwards_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let below = dir.path().join("a/b");
    std::fs::create_dir_all(&below).unwrap();
    assert!(find(&below, None).is_err());
    std::fs::write(dir.path().join(SITE_FILE), SOUND).unwrap();
    assert_eq!(find(&below, None).unwrap(), dir.path().join(SITE_FILE));
    assert_eq!(find(&below, Some(Path::new("other.toml"))).unwrap(), below.join("other.toml"));
}

mod any_text;
