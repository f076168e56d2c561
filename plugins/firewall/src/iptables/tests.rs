//! Options of rules, one by one, and what they make of a row.

use super::*;
use crate::expand::rows;

fn check(options: &str, expected: &[&str]) {
    let text = format!("*filter\n:INPUT DROP [0:0]\n:own - [0:0]\n-A INPUT {options}\nCOMMIT\n");
    let ruleset = parse(&text, IpFamily::V4).unwrap();
    let print = |row: &crate::expand::Cells| {
        let crate::expand::Cells { protocol, source, destination, ports, verdict, new_connections, exact, .. } = row;
        let words = [if *new_connections { "" } else { " following" }, if *exact { "" } else { " inexact" }].concat();
        let interfaces = [&row.interface_in, &row.interface_out].map(|name| name.as_deref().unwrap_or("-")).join(">");
        format!("{verdict} {protocol} {interfaces} {source} {destination} {}-{}{words}", ports.0, ports.1)
    };
    let found: Vec<_> = ruleset.rules.iter().flat_map(|rule| rows(rule, 16)).map(|row| print(&row)).collect();
    assert_eq!(found, expected, "{options}");
}

#[test]
fn negation_before_and_after_the_option() {
    let wide = ["accept tcp ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"];
    check("-p tcp ! --dport 22 -j ACCEPT", &wide);
    check("-p tcp --dport ! 22 -j ACCEPT", &wide);
    check("-p tcp ! -i lo -j ACCEPT", &wide);
    check("! -p udp -j ACCEPT", &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    check("-m conntrack ! --ctstate NEW -j ACCEPT", &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
}

#[test]
fn values_that_columns_hold() {
    check(
        "-s 10.0.0.1,10.0.0.2 -j DROP",
        &["drop any ->- 10.0.0.1 0.0.0.0/0 0-65535", "drop any ->- 10.0.0.2 0.0.0.0/0 0-65535"],
    );
    check("-s 10.0.0.0/255.0.0.0 -o eth0 -j DROP", &["drop any ->eth0 10.0.0.0/8 0.0.0.0/0 0-65535"]);
    check("-p udp --dport :1023 -j DROP", &["drop udp ->- 0.0.0.0/0 0.0.0.0/0 0-1023"]);
    check("-p 0 -i + -j DROP", &["drop any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
    check("-m state --state ESTABLISHED -j ACCEPT", &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 following"]);
    check("-m state --state NEW,ESTABLISHED -j ACCEPT", &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
}

#[test]
fn what_columns_cannot_hold_is_wide() {
    for options in [
        "-s 10.0.0.1/255.0.0.255",
        "-m set --match-set admins src",
        "-m conntrack --ctstate ESTABLISHED,DNAT",
        "-m conntrack --ctdir ORIGINAL",
        "-i eth+",
        "-f",
        "-m owner --uid-owner 0",
        "-m string --algo bm --string \"-j DROP\"",
        "-m recent --name -j --rcheck",
        "--unknown-option a b c",
    ] {
        check(&format!("{options} -j ACCEPT"), &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    }
    check("-p tcp -m multiport --ports 80 -j ACCEPT", &["accept tcp ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    check("-p tcp --dport ssh -j ACCEPT", &["accept tcp ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    // No packet is both; the row keeps what was said first.
    check("-p tcp -p udp -j ACCEPT", &["accept tcp ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
}

#[test]
fn options_of_targets_and_after_them() {
    check("-j LOG --log-prefix -j --log-level 4", &["log any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
    check("-j NFQUEUE --queue-num 1", &["queue any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
    check("-j ACCEPT -p tcp --dport 22", &["accept tcp ->- 0.0.0.0/0 0.0.0.0/0 22-22"]);
    check("-j ACCEPT --dpo 22", &["accept any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    check("-j own --dpo 22", &["jump any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    check("-g own", &["goto any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
}

#[test]
fn a_comment_is_no_option() {
    check("-m comment --comment -j -j DROP", &["drop any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
    check(r#"-m comment --comment "-s 10.0.0.0/8" -j DROP"#, &["drop any ->- 0.0.0.0/0 0.0.0.0/0 0-65535"]);
}

#[test]
fn rules_that_make_no_sense_are_unreadable() {
    for options in
        ["-j", "-j ACCEPT -j DROP", "-g nowhere", "-s", "stray -j ACCEPT", "!", "-t nat -j DROP", "--comment \"open"]
    {
        check(options, &["unreadable any ->- 0.0.0.0/0 0.0.0.0/0 0-65535 inexact"]);
    }
}

#[test]
fn other_commands_in_a_rule_file_are_unreadable_rules() {
    let ruleset = parse("*filter\n:INPUT DROP [0:0]\n-I INPUT -j ACCEPT\nCOMMIT\n", IpFamily::V6).unwrap();
    assert!(ruleset.rules[0].is_unreadable());
    assert_eq!(
        ruleset.notes,
        [
            "ip6tables listing, line 3: rule cannot be read: `-I INPUT -j ACCEPT`",
            "chain `unknown` of table `ip6 filter` has rules and is not in the listing",
        ]
    );
}

#[test]
fn the_content_has_no_counters() {
    let content = |line: &str| {
        let text = format!("*filter\n:INPUT DROP [0:0]\n{line}\nCOMMIT\n");
        parse(&text, IpFamily::V4).unwrap().rules[0].content.clone()
    };
    let plain = content("-A INPUT -j DROP");
    assert_eq!(content("[1:2] -A INPUT -j DROP"), plain);
    assert_eq!(content("-A INPUT -c 1 2 -j DROP"), plain);
    assert_eq!(content("-A INPUT -j \"DROP\""), plain);
}
