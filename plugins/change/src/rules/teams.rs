//! Which team owns what, and who is in which.

use std::collections::{BTreeMap, BTreeSet};

use super::glob::Glob;

/// Teams with their members and paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Teams {
    /// The teams of each person.
    members: BTreeMap<String, BTreeSet<String>>,
    /// Patterns with the team that owns what they match, the longest first.
    owners: Vec<(Glob, String)>,
}

/// What is known about the teams of one change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// The team that owns all that is changed; nothing where it is several, or some of it nobody's.
    pub owner: Option<String>,
    /// The author's team: the owner where they are in it, otherwise the first by name.
    pub author: Option<String>,
    /// Whether every author is in the owning team.
    pub same: bool,
}

impl Teams {
    /// Members by team, and patterns with their team. Of two patterns the longer rules, of equally long ones the first by
    /// its letters.
    #[must_use]
    pub fn new(teams: impl IntoIterator<Item = (String, String)>, mut owners: Vec<(Glob, String)>) -> Self {
        let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (team, member) in teams {
            members.entry(member.to_lowercase()).or_default().insert(team);
        }
        owners.sort_by_key(|(glob, team)| (std::cmp::Reverse(glob.as_str().len()), glob.clone(), team.clone()));
        Self { members, owners }
    }

    /// The teams of a change of `paths` by `author`, in which `authors` had a hand.
    #[must_use]
    pub fn of(&self, paths: &[String], author: &str, authors: &BTreeSet<String>) -> Ownership {
        let mut owners = paths.iter().map(|path| self.owner(path));
        let first = owners.next().flatten();
        let owner = first.filter(|first| owners.all(|owner| owner == Some(first)));
        let in_team = |person: &str, team: &str| self.members.get(person).is_some_and(|teams| teams.contains(team));
        let own = owner.filter(|owner| in_team(author, owner));
        let first_of_author = || self.members.get(author).and_then(|teams| teams.first()).cloned();
        Ownership {
            owner: owner.map(str::to_owned),
            author: own.map(str::to_owned).or_else(first_of_author),
            same: owner.is_some_and(|owner| !authors.is_empty() && authors.iter().all(|person| in_team(person, owner))),
        }
    }

    fn owner(&self, path: &str) -> Option<&str> {
        self.owners.iter().find(|(glob, _)| glob.is_match(path)).map(|(_, team)| team.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_changed_and_everybody_who_changed_it_is_of_one_team() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let owners = [("services/billing/", "payments"), ("services/", "platform"), ("**/*.md", "docs")];
        let owners = owners.map(|(glob, team)| (Glob::read(glob).unwrap(), team.to_owned())).to_vec();
        let teams = Teams::new([pair("payments", "Ada"), pair("docs", "ada"), pair("platform", "boris")], owners);
        let check = |paths: &[&str], author: &str, others: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            let authors = others.iter().chain([&author]).map(|person| (*person).to_owned()).collect();
            let Ownership { owner, author, same } = teams.of(&paths, author, &authors);
            format!("{} {} {same}", owner.unwrap_or_default(), author.unwrap_or_default())
        };
        assert_eq!(check(&["services/billing/a", "services/billing/README.md"], "ada", &[]), "payments payments true");
        assert_eq!(check(&["services/billing/a"], "ada", &["boris"]), "payments payments false");
        assert_eq!(check(&["services/billing/a", "services/x"], "ada", &[]), " docs false");
        assert_eq!(check(&["services/billing/a", "elsewhere"], "ada", &[]), " docs false");
        assert_eq!(check(&["services/x"], "ada", &[]), "platform docs false");
        assert_eq!(check(&["services/x"], "nobody", &[]), "platform  false");
        assert_eq!(check(&[], "ada", &[]), " docs false");
    }
}
