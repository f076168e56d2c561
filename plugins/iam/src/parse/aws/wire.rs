//! The elements of the lists of `aws iam get-account-authorization-details`, as far as they are read.

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attached {
    pub policy_name: String,
    pub policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Inline {
    pub policy_name: String,
    pub policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Group {
    pub group_name: String,
    #[serde(default)]
    pub group_policy_list: Vec<Inline>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Tag {
    pub key: String,
    pub value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub arn: String,
    pub user_name: String,
    pub create_date: String,
    #[serde(default)]
    pub group_list: Vec<String>,
    #[serde(default)]
    pub user_policy_list: Vec<Inline>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct RoleDetail {
    pub arn: String,
    pub role_name: String,
    pub path: String,
    pub create_date: String,
    pub assume_role_policy_document: Value,
    #[serde(default)]
    pub role_policy_list: Vec<Inline>,
    #[serde(default)]
    pub attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    pub role_last_used: Option<LastUsed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct LastUsed {
    pub last_used_date: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Managed {
    pub arn: String,
    pub policy_version_list: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Version {
    pub document: Value,
    pub is_default_version: bool,
}
