//! The SQL queries `users` and `keys`: one row for each account, and one for each access key.
//!
//! An account is enabled where the source does not say, unless `disabled_at` is past, so that it is looked at; `service` and `privileged` are
//! false where it does not.

use std::collections::{BTreeMap, BTreeSet};

use tickmark_collector::cells::{Line, Lines};
use tickmark_collector::{Datetime, Failure, Rows};

use crate::record::{Account, Key, Unread};

/// The rows of the query `users`.
///
/// # Errors
/// `invalid`, where `id` or `login` is missing, or a column is not known or there twice.
pub(crate) fn users(rows: &Rows) -> Result<Lines<'_>, Failure> {
    let optional = [
        "name",
        "email",
        "employee",
        "department",
        "service",
        "enabled",
        "status",
        "privileged",
        "roles",
        "groups",
        "created_at",
        "last_login",
        "disabled_at",
    ];
    let lines = Lines::of("users", rows, &["id", "login"], &optional)?;
    let has = |name: &str| rows.columns().iter().any(|column| column == name);
    if has("enabled") && has("status") {
        let message = "query `users` has columns `enabled` and `status`, expected one of them";
        return Err(Failure::invalid(message).shown_by(rows.receipt()));
    }
    Ok(lines)
}

/// Reads one row of `users`; which `statuses` say that nobody can log in is the operator's. A `disabled_at` decides only where
/// nothing else does.
///
/// # Errors
/// `invalid`, where a cell has another type than its column should have.
pub(crate) fn user(
    line: &Line<'_>,
    statuses: &BTreeSet<String>,
    as_of: Datetime,
) -> Result<Result<Account, Unread>, Failure> {
    let list = |cell: Option<String>| {
        let items = |cell: String| cell.split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>();
        cell.into_iter().flat_map(items).filter(|item| !item.is_empty()).collect()
    };
    let text = |cell: Option<String>| cell.filter(|cell| !cell.is_empty());
    let status = line.text("status")?;
    let by_status = status.map(|status| !statuses.contains(&status.trim().to_lowercase()));
    let disabled_at = line.datetime("disabled_at")?;
    let by_date = || disabled_at.is_none_or(|at| at > as_of);
    let enabled = line.boolean("enabled")?.or(by_status).unwrap_or_else(by_date);
    let (id, login) = (line.text_or_long("id")?, line.text("login")?);
    let account = Account {
        name: text(line.text("name")?),
        email: text(line.text("email")?),
        employee: text(line.text_or_long("employee")?),
        department: text(line.text("department")?),
        service: line.boolean("service")?.unwrap_or(false),
        enabled,
        privileged: line.boolean("privileged")?.unwrap_or(false),
        roles: list(line.text("roles")?),
        groups: list(line.text("groups")?),
        created_at: line.datetime("created_at")?,
        last_login: line.datetime("last_login")?,
        // An account that is enabled again may still say when it was not.
        disabled_at: disabled_at.filter(|_| !enabled),
        ..Account::default()
    };
    Ok(match (id, login) {
        (Some(id), Some(login)) => Ok(Account { id, login, ..account }),
        (None, _) => Err(Unread("column `id` is NULL".to_owned())),
        (_, None) => Err(Unread("column `login` is NULL".to_owned())),
    })
}

/// The keys of each account by its id.
pub(crate) type Keys = BTreeMap<String, Vec<Key>>;

/// Reads the query `keys`. `active` is true where the source does not say. `unread` is told why a row cannot be read.
///
/// # Errors
/// `invalid`, where a column is missing, not known or there twice, or a cell has another type than its column.
pub(crate) fn keys(rows: &Rows, mut unread: impl FnMut(String)) -> Result<Keys, Failure> {
    let lines = Lines::of("keys", rows, &["account", "id"], &["active", "created_at", "last_used"])?;
    let mut keys = Keys::new();
    lines.for_each(|line| {
        let (account, id) = (line.text_or_long("account")?, line.text_or_long("id")?);
        let key = Key {
            name: String::new(),
            active: line.boolean("active")?.unwrap_or(true),
            created_at: line.datetime("created_at")?,
            last_used: line.datetime("last_used")?,
        };
        match (account, id) {
            (Some(account), Some(name)) if (1..=100).contains(&name.len()) => {
                keys.entry(account).or_default().push(Key { name, ..key });
            }
            (Some(_), Some(name)) => {
                let bytes = name.len();
                unread(format!("{} cannot be read: id of {bytes} bytes, expected 1 to 100", line.place()));
            }
            _ => unread(format!("{} cannot be read: a NULL in `account` or `id`", line.place())),
        }
        Ok(())
    })?;
    Ok(keys)
}
