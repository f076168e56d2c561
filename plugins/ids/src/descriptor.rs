//! What the collector declares: two facts, the ways to read them, and its settings.

use tickmark_collector::{Column, Descriptor, Fact, Need};

pub(crate) fn descriptor() -> Descriptor {
    Descriptor::new("ids", env!("CARGO_PKG_VERSION"))
        .fact(sensor())
        .fact(alert())
        .fact(agent())
        .need(Need::files("eve", "read Suricata's EVE log: one file, or its folder (source `folder`)").optional())
        .need(Need::files("agents", "read a saved list of Wazuh's agents (agents `file`)").optional())
        .need(Need::http("agents", "ask Wazuh's manager for its agents (agents `http`)").optional())
        .need(Need::sql("responses", "read who answered which alert (responses `sql`)").optional())
        .need(Need::files("responses", "read who answered which alert (responses `file`)").optional())
        .setting(
            Column::text(
                "expected_sensors",
                "the sensors that must be watching, by name; not needed where `agents` is set",
            )
            .set(),
        )
        .setting(Column::text(
            "agents",
            "file or http: where the list of Wazuh's agents is; absent: they are not looked at",
        ))
        .setting(Column::text("expected_agents", "the agents that must be there, by name (with `agents`)").set())
        .setting(Column::text("source", "file: the grant is the log; folder: it and its rotated files; default file"))
        .setting(Column::text("prefix", "how the files of the log begin (source `folder`); default eve"))
        .setting(Column::duration("window", "how far back from the judged instant sensors are watched; default 24h"))
        .setting(Column::duration(
            "count_gaps_over",
            "silences longer than this count in `gaps` and not in `covered_percent`; default 10m",
        ))
        .setting(Column::text("responses", "sql or file; absent: alerts are not looked at"))
        .setting(Column::duration(
            "alert_window",
            "how far back from the judged instant alerts are collected, to the day's start; default 2d",
        ))
        .setting(
            Column::long(
                "alert_severities",
                "Suricata's severities of the alerts that count, 1 is worst; default 1, 2",
            )
            .set(),
        )
}

fn sensor() -> Fact {
    Fact::new("sensor", "Ids::Sensor", "one sensor in one window, expected or seen")
        .column(Column::text("name", "the sensor's name").required())
        .column(Column::boolean("expected", "whether the settings expect it").required())
        .column(Column::datetime("window_from", "start of the window, inclusive").required())
        .column(Column::datetime("window_to", "end of the window, exclusive").required())
        .column(Column::long("heartbeats", "heartbeats in the window").required())
        .column(Column::datetime("first", "the first of them"))
        .column(Column::datetime("last", "the last of them"))
        .column(Column::duration("longest_gap", "longest time without a heartbeat, up to the window's end").required())
        .column(Column::long("gaps", "silences longer than `count_gaps_over`").required())
        .column(
            Column::decimal(
                "covered_percent",
                "share of the window, as far as the log reaches back, without those gaps",
            )
            .required(),
        )
        .column(Column::long("restarts", "starts of the sensor in the window; absent where it does not say its uptime"))
        .column(Column::long("packets", "packets that it got in the window; absent where it does not count them"))
        .column(Column::long("dropped", "packets that it dropped in the window; absent where it does not count them"))
}

fn agent() -> Fact {
    Fact::new(
        "agent",
        "Ids::Agent",
        "one agent of Wazuh as its manager lists it, or one that is expected and not listed",
    )
    .column(Column::text("name", "its name").required())
    .column(Column::text("agent", "Wazuh's number for it; absent where it is not listed"))
    .column(Column::boolean("expected", "whether the settings expect it").required())
    .column(Column::boolean("listed", "whether the manager lists it").required())
    .column(
        Column::text("status", "active, pending, disconnected or never_connected; not_listed where it is not")
            .required(),
    )
    .column(Column::datetime("last_keep_alive", "when the manager last had a keep-alive of it; absent if never"))
    .column(Column::duration("silent_for", "how long ago that is at the judged instant"))
    .column(Column::datetime("registered_at", "when it was registered"))
}

fn alert() -> Fact {
    Fact::new("alert", "Ids::Alert", "one signature on one sensor on one day in UTC, with its first answer")
        .column(Column::text("sensor", "the sensor's name").required())
        .column(Column::long("gid", "the generator of the signature").required())
        .column(Column::long("signature_id", "the signature's number").required())
        .column(Column::text("signature", "what the signature says").required())
        .column(Column::text("category", "the signature's category"))
        .column(Column::long("severity", "Suricata's severity, 1 is worst").required())
        .column(Column::datetime("first_seen", "the first alert of that day").required())
        .column(Column::datetime("last_seen", "the last alert of that day").required())
        .column(Column::long("count", "alerts of that day").required())
        .column(Column::datetime("answered_at", "when somebody first answered it"))
        .column(Column::text("answered_by", "who did"))
        .column(Column::datetime("closed_at", "when it was first closed"))
        .event_time("first_seen")
}
