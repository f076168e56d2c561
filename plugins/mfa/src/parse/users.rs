//! The SQL query `users`: one row for each user.
//!
//! `enabled` is true where the source does not say, so that the user is looked at; `service` is false for the same
//! reason.

use tickmark_collector::cells::{Line, Lines};
use tickmark_collector::{Failure, Rows};

use super::{Unread, items};
use crate::user::User;

/// The rows of the query `users`.
///
/// # Errors
/// `invalid`, where `id` is missing, or a column is not known or there twice.
pub(crate) fn lines(rows: &Rows) -> Result<Lines<'_>, Failure> {
    let optional = [
        "name",
        "email",
        "roles",
        "mfa_enabled",
        "factors",
        "service",
        "enabled",
        "last_login",
        "created_at",
        "password_enabled",
        "department",
        "manager",
        "access_keys",
    ];
    Lines::of("users", rows, &["id"], &optional)
}

/// Reads one row.
///
/// # Errors
/// `invalid`, where a cell has another type than its column should have.
pub(crate) fn read(line: &Line<'_>) -> Result<Result<User, Unread>, Failure> {
    let list = |cell: Option<String>| cell.iter().flat_map(|cell| items(cell)).map(str::to_owned).collect();
    let id = line.text_or_long("id")?;
    let user = User {
        id: String::new(),
        name: line.text("name")?,
        email: line.text("email")?,
        roles: list(line.text("roles")?),
        admin: false,
        service: line.boolean("service")?.unwrap_or(false),
        enabled: line.boolean("enabled")?.unwrap_or(true),
        mfa_enabled: line.boolean("mfa_enabled")?,
        factors: list(line.text("factors")?.map(|factors| factors.to_lowercase())),
        password_enabled: line.boolean("password_enabled")?,
        last_login: line.datetime("last_login")?,
        created_at: line.datetime("created_at")?,
        department: line.text("department")?,
        manager: line.text("manager")?,
        access_keys: line.long("access_keys")?,
    };
    Ok(match id {
        Some(id) => Ok(User { id, ..user }),
        None => Err(Unread("column `id` is NULL".to_owned())),
    })
}
