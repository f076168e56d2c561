//! Accounts, as identity providers and registers have them.

use tickmark_collector::Datetime;
use tickmark_collector::given::{Given, Row};

use crate::events::Place;

/// The kinds of account that are no person's. Whatever else a source calls one, such as a contractor's, somebody has it.
const SERVICES: [&str; 2] = ["root", "service"];

/// One account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    /// System, collector and id, which stand once together.
    pub id: String,
    /// As events name it.
    pub place: Place,
    pub system: String,
    pub collector: String,
    /// Its id at the source.
    pub account: String,
    pub login: Option<String>,
    pub email: Option<String>,
    pub employee: Option<String>,
    pub enabled: bool,
    pub service: bool,
    pub owner: Option<String>,
    /// Roles and groups.
    pub roles: Vec<String>,
    pub created_at: Option<Datetime>,
    pub disabled_at: Option<Datetime>,
}

impl Account {
    /// System and what people call it.
    pub fn title(&self) -> String {
        format!("{}/{}", self.system, self.login.as_deref().unwrap_or(&self.account))
    }
}

/// The accounts, and the ids of those that do not say whether they are enabled.
pub(crate) fn read(given: &Given) -> (Vec<Account>, Vec<String>) {
    let mut unreadable = Vec::new();
    let accounts = given.rows.iter().filter_map(|row| {
        let read = account(row, given);
        if read.is_none() {
            unreadable.push(row.id.clone());
        }
        read
    });
    let accounts = accounts.collect();
    (accounts, unreadable)
}

fn account(row: &Row, given: &Given) -> Option<Account> {
    let source = given.sources.get(row.source)?;
    let text = |column: &str| row.text(column).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let kind = row.text("kind");
    let roles = row.texts("roles").into_iter().chain(row.texts("groups")).map(str::to_owned).collect();
    Some(Account {
        id: format!("{}/{}/{}", source.system, source.collector, row.id),
        place: Place::new(source, row, &row.id),
        system: source.system.clone(),
        collector: source.collector.clone(),
        account: row.id.clone(),
        login: text("login").or_else(|| text("name")).or_else(|| text("email")),
        email: text("email"),
        employee: text("employee").or_else(|| text("employee_number")),
        enabled: row.boolean("enabled")?,
        service: kind.is_some_and(|kind| SERVICES.contains(&kind)) || row.boolean("service") == Some(true),
        owner: text("owner"),
        roles,
        created_at: row.datetime("created_at"),
        disabled_at: row.datetime("disabled_at"),
    })
}
