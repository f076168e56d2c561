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
fn every_vendor_has_an_id_of_its_own_a_method_and_criteria_that_there_are() {
    let vendor = |id: &str, method: &str, criteria: &str| {
        format!("[[vendor]]\nid = \"{id}\"\nname = \"x\"\nmethod = \"{method}\"\ncriteria = [{criteria}]\n")
    };
    let site = parse(&format!("{SOUND}{}", vendor("hosting", "inclusive", "\"A1.2\""))).site.unwrap();
    assert_eq!(site.vendors[0].id, "hosting");
    assert_eq!(
        problems(&format!("{SOUND}{}{}", vendor("a", "carve-out", "\"CC6.44\""), vendor("a", "carved", ""))),
        ["there is no criterion `CC6.44`", "vendor `a` is there twice", "there is no method `carved`"]
    );
    assert_eq!(
        problems(&format!("{SOUND}{}", vendor("The Host", "inclusive", ""))),
        ["`The Host` is no id such as `hosting-provider`"]
    );
}

#[test]
fn a_person_has_one_key_and_a_private_one_is_never_shown() {
    let key = |seed: u8| tickmark_ledger::tlog::SigningKey::from_seed("ada", [seed; 32]).unwrap();
    let person = |name: &str, key: &str| format!("[people.\"{name}\"]\nkey = \"{key}\"\n");
    let (one, two) = (key(1).verifier().to_string(), key(2).verifier().to_string());
    let text = format!("{SOUND}{}{}", person("Ada", &one), person("Ada Park", &one));
    let site = parse(&text).site.unwrap();
    assert_eq!(site.person(" ADA ").unwrap().key.to_string(), one);
    assert!(site.person("boris").is_none() && site.same_key("ada", "ada park") && !site.same_key("ada", "boris"));
    assert_eq!(
        problems(&format!("{SOUND}{}{}", person("ada", &one), person("ADA", &two))),
        ["`ada` and `ADA` are one person, whose key is named once"]
    );
    let wrong = format!("{SOUND}{}[people.eve]\nsign = []\nkeys = \"x\"\n", person(" ada", "ada+1+x"));
    assert_eq!(
        problems(&wrong),
        [
            "` ada` is no name of a person",
            "the key of ` ada`: not a verifier key: expected `name+id+base64` with an Ed25519 key",
            "`key` is missing",
            "unknown key `keys`",
            "`sign` names no program"
        ]
    );
    let private = parse(&format!("{SOUND}{}", person("ada", &key(1).to_text()))).source.problems;
    let [problem] = private.as_slice() else { panic!("{private:?}") };
    let expected =
        "tickmark.toml:11: the key of `ada`: not a verifier key: expected `name+id+base64` with an Ed25519 key";
    assert_eq!((problem.to_string().as_str(), problem.span()), (expected, None), "no line of the file is shown");
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

#[test]
fn who_reviews_what_has_defaults_and_every_mistake_is_said() {
    let site = |text: &str| parse(&format!("{SOUND}\n{text}")).site.unwrap().reviews;
    assert_eq!(site(""), Reviews::default());
    let reviews = site(
        r#"
        [review.access]
        reviewers = { engineering = "a", sales = ["b", "c"] }
        fallback = ["d"]
        department_of = { root = "engineering" }
        inactive_after = "60d"
        facts = ["Iam::Account"]
        due_days = 14
        [review.firewall]
        reviewers = "e""#,
    );
    assert_eq!(reviews.access.reviewers["sales"], ["b", "c"]);
    assert_eq!((reviews.access.fallback, reviews.firewall.reviewers), (vec!["d".to_owned()], vec!["e".to_owned()]));
    assert_eq!((reviews.access.inactive_after_ms, reviews.access.due_days), (60 * 86_400_000, 14));
    assert_eq!(reviews.access.facts, ["Iam::Account".to_owned()].into());
    assert_eq!(reviews.firewall.due_days, 30);
    let wrong = r#"
        [review.access]
        reviewers = { engineering = [], sales = " ", it = 7 }
        inactive_after = "0d"
        facts = ["Iam::Acount", "Firewall::Rule"]
        due_days = 0
        reviewer = "a"
        [review.firewall]
        due_days = 400
        [review.physical]
    "#;
    assert_eq!(
        problems(&format!("{SOUND}\n{wrong}")),
        [
            "a reviewer without a name",
            "expected a name or an array of names",
            "a reviewer without a name",
            "`inactive_after` is `0d`, expected more than nothing",
            "`due_days` is 0, expected 1 to 366",
            "`facts` has `Iam::Acount`, which is no kind of account",
            "`facts` has `Firewall::Rule`, which is no kind of account",
            "unknown key `reviewer`",
            "`due_days` is 400, expected 1 to 366",
            "unknown key `physical`",
        ]
    );
}

#[test]
fn a_password_for_mail_never_goes_to_another_machine_in_the_clear() {
    let mail = |text: &str| format!("{SOUND}\n[mail]\nfrom = \"t@example.com\"\n{text}\n");
    let site = parse(&mail("server = \"mail.example.com\"\nuser = \"t\"\npassword = { file = \"p\" }")).site.unwrap();
    let read = site.mail.unwrap();
    assert_eq!(
        (read.host.as_str(), read.port, read.tls, read.remind_days),
        ("mail.example.com", 587, MailTls::Starttls, 7)
    );
    assert_eq!(read.login, Some(("t".to_owned(), Password::File("/base/p".into()))));
    let login = "user = \"t\"\npassword = { env = \"P\" }\ntls = \"none\"";
    assert_eq!(problems(&mail(&format!("server = \"127.0.0.1\"\n{login}"))), [""; 0]);
    assert_eq!(
        problems(&mail(&format!("server = \"mail.example.com\"\n{login}"))),
        ["a password would go to another machine without TLS"]
    );
    assert_eq!(
        problems(&mail("server = \"smtp://mail\"\nuser = \"t\"\nremind_days = -1").replace("t@example.com", "t")),
        [
            "`user` and `password` go together, and one is missing",
            "`remind_days` is -1, expected 0 to 366",
            "`t` is no mail address",
            "`smtp://mail` is no server",
        ]
    );
    assert_eq!(
        problems(&mail("server = \"mail\"\nuser = \"t\"\npassword = \"hunter2\""))
            .iter()
            .filter(|it| it.contains("hunter2"))
            .count(),
        0
    );
}

mod any_text;
