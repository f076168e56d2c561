//! The commands around a run: lists, checks and help.

use expect_test::expect;
use tickmark_tests::Site;

#[test]
fn the_control_matrix_without_a_site() {
    expect![[r#"
        exit: 0
        --- stdout
        CONTROL                           MATRIX  CRITERIA           FREQUENCY   OPERATED   OWNER           ORIGIN    TITLE
        A1.1-capacity-headroom                    A1.1               continuous  automated  Engineering     built-in  Capacity stays within its limits, with headroom
        A1.1-health-checks                        A1.1 CC7.2 CC6.7   continuous  automated  Engineering     built-in  Health checks answer well, in time, with a certificate that lasts
        A1.1-host-uptime                          A1.1 CC7.2         continuous  automated  Engineering     built-in  Hosts do not restart unnoticed
        A1.1-replicas-up                          A1.1               continuous  automated  Engineering     built-in  Services that must survive a failure run several times over
        A1.1-systems-monitored                    A1.1 CC7.2         continuous  automated  Engineering     built-in  Every system is monitored
        A1.1-uptime-objective                     A1.1 CC7.2         continuous  automated  Engineering     built-in  Measured availability meets the objective
        A1.2-backup-daily                 A1.1    A1.2               daily       automated  Engineering     built-in  Every backup job succeeds every day
        A1.2-backup-recent                A1.1    A1.2               continuous  automated  Engineering     built-in  Every expected backup succeeded within a day
        A1.2-environment-safeguards               A1.2               annual      by hand    Facilities      built-in  Power, cooling, fire and water protection of our own rooms are serviced and tested
        A1.3-backup-checked                       A1.3               monthly     automated  Engineering     built-in  Backups are checked by reading them, and have no error
        A1.3-exercise-report              A1.2    A1.3               annual      automated  Engineering     built-in  Reports of exercises are approved by others, and something follows from what went wrong
        A1.3-recovery-exercised           A1.2    A1.3               annual      automated  Engineering     built-in  The recovery of every system is exercised within a year
        A1.3-recovery-objectives          A1.2    A1.3               annual      automated  Engineering     built-in  Exercised recoveries keep to their objectives of time and data
        A1.3-restore-test                         A1.3               quarterly   automated  Engineering     built-in  Every backup was restored on trial within a quarter
        C1.1-confidential-encrypted               C1.1 CC6.1         quarterly   automated  Security        built-in  Confidential information is encrypted where it rests
        C1.1-data-register                        C1.1               quarterly   automated  Security        built-in  Confidential information is classified, owned and reviewed
        C1.2-deletion-on-time                     C1.2 P4.2 P4.3     monthly     automated  Privacy         built-in  Records are deleted by their date
        CC1.1-code-of-conduct                     CC1.1              annual      by hand    HR              built-in  Everybody who works here acknowledges the code of conduct
        CC1.1-conduct-reports                     CC1.1 CC2.2        quarterly   by hand    Legal           built-in  Reports of misconduct, anonymous ones too, are looked into and closed with an outcome
        CC1.2-board-independence                  CC1.2              annual      by hand    Board           built-in  Board members declare their interests, and most of them are independent
        CC1.2-board-oversight                     CC1.2              quarterly   by hand    Board           built-in  Board members who do not manage the company question the state of security and controls
        CC1.3-organisation-chart                  CC1.3              annual      by hand    Management      built-in  Chart, reporting lines and who may sign for what are reviewed and published
        CC1.4-background-checks                   CC1.4              per-event   by hand    HR              built-in  Nobody starts before references and background are checked, as far as the law allows
        CC1.4-job-descriptions                    CC1.4 CC1.3        annual      by hand    HR              built-in  Roles with duties in controls have a description of duties and skills, and their holders match it
        CC1.4-security-training                   CC1.4 CC2.2        annual      by hand    HR              built-in  Everybody finishes security and privacy training each year, and newcomers in their first month
        CC1.5-control-owners                      CC1.5 CC4.1        quarterly   by hand    Security        built-in  Every control has an owner, who confirms in writing that it operated
        CC1.5-performance-reviews                 CC1.5              annual      by hand    HR              built-in  Everybody's work is appraised, duties in controls included
        CC2.1-evidence-quality                    CC2.1              annual      by hand    Security        built-in  Reports and exports that controls rest on are compared with their source
        CC2.1-system-description                  CC2.1              annual      by hand    Engineering     built-in  The description of the system, its boundary, data flows and components is brought up to date
        CC2.2-policies-acknowledged               CC2.2 CC5.3        annual      by hand    Security        built-in  Everybody reads and acknowledges the security policies in force
        CC2.3-customer-commitments                CC2.3              annual      by hand    Legal           built-in  Commitments to customers and the way to report problems are published and checked against what is done
        CC2.3-customer-notices                    CC2.3              per-event   by hand    Support         built-in  Customers are told of incidents and of changes that touch them within the time promised
        CC3.1-security-objectives                 CC3.1              annual      by hand    Management      built-in  Management sets objectives for security with measures and tolerances
        CC3.2-risk-assessment                     CC3.2 CC3.1 CC5.1  annual      by hand    Security        built-in  Risks are found, rated and given a treatment with an owner and a date
        CC3.2-risk-treatment                      CC3.2 CC9.1        quarterly   by hand    Security        built-in  Open treatments of risks are followed up
        CC3.3-fraud-risk                          CC3.3              annual      by hand    Finance         built-in  Ways in which insiders and outsiders could deceive the company are assessed
        CC3.4-change-assessment                   CC3.4              quarterly   by hand    Management      built-in  New products, acquisitions, regions, laws and key vendors are assessed for what they do to controls
        CC4.1-internal-audit                      CC4.1              annual      by hand    Internal audit  built-in  Somebody who does not operate the controls tests a plan of them
        CC4.1-penetration-test                    CC4.1 CC7.1        annual      by hand    Security        built-in  Outside testers attack the product and its surroundings
        CC4.2-deficiencies-reported               CC4.2              monthly     by hand    Security        built-in  Control weaknesses and their remediation are reported to management, overdue ones by name
        CC4.2-management-review                   CC4.2 CC1.2        quarterly   by hand    Management      built-in  Management reviews internal control and decides what to change
        CC4.2-remediation-on-time                 CC4.2 CC4.1        continuous  automated  Security        built-in  Exceptions are put right within the time that their severity sets
        CC5.1-control-selection                   CC5.1 CC5.2        annual      by hand    Security        built-in  The matrix is held against the risk register: each risk has a control, duties that conflict are apart
        CC5.2-technology-standards                CC5.2              annual      by hand    Engineering     built-in  Baselines for systems, access and development are reviewed against today's technology
        CC5.3-policy-review                       CC5.3              annual      by hand    Security        built-in  Policies and procedures are reviewed and approved by their owners
        CC6.1-access-keys                         CC6.1              continuous  automated  Security        built-in  Access keys are replaced in time and used, and root has none
        CC6.1-mfa-adoption                        CC6.1 CC6.6        continuous  automated  Security        built-in  People use a second factor
        CC6.1-storage-encrypted                   CC6.1 C1.1         continuous  automated  Security        built-in  Volumes with data are encrypted where they rest
        CC6.2-access-review                       CC6.2 CC6.3        quarterly   by hand    Security        built-in  Every account is reviewed once a quarter, by somebody else than its owner
        CC6.2-access-review-actions               CC6.2 CC6.3        within      automated  IT              built-in  What a review of access decided is done within a week
        CC6.2-access-termination          CC6.2   CC6.2 CC6.3        within      automated  HR+IT           built-in  The last account of whoever leaves is closed within 24 hours
        CC6.2-account-owner                       CC6.2 CC6.3        daily       automated  IT              built-in  Every account that can be used belongs to somebody who works here
        CC6.2-inactive-accounts                   CC6.2              continuous  automated  Security        built-in  Accounts that nobody uses are disabled
        CC6.2-joiner-approved                     CC6.2 CC6.3        per-event   automated  HR+IT           built-in  Accounts are approved by somebody else before they are created
        CC6.2-service-account-owners              CC6.2 CC6.3        continuous  automated  Security        built-in  Somebody answers for every account that a program uses
        CC6.3-grants-by-others                    CC6.3 CC6.2        per-event   automated  Security        built-in  Nobody gives themselves rights
        CC6.3-mfa-for-admins              CC6.3   CC6.3 CC6.1 CC6.6  continuous  automated  Security        built-in  Administrators use a second factor
        CC6.3-mover-roles                         CC6.3 CC6.2        within      automated  HR+IT           built-in  Whoever moves loses the old roles within a week
        CC6.3-privileged-accounts                 CC6.3 CC6.1        continuous  automated  Security        built-in  Only approved accounts administer
        CC6.3-privileged-roles                    CC6.3 CC6.1        continuous  automated  Security        built-in  Only trusted accounts can take on roles that administer
        CC6.4-data-centre-reports                 CC6.4 CC9.2        annual      by hand    Security        built-in  Reports on the physical safeguards of hosting providers are read, their duties for us included
        CC6.4-physical-access-review              CC6.4              quarterly   by hand    Facilities      built-in  Who may enter offices and machine rooms is reviewed, and leavers are taken out
        CC6.5-media-disposal                      CC6.5 C1.2         quarterly   by hand    IT              built-in  Disks and devices are wiped or destroyed before they leave, each with a certificate
        CC6.6-firewall-default-deny       CC6.1   CC6.6 CC6.1        continuous  automated  Engineering     built-in  Firewall drops what no rule accepts
        CC6.6-firewall-inbound            CC6.1   CC6.6 CC6.1        continuous  automated  Engineering     built-in  Inbound firewall rules expose nothing that should stay inside
        CC6.6-firewall-review             CC6.1   CC6.6 CC6.1        quarterly   by hand    Engineering     built-in  Every firewall rule is reviewed once a quarter
        CC6.7-tls-certificates                    CC6.7              continuous  automated  Security        built-in  Certificates are renewed before they expire
        CC6.7-tls-endpoints                       CC6.7              continuous  automated  Security        built-in  Endpoints are reached over current TLS with a certificate that is trusted
        CC6.8-endpoint-protection                 CC6.8              monthly     by hand    IT              built-in  Workstations and servers have protection against malware that is on and current
        CC6.8-software-allowed                    CC6.8              quarterly   by hand    IT              built-in  Installed software is held against the list of what is allowed
        CC7.1-unknown-assets                      CC7.1              weekly      automated  Security        built-in  Scans reach nothing that the inventory does not have
        CC7.1-vulnerabilities-remediated          CC7.1              weekly      automated  Security        built-in  Vulnerabilities are remedied in time
        CC7.1-vulnerability-scan          CC7.1   CC7.1              weekly      automated  Security        built-in  Every asset is scanned for vulnerabilities within a week
        CC7.2-access-log-complete                 CC7.2              daily       automated  Security        built-in  Access logs say who did what, and nothing is missing
        CC7.2-alert-rules                         CC7.2 A1.1         continuous  automated  Engineering     built-in  Required alert rules are there, work, and say how bad it is
        CC7.2-failed-logins                       CC7.2              daily       automated  Security        built-in  Failed logins of the last 24 hours stay below the alarm level
        CC7.2-failed-logins-ssh                   CC7.2              daily       automated  Security        built-in  Failed logins by SSH in the last 24 hours stay below the alarm level
        CC7.2-ids-monitoring              CC7.2   CC7.2              continuous  automated  Security        built-in  Intrusion detection watches day and night
        CC7.2-targets-scraped                     CC7.2 A1.1         continuous  automated  Engineering     built-in  The monitoring sees all of its targets
        CC7.3-alerts-answered                     CC7.3              per-event   automated  Security        built-in  Security alerts are answered in time
        CC7.4-incident-exercise                   CC7.4 CC7.5        annual      by hand    Security        built-in  The response to an incident is exercised with everybody who has a part in it
        CC7.4-incident-records                    CC7.4 CC7.3 CC7.5  per-event   by hand    Security        built-in  Every security incident has a record: classified, contained, resolved, communicated, learnt from
        CC7.5-recovery-actions                    CC7.5              quarterly   by hand    Security        built-in  What incidents and exercises taught is carried out
        CC8.1-change-approved             CC8.1   CC8.1              per-event   automated  Engineering     built-in  Changes are approved before they reach production, never by their authors
        CC8.1-change-documented           CC8.1   CC8.1              per-event   automated  Engineering     built-in  Changes say what they do, what could go wrong, how they are taken back, and that they were tested
        CC8.1-change-verified             CC8.1   CC8.1              per-event   automated  Engineering     built-in  Changes are verified after they are deployed
        CC8.1-change-window               CC8.1   CC8.1              per-event   automated  Engineering     built-in  Changes are deployed in business hours, outside of blackouts, and within a window where the risk is high
        CC9.1-continuity-plan                     CC9.1              annual      by hand    Management      built-in  Impact analysis, continuity plan and insurance are reviewed and approved
        CC9.2-vendor-onboarding                   CC9.2 P6.4         per-event   by hand    Legal           built-in  New vendors are assessed and under contract before they get data or access
        CC9.2-vendor-reports                      CC9.2              continuous  automated  Security        built-in  Every vendor has a recent report of its own, and was reviewed by it within a year
        CC9.2-vendor-reviews                      CC9.2              annual      by hand    Security        built-in  Each vendor that touches our data or service is assessed again: its report, duties left to us, open points
        P1.1-privacy-notice                       P1.1 P2.1          annual      by hand    Privacy         built-in  The privacy notice is held against what is really collected, used and shared, and is published
        P3.1-collection-minimised                 P3.1               annual      by hand    Privacy         built-in  Forms, trackers and interfaces are reviewed for personal data that nobody needs
        P3.2-consent-first                        P2.1 P3.1 P3.2     continuous  automated  Privacy         built-in  Consent is recorded before data is processed, and ends it when withdrawn
        P4.1-use-limited                          P4.1               annual      by hand    Privacy         built-in  Uses of personal data are reviewed against the purposes that people were told
        P5.1-subject-requests                     P5.1 P5.2 P6.7     within      automated  Privacy         built-in  Requests of people about their own data are answered in time
        P6.1-disclosures-authorised               P6.1 P6.2          quarterly   by hand    Privacy         built-in  Before personal data goes to a third party, consent or another ground is confirmed
        P6.2-disclosure-register                  P6.2               quarterly   by hand    Privacy         built-in  The register of disclosures is complete: it is compared with interfaces, exports and contracts
        P6.3-breach-register                      P6.3               quarterly   by hand    Privacy         built-in  Disclosures that nobody allowed are recorded, small ones too
        P6.4-vendor-privacy-terms                 P6.4 P6.5          annual      by hand    Privacy         built-in  Vendors with personal data are under terms on privacy, and are checked against them
        P6.6-breach-notices                       P6.6 P6.5          per-event   by hand    Legal           built-in  People, authorities and others are told of a breach within the time that law and contract give
        P7.1-data-quality                         P7.1               annual      by hand    Privacy         built-in  Personal data is checked for being right, whole and current, and corrected at its source
        P8.1-complaints                           P8.1               within      automated  Privacy         built-in  Complaints about privacy are answered in time
        P8.1-privacy-monitoring                   P8.1               annual      by hand    Privacy         built-in  Whether the company keeps to its privacy policy is checked and reported
        PI1.1-processing-specifications           PI1.1              annual      by hand    Product         built-in  Specifications of input, processing and output are reviewed with those who use the results
        PI1.2-rejects-bounded                     PI1.2              daily       automated  Engineering     built-in  Input that jobs turn away stays below the agreed share
        PI1.3-job-balance                         PI1.3              daily       automated  Engineering     built-in  What comes out of a job is what went in, less what it turned away
        PI1.4-job-on-time                         PI1.4              daily       automated  Engineering     built-in  Jobs deliver their output when it is promised
        PI1.5-stored-records-checked              PI1.5              quarterly   by hand    Engineering     built-in  Stored inputs and outputs are compared with their source or checksums, and who can alter them is reviewed
        --- stderr
    "#]].assert_eq(&Site::new().tickmark("control list"));
}

#[test]
fn one_control_with_its_policies() {
    expect![[r#"
        exit: 0
        --- stdout
        A1.1-host-uptime: Hosts do not restart unnoticed

          criterion    A1.1  Capacity and usage are tracked so demand is met
          criterion    CC7.2  Watch systems for anomalies hinting at attack, disaster or error
          owner        Engineering
          frequency    continuous
          operation    state
          evidence     Boot time and uptime of each host
          rests on     uptime host, decided by subject
          severity     low, to be remedied in 90 days
          origin       built-in
          parameter    min_uptime = 1d
          systems      acme-prod

        policies/A1.1-host-uptime.cedar

        // The host since its last boot. A recent restart is something to look at, planned or not.

        @id("host-uptime-conforms")
        permit (principal, action == Action::"A1.1-host-uptime", resource);

        @id("host-uptime-recent-restart")
        @message("the host restarted recently")
        @severity("low")
        @remediation("confirm that the restart was planned, or record why it happened")
        forbid (principal, action == Action::"A1.1-host-uptime", resource)
        when { resource.uptime < context.min_uptime };
        --- stderr
    "#]]
    .assert_eq(&Site::acme().tickmark("control show A1.1-host-uptime"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no control `A1.1-host-uptim`; did you mean `A1.1-host-uptime`?
    "#]]
    .assert_eq(&Site::new().tickmark("control show A1.1-host-uptim"));
}

#[test]
fn one_control_that_people_operate() {
    expect![[r#"
        exit: 0
        --- stdout
        CC3.2-risk-assessment: Risks are found, rated and given a treatment with an owner and a date

          criterion    CC3.2  Threats to goals are found, analysed and given a treatment
          criterion    CC3.1  Goals are stated clearly enough to assess risk against
          criterion    CC5.1  Controls are picked to bring risk down to tolerance
          owner        Security
          frequency    annual
          year from    01-01
          operation    by hand: people bring evidence, and no run judges it
          evidence     Risk register with rating, treatment, owner and date, and the minutes in which management accepted it
          severity     high, to be remedied in 30 days
          origin       built-in
        --- stderr
    "#]].assert_eq(&Site::acme().tickmark("control show CC3.2-risk-assessment"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: control `CC3.2-risk-assessment` is operated by hand, and a run cannot judge it
    "#]]
    .assert_eq(&Site::acme().tickmark("run --control CC3.2-risk-assessment"));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: there is no control `CC3.2-risk-asessment`; did you mean `CC3.2-risk-assessment`?
    "#]]
    .assert_eq(&Site::new().tickmark("control show CC3.2-risk-asessment"));
}

/// What nobody does is said, also where everything built in serves something.
#[test]
fn a_criterion_that_nothing_serves_is_a_gap() {
    let nowhere = r#"
[[manual]]
id = "CC1.3-organisation-chart"
replaces = true
title = "Elsewhere"
criteria = ["CC1.1"]
frequency = "quarterly"
owner = "HR"
evidence = "Nothing of CC1.3"
severity = "low"
remediation_days = 90

[[manual]]
id = "CC1.4-job-descriptions"
replaces = true
title = "Elsewhere"
criteria = ["CC1.1"]
frequency = "quarterly"
owner = "HR"
evidence = "Nothing of CC1.3"
severity = "low"
remediation_days = 90
"#;
    let site = Site::acme().file("policies/controls.toml", nowhere);
    expect![[r#"
        exit: 0
        --- stdout
        CRITERION  CATEGORY  SERVED   CONTROLS
        CC1.3      security  NOTHING

        1 of 61 criteria in scope are served by nothing
        31 are served by hand alone: no run says whether people did it
        --- stderr
    "#]]
    .assert_eq(&site.tickmark("control coverage --gaps"));
}

#[test]
fn a_criterion_that_a_vendor_was_carved_out_of_shows_whose_controls_it_rests_on() {
    let lines = |site: &Site| {
        let seen = site.tickmark("control coverage");
        seen.lines().filter(|line| line.contains("rests on")).map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    let site = Site::acme();
    expect![[r#"
        CC6.4 rests on controls of Example Hosting, carved out; own part: second factors for everybody who can log in to its console
        CC6.7 rests on controls of Example Mail, carved out
        A1.2 rests on controls of Example Hosting, carved out; own part: second factors for everybody who can log in to its console"#]]
    .assert_eq(&lines(&site));
    let (_, json, _) = site.run("control coverage -o json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let criterion = json["criteria"].as_array().unwrap().iter().find(|it| it["id"] == "CC6.4").unwrap();
    assert_eq!((&criterion["relied_on"][0]["id"], &criterion["served"]), (&"hosting".into(), &"by-hand".into()));
    // One that is part of the company's own description is none of them.
    let site = site.edit(
        "tickmark.toml",
        "method = \"carve-out\"\ncriteria = [\"CC6.4\"",
        "method = \"inclusive\"\ncriteria = [\"CC6.4\"",
    );
    assert_eq!(lines(&site), "CC6.7 rests on controls of Example Mail, carved out");
}

#[test]
fn what_serves_each_criterion() {
    let site = Site::acme().edit(
        "tickmark.toml",
        "time_zone = \"UTC\"",
        "time_zone = \"UTC\"\ncategories = [\"security\", \"confidentiality\"]",
    );
    let seen = site.tickmark("control coverage");
    let some = ["exit", "CRITERION", "CC6.1 ", "CC1.1 ", "A1.1 ", "C1.1 ", "P1.1 "];
    let steady: Vec<&str> = seen.lines().filter(|line| some.iter().any(|it| line.starts_with(it))).collect();
    expect![[r#"
        exit: 0
        CRITERION  CATEGORY              SERVED              CONTROLS
        CC1.1      security              by hand             CC1.1-code-of-conduct CC1.1-conduct-reports
        CC6.1      security              automated, by hand  C1.1-confidential-encrypted CC6.1-access-keys CC6.1-mfa-adoption CC6.1-storage-encrypted CC6.3-mfa-for-admins CC6.3-privileged-accounts CC6.3-privileged-roles CC6.6-firewall-default-deny CC6.6-firewall-inbound CC6.6-firewall-review
        A1.1       availability          not in scope        A1.1-capacity-headroom A1.1-health-checks A1.1-host-uptime A1.1-replicas-up A1.1-systems-monitored A1.1-uptime-objective CC7.2-alert-rules CC7.2-targets-scraped
        C1.1       confidentiality       automated           C1.1-confidential-encrypted C1.1-data-register CC6.1-storage-encrypted
        P1.1       privacy               not in scope        P1.1-privacy-notice"#]].assert_eq(&steady.join("\n"));
    assert!(!site.tickmark("control coverage --gaps").contains("\nCC6.1 "));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: control `A1.3-restore-test` is not in the engagement's scope, which has no availability
    "#]]
    .assert_eq(&site.tickmark("run --control A1.3-restore-test"));
    let (_, _, stderr) = site.run("run --system acme-prod --as-of 2026-11-20T09:00:00Z");
    assert!(stderr.contains("\nnote: 38 controls are operated by hand, and not judged here\n"), "{stderr}");
    let said = stderr.lines().find(|line| line.contains("scope"));
    expect!["note: not in the engagement's scope, and not judged: A1.1-capacity-headroom, A1.1-replicas-up, A1.2-backup-daily, A1.2-backup-recent, A1.3-backup-checked, A1.3-exercise-report, A1.3-recovery-exercised, A1.3-recovery-objectives, A1.3-restore-test, P3.2-consent-first, P5.1-subject-requests, P8.1-complaints, PI1.2-rejects-bounded, PI1.3-job-balance, PI1.4-job-on-time"]
        .assert_eq(said.unwrap_or_default());
}

#[test]
fn the_policies_fit() {
    expect![[r#"
        exit: 0
        --- stdout
        --- stderr
        58 controls and their policies fit what 15 collectors declare
        51 more are operated by hand, and have no policies
    "#]]
    .assert_eq(&Site::new().tickmark("policy check"));
}

#[test]
fn what_a_collector_asks_for() {
    let seen = Site::new().tickmark("plugin inspect backup");
    let steady: Vec<&str> = seen.lines().filter(|line| !line.starts_with("sha256:")).collect();
    expect![[r#"
        exit: 0
        --- stdout
        backup 0.1.0, builtin

        It asks for this, and gets nothing that tickmark.toml does not grant:

          to read one file, or one folder with all beneath it, that you name:
            grants.files.restic, for some settings
              read saved output of restic (source `restic-file`)
            grants.files.pgbackrest, for some settings
              read saved output of pgBackRest (source `pgbackrest-file`)
            grants.files.borg, for some settings
              read saved output of borg (source `borg-file`)

          to run one command line that you write, and to read what it prints:
            grants.command.restic, for some settings
              list the snapshots of a restic repository (source `restic`)
            grants.command.pgbackrest, for some settings
              list the backups of pgBackRest stanzas (source `pgbackrest`)
            grants.command.borg, for some settings
              list the archives of a borg repository (source `borg`)

          to read the rows of one query that you write:
            grants.sql.runs, for some settings
              read the log of backup runs (source `sql`)
            grants.sql.restores, for some settings
              read the log of restore tests (restore_source `sql`)

        It never sends a request over the network.
        Its program could ask for http all the same; that would end its run.

        Settings:
          source               text            has no default sql, restic, restic-file, pgbackrest, pgbackrest-file, borg or borg-file
          expected_jobs        set of text     has no default the jobs that must exist, by name
          job_by               text                           what names a job; restic: path (default), tag, host; borg: prefix (default), repository
          utc_offset           text                           offset of the local times that borg prints, such as +01:00; default +00:00
          restore_source       text                           sql; absent: restore tests are not looked at

        Fact job: Backup::Job, one backup job, expected or seen
          name                 text            always there   the job's name
          expected             boolean         always there   whether the settings expect it
          runs                 long            always there   runs that the source lists, up to the judged instant
          last_run             datetime                       when the last run finished
          last_result          text                           how it ended: success or failure
          last_success         datetime                       when the last successful run finished
          age                  duration                       from the last success to the judged instant
          size                 long                           bytes of the last success
          failures             long            always there   failed runs since the last success

        Fact run: Backup::Run, one run of a backup job that has finished
          job                  text            always there   the job's name
          started_at           datetime                       when it started
          finished_at          datetime        always there   when it finished; where the source has one time only, that
          success              boolean         always there   whether it succeeded
          size                 long                           bytes backed up

        Fact restore: Backup::Restore, the restore tests of one job, expected or seen
          name                 text            always there   the job's name
          last_run             datetime                       when the last restore test finished
          last_result          text                           how it ended: success or failure
          last_success         datetime                       when the last successful restore test finished
          took                 duration                       how long that one took
        --- stderr"#]].assert_eq(&steady.join("\n"));
}

#[test]
fn a_file_that_is_no_component() {
    let site = Site::new().file("plugin.wasm", "(module)");
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: plugin is no WebAssembly, expected a WebAssembly component
    "#]]
    .assert_eq(&site.tickmark("plugin inspect ./plugin.wasm"));
}

#[test]
fn help_has_examples_and_exit_codes() {
    expect![[r#"
        exit: 0
        --- stdout
        Collect, judge, seal and report

        Usage: tickmark run [OPTIONS]

        Options:
          -h, --help
                  Print help (see a summary with '-h')

          -V, --version
                  Print version

        Scope:
              --control <ID>
                  Only this control (repeatable) [default: all]

              --system <NAME>
                  Only this system (repeatable) [default: all]

              --as-of <TIME>
                  Judge as of this time (RFC 3339, or a date for its midnight UTC) [default: now]. More than
                  5 minutes away from now, records are marked `simulated` and never count as an operation

                  [env: TICKMARK_AS_OF=]

              --due
                  Only what is due now, as `tickmark schedule` says; every try is sealed, also one that
                  fails

        Forwarding:
              --forward <TARGET>
                  Send the findings as OCSF events to this receiver (repeatable): syslog+tcp://HOST:PORT,
                  syslog+tls://HOST:PORT?ca=FILE, http(s)://... or file:PATH

              --forward-deadline <SECONDS>
                  Try for so many seconds; what a receiver has not taken by then waits for `tickmark
                  forward`

                  [default: 10]

        Output:
              --exceptions <N>
                  List at most this many exceptions of a finding in the table

                  [default: 3]

              --exit-zero
                  Exit 0 also where a control failed or is inconclusive

          -o, --output <FORMAT>
                  The form of the output

                  Possible values:
                  - table: For people
                  - json:  One JSON document with a "schema" key

                  [env: TICKMARK_OUTPUT=]
                  [default: table]

              --output-file <PATH>
                  Write it to this file instead of stdout

                  [env: TICKMARK_OUTPUT_FILE=]

        Global:
          -C, --directory <DIR>
                  Work as if started in this folder

                  [env: TICKMARK_DIRECTORY=]

              --config <FILE>
                  The site file [default: the nearest tickmark.toml upwards]

                  [env: TICKMARK_CONFIG=]

              --color <WHEN>
                  When to colour

                  Possible values:
                  - auto:   On a terminal, unless NO_COLOR is set
                  - always: Always
                  - never:  Never

                  [env: TICKMARK_COLOR=]
                  [default: auto]

              --no-progress
                  Show no progress

                  [env: TICKMARK_NO_PROGRESS=]

          -v, --verbose
                  Say more on stderr: plugin logs and notes

          -q, --quiet
                  Say nothing on stderr but errors

        Examples:
          tickmark run                                        every control on every system
          tickmark run --control CC6.3-mfa-for-admins         one control
          tickmark run -o json --output-file assessment.json  for machines
          tickmark run --due                                  what `tickmark schedule` calls due; from a
          timer, every hour
          tickmark run --forward syslog+tls://siem.acme.example:6514

        Exit codes:
          0  every control in scope passed
          1  some control failed, with an exception that no waiver covers
          2  could not run: usage, configuration or environment; nothing was sealed
          3  nothing failed, but something is inconclusive or nothing was in scope
          4  the ledger does not verify
        When several apply: 4, 2, 1, 3, 0. That a receiver of events is down changes none of them.
        --- stderr
    "#]]
    .assert_eq(&Site::new().tickmark("run --help"));
}

#[test]
fn output_to_a_device_goes_there_and_nothing_takes_its_place() {
    use std::os::unix::fs::FileTypeExt as _;
    let site = Site::new();
    std::os::unix::fs::symlink("/dev/null", site.path().join("nowhere")).unwrap();
    let (code, stdout, stderr) = site.run("control list --output-file nowhere");
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (0, "", ""));
    let there = std::fs::symlink_metadata(site.path().join("nowhere")).unwrap();
    assert!(there.is_symlink(), "it was replaced");
    assert!(std::fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}
