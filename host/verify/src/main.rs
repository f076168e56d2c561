//! `tickmark-verify`.
fn main() {}
