//! What the collector declares.

use tickmark_collector::{Column, Descriptor, Fact, Need};

/// The description of this collector.
pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("uptime", env!("CARGO_PKG_VERSION"))
        .fact(host())
        .fact(check())
        .fact(target())
        .need(Need::files("proc-stat", "read `/proc/stat` for the boot time (source `proc`)").optional())
        .need(Need::files("proc-uptime", "read `/proc/uptime` for the time since boot (source `proc`)").optional())
        .need(Need::http("health", "send GET to the health paths of one origin (source `http`)").optional())
        .need(
            Need::http("prometheus", "ask a Prometheus server for samples over a window (source `prometheus`)")
                .optional(),
        )
        .need(Need::files("prometheus", "read a saved answer of `query_range` (source `prometheus-file`)").optional())
        .setting(
            Column::text("sources", "what to read: proc, http, and prometheus or prometheus-file").set().required(),
        )
        .setting(Column::text("paths", "health paths on the origin, each starts with `/`; default `/`").set())
        .setting(Column::duration("window", "how far back samples are asked for, from the judging time; default 30d"))
        .setting(Column::duration("step", "time between two samples; default 5m"))
        .setting(Column::text("metrics", "metrics whose samples are 1 (up) or 0 (down); default `up`").set())
}

fn host() -> Fact {
    Fact::new("host", "Uptime::Host", "the host that tickmark runs on, id `local`")
        .column(Column::datetime("boot_time", "when the kernel started, to the second").required())
        .column(Column::duration("uptime", "time since then").required())
}

fn check() -> Fact {
    Fact::new("check", "Uptime::Check", "one health path of the granted origin, id the path")
        .column(Column::text("path", "the path that was asked for").required())
        .column(Column::boolean("healthy", "whether the answer's status was 200 to 299").required())
        .column(Column::long("status", "the answer's status; absent where there was none"))
        .column(Column::long("latency_ms", "milliseconds from sending to the answer's last byte"))
        .column(Column::datetime("certificate_expires", "when the origin's certificate ends; absent without TLS"))
        .column(Column::text("error", "why there was no answer"))
}

fn target() -> Fact {
    Fact::new("target", "Uptime::Target", "one series of a metric, id `metric{labels}`, over the window asked for")
        .column(Column::text("metric", "the metric's name").required())
        .column(Column::text("job", "the label `job`"))
        .column(Column::text("instance", "the label `instance`"))
        .column(Column::long("samples", "samples that are there").required())
        .column(Column::long("up", "samples that are 1").required())
        .column(Column::long("expected", "samples that window and step ask for").required())
        .column(Column::decimal("availability", "percent, 100 * up / samples, rounded down").required())
        .column(Column::datetime("window_from", "start of the window, exclusive").required())
        .column(Column::datetime("window_to", "end of the window, inclusive").required())
}
