//! How risky a change is, by the paths that it touches.

use super::glob::Glob;

/// The rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RiskRules {
    /// A change that touches one of these is of high risk.
    pub high: Vec<Glob>,
    /// A change that touches nothing but these is of low risk.
    pub low: Vec<Glob>,
}

/// How risky.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words of the workflow")]
pub enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl RiskRules {
    /// The risk of a change of `paths`. One whose paths are not all known is of high risk; one that has none, of medium.
    #[must_use]
    pub fn risk(&self, paths: &[String], all_known: bool) -> Risk {
        let of = |globs: &[Glob], path: &str| globs.iter().any(|glob| glob.is_match(path));
        if !all_known || paths.iter().any(|path| of(&self.high, path)) {
            Risk::High
        } else if !paths.is_empty() && paths.iter().all(|path| of(&self.low, path)) {
            Risk::Low
        } else {
            Risk::Medium
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dangerous_path_is_enough_and_harmless_ones_are_not() {
        let globs = |patterns: &[&str]| patterns.iter().map(|pattern| Glob::read(pattern).unwrap()).collect();
        let rules = RiskRules { high: globs(&["infra/", "**/auth/**"]), low: globs(&["docs/", "**/*.md"]) };
        let check = |paths: &[&str], known| {
            rules.risk(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>(), known).as_str()
        };
        assert_eq!(check(&["docs/a", "README.md"], true), "low");
        assert_eq!(check(&["docs/a", "src/main.rs"], true), "medium");
        assert_eq!(check(&["docs/a", "src/auth/login.rs"], true), "high");
        assert_eq!(check(&["infra/README.md"], true), "high");
        assert_eq!(check(&[], true), "medium");
        assert_eq!(check(&["docs/a"], false), "high");
        assert_eq!(RiskRules::default().risk(&["docs/a".into()], true), Risk::Medium);
    }
}
