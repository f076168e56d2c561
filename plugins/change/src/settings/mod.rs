//! The operator's settings, checked before anything is read.

mod approvals;
mod calendar;
mod fields;
mod read;
mod sources;

use tickmark_collector::{Failure, Host};

use crate::calendar::Calendar;
use crate::rules::people::People;
use crate::rules::risk::RiskRules;
use crate::rules::teams::Teams;
pub(crate) use approvals::{ApprovalSettings, SecurityApproval};
pub(crate) use fields::{Field, Fields};
pub(crate) use sources::{DeployedBy, Repository, Sources};

/// Everything that the operator says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub sources: Sources,
    pub calendar: Calendar,
    /// Business days within which an emergency change must be approved.
    pub emergency_days: u32,
    pub approvals: ApprovalSettings,
    pub fields: Fields,
    pub people: People,
    pub risk: RiskRules,
    pub teams: Teams,
}

impl Settings {
    /// # Errors
    /// `invalid`, with the setting, its value and what it may be.
    pub fn read(host: &dyn Host) -> Result<Self, Failure> {
        let owners = read::pairs(host, "owners", "a pattern and a team such as `billing/=payments`", |glob, team| {
            Some((read::glob(glob)?, team.to_owned()))
        })?;
        let teams = read::lists(host, "teams", "a team and its members such as `payments=ada,boris`")?;
        let aliases = read::lists(host, "identities", "a login and its other names such as `ada=ada@example.com`")?;
        let patterns = "a pattern of paths such as `infra/` or `**/*.md`, without `/` at its start";
        Ok(Self {
            sources: Sources::read(host)?,
            calendar: calendar::read(host)?,
            emergency_days: read::number(host, "emergency_business_days", 1, 31)?,
            approvals: ApprovalSettings::read(host)?,
            fields: Fields::read(host)?,
            people: People::new(aliases.into_iter().map(|(login, alias)| (alias, login))),
            risk: RiskRules {
                high: read::each(host, "high_risk_paths", patterns, read::glob)?,
                low: read::each(host, "low_risk_paths", patterns, read::glob)?,
            },
            teams: Teams::new(teams, owners),
        })
    }
}
