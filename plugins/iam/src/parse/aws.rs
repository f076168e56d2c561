//! What AWS IAM says about an account: who has which policies, what they allow, and which passwords and keys there are.

pub mod details;
pub mod policy;
pub mod report;
mod wire;
