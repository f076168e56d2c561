//! The operator's own table of users, and of their keys.

use tickmark_collector::{Failure, Host, Summary};

use crate::facts::accounts::Accounts;
use crate::parse::table;
use crate::record::Key;
use crate::settings::Settings;

/// # Errors
/// As the host's; `invalid` where a column is missing, not known or of another type, or an id is there twice.
pub(super) fn collect(host: &dyn Host, settings: &Settings, summary: Summary) -> Result<Summary, Failure> {
    let mut accounts = Accounts::new(host, settings, "query `users`, row", settings.sql_keys);
    let keys = if settings.sql_keys {
        let rows = host.query("keys", &[])?;
        Some((table::keys(&rows, |note| accounts.missing_key(note))?, rows.receipt()))
    } else {
        None
    };
    let (mut keys, receipt_of_keys) = keys.unzip();
    let rows = host.query("users", &[])?;
    let receipt = rows.receipt();
    let receipts: Vec<_> = [receipt].into_iter().chain(receipt_of_keys).collect();
    table::users(&rows)?.for_each(|line| {
        let read = table::user(&line, &settings.disabled_statuses, host.as_of())?;
        let read = read.map(|mut account| {
            account.keys = keys.as_mut().map(|keys| keys.remove(&account.id).unwrap_or_default());
            account
        });
        accounts.take(read, &receipts).map_err(|failure| failure.shown_by(receipt))
    })?;
    for (account, of_account) in keys.into_iter().flatten() {
        for Key { name, .. } in of_account {
            accounts.missing_key(format!("query `keys`: key `{name}` is of account `{account}`, which is not there"));
        }
    }
    accounts.finish([receipt, receipt_of_keys.unwrap_or(receipt)], None, summary)
}
