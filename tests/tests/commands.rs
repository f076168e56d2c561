//! The commands around a run: lists, checks and help.

use expect_test::expect;
use tickmark_tests::Site;

#[test]
fn the_control_matrix_without_a_site() {
    expect![[r#"
        exit: 0
        --- stdout
        CONTROL                           MATRIX  CRITERIA           FREQUENCY   OWNER        ORIGIN    TITLE
        A1.1-capacity-headroom                    A1.1               continuous  Engineering  built-in  Capacity stays within its limits, with headroom
        A1.1-health-checks                        A1.1 CC7.2 CC6.7   continuous  Engineering  built-in  Health checks answer well, in time, with a certificate that lasts
        A1.1-host-uptime                          A1.1 CC7.2         continuous  Engineering  built-in  Hosts do not restart unnoticed
        A1.1-replicas-up                          A1.1               continuous  Engineering  built-in  Services that must survive a failure run several times over
        A1.1-systems-monitored                    A1.1 CC7.2         continuous  Engineering  built-in  Every system is monitored
        A1.1-uptime-objective                     A1.1 CC7.2         continuous  Engineering  built-in  Measured availability meets the objective
        A1.2-backup-recent                A1.1    A1.2               daily       Engineering  built-in  Every expected backup succeeded within a day
        A1.3-backup-checked                       A1.3               monthly     Engineering  built-in  Backups are checked by reading them, and have no error
        A1.3-exercise-report              A1.2    A1.3               annual      Engineering  built-in  Reports of exercises are approved by others, and something follows from what went wrong
        A1.3-recovery-exercised           A1.2    A1.3               annual      Engineering  built-in  The recovery of every system is exercised within a year
        A1.3-recovery-objectives          A1.2    A1.3               annual      Engineering  built-in  Exercised recoveries keep to their objectives of time and data
        A1.3-restore-test                         A1.3               quarterly   Engineering  built-in  Every backup was restored on trial within a quarter
        C1.1-confidential-encrypted               C1.1 CC6.1         quarterly   Security     built-in  Confidential information is encrypted where it rests
        C1.1-data-register                        C1.1               quarterly   Security     built-in  Confidential information is classified, owned and reviewed
        C1.2-deletion-on-time                     C1.2 P4.2 P4.3     monthly     Privacy      built-in  Records are deleted by their date
        CC6.1-access-keys                         CC6.1              continuous  Security     built-in  Access keys are replaced in time and used, and root has none
        CC6.1-mfa-adoption                        CC6.1 CC6.6        continuous  Security     built-in  People use a second factor
        CC6.1-storage-encrypted                   CC6.1 C1.1         continuous  Security     built-in  Volumes with data are encrypted where they rest
        CC6.2-access-review                       CC6.2 CC6.3        quarterly   Security     built-in  Every account is reviewed once a quarter, by somebody else than its owner
        CC6.2-access-review-actions               CC6.2 CC6.3        within      IT           built-in  What a review of access decided is done within a week
        CC6.2-access-termination          CC6.2   CC6.2 CC6.3        within      HR+IT        built-in  The last account of whoever leaves is closed within 24 hours
        CC6.2-account-owner                       CC6.2 CC6.3        daily       IT           built-in  Every account that can be used belongs to somebody who works here
        CC6.2-inactive-accounts                   CC6.2              continuous  Security     built-in  Accounts that nobody uses are disabled
        CC6.2-joiner-approved                     CC6.2 CC6.3        per-event   HR+IT        built-in  Accounts are approved by somebody else before they are created
        CC6.2-service-account-owners              CC6.2 CC6.3        continuous  Security     built-in  Somebody answers for every account that a program uses
        CC6.3-grants-by-others                    CC6.3 CC6.2        per-event   Security     built-in  Nobody gives themselves rights
        CC6.3-mfa-for-admins              CC6.3   CC6.3 CC6.1 CC6.6  continuous  Security     built-in  Administrators use a second factor
        CC6.3-mover-roles                         CC6.3 CC6.2        within      HR+IT        built-in  Whoever moves loses the old roles within a week
        CC6.3-privileged-accounts                 CC6.3 CC6.1        continuous  Security     built-in  Only approved accounts administer
        CC6.3-privileged-roles                    CC6.3 CC6.1        continuous  Security     built-in  Only trusted accounts can take on roles that administer
        CC6.6-firewall-default-deny       CC6.1   CC6.6 CC6.1        continuous  Engineering  built-in  Firewall drops what no rule accepts
        CC6.6-firewall-inbound            CC6.1   CC6.6 CC6.1        continuous  Engineering  built-in  Inbound firewall rules expose nothing that should stay inside
        CC6.6-firewall-review             CC6.1   CC6.6 CC6.1        quarterly   Engineering  built-in  Every firewall rule is reviewed once a quarter
        CC6.7-tls-certificates                    CC6.7              continuous  Security     built-in  Certificates are renewed before they expire
        CC6.7-tls-endpoints                       CC6.7              continuous  Security     built-in  Endpoints are reached over current TLS with a certificate that is trusted
        CC7.1-unknown-assets                      CC7.1              weekly      Security     built-in  Scans reach nothing that the inventory does not have
        CC7.1-vulnerabilities-remediated          CC7.1              weekly      Security     built-in  Vulnerabilities are remedied in time
        CC7.1-vulnerability-scan          CC7.1   CC7.1              weekly      Security     built-in  Every asset is scanned for vulnerabilities within a week
        CC7.2-access-log-complete                 CC7.2              daily       Security     built-in  Access logs say who did what, and nothing is missing
        CC7.2-alert-rules                         CC7.2 A1.1         continuous  Engineering  built-in  Required alert rules are there, work, and say how bad it is
        CC7.2-failed-logins                       CC7.2              daily       Security     built-in  Failed logins of the last 24 hours stay below the alarm level
        CC7.2-failed-logins-ssh                   CC7.2              daily       Security     built-in  Failed logins by SSH in the last 24 hours stay below the alarm level
        CC7.2-ids-monitoring              CC7.2   CC7.2              continuous  Security     built-in  Intrusion detection watches day and night
        CC7.2-targets-scraped                     CC7.2 A1.1         continuous  Engineering  built-in  The monitoring sees all of its targets
        CC7.3-alerts-answered                     CC7.3              per-event   Security     built-in  Security alerts are answered in time
        CC8.1-change-approved             CC8.1   CC8.1              per-event   Engineering  built-in  Changes are approved before they reach production, never by their authors
        CC8.1-change-documented           CC8.1   CC8.1              per-event   Engineering  built-in  Changes say what they do, what could go wrong, how they are taken back, and that they were tested
        CC8.1-change-verified             CC8.1   CC8.1              per-event   Engineering  built-in  Changes are verified after they are deployed
        CC8.1-change-window               CC8.1   CC8.1              per-event   Engineering  built-in  Changes are deployed in business hours, outside of blackouts, and within a window where the risk is high
        P3.2-consent-first                        P2.1 P3.1 P3.2     continuous  Privacy      built-in  Consent is recorded before data is processed, and ends it when withdrawn
        P5.1-subject-requests                     P5.1 P5.2 P6.7     within      Privacy      built-in  Requests of people about their own data are answered in time
        P8.1-complaints                           P8.1               within      Privacy      built-in  Complaints about privacy are answered in time
        PI1.2-rejects-bounded                     PI1.2              daily       Engineering  built-in  Input that jobs turn away stays below the agreed share
        PI1.3-job-balance                         PI1.3              daily       Engineering  built-in  What comes out of a job is what went in, less what it turned away
        PI1.4-job-on-time                         PI1.4              daily       Engineering  built-in  Jobs deliver their output when it is promised
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
        CC1.1      security              NOTHING
        CC6.1      security              automated, by hand  C1.1-confidential-encrypted CC6.1-access-keys CC6.1-mfa-adoption CC6.1-storage-encrypted CC6.3-mfa-for-admins CC6.3-privileged-accounts CC6.3-privileged-roles CC6.6-firewall-default-deny CC6.6-firewall-inbound CC6.6-firewall-review
        A1.1       availability          not in scope        A1.1-capacity-headroom A1.1-health-checks A1.1-host-uptime A1.1-replicas-up A1.1-systems-monitored A1.1-uptime-objective CC7.2-alert-rules CC7.2-targets-scraped
        C1.1       confidentiality       automated           C1.1-confidential-encrypted C1.1-data-register CC6.1-storage-encrypted
        P1.1       privacy               not in scope"#]].assert_eq(&steady.join("\n"));
    assert!(!site.tickmark("control coverage --gaps").contains("\nCC6.1 "));
    expect![[r#"
        exit: 2
        --- stdout
        --- stderr
        error: control `A1.3-restore-test` is not in the engagement's scope, which has no availability
    "#]]
    .assert_eq(&site.tickmark("run --control A1.3-restore-test"));
    let (_, _, stderr) = site.run("run --system acme-prod --as-of 2026-11-20T09:00:00Z");
    let said = stderr.lines().find(|line| line.contains("scope"));
    expect!["note: not in the engagement's scope, and not judged: A1.1-capacity-headroom, A1.1-replicas-up, A1.2-backup-recent, A1.3-backup-checked, A1.3-exercise-report, A1.3-recovery-exercised, A1.3-recovery-objectives, A1.3-restore-test, P3.2-consent-first, P5.1-subject-requests, P8.1-complaints, PI1.2-rejects-bounded, PI1.3-job-balance, PI1.4-job-on-time"]
        .assert_eq(said.unwrap_or_default());
}

#[test]
fn the_policies_fit() {
    expect![[r#"
        exit: 0
        --- stdout
        --- stderr
        55 controls and their policies fit what 15 collectors declare
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
