//! Taking over the waivers of another tool.

use std::path::PathBuf;

use anyhow::Context as _;
use tickmark_ledger::Appended;

use super::add::AddWaiver;
use super::inspec::{Entry, entries};
use crate::acts::{self, Acting, append_acts, refuse, today};
use crate::ledger;
use crate::site::Site;
use crate::watch::Watch;

/// A waiver file of InSpec, and who answers for it.
#[derive(Clone, Debug)]
pub struct ImportWaivers {
    /// The file.
    pub file: PathBuf,
    /// The system, where they are about one only.
    pub system: Option<String>,
    /// Who asks for them, as they say.
    pub requested_by: String,
    /// Who approves them, as they say; nothing where that comes later.
    pub approved_by: Option<String>,
}

impl ImportWaivers {
    /// Seals every waiver of the file, from today on. All are taken or none.
    ///
    /// # Errors
    /// [`Refused`](crate::Refused) with all that is wrong with each; where the file cannot be read or the ledger cannot be
    /// written.
    pub fn seal(&self, site: &Site, by: impl Into<Acting>, watch: &dyn Watch) -> anyhow::Result<Vec<Appended>> {
        let by = by.into();
        let path = self.file.display();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("cannot read `{path}`"))?;
        let entries = entries(&text).map_err(|why| anyhow::anyhow!("`{path}` is no waiver file of InSpec: {why}"))?;
        anyhow::ensure!(!entries.is_empty(), "`{path}` has no waiver in it");
        // Nobody else writes from here on.
        let mut ledger = ledger::open(site, watch)?.ledger;
        let today = today(site)?;
        let (mut problems, mut taken) = (Vec::new(), Vec::new());
        for Entry { control, until, reason } in entries {
            let known = acts::control(site, &control)?;
            let mut add = |problem: String| problems.push(format!("`{control}`: {problem}"));
            let owner = known.as_ref().ok().map(|it| it.owner.clone());
            known.err().into_iter().for_each(&mut add);
            let until = match until {
                Ok(until) => until,
                Err(why) => {
                    add(why);
                    continue;
                }
            };
            let waiver = AddWaiver {
                control: control.clone(),
                system: self.system.clone(),
                subjects: Vec::new(),
                from: today,
                until,
                reason,
                requested_by: self.requested_by.clone(),
                approved_by: self.approved_by.clone(),
            };
            let (terms, wrong) = waiver.check(site, owner.as_deref(), today);
            wrong.into_iter().for_each(&mut add);
            taken.push((waiver, terms));
        }
        let names: Vec<&str> = std::iter::once(self.requested_by.as_str()).chain(self.approved_by.as_deref()).collect();
        let (signers, unsigned) = by.signers(site, &names);
        problems.extend(unsigned);
        refuse("the waivers", problems)?;
        let new: anyhow::Result<Vec<_>> = taken.iter().map(|(waiver, terms)| waiver.record(&ledger, terms)).collect();
        append_acts(&mut ledger, site, by, &signers, new?)
    }
}
