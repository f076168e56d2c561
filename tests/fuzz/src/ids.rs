//! The ids collector: Suricata's EVE log in one file or two, who answered its alerts, and the list of Wazuh's agents.

use tickmark_ids::Ids;
use tickmark_ids::parse::eve::{parse, parse_utf8};

use crate::collect::{self, Input};

/// Reads one part with the log, one with the answers, one with a rotated log where it is a folder, and one with the agents. Of agents
/// alone there is one part.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let host = input.host(&["expected_sensors", "expected_agents"]);
    if input.source == "agents" {
        return collect::check::<Ids>(&host.with_setting("agents", "file").file("agents", "", input.part(0)));
    }
    let host = host.with_setting("source", input.source).file("agents", "", input.part(3));
    for line in input.part(0).split(|byte| *byte == b'\n') {
        if std::str::from_utf8(line).is_ok() {
            assert_eq!(parse_utf8(line), parse(line), "{line:?}");
        }
    }
    let (columns, rows) = collect::table(input.part(1));
    let host = host.table("responses", &columns, rows).file("responses", "", input.part(1));
    collect::check::<Ids>(&match input.source {
        "file" => host.file("eve", "", input.part(0)),
        "folder" => host.file("eve", "eve.json", input.part(0)).file("eve", "eve.json.1", input.part(2)),
        _ => return false,
    })
}
