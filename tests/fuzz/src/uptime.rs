//! The uptime collector: the kernel's files, a health check, and what a Prometheus server answered.

use tickmark_collector::Value;
use tickmark_collector::testing::Answer;
use tickmark_uptime::Uptime;

use crate::collect::{self, Input};

/// Reads the two files of `proc`, the saved answer of `prometheus-file`, or the body of `http`.
pub fn check(bytes: &[u8]) -> bool {
    let Some(input) = Input::of(bytes) else { return false };
    let source = tickmark_collector::Scalar::Text(input.source.to_owned());
    let host = input.host(&["metrics"]).with_setting("sources", Value::SetOf(vec![source]));
    collect::check::<Uptime>(&match input.source {
        "proc" => host.file("proc-stat", "", input.part(0)).file("proc-uptime", "", input.part(1)),
        "prometheus-file" => host.file("prometheus", "", input.part(0)),
        "http" => {
            let status = input.part(1).len() as u16;
            host.answer("health", "/", Answer { status, body: input.part(0).to_vec(), ..Answer::default() })
        }
        _ => return false,
    })
}
