//! Verifies a ledger or an evidence package, and says of each step whether it is ok, failed or was not checked.
