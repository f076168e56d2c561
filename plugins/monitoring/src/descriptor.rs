//! What the collector declares: five facts, the two ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("monitoring", env!("CARGO_PKG_VERSION"))
        .fact(target())
        .fact(system())
        .fact(job())
        .fact(alert_rule())
        .fact(capacity())
        .need(
            Need::http("prometheus", "ask a Prometheus server for targets, rules and queries (source `prometheus`)")
                .optional(),
        )
        .need(Need::files("prometheus", "read a folder of its saved answers (source `prometheus-file`)").optional())
        .setting(Column::text("source", "prometheus or prometheus-file").required())
        .setting(
            Column::text("expected_systems", "the systems that must be monitored; absent: systems are not looked at")
                .set(),
        )
        .setting(Column::text(
            "system_label",
            "the label of a target that names its system; default `instance`, without its port",
        ))
        .setting(
            Column::text(
                "replicas",
                "least targets of a job that must be up, each such as `web=2`; absent: jobs are not looked at",
            )
            .set(),
        )
        .setting(
            Column::text("required_rules", "the alert rules that must be there; absent: rules are not looked at").set(),
        )
        .setting(
            Column::text(
                "capacity",
                "what must stay within a limit, each such as `disk<=0.9` or `free-connections>=20`; absent: not looked at",
            )
            .set(),
        )
        .setting(
            Column::text(
                "capacity_queries",
                "the PromQL of each, such as `disk=1 - avail_bytes / size_bytes` (source `prometheus`)",
            )
            .set(),
        )
}

fn target() -> Fact {
    Fact::new("target", "Monitoring::Target", "one active target, id its pool and labels")
        .column(Column::text("pool", "the scrape pool, which is the job of the configuration").required())
        .column(Column::text("job", "the label `job`"))
        .column(Column::text("instance", "the label `instance`"))
        .column(Column::text("system", "the system that it belongs to; absent where it has no such label"))
        .column(Column::text("health", "up, down or unknown (not scraped yet)").required())
        .column(Column::datetime("last_scrape", "when it was last scraped"))
        .column(Column::duration("interval", "time between two scrapes"))
        .column(Column::text("last_error", "why the last scrape failed"))
}

fn system() -> Fact {
    Fact::new("system", "Monitoring::System", "one system that is expected or has a target")
        .column(Column::text("name", "its name").required())
        .column(Column::boolean("expected", "whether `expected_systems` has it").required())
        .column(Column::long("targets", "its targets").required())
        .column(Column::long("up", "those of them that are up").required())
        .column(Column::datetime("last_scrape", "the last scrape of one that is up"))
}

fn job() -> Fact {
    Fact::new("job", "Monitoring::Job", "one job that is expected or has a target")
        .column(Column::text("name", "the label `job`").required())
        .column(Column::boolean("expected", "whether `replicas` has it").required())
        .column(Column::long("required", "how many of its targets must be up; absent where `replicas` has it not"))
        .column(Column::long("targets", "its targets").required())
        .column(Column::long("up", "those of them that are up").required())
}

fn alert_rule() -> Fact {
    Fact::new("alert_rule", "Monitoring::AlertRule", "one alert rule that is there or required")
        .column(Column::text("name", "the alert's name").required())
        .column(Column::boolean("required", "whether `required_rules` has it").required())
        .column(Column::boolean("exists", "whether the server has it").required())
        .column(Column::text("file", "the rule file"))
        .column(Column::text("group", "the group in it"))
        .column(Column::text("query", "its expression"))
        .column(Column::duration("holds_for", "how long the expression must hold before the alert fires"))
        .column(Column::text("severity", "the label `severity`"))
        .column(Column::text("summary", "the annotation `summary`, `description` or `message`"))
        .column(Column::text("runbook", "the annotation `runbook_url` or `runbook`"))
        .column(Column::text("labels", "its labels, each `name=value`").set())
        .column(Column::text("health", "ok, err or unknown (not evaluated yet)"))
        .column(Column::text("last_error", "why the last evaluation failed"))
        .column(Column::datetime("last_evaluation", "when it was last evaluated"))
        .column(Column::text("state", "inactive, pending or firing"))
        .column(Column::long("firing", "its alerts that are firing"))
        .column(Column::datetime("active_since", "since when the oldest of its alerts is active"))
}

fn capacity() -> Fact {
    Fact::new("capacity", "Monitoring::Capacity", "one series of a query with its limit, id `name{labels}`")
        .column(Column::text("name", "the name that `capacity` gives it").required())
        .column(Column::text("system", "the system that it belongs to, where it has that label"))
        .column(Column::text("labels", "its labels, each `name=value`").set().required())
        .column(Column::decimal("limit", "the limit").required())
        .column(Column::boolean("at_most", "whether the limit is the most; otherwise it is the least").required())
        .column(Column::decimal(
            "value",
            "the value, or the worst of several, rounded towards the limit and beyond; absent where there is no series",
        ))
        .column(Column::datetime("at", "the time of that value"))
        .column(Column::long("samples", "the values that it is the worst of").required())
        .column(Column::long(
            "headroom_percent",
            "what is left up to the limit, in percent of the limit, rounded down; absent without a value or limit",
        ))
}
