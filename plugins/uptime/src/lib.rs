//! skeleton
use tickmark_collector::{Collector, Column, Descriptor, Fact, Failure, Host, Need, Population, Summary};
struct Uptime;
impl Collector for Uptime {
    fn describe() -> Descriptor {
        Descriptor::new("uptime", env!("CARGO_PKG_VERSION"))
            .fact(Fact::new("host", "Uptime::Host", "doc").column(Column::long("bytes", "size").required()))
            .need(Need::files("proc", "reason"))
    }
    fn collect(host: &dyn Host) -> Result<Summary, Failure> {
        let blob = host.open("proc", "uptime")?;
        let mut facts = host.fact("host", &["bytes"]);
        facts.row("local", &[blob.receipt()]).set("bytes", blob.size() as i64).push()?;
        Ok(Summary::new().population(facts.finish(Population::of(1, blob.receipt()))?))
    }
}
tickmark_collector::export!(Uptime);
