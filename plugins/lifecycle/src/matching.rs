//! Whose an account is.

use std::collections::BTreeMap;

use tickmark_collector::given::Given;

use crate::accounts::Account;
use crate::people::{People, small};

/// By what an account is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// It carries the employee number.
    Number,
    /// The map of identities has it.
    Identity,
    /// One person has its e-mail address.
    Email,
    /// It carries or is given a number that nobody has.
    UnknownNumber,
    /// Several people have its address, or it has several in the map.
    Ambiguous,
    /// Nothing says.
    Nothing,
}

impl By {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Identity => "identity",
            Self::Email => "email",
            Self::UnknownNumber => "unknown-number",
            Self::Ambiguous => "ambiguous",
            Self::Nothing => "none",
        }
    }
}

/// Numbers by account, which is an id or a login in small letters, alone or after its system and `/`.
#[derive(Debug, Default)]
pub(crate) struct Identities(BTreeMap<String, Vec<String>>);

impl Identities {
    pub fn read(given: &Given) -> Self {
        let mut identities = Self::default();
        for row in &given.rows {
            let (Some(account), Some(number)) = (row.text("account"), row.text("employee_number")) else { continue };
            let key = match row.text("system") {
                Some(system) => format!("{}/{}", small(system), small(account)),
                None => small(account),
            };
            let numbers = identities.0.entry(key).or_default();
            if !numbers.iter().any(|known| known == number.trim()) {
                numbers.push(number.trim().to_owned());
            }
        }
        identities
    }

    fn of(&self, account: &Account) -> &[String] {
        let names = [Some(account.account.as_str()), account.login.as_deref(), account.email.as_deref()];
        let system = small(&account.system);
        let keys = names.into_iter().flatten().flat_map(|name| [format!("{system}/{}", small(name)), small(name)]);
        keys.into_iter().find_map(|key| self.0.get(&key)).map_or(&[], Vec::as_slice)
    }
}

/// Whose `account` is, by number, and by what.
pub(crate) fn owner<'p>(account: &Account, people: &'p People, identities: &Identities) -> (By, Option<&'p str>) {
    let numbered = |number: &str, by| match people.number(number) {
        Some(number) => (by, Some(number)),
        None => (By::UnknownNumber, None),
    };
    if let Some(number) = &account.employee {
        return numbered(number, By::Number);
    }
    match identities.of(account) {
        [] => {}
        [number] => return numbered(number, By::Identity),
        _ => return (By::Ambiguous, None),
    }
    let address = account.email.as_deref().or_else(|| account.login.as_deref().filter(|login| login.contains('@')));
    match address.map(|email| people.with_email(email)).unwrap_or_default().as_slice() {
        [] => (By::Nothing, None),
        [number] => (By::Email, Some(number)),
        _ => (By::Ambiguous, None),
    }
}
