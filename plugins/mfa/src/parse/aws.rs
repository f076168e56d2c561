//! The AWS IAM credential report: the CSV itself, or the JSON of `aws iam get-credential-report` around it.
//!
//! Format: the header and values of "Getting credential reports" in the IAM user guide. Columns are found by name, so
//! those that AWS adds later do not matter. `N/A`, `no_information` and `not_supported` stand for nothing. The report
//! says neither which kind of factor a user has nor what a user may do: `factors` stays empty, and only the root user
//! is known to be an administrator. The CSV does not say when it was made; the JSON does (`GeneratedTime`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tickmark_collector::time::rfc3339;
use tickmark_collector::{Datetime, Failure};

use super::Unread;
use crate::user::User;

/// The name that the report gives to the account's root user.
const ROOT: &str = "<root_account>";

/// What the report says.
#[derive(Debug, PartialEq, Eq)]
pub struct Report {
    /// One for each line below the header, in order.
    pub users: Vec<Result<User, Unread>>,
    /// When AWS made it, where it says so.
    pub generated: Option<Datetime>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    content: String,
    generated_time: String,
}

/// Reads the report.
///
/// # Errors
/// `invalid`, where it is neither form, is not UTF-8 or a column is missing.
pub fn parse(bytes: &[u8]) -> Result<Report, Failure> {
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Ok(Report { users: csv(bytes)?, generated: None });
    }
    let not = |why: String| Failure::invalid(format!("not what `aws iam get-credential-report` prints: {why}"));
    let answer: Answer = serde_json::from_slice(bytes).map_err(|error| not(error.to_string()))?;
    let generated = rfc3339(&answer.generated_time)
        .ok_or_else(|| not(format!("`GeneratedTime` is `{}`, expected RFC 3339", answer.generated_time)))?;
    let content = STANDARD.decode(&answer.content).map_err(|error| not(format!("`Content` is no base64: {error}")))?;
    Ok(Report { users: csv(&content)?, generated: Some(generated) })
}

fn csv(bytes: &[u8]) -> Result<Vec<Result<User, Unread>>, Failure> {
    let not = |why: String| Failure::invalid(format!("not an IAM credential report: {why}"));
    let text = std::str::from_utf8(bytes).map_err(|error| not(format!("not UTF-8 at byte {}", error.valid_up_to())))?;
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|error| not(error.to_string()))?.clone();
    let columns = Columns::of(&header).map_err(not)?;
    let mut users = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| not(error.to_string()))?;
        users.push(if record.len() == header.len() {
            read(&columns, &record)
        } else {
            Err(Unread(format!("{} cells, the header has {}", record.len(), header.len())))
        });
    }
    Ok(users)
}

/// Where the columns that are read stand.
struct Columns {
    user: usize,
    arn: usize,
    created: usize,
    password_enabled: usize,
    mfa_active: usize,
    keys_active: [usize; 2],
    last_used: [usize; 3],
}

impl Columns {
    fn of(header: &::csv::StringRecord) -> Result<Self, String> {
        let at = |name: &str| {
            let mut places = header.iter().enumerate().filter(|(_, column)| *column == name).map(|(at, _)| at);
            match (places.next(), places.next()) {
                (Some(at), None) => Ok(at),
                (Some(_), Some(_)) => Err(format!("column `{name}` is there twice")),
                (None, _) => Err(format!("no column `{name}`")),
            }
        };
        Ok(Self {
            user: at("user")?,
            arn: at("arn")?,
            created: at("user_creation_time")?,
            password_enabled: at("password_enabled")?,
            mfa_active: at("mfa_active")?,
            keys_active: [at("access_key_1_active")?, at("access_key_2_active")?],
            last_used: [
                at("password_last_used")?,
                at("access_key_1_last_used_date")?,
                at("access_key_2_last_used_date")?,
            ],
        })
    }
}

fn read(columns: &Columns, record: &::csv::StringRecord) -> Result<User, Unread> {
    let cell =
        |at: usize| record.get(at).filter(|cell| !matches!(*cell, "" | "N/A" | "no_information" | "not_supported"));
    let time = |at: usize| match cell(at) {
        None => Ok(None),
        Some(cell) => rfc3339(cell).map(Some).ok_or_else(|| format!("time `{cell}` is not RFC 3339")),
    };
    let truth = |at: usize| match cell(at) {
        None => Ok(None),
        Some("true" | "TRUE") => Ok(Some(true)),
        Some("false" | "FALSE") => Ok(Some(false)),
        Some(cell) => Err(format!("`{cell}` is neither true nor false")),
    };
    let missing = |what: &str| format!("it does not say {what}");
    let name = cell(columns.user).ok_or_else(|| missing("the user"))?;
    let root = name == ROOT;
    let password_enabled = truth(columns.password_enabled)?;
    // For the root user AWS writes `not_supported`: it can always log in.
    let password = match password_enabled {
        Some(enabled) => enabled,
        None if root => true,
        None => return Err(missing("whether the password is enabled").into()),
    };
    let mut keys = 0;
    for at in columns.keys_active {
        keys += i64::from(truth(at)?.ok_or_else(|| missing("whether an access key is active"))?);
    }
    let mut last_login = None;
    for at in columns.last_used {
        last_login = last_login.max(time(at)?);
    }
    Ok(User {
        id: cell(columns.arn).ok_or_else(|| missing("the arn"))?.to_owned(),
        name: Some(name.to_owned()),
        admin: root,
        service: !password && !root,
        enabled: password || keys > 0,
        mfa_enabled: Some(truth(columns.mfa_active)?.ok_or_else(|| missing("whether MFA is active"))?),
        password_enabled,
        last_login,
        created_at: time(columns.created)?,
        access_keys: Some(keys),
        ..User::default()
    })
}
