//! Asks a real Prometheus server, started here on a loopback port, and checks what the collector makes of its answers.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests fail like tests")]

#[path = "../../../tests/prometheus/mod.rs"]
mod prometheus;

use prometheus::{Online, Prometheus, now};
use tickmark_collector::testing::{Answer, TestHost};
use tickmark_collector::{Collector as _, Datetime, Decimal, Duration, Value};
use tickmark_uptime::Uptime;

/// A server that scrapes itself, and a port where nobody listens, every second.
fn start() -> Prometheus {
    let config = |port: u16| {
        format!(
            "global: {{ scrape_interval: 1s, scrape_timeout: 1s }}\n\
             scrape_configs:\n\
             - {{ job_name: self, static_configs: [{{ targets: ['127.0.0.1:{port}'] }}] }}\n\
             - {{ job_name: nobody, static_configs: [{{ targets: ['127.0.0.1:1'] }}] }}\n"
        )
    };
    Prometheus::start(config, &[])
}

fn host(as_of: Datetime, window_ms: i64, step_ms: i64) -> TestHost {
    TestHost::new()
        .at(as_of)
        .with_setting("sources", vec!["prometheus"])
        .with_setting("window", Duration(window_ms))
        .with_setting("step", Duration(step_ms))
}

#[test]
fn the_answers_of_a_real_server_are_understood() {
    let mut prometheus = start();
    // Both targets have been scraped three times, and the server itself was up.
    let scraped = "count(count_over_time(up[1m])>=3)==2 and count(up==1)";
    let query =
        scraped.replace(' ', "%20").replace('=', "%3D").replace('>', "%3E").replace('[', "%5B").replace(']', "%5D");
    prometheus.wait_for(&format!("/api/v1/query?query={query}"), 200, &["\"2\""]);
    let as_of = now();

    // An hour in seconds is two requests; the server has been up for seconds only.
    let online = Online::new(&prometheus, host(as_of, 3_600_000, 1_000));
    Uptime::collect(&online).unwrap();
    let answers = online.answers.into_inner();
    assert_eq!(answers.iter().map(|(_, answer)| answer.status).collect::<Vec<_>>(), [200, 200]);

    let replayed = answers.into_iter().fold(host(as_of, 3_600_000, 1_000), |host, (path_and_query, answer)| {
        host.answer("prometheus", &path_and_query, answer)
    });
    let run = replayed.collect::<Uptime>().unwrap();
    assert_eq!(run.notes(), [] as [&str; 0]);
    let claim = run.claim("target").unwrap();
    assert_eq!((claim.count, claim.population.source_total), (2, Some(2)));
    assert_eq!(claim.population.covers_to, Some(as_of));
    assert!(claim.population.covers_from > Some(Datetime(as_of.0 - 3_000_000)), "{claim:?}");

    let itself = format!("up{{instance=\"127.0.0.1:{}\",job=\"self\"}}", prometheus.port);
    for (id, is_up) in [(itself.as_str(), true), ("up{instance=\"127.0.0.1:1\",job=\"nobody\"}", false)] {
        let row = run.row("target", id).unwrap();
        let (samples, up) = (row.get("samples").as_long().unwrap(), row.get("up").as_long().unwrap());
        assert!((2..600).contains(&samples) && up <= samples, "{samples}, {up}");
        assert_eq!(up > 0, is_up);
        assert_eq!(row.get("availability"), &Value::from(Decimal(up * 1_000_000 / samples)));
        assert_eq!(row.get("expected"), &Value::from(3_600));
        assert_eq!(row.sources, [0, 1]);
    }
}

#[test]
fn a_real_refusal_is_reported_with_the_servers_reason() {
    let mut prometheus = start();
    // The answer to a range that the collector would have cut into parts.
    let body = prometheus.wait_for("/api/v1/query_range?query=up&start=1000&end=100000&step=1", 400, &["error"]);
    let as_of = Datetime(1_000_000_000);
    let path = "/api/v1/query_range?query=up&start=999940&end=1000000&step=60";
    let answer = Answer { status: 400, body, ..Answer::default() };
    let failure =
        host(as_of, 120_000, 60_000).answer("prometheus", path, answer).collect::<Uptime>().unwrap_err().to_string();
    let refused =
        "invalid: prometheus answered with status 400: bad_data: exceeded maximum resolution of 11,000 points";
    assert!(failure.starts_with(refused), "{failure}");
}
