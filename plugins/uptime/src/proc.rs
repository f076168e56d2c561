//! Boot time and time since boot, from two files of `/proc`.
//!
//! Formats: proc(5). `/proc/uptime` has seconds since boot and idle seconds, both with hundredths; `/proc/stat` has a
//! line `btime` with the boot time in whole seconds since 1970.

use tickmark_collector::{Datetime, Duration, Failure, Host, Population, Summary};

/// The last second of the year 9999.
const MAX_SECONDS: i64 = Datetime::MAX.0 / 1_000;

/// Emits the one `host`.
pub(crate) fn collect(host: &dyn Host, summary: Summary) -> Result<Summary, Failure> {
    let stat = host.open("proc-stat", "")?;
    let uptime = host.open("proc-uptime", "")?;
    let boot_ms = boot_time_ms(&stat.text()?).map_err(|failure| failure.shown_by(stat.receipt()))?;
    let uptime_ms = uptime_ms(&uptime.text()?).map_err(|failure| failure.shown_by(uptime.receipt()))?;

    let mut hosts = host.fact("host", &["boot_time", "uptime"]);
    hosts
        .row("local", &[stat.receipt(), uptime.receipt()])
        .set("boot_time", Datetime(boot_ms))
        .set("uptime", Duration(uptime_ms))
        .push()?;
    // The kernel's own time of the snapshot: saved files stay as old as they are.
    let observed = Datetime((boot_ms + uptime_ms).min(MAX_SECONDS * 1_000));
    let population = Population::of(1, uptime.receipt()).observed(observed);
    Ok(summary.population(hosts.finish(population)?))
}

/// The boot time, in milliseconds since 1970, out of `/proc/stat`.
fn boot_time_ms(stat: &str) -> Result<i64, Failure> {
    let value = stat.lines().find_map(|line| line.strip_prefix("btime "));
    let value = value.ok_or_else(|| Failure::invalid("`/proc/stat` has no line `btime`"))?;
    let seconds = whole(value.trim_end()).filter(|seconds| *seconds <= MAX_SECONDS);
    let bad = || Failure::invalid(format!("`btime` is `{value}`, expected seconds from 0 to {MAX_SECONDS}"));
    seconds.map(|seconds| seconds * 1_000).ok_or_else(bad)
}

/// The time since boot, in milliseconds, out of `/proc/uptime`.
fn uptime_ms(uptime: &str) -> Result<i64, Failure> {
    let first = uptime.split_ascii_whitespace().next().unwrap_or_default();
    let read = || {
        let (seconds, hundredths) = first.split_once('.')?;
        let hundredths = whole(hundredths).filter(|_| hundredths.len() == 2)?;
        let seconds = whole(seconds).filter(|seconds| *seconds <= MAX_SECONDS)?;
        Some(seconds * 1_000 + hundredths * 10)
    };
    let bad = || Failure::invalid(format!("`/proc/uptime` starts with `{first}`, expected seconds such as `12345.67`"));
    read().ok_or_else(bad)
}

fn whole(digits: &str) -> Option<i64> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STAT: &str =
        "cpu  10 0 12 99 0 0 0 0 0 0\ncpu0 10 0 12 99 0 0 0 0 0 0\nintr 5 0\nctxt 77\nbtime 1795000000\nprocesses 9\n";

    #[test]
    fn reads_what_the_kernel_prints() {
        assert_eq!(boot_time_ms(STAT), Ok(1_795_000_000_000));
        assert_eq!(uptime_ms("165200.50 330100.01\n"), Ok(165_200_500));
    }

    #[test]
    fn says_what_is_wrong() {
        let check = |result: Result<i64, Failure>, message: &str| assert_eq!(result, Err(Failure::invalid(message)));
        check(boot_time_ms("cpu 1 2 3\n"), "`/proc/stat` has no line `btime`");
        check(boot_time_ms("btime -5\n"), "`btime` is `-5`, expected seconds from 0 to 253402300799");
        check(
            boot_time_ms("btime 253402300800\n"),
            "`btime` is `253402300800`, expected seconds from 0 to 253402300799",
        );
        check(uptime_ms(""), "`/proc/uptime` starts with ``, expected seconds such as `12345.67`");
        check(uptime_ms("12 9\n"), "`/proc/uptime` starts with `12`, expected seconds such as `12345.67`");
        check(uptime_ms("+1.00\n"), "`/proc/uptime` starts with `+1.00`, expected seconds such as `12345.67`");
        check(uptime_ms("1.5 2.5\n"), "`/proc/uptime` starts with `1.5`, expected seconds such as `12345.67`");
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(seconds in 0..=MAX_SECONDS, hundredths in 0_i64..100, idle in 0_i64..1_000_000) {
            prop_assert_eq!(uptime_ms(&format!("{seconds}.{hundredths:02} {idle}.00\n")), Ok(seconds * 1_000 + hundredths * 10));
            prop_assert_eq!(boot_time_ms(&format!("cpu {idle} 0\nbtime {seconds}\nctxt {idle}\n")), Ok(seconds * 1_000));
        }

        #[test]
        fn never_panics(text in "\\PC{0,40}", digits in "[0-9.+-]{0,30}") {
            for text in [&text, &digits] {
                let _ = uptime_ms(text);
                let _ = boot_time_ms(&format!("btime {text}\n"));
            }
        }
    }
}
