//! What a guest may use: each bound ends the run with its own word, and the next run is none the worse.

use crate::fixture::Fixture;

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    Fixture::new("spin")
        .limits(|limits| limits.fuel = 1_000_000)
        .check("fuel: more than 1000000 units of fuel (about one an instruction), limit is 1000000 (limits.fuel)");
}

#[test]
fn a_loop_under_endless_fuel_meets_the_deadline() {
    Fixture::new("spin")
        .limits(|limits| (limits.fuel, limits.wall_time_ms) = (u64::MAX, 60))
        .check("deadline: more than 60 ms of wall time, limit is 60 (limits.wall_time_ms)");
}

#[test]
fn a_loop_of_cheap_calls_meets_the_quota() {
    Fixture::new("calls")
        .limits(|limits| limits.host_calls = 1_000)
        .check("output-limit: 1001 host calls, limit is 1000 (limits.host_calls)");
}

#[test]
fn hoarding_meets_the_memory_bound() {
    let collection = Fixture::new("hoard").limits(|limits| limits.memory_bytes = 8 << 20).run();
    assert_eq!(collection.outcome.as_str(), "memory");
    let detail = collection.detail.unwrap();
    assert!(detail.ends_with(" bytes of memory, limit is 8388608 (limits.memory_bytes)"), "{detail}");
}

#[test]
fn a_component_that_starts_too_large_never_starts() {
    let fixture = Fixture::new("ok").limits(|limits| limits.memory_bytes = 65_536);
    assert_eq!(fixture.run().outcome.as_str(), "memory");
    Fixture::new("ok")
        .limits(|limits| limits.instances = 1)
        .check("load-rejected: 2 or more core instances, limit is 1 (limits.instances)");
    Fixture::new("ok")
        .limits(|limits| limits.memories = 0)
        .check("load-rejected: 1 or more memories, limit is 0 (limits.memories)");
}

#[test]
fn tables_are_bounded() {
    let fixture = Fixture::new("ok").limits(|limits| limits.table_elements = 1);
    let collection = fixture.run();
    assert_eq!(collection.outcome.as_str(), "memory");
    let detail = collection.detail.unwrap();
    assert!(detail.ends_with(" table elements, limit is 1 (limits.table_elements)"), "{detail}");
}

#[test]
fn handles_are_bounded() {
    Fixture::new("handles")
        .limits(|limits| limits.handles = 3)
        .check("output-limit: more than 3 live handles, limit is 3 (limits.handles)");
}

#[test]
fn a_panic_and_a_deep_recursion_are_traps() {
    Fixture::new("panic").check("trapped: unreachable-code-reached: wasm `unreachable` instruction executed");
    let deep = Fixture::new("deep").count(100_000_000).run();
    assert_eq!(deep.outcome.as_str(), "trapped");
    Fixture::new("deep").count(10).check("ok");
}

#[test]
fn text_that_is_no_utf8_breaks_the_abi() {
    let collection = Fixture::new("bad-utf8").run();
    assert_eq!(collection.outcome.as_str(), "abi-violation");
    assert!(collection.detail.unwrap().contains("utf-8"));
}

#[test]
fn one_call_cannot_carry_everything() {
    Fixture::new("big-call").check("output-limit: more than 16777216 bytes in one host call, limit is 16777216");
}

#[test]
fn the_log_is_bounded_and_cannot_forge_lines() {
    Fixture::new("flood")
        .limits(|limits| limits.log_lines = 5)
        .check("output-limit: 6 log lines, limit is 5 (limits.log_lines)");
    let collection = Fixture::new("log").limits(|limits| limits.log_line_bytes = 40).check("ok");
    let lines: Vec<String> = collection.log.iter().map(|line| format!("{:?} {}", line.level, line.message)).collect();
    assert_eq!(
        lines,
        ["Warn first\\nforged \\u{1b}[31mline".to_owned(), format!("Error {} [cut, 10000 bytes]", "x".repeat(40)),]
    );
    assert_eq!(collection.notes, ["tab\\there"]);
}

#[test]
fn notes_are_bounded() {
    assert_eq!(Fixture::new("notes").count(1_000).check("ok").notes.len(), 1_000);
    Fixture::new("notes").count(1_001).check("output-limit: 1001 notes, limit is 1000");
}

#[test]
fn rows_and_their_bytes_are_bounded() {
    Fixture::new("many").count(2_500).limits(|limits| limits.rows = 2_500).check("ok");
    Fixture::new("many")
        .count(2_501)
        .limits(|limits| limits.rows = 2_500)
        .check("output-limit: 2501 rows emitted, limit is 2500 (limits.rows)");
    let collection = Fixture::new("many").count(2_000).limits(|limits| limits.emitted_bytes = 100_000).run();
    assert_eq!(collection.outcome.as_str(), "output-limit");
    assert!(collection.detail.unwrap().ends_with(" bytes emitted, limit is 100000 (limits.emitted_bytes)"));
}

#[test]
fn responses_are_bounded_together() {
    Fixture::new("handles")
        .limits(|limits| limits.total_response_bytes = 50)
        .check("output-limit: 60 bytes of host responses together, limit is 50 (limits.total_response_bytes)");
}
