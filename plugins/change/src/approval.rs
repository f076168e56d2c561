//! Who approves a change at an instant, from what people did before it.
//!
//! **Invariant:** nobody who had a hand in a change approves it.
//! **Invariant:** an approval of other commits than those that were merged counts for nothing, and neither does one that was
//! dismissed, whenever that was.
//! **Invariant:** the order in which the acts are given does not matter; where two are of the same instant, their number does.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::Datetime;

/// What somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// Who.
    pub by: String,
    /// When.
    pub at: Datetime,
    /// Which of several at the same instant.
    pub number: u64,
    /// What.
    pub deed: Deed,
}

/// What can be done about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Approved what became of it.
    Approve,
    /// Approved something that is not what became of it: new commits followed.
    ApproveOther,
    /// Asked for something else.
    Object,
    /// Took back what they had said.
    Withdraw,
    /// Took back what anybody had said.
    WithdrawAll,
}

/// What stands at an instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Who approves, and since when.
    pub approving: BTreeMap<String, Datetime>,
    /// Whose approval new commits made void.
    pub void: BTreeSet<String>,
    /// Who wants something else.
    pub objecting: BTreeSet<String>,
}

impl Standing {
    /// What stands just before `instant`.
    #[must_use]
    pub fn before(acts: &[Act], instant: Datetime) -> Self {
        let mut acts: Vec<&Act> = acts.iter().filter(|act| act.at < instant).collect();
        acts.sort_by_key(|act| (act.at, act.number, act.deed, &act.by));
        let mut standing = Self::default();
        for Act { by, at, deed, .. } in acts {
            if *deed == Deed::WithdrawAll {
                standing.approving.clear();
                standing.void.clear();
                continue;
            }
            if *deed != Deed::Approve {
                standing.approving.remove(by);
            }
            standing.void.remove(by);
            standing.objecting.remove(by);
            match deed {
                // An approval that is said again is as old as it was.
                Deed::Approve => drop(standing.approving.entry(by.clone()).or_insert(*at)),
                Deed::ApproveOther => drop(standing.void.insert(by.clone())),
                Deed::Object => drop(standing.objecting.insert(by.clone())),
                Deed::Withdraw | Deed::WithdrawAll => {}
            }
        }
        standing
    }

    /// This and what stands elsewhere; of two approvals of one person the older one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (by, at) in other.approving {
            let there = self.approving.entry(by).or_insert(at);
            *there = at.min(*there);
        }
        self.void.extend(other.void);
        self.objecting.extend(other.objecting);
        self
    }
}

/// Whose approvals a change needs.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Everybody who had a hand in it.
    pub authors: &'a BTreeSet<String>,
    /// The technical reviewers; nothing: whoever is no security reviewer.
    pub technical: Option<&'a BTreeSet<String>>,
    /// The security reviewers.
    pub security: &'a BTreeSet<String>,
    /// Whether one of them must approve.
    pub security_required: bool,
}

/// What the rules make of what stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Who approves, without its authors.
    pub approvers: BTreeSet<String>,
    /// Since when a technical reviewer approves.
    pub technical_at: Option<Datetime>,
    /// Since when a security reviewer approves.
    pub security_at: Option<Datetime>,
    /// Since when all approve who must.
    pub complete_at: Option<Datetime>,
    /// Whether an author approves.
    pub by_author: bool,
    /// Whether all who must do not approve, and new commits made an approval void.
    pub void: bool,
    /// Whether somebody wants something else.
    pub objected: bool,
}

impl Rules<'_> {
    /// Judges what stands.
    #[must_use]
    pub fn verdict(&self, standing: &Standing) -> Verdict {
        let is_author = |person: &String| self.authors.contains(person);
        let is_technical = |person: &String| match self.technical {
            Some(reviewers) => reviewers.contains(person),
            None => !self.security.contains(person),
        };
        let others = || standing.approving.iter().filter(|(person, _)| !is_author(person));
        let technical_at = others().filter(|(person, _)| is_technical(person)).map(|(_, at)| *at).min();
        let security_at = others().filter(|(person, _)| self.security.contains(*person)).map(|(_, at)| *at).min();
        let complete_at = match (technical_at, security_at) {
            (Some(technical), Some(security)) if self.security_required => Some(technical.max(security)),
            (Some(technical), _) if !self.security_required => Some(technical),
            _ => None,
        };
        Verdict {
            approvers: others().map(|(person, _)| person.clone()).collect(),
            technical_at,
            security_at,
            complete_at,
            by_author: standing.approving.keys().any(is_author),
            void: complete_at.is_none() && standing.void.iter().any(|person| !is_author(person)),
            objected: !standing.objecting.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(by: &str, at: i64, deed: Deed) -> Act {
        Act { by: by.into(), at: Datetime(at), number: 0, deed }
    }

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn check(acts: &[Act], before: i64, security_required: bool) -> Verdict {
        let (authors, security) = (names(&["ada"]), names(&["sec"]));
        let rules = Rules { authors: &authors, technical: None, security: &security, security_required };
        rules.verdict(&Standing::before(acts, Datetime(before)))
    }

    #[test]
    fn an_approval_counts_from_the_instant_after_it() {
        let acts = [act("boris", 5, Deed::Approve)];
        assert_eq!(check(&acts, 5, false).complete_at, None);
        assert_eq!(check(&acts, 6, false).complete_at, Some(Datetime(5)));
        assert_eq!(
            check(&acts, 6, true),
            Verdict { approvers: names(&["boris"]), technical_at: Some(Datetime(5)), ..Verdict::default() }
        );
    }

    #[test]
    fn two_roles_need_two_people() {
        let acts = [act("sec", 3, Deed::Approve)];
        let verdict = check(&acts, 9, true);
        assert_eq!((verdict.technical_at, verdict.security_at, verdict.complete_at), (None, Some(Datetime(3)), None));
        let acts = [act("sec", 3, Deed::Approve), act("boris", 5, Deed::Approve)];
        assert_eq!(check(&acts, 9, true).complete_at, Some(Datetime(5)));
    }

    #[test]
    fn authors_objections_and_void_approvals_do_not_approve() {
        let verdict = check(&[act("ada", 1, Deed::Approve)], 9, false);
        assert_eq!((verdict.by_author, verdict.complete_at, verdict.approvers.len()), (true, None, 0));
        let verdict = check(&[act("boris", 1, Deed::Approve), act("boris", 2, Deed::Object)], 9, false);
        assert_eq!((verdict.objected, verdict.complete_at), (true, None));
        let verdict = check(&[act("boris", 1, Deed::ApproveOther)], 9, false);
        assert_eq!((verdict.void, verdict.complete_at), (true, None));
        let verdict = check(&[act("boris", 1, Deed::ApproveOther), act("c", 2, Deed::Approve)], 9, false);
        assert_eq!((verdict.void, verdict.complete_at), (false, Some(Datetime(2))));
        let acts = [act("boris", 1, Deed::Approve), act("x", 2, Deed::WithdrawAll), act("c", 3, Deed::Approve)];
        assert_eq!(check(&acts, 9, false).approvers, names(&["c"]));
    }

    #[test]
    fn an_approval_said_again_is_as_old_as_it_was() {
        let acts = [act("boris", 1, Deed::Approve), act("boris", 4, Deed::Approve)];
        assert_eq!(check(&acts, 9, false).complete_at, Some(Datetime(1)));
        let acts = [act("boris", 1, Deed::Approve), act("boris", 2, Deed::Withdraw), act("boris", 4, Deed::Approve)];
        assert_eq!(check(&acts, 9, false).complete_at, Some(Datetime(4)));
    }
}
