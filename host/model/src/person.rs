//! Names of people.

/// Whether two names are the same but for case and blanks around them. Nobody is not the same as nobody.
#[must_use]
pub fn same_person(a: &str, b: &str) -> bool {
    let plain = |name: &str| name.trim().to_lowercase();
    !a.trim().is_empty() && plain(a) == plain(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_make_no_other_person() {
        assert!(same_person("Ada@example.com ", "ada@example.com"));
        assert!(!same_person("ada", "ada@example.com"));
        assert!(!same_person("", " "));
    }
}
