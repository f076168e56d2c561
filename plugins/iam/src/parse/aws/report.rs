//! The AWS IAM credential report: the CSV itself, or the JSON of `aws iam get-credential-report` around it.
//!
//! Format: the header and values of "Getting credential reports" in the IAM user guide. Columns are found by name, so
//! those that AWS adds later do not matter. `N/A`, `no_information` and `not_supported` stand for nothing. A key that
//! was never made has no `last_rotated`; one that was made and taken out of use has.

use std::io::BufRead;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tickmark_collector::time::rfc3339;
use tickmark_collector::{Datetime, Failure, code};

use crate::parse::time;
use crate::record::{Key, Unread};
use crate::stream::Metered;

/// The name that the report gives to the account's root user.
const ROOT: &str = "<root_account>";

/// Most users of a report: ten times as many as AWS allows in an account.
const USERS: u64 = 50_000;

/// Most bytes of a report in its JSON form, which has to be held whole: more than that many users have.
const JSON_BYTES: u64 = 64 << 20;

/// The password and the keys of one user.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The user's ARN.
    pub arn: String,
    /// The user's name.
    pub user: String,
    /// Whether it is the account's root user.
    pub root: bool,
    /// When it was created.
    pub created_at: Option<Datetime>,
    /// Whether it has a console password; for the root user whether it can log in.
    pub password: bool,
    /// When the password was last used.
    pub password_last_used: Option<Datetime>,
    /// Its access keys.
    pub keys: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    content: String,
    generated_time: String,
}

/// Hands every user to `take`, in order; gives when AWS made the report, where it says so.
///
/// # Errors
/// `invalid`, where it is neither form or a column is missing; `limit`; whatever `take` returns.
pub fn read(
    mut input: impl BufRead,
    size: u64,
    take: &mut dyn FnMut(Result<Credentials, Unread>) -> Result<(), Failure>,
) -> Result<Option<Datetime>, Failure> {
    let not = |why: String| Failure::invalid(format!("not what `aws iam get-credential-report` prints: {why}"));
    let first = input.fill_buf().map_err(|error| not(error.to_string()))?.trim_ascii_start().first().copied();
    if first != Some(b'{') {
        csv(input, take)?;
        return Ok(None);
    }
    if size > JSON_BYTES {
        return Err(Failure::new(code::LIMIT, format!("credential report of {size} bytes, limit is {JSON_BYTES}")));
    }
    let answer: Answer = serde_json::from_reader(input).map_err(|error| not(error.to_string()))?;
    let generated = rfc3339(&answer.generated_time)
        .ok_or_else(|| not(format!("`GeneratedTime` is `{}`, expected RFC 3339", answer.generated_time)))?;
    let content = STANDARD.decode(&answer.content).map_err(|error| not(format!("`Content` is no base64: {error}")))?;
    csv(content.as_slice(), take)?;
    Ok(Some(generated))
}

fn csv(
    input: impl BufRead,
    take: &mut dyn FnMut(Result<Credentials, Unread>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let not = |why: String| Failure::invalid(format!("not an IAM credential report: {why}"));
    let input = Metered::new(input);
    let meter = input.meter();
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(input);
    let header = reader.headers().map_err(|error| not(error.to_string()))?.clone();
    let columns = Columns::of(&header).map_err(not)?;
    let mut record = ::csv::StringRecord::new();
    let mut users = 0;
    loop {
        meter.allow();
        if !reader.read_record(&mut record).map_err(|error| not(error.to_string()))? {
            return Ok(());
        }
        users += 1;
        if users > USERS {
            return Err(Failure::new(code::LIMIT, format!("credential report of more than {USERS} users")));
        }
        take(if record.len() == header.len() {
            user(&columns, &record)
        } else {
            Err(Unread(format!("{} cells, the header has {}", record.len(), header.len())))
        })?;
    }
}

/// Where the columns that are read stand.
struct Columns {
    user: usize,
    arn: usize,
    created: usize,
    password_enabled: usize,
    password_last_used: usize,
    /// Active, last rotated, last used.
    keys: [[usize; 3]; 2],
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
        let key = |number: u8| {
            Ok::<_, String>([
                at(&format!("access_key_{number}_active"))?,
                at(&format!("access_key_{number}_last_rotated"))?,
                at(&format!("access_key_{number}_last_used_date"))?,
            ])
        };
        Ok(Self {
            user: at("user")?,
            arn: at("arn")?,
            created: at("user_creation_time")?,
            password_enabled: at("password_enabled")?,
            password_last_used: at("password_last_used")?,
            keys: [key(1)?, key(2)?],
        })
    }
}

fn user(columns: &Columns, record: &::csv::StringRecord) -> Result<Credentials, Unread> {
    let cell =
        |at: usize| record.get(at).filter(|cell| !matches!(*cell, "" | "N/A" | "no_information" | "not_supported"));
    let truth = |at: usize| match cell(at) {
        None => Ok(None),
        Some("true" | "TRUE") => Ok(Some(true)),
        Some("false" | "FALSE") => Ok(Some(false)),
        Some(cell) => Err(Unread(format!("`{cell}` is neither true nor false"))),
    };
    let missing = |what: &str| Unread(format!("it does not say {what}"));
    let name = cell(columns.user).ok_or_else(|| missing("the user"))?;
    let root = name == ROOT;
    // For the root user AWS writes `not_supported`: it can always log in.
    let password = match truth(columns.password_enabled)? {
        Some(enabled) => enabled,
        None if root => true,
        None => return Err(missing("whether the password is enabled")),
    };
    let mut keys = Vec::new();
    for ([active, rotated, used], number) in columns.keys.into_iter().zip(["1", "2"]) {
        let active = truth(active)?.ok_or_else(|| missing("whether an access key is active"))?;
        let (created_at, last_used) = (time(cell(rotated))?, time(cell(used))?);
        if active || created_at.is_some() || last_used.is_some() {
            keys.push(Key { name: number.to_owned(), active, created_at, last_used });
        }
    }
    Ok(Credentials {
        arn: cell(columns.arn).ok_or_else(|| missing("the arn"))?.to_owned(),
        user: name.to_owned(),
        root,
        created_at: time(cell(columns.created))?,
        password,
        password_last_used: time(cell(columns.password_last_used))?,
        keys,
    })
}
