//! What bad input gets: a clear error, nothing lost, never a false pass.

use expect_test::expect;
use tickmark_tests::Site;

const RUN: &str = "run --as-of 2026-11-20T09:00:00Z --control";

/// The site is refused whole: exit 2, and nothing sealed.
#[track_caller]
fn refused(site: &Site, expected: &expect_test::Expect) {
    let seen = site.tickmark("run --as-of 2026-11-20T09:00:00Z");
    expected.assert_eq(&seen);
    assert!(seen.starts_with("exit: 2\n"));
    assert!(!site.path().join(".tickmark").exists(), "something was sealed");
}

#[test]
fn no_site_file() {
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: no `tickmark.toml` in `.` or above it; `tickmark init` writes one
    "#]]
    .assert_eq(&Site::new().tickmark("run"));
}

#[test]
fn a_site_file_that_is_no_toml() {
    refused(
        &Site::acme().edit("tickmark.toml", "[[system]]", "[[system]"),
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × unclosed array table, expected `]`
                ╭─[[DIR]/tickmark.toml:31:10]
             30 │
             31 │ [[system]
                ·          ▲
                ·          ╰── here
             32 │ name = "acme-prod"
                ╰────

            error: 1 problem in the configuration, nothing was run
        "#]],
    );
}

#[test]
fn every_mistake_of_a_site_file_at_once() {
    let site = Site::acme()
        .edit("tickmark.toml", "company =", "compny =")
        .edit("tickmark.toml", "to = \"2026-12-31\"", "to = \"2026-13-31\"")
        .edit("tickmark.toml", "plugin = \"firewall\"", "plugin = \"firewal\"")
        .edit("tickmark.toml", "login_source = \"sql\"", "login_surce = \"sql\"")
        .edit("tickmark.toml", "name = \"backup-jobs\"", "name = \"backup-laptops\"")
        .edit("tickmark.toml", "grants.files.restic.path = \"restic-snapshots.json\"", "grants.file.restic.path = 1")
        .edit("tickmark.toml", "facts = [\"check\"]", "facts = [\"chek\"]")
        .edit("tickmark.toml", "http://127.0.0.1:9", "ftp://127.0.0.1:9/path");
    refused(
        &site,
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × `company` is missing
               ╭─[[DIR]/tickmark.toml:1:1]
             1 │ # The example company. Paths are relative to this file. `tickmark run --as-of 2026-11-20T09:00:00Z` judges it.
               · ▲
               · ╰── here
             2 │ compny = "Acme Rockets (example)"
               ╰────

              × unknown key `compny`
               ╭─[[DIR]/tickmark.toml:2:1]
             1 │ # The example company. Paths are relative to this file. `tickmark run --as-of 2026-11-20T09:00:00Z` judges it.
             2 │ compny = "Acme Rockets (example)"
               · ───┬──
               ·    ╰── here
             3 │
               ╰────
              help: did you mean `company`?

              × `2026-13-31` is not a date such as `2026-07-01`
               ╭─[[DIR]/tickmark.toml:6:38]
             5 │ boundary = "the production service and the people who run it"
             6 │ period = { from = "2026-07-01", to = "2026-13-31" }
               ·                                      ──────┬─────
               ·                                            ╰── here
             7 │ time_zone = "UTC"
               ╰────

              × there is no built-in plugin `firewal`
                ╭─[[DIR]/tickmark.toml:38:1]
             37 │ # --- firewall: a saved `nft --json list ruleset` -------------------------------------------------------------------
             38 │ [[system.collector]]
                · ──────────┬─────────
                ·           ╰── here
             39 │ plugin = "firewal"
                ╰────
              help: did you mean `firewall`?

              × plugin `mfa` has no setting `login_surce`
                ╭─[[DIR]/tickmark.toml:44:1]
             43 │ # --- mfa: users and logins from the company's own tables -------------------------------------------------------------
             44 │ [[system.collector]]
                · ──────────┬─────────
                ·           ╰── here
             45 │ plugin = "mfa"
                ╰────
              help: its settings are: source, admin_roles, admin_users, service_accounts, login_source, login_window, login_sources

              × system `acme-prod` has collector `backup-laptops` twice
                ╭─[[DIR]/tickmark.toml:79:1]
             78 │
             79 │ [[system.collector]]
                · ──────────┬─────────
                ·           ╰── here
             80 │ plugin = "backup"
                ╰────
              help: give one of them another name: name = "..."

              × unknown kind of grant `file`
                ╭─[[DIR]/tickmark.toml:84:8]
             83 │ settings = { source = "restic-file", job_by = "tag", expected_jobs = ["laptops"] }
             84 │ grants.file.restic.path = 1
                ·        ──┬─
                ·          ╰── here
             85 │
                ╰────
              help: did you mean `files`?

              × grant `http.health.origin`: scheme `ftp` is neither http nor https
                ╭─[[DIR]/tickmark.toml:96:1]
             95 │ # --- uptime of the web site: nothing listens on this port, and a service that is down is evidence ---------------------
             96 │ [[system.collector]]
                · ──────────┬─────────
                ·           ╰── here
             97 │ plugin = "uptime"
                ╰────
              help: write scheme, host and port only, such as `https://app.example.com`

              × plugin `uptime` declares no fact `chek`
                ╭─[[DIR]/tickmark.toml:96:1]
             95 │ # --- uptime of the web site: nothing listens on this port, and a service that is down is evidence ---------------------
             96 │ [[system.collector]]
                · ──────────┬─────────
                ·           ╰── here
             97 │ plugin = "uptime"
                ╰────
              help: did you mean `check`?

            error: 9 problems in the configuration, nothing was run
        "#]],
    );
}

#[test]
fn every_mistake_of_the_sites_own_matrix_and_policy_at_once() {
    let site = Site::acme()
        .file(
            "policies/controls.toml",
            r#"[[control]]
id = "CC6.3-mfa-for-admins"
title = "Ours"
criteria = ["CC6.3", "CC66.1"]
frequency = "sometimes"
operation = "state"
owner = "Security"
evidence = "Users"
collector = "mfa"
fact = "user"
policy = "ours.cedar"
mode = "subject"
severity = "high"
remediation_days = 30
"#,
        )
        .file("policies/ours.cedar", "permit (principal, action, resource)");
    refused(
        &site,
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × criterion `CC66.1` does not exist
               ╭─[[DIR]/policies/controls.toml:4:22]
             3 │ title = "Ours"
             4 │ criteria = ["CC6.3", "CC66.1"]
               ·                      ────┬───
               ·                          ╰── unknown criterion
             5 │ frequency = "sometimes"
               ╰────
              help: did you mean `CC6.1`?

              × `sometimes` is not a frequency
               ╭─[[DIR]/policies/controls.toml:5:13]
             4 │ criteria = ["CC6.3", "CC66.1"]
             5 │ frequency = "sometimes"
               ·             ─────┬─────
               ·                  ╰── unknown word
             6 │ operation = "state"
               ╰────
              help: it is one of continuous, daily, business-daily, weekly, monthly, quarterly, annual, per-event, within

              × unexpected end of input
               ╭─[[DIR]/policies/ours.cedar:1:37]
             1 │ permit (principal, action, resource)
               ╰────

            error: 3 problems in the configuration, nothing was run
        "#]],
    );
}

#[test]
fn a_policy_that_does_not_fit_what_the_collector_declares() {
    let site = Site::acme()
        .file(
            "policies/controls.toml",
            r#"[[control]]
id = "CC6.2-no-admins-in-sales"
title = "Sales has no administrators"
criteria = ["CC6.2"]
frequency = "continuous"
operation = "state"
owner = "Security"
evidence = "Users"
collector = "mfa"
fact = "user"
policy = "ours.cedar"
mode = "subject"
severity = "high"
remediation_days = 30
"#,
        )
        .file(
            "policies/ours.cedar",
            r#"@id("no-admins-in-sales-conforms")
permit (principal, action == Action::"CC6.2-no-admins-in-sales", resource);

@id("no-admins-in-sales")
@message("a salesperson is an administrator")
@severity("high")
@remediation("take the role away")
forbid (principal, action == Action::"CC6.2-no-admins-in-sales", resource)
when { resource.admin && resource.team == "sales" };
"#,
        );
    refused(
        &site,
        &expect![[r#"
            exit: 2
            --- stdout
            --- stderr
              × for policy `no-admins-in-sales`, attribute `team` on entity type `Mfa::User` not found
               ╭─[[DIR]/policies/ours.cedar:9:26]
             8 │ forbid (principal, action == Action::"CC6.2-no-admins-in-sales", resource)
             9 │ when { resource.admin && resource.team == "sales" };
               ·                          ─────────────
               ╰────
              help: did you mean `name`?

            error: 1 problem in the configuration, nothing was run
        "#]],
    );
}

#[test]
fn a_control_that_selects_no_system_is_never_a_pass() {
    let row = r#"[[control]]
id = "CC6.2-no-admins-in-sales"
title = "Sales has no administrators"
criteria = ["CC6.2"]
frequency = "continuous"
operation = "state"
owner = "Security"
evidence = "Users"
collector = "mfa"
fact = "user"
policy = "ours.cedar"
mode = "subject"
severity = "high"
remediation_days = 30
systems = { environment = ["staging"] }
"#;
    let policy = r#"@id("no-admins-in-sales-conforms")
permit (principal, action == Action::"CC6.2-no-admins-in-sales", resource);

@id("no-admins-in-sales")
@message("a salesperson is an administrator")
@severity("high")
@remediation("take the role away")
forbid (principal, action == Action::"CC6.2-no-admins-in-sales", resource)
when { resource.admin && resource.roles.contains("sales") };
"#;
    let site = Site::acme().file("policies/controls.toml", row).file("policies/ours.cedar", policy);
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        nothing judged; 0 records sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]

        Nothing was judged: CC6.2-no-admins-in-sales does not select a system of the site. `tickmark control show ID` says which.
    "#]].assert_eq(&site.tickmark(&format!("{RUN} CC6.2-no-admins-in-sales")));
}

#[test]
fn an_unknown_control_or_system() {
    let site = Site::acme();
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no control `CC6.3-mfa-for-admin`; did you mean `CC6.3-mfa-for-admins`?
    "#]]
    .assert_eq(&site.tickmark("run --control CC6.3-mfa-for-admin"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no system `acme-prot`; did you mean `acme-prod`?
    "#]]
    .assert_eq(&site.tickmark("run --system acme-prot"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: --as-of
          caused by: `yesterday` is not a time such as `2026-11-20T09:00:00Z` or a date such as `2026-11-20` (UTC, years 0001 to 9999)
    "#]].assert_eq(&site.tickmark("run --as-of yesterday"));
}

#[test]
fn an_empty_users_table_is_inconclusive() {
    let site = Site::acme().sql("DELETE FROM users");
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL               CRITERIA             OWNER     SYSTEM     OUTCOME       COUNTS
        CC6.3-mfa-for-admins  CC6.3, CC6.1, CC6.6  Security  acme-prod  inconclusive  none in scope
          population-empty: collector `mfa` observed no subject of fact `user`

        criteria: CC6.1 1 inconclusive; CC6.3 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/mfa asks for what is not granted: files `credential-report`, files `okta-users`
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} CC6.3-mfa-for-admins")));
}

#[test]
fn no_administrator_recognised_is_inconclusive() {
    let site = Site::acme().sql("UPDATE users SET roles = 'user'");
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL               CRITERIA             OWNER     SYSTEM     OUTCOME       COUNTS
        CC6.3-mfa-for-admins  CC6.3, CC6.1, CC6.6  Security  acme-prod  inconclusive  none in scope, 8 excluded
          nothing-in-scope: none of 8 subjects is in scope

        criteria: CC6.1 1 inconclusive; CC6.3 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/mfa asks for what is not granted: files `credential-report`, files `okta-users`
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} CC6.3-mfa-for-admins")));
}

#[test]
fn a_missing_file_leaves_the_others_alone() {
    let site = Site::acme().remove("ruleset.json");
    let seen = site.tickmark(&format!("{RUN} CC6.6-firewall-default-deny --control A1.3-restore-test"));
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        A1.3-restore-test            A1.3          Engineering  acme-prod  pass          3/3 conform
        CC6.6-firewall-default-deny  CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          plugin-error: unavailable: `[DIR]/ruleset.json` cannot be opened: No such file or directory (os error 2)

        collector acme-prod/firewall ended `plugin-error`: unavailable: `[DIR]/ruleset.json` cannot be opened: No such file or directory (os error 2)

        criteria: A1.3 1 pass; CC6.1 1 inconclusive; CC6.6 1 inconclusive
        1 pass, 1 inconclusive; 2 records sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/firewall asks for what is not granted: files `iptables`, files `ip6tables`, command `nft`, command `iptables`, command `ip6tables`
        note: collector acme-prod/backup-jobs asks for what is not granted: command `restic`, command `pgbackrest`, command `borg`, files `restic`, files `pgbackrest`, files `borg`
        warning: collector acme-prod/firewall: plugin-error: unavailable: `[DIR]/ruleset.json` cannot be opened: No such file or directory (os error 2)
    "#]].assert_eq(&seen);
}

#[test]
fn a_truncated_ruleset_is_inconclusive() {
    let site = Site::acme();
    let half: String = site.read("ruleset.json").chars().take(900).collect();
    let site = site.file("ruleset.json", half);
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.6-firewall-default-deny  CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          plugin-error: invalid: nft listing is not whole JSON: EOF while parsing a value at line 8 column 76

        collector acme-prod/firewall ended `plugin-error`: invalid: nft listing is not whole JSON: EOF while parsing a value at line 8 column 76

        criteria: CC6.1 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/firewall asks for what is not granted: files `iptables`, files `ip6tables`, command `nft`, command `iptables`, command `ip6tables`
        warning: collector acme-prod/firewall: plugin-error: invalid: nft listing is not whole JSON: EOF while parsing a value at line 8 column 76
    "#]].assert_eq(&site.tickmark(&format!("{RUN} CC6.6-firewall-default-deny")));
}

#[test]
fn output_that_is_not_utf_8_is_inconclusive() {
    let site = Site::acme().file("ruleset.json", b"{\"nftables\": [\xff]}");
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.6-firewall-default-deny  CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          plugin-error: invalid: `nft`: not UTF-8 at byte 14 of 17

        collector acme-prod/firewall ended `plugin-error`: invalid: `nft`: not UTF-8 at byte 14 of 17

        criteria: CC6.1 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/firewall asks for what is not granted: files `iptables`, files `ip6tables`, command `nft`, command `iptables`, command `ip6tables`
        warning: collector acme-prod/firewall: plugin-error: invalid: `nft`: not UTF-8 at byte 14 of 17
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} CC6.6-firewall-default-deny")));
}

#[test]
fn a_missing_tool_is_inconclusive() {
    let site = Site::acme().edit("tickmark.toml", "source = \"nft-file\"", "source = \"nft\"").edit(
        "tickmark.toml",
        "grants.files.nft.path = \"ruleset.json\"",
        "grants.command.nft.argv = [\"/nowhere/nft\"]",
    );
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.6-firewall-default-deny  CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          plugin-error: unavailable: program `/nowhere/nft` cannot be started: No such file or directory (os error 2)

        collector acme-prod/firewall ended `plugin-error`: unavailable: program `/nowhere/nft` cannot be started: No such file or directory (os error 2)

        criteria: CC6.1 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/firewall asks for what is not granted: files `nft`, files `iptables`, files `ip6tables`, command `iptables`, command `ip6tables`
        warning: collector acme-prod/firewall: plugin-error: unavailable: program `/nowhere/nft` cannot be started: No such file or directory (os error 2)
    "#]].assert_eq(&site.tickmark(&format!("{RUN} CC6.6-firewall-default-deny")));
}

#[test]
fn two_statements_are_no_query() {
    let site = Site::acme().edit("tickmark.toml", "FROM users ORDER BY id", "FROM users; DELETE FROM users");
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
          × grant `sql.users.query`: holds 2 statements, expected 1
            ╭─[[DIR]/tickmark.toml:44:1]
         43 │ # --- mfa: users and logins from the company's own tables -------------------------------------------------------------
         44 │ [[system.collector]]
            · ──────────┬─────────
            ·           ╰── here
         45 │ plugin = "mfa"
            ╰────

        error: 1 problem in the configuration, nothing was run
    "#]].assert_eq(&site.tickmark(&format!("{RUN} CC6.3-mfa-for-admins")));
}

#[test]
fn a_query_that_writes_is_refused_by_the_database() {
    let site = Site::acme().edit(
        "tickmark.toml",
        "SELECT id, name, email, roles, mfa_enabled, factors, service, enabled, created_at, last_login\nFROM users ORDER BY id",
        "DELETE FROM users RETURNING id, roles, mfa_enabled, service, enabled",
    );
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL               CRITERIA             OWNER     SYSTEM     OUTCOME       COUNTS
        CC6.3-mfa-for-admins  CC6.3, CC6.1, CC6.6  Security  acme-prod  inconclusive  none in scope
          denied: query does more than read tables

        collector acme-prod/mfa ended `denied`: query does more than read tables

        criteria: CC6.1 1 inconclusive; CC6.3 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/mfa asks for what is not granted: files `credential-report`, files `okta-users`
        warning: collector acme-prod/mfa: denied: query does more than read tables
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} CC6.3-mfa-for-admins")));
}

#[test]
fn a_need_that_is_not_granted_is_denied() {
    let site = Site::acme().edit("tickmark.toml", "grants.files.nft.path = \"ruleset.json\"", "");
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL                      CRITERIA      OWNER        SYSTEM     OUTCOME       COUNTS
        CC6.6-firewall-default-deny  CC6.6, CC6.1  Engineering  acme-prod  inconclusive  none in scope
          denied: files `nft` is not granted, add `grants.files.nft`

        collector acme-prod/firewall ended `denied`: files `nft` is not granted, add `grants.files.nft`

        criteria: CC6.1 1 inconclusive; CC6.6 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
        note: collector acme-prod/firewall asks for what is not granted: files `nft`, files `iptables`, files `ip6tables`, command `nft`, command `iptables`, command `ip6tables`
        warning: collector acme-prod/firewall: denied: files `nft` is not granted, add `grants.files.nft`
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} CC6.6-firewall-default-deny")));
}

#[test]
fn a_system_without_the_collector_is_inconclusive() {
    let site = Site::acme().edit(
        "tickmark.toml",
        "# --- firewall",
        "[[system]]\nname = \"acme-dr\"\nenvironment = \"production\"\n\n[[system]]\nname = \"rest\"\nenvironment = \"test\"\n# ---",
    );
    expect![[r#"
        exit: 3
        --- stdout
        Acme Rockets (example), 2026-07-01 to 2026-12-31, as of 2026-11-20T09:00:00Z (simulated: counts as no operation)

        CONTROL            CRITERIA  OWNER        SYSTEM   OUTCOME       COUNTS
        A1.3-restore-test  A1.3      Engineering  acme-dr  inconclusive  none in scope
          not-collected: no collector of system `acme-dr` provides fact `restore`

        criteria: A1.3 1 inconclusive
        1 inconclusive; 1 record sealed
        --- stderr
        made the key that signs this ledger, in [DIR]/.tickmark/keys
          give auditors its public half: [VKEY]
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} A1.3-restore-test --system acme-dr")));
}

#[test]
fn a_ledger_that_cannot_be_written_stops_before_collecting() {
    let site = Site::acme().file(".tickmark/ledger", "a file where a folder should be");
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: cannot read `[DIR]/.tickmark/ledger/.tickmark/log.vkey`
          caused by: Not a directory (os error 20)
    "#]]
    .assert_eq(&site.tickmark(&format!("{RUN} A1.3-restore-test")));
}
