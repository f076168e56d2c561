//! Who somebody is, whatever a source calls them: by the name they log in to GitHub with, in lower case.

use std::collections::BTreeMap;

use crate::parse::github::{Account, Signature};
use crate::parse::jira::User;

/// Other names of people: addresses, second accounts, accounts of Jira.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    aliases: BTreeMap<String, String>,
}

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Whether that is an account, so that two names of one person would be the same.
    pub known: bool,
}

impl People {
    /// The aliases, each with the login that it is another name of.
    #[must_use]
    pub fn new(aliases: impl IntoIterator<Item = (String, String)>) -> Self {
        let lower = |(alias, login): (String, String)| (alias.to_lowercase(), login.to_lowercase());
        Self { aliases: aliases.into_iter().map(lower).collect() }
    }

    /// The person who logs in as `login`.
    #[must_use]
    pub fn login(&self, login: &str) -> String {
        let login = cut(&login.to_lowercase());
        self.aliases.get(&login).cloned().unwrap_or(login)
    }

    /// The person whom a log calls `name`: an alias, or what can be a login. Other names may be of anybody.
    #[must_use]
    pub fn named(&self, name: &str) -> Person {
        let name = name.trim().to_lowercase();
        if let Some(login) = self.aliases.get(&name) {
            return Person { name: login.clone(), known: true };
        }
        let bare = name.strip_suffix("[bot]").unwrap_or(&name);
        let known = (1..=LONGEST).contains(&bare.len())
            && bare.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        Person { name: cut(&name), known }
    }

    /// Whoever stands behind one side of a commit; nothing where that is GitHub itself.
    #[must_use]
    pub fn of_commit(&self, account: Option<&Account>, signature: Option<&Signature>) -> Option<Person> {
        if let Some(login) = account.and_then(|account| account.login.as_deref()) {
            return (login != "web-flow").then(|| Person { name: self.login(login), known: true });
        }
        let email = signature.map(|signature| signature.email.trim().to_lowercase()).unwrap_or_default();
        if email == "noreply@github.com" {
            return None;
        }
        Some(self.of_email(&email).unwrap_or_else(|| {
            let name = signature.map(|signature| signature.name.trim().to_owned()).unwrap_or_default();
            let name = [email, name].into_iter().find(|name| !name.is_empty());
            Person { name: name.map_or_else(|| "unknown".to_owned(), |name| cut(&name)), known: false }
        }))
    }

    /// The people whom the trailers `Co-authored-by` of a commit's message name.
    pub fn co_authors<'a>(&'a self, message: &'a str) -> impl Iterator<Item = Person> + 'a {
        message.lines().filter_map(|line| {
            let (trailer, rest) = line.trim().split_once(':')?;
            let email = rest.trim().strip_suffix('>')?.rsplit_once('<')?.1.trim().to_lowercase();
            let named = trailer.eq_ignore_ascii_case("co-authored-by") && !email.is_empty();
            named.then(|| self.of_email(&email).unwrap_or_else(|| Person { name: cut(&email), known: false }))
        })
    }

    /// The account behind an address: an alias, or one that GitHub made of the login.
    fn of_email(&self, email: &str) -> Option<Person> {
        let made = || {
            let local = email.strip_suffix("@users.noreply.github.com")?;
            Some(self.login(local.split_once('+').map_or(local, |(_, login)| login)))
        };
        let name = self.aliases.get(email).cloned().or_else(made)?;
        Some(Person { name, known: true })
    }

    /// The login of somebody in Jira, where an alias says it.
    #[must_use]
    pub fn of_jira(&self, user: &User) -> Option<String> {
        let names = [&user.account_id, &user.name, &user.email_address];
        names.into_iter().flatten().find_map(|name| self.aliases.get(&name.to_lowercase()).cloned())
    }
}

/// Longest name that is kept, in characters. No account's is as long.
const LONGEST: usize = 256;

fn cut(name: &str) -> String {
    name.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use tickmark_collector::Datetime;

    use super::*;

    fn people() -> People {
        People::new([("Ada@Example.com".into(), "Ada".into()), ("5b10a28".into(), "boris".into())])
    }

    #[test]
    fn an_account_outweighs_an_address_and_an_alias_is_its_account() {
        let check = |login: Option<&str>, email: &str| {
            let account = Account { login: login.map(Into::into), kind: None };
            let signature = Signature { name: "A. L.".into(), email: email.into(), date: Datetime(0) };
            people().of_commit(Some(&account), Some(&signature)).map(|person| (person.name, person.known))
        };
        assert_eq!(check(Some("Octocat"), "ada@example.com"), Some(("octocat".into(), true)));
        assert_eq!(check(None, "ADA@example.com"), Some(("ada".into(), true)));
        assert_eq!(check(None, "123+Hubot@users.noreply.github.com"), Some(("hubot".into(), true)));
        assert_eq!(check(None, "who@example.com"), Some(("who@example.com".into(), false)));
        assert_eq!(check(None, ""), Some(("A. L.".into(), false)));
        assert_eq!(check(Some("web-flow"), "noreply@github.com"), None);
        assert_eq!(check(None, "noreply@github.com"), None);
        assert_eq!(people().of_commit(None, None), Some(Person { name: "unknown".into(), known: false }));
    }

    #[test]
    fn a_log_calls_people_by_login_or_by_an_alias() {
        let check = |name: &str| {
            let person = people().named(name);
            format!("{} {}", person.name, person.known)
        };
        assert_eq!(check(" Boris "), "boris true");
        assert_eq!(check("ADA@example.com"), "ada true");
        assert_eq!(check("deploy[bot]"), "deploy[bot] true");
        assert_eq!(check("arn:aws:iam::1:user/ada"), "arn:aws:iam::1:user/ada false");
        assert_eq!(check("Ada L"), "ada l false");
    }

    #[test]
    fn co_authors_are_read_from_trailers() {
        let message =
            "Add it\n\nCo-authored-by: Ada <ada@example.com>\nco-authored-by: X <x@y>\nCo-authored-by: broken";
        let found: Vec<_> = people().co_authors(message).map(|person| (person.name, person.known)).collect();
        assert_eq!(found, [("ada".to_owned(), true), ("x@y".to_owned(), false)]);
    }

    #[test]
    fn somebody_in_jira_is_known_by_an_alias_only() {
        let user = |id: &str, email: &str| User {
            account_id: Some(id.into()),
            email_address: Some(email.into()),
            ..User::default()
        };
        assert_eq!(people().of_jira(&user("5B10A28", "x@y")), Some("boris".into()));
        assert_eq!(people().of_jira(&user("other", "ada@example.com")), Some("ada".into()));
        assert_eq!(people().of_jira(&user("other", "octocat")), None);
    }
}
