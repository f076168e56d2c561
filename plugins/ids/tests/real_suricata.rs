//! What Suricata 7.0.10 wrote, recorded by `fixtures/make-fixtures.sh`.

mod common;

use common::{at, host, report};
use tickmark_collector::Duration;

const LIVE: &[u8] = include_bytes!("fixtures/suricata-live.json");
const PCAP: &[u8] = include_bytes!("fixtures/suricata-pcap.json");

/// Stopped at 14:25:10 and started again at 14:25:16, heartbeats every 3 seconds.
#[test]
fn a_sensor_on_an_interface() {
    let host = host(&["ids-1"])
        .at(at("2026-11-28T14:25:28Z"))
        .with_setting("window", Duration(30_000))
        .with_setting("count_gaps_over", Duration(4_000))
        .with_setting("responses", "file")
        .with_setting("alert_severities", vec![1])
        .file("eve", "", LIVE)
        .file(
            "responses",
            "",
            b"{\"alert\":\"ids-1/1:1000002/2026-11-28\",\"answered_at\":\"2026-11-28T14:25:20Z\"}\n",
        );
    assert_eq!(
        report(&host),
        "\
sensor ids-1 from [0]: true 9 2026-11-28T14:25:00.731Z 2026-11-28T14:25:27.091Z 8s604ms 1 68.4476% 1 32 0
sensor: 1 of 1, covers 2026-11-28T14:25:00.731Z to 2026-11-28T14:25:28Z
alert ids-1/1:1000002/2026-11-28 from [0, 1]: 1 `EXAMPLE command and control` 2026-11-28T14:25:02.992Z 2026-11-28T14:25:21.199Z 2 2026-11-28T14:25:20Z - -
alert: 1 of 1, covers 2026-11-28T14:25:19.205Z to 2026-11-28T14:25:28Z
"
    );
}

/// Read offline, so that it counts no packets of an interface; its alerts are dated by the packets.
#[test]
fn a_capture_that_was_read_offline() {
    let host = host(&["ids-1"]).at(at("2026-11-28T14:25:00Z")).file("eve", "", PCAP);
    assert_eq!(
        report(&host),
        "\
sensor ids-1 from [0]: true 1 2026-11-28T14:24:57.351Z 2026-11-28T14:24:57.351Z 23h59m57s351ms 1 0.0030% 1 - -
sensor: 1 of 1, covers 2026-11-19T22:00:00.250Z to 2026-11-28T14:25:00Z
"
    );
}
