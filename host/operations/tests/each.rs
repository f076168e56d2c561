//! Controls one after the other.

mod support;

use support::{Company, DAY, at, later, period, system, terms};
use tickmark_model::{Frequency, Operation as Kind, Outcome};
use tickmark_operations::{OperateError, operate_each};

#[test]
fn controls_one_after_the_other_are_what_they_are_together_each_with_its_own_evaluations() {
    let mut company = Company::default();
    let in_force = company.matrix(
        "2026-01-01",
        [("c", terms(Kind::State, Frequency::Continuous)), ("d", terms(Kind::State, Frequency::Weekly))],
    );
    in_force.systems.insert("t".to_owned(), system("t", "production"));
    for day in 0..40 {
        let outcome = if day % 9 == 4 { Outcome::Fail } else { Outcome::Pass };
        company.look_at(later(at("2026-01-01T09:00"), day * DAY), outcome);
        company.look_on("t", later(at("2026-01-01T10:00"), day * DAY), Outcome::Pass);
    }
    let (period, until) = (period("2026-01-01", "2026-01-31"), "2026-02-09T09:00");
    let (mut all, mut seen) = (Vec::new(), Vec::new());
    let observed = company.programme.observed.clone();
    operate_each(&company.programme, observed, period, at(until), |it, own| {
        seen.push((it.control.clone(), it.system.clone(), own.len()));
        all.push(it);
        Ok::<(), OperateError>(())
    })
    .unwrap();
    assert_eq!(all, company.operate(period, until));
    let named = |control: &str, system: &str, many| (control.to_owned(), system.to_owned(), many);
    assert_eq!(seen, [named("c", "s", 40), named("c", "t", 40), named("d", "s", 0), named("d", "t", 0)]);
}
