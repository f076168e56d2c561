//! IAM policy documents: whether one gives everything, and whom a trust policy trusts.
//!
//! Format: "IAM JSON policy elements reference" in the IAM user guide. A document is JSON, or the same percent-encoded, as
//! the API gives it. One gives everything where a statement allows every action, or every action of IAM (who may change
//! rights can have all of them), on every resource. `NotAction` and `NotResource` that are allowed count as everything.
//!
//! **Absent on purpose:** conditions, denials and permission boundaries. They only take away, so that passing them over
//! makes an account more privileged than it is, never less.

use std::collections::BTreeSet;

use serde_json::Value;

/// Whom a trust policy trusts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// Principals as they are written.
    pub principals: BTreeSet<String>,
    /// Whether a statement without a condition trusts everybody.
    pub anyone: bool,
    /// The AWS accounts among the principals.
    pub accounts: BTreeSet<String>,
}

/// Whether the document gives everything.
///
/// # Errors
/// Why it cannot be told.
pub fn gives_everything(document: &Value) -> Result<bool, String> {
    let mut everything = false;
    for statement in statements(document)? {
        let allows = allows(&statement)?;
        let actions = either(&statement, "Action", "NotAction")?;
        let resources = either(&statement, "Resource", "NotResource")?;
        let all_actions = actions.is_none_or(|actions| actions.iter().any(|action| is_every_action(action)));
        let all_resources = resources.is_none_or(|resources| resources.iter().any(|it| is_every_resource(it)));
        everything |= allows && all_actions && all_resources;
    }
    Ok(everything)
}

/// Whom the trust policy trusts.
///
/// # Errors
/// Why it cannot be told.
pub fn trusts(document: &Value) -> Result<Trust, String> {
    let mut trust = Trust::default();
    for statement in statements(document)? {
        if !allows(&statement)? {
            continue;
        }
        let conditional = statement.get("Condition").is_some_and(|it| it.as_object().is_none_or(|it| !it.is_empty()));
        let Some(principal) = statement.get("Principal") else {
            let not = statement.get("NotPrincipal").ok_or("a statement without `Principal`")?;
            trust.principals.insert(format!("everybody but {not}"));
            trust.anyone |= !conditional;
            continue;
        };
        let all = match principal {
            Value::String(text) => vec![("AWS", text.clone())],
            Value::Object(kinds) => {
                let mut all = Vec::new();
                for (kind, names) in kinds {
                    all.extend(texts(names, "Principal")?.into_iter().map(|name| (kind.as_str(), name)));
                }
                all
            }
            _ => return Err("`Principal` is neither a text nor an object".to_owned()),
        };
        for (kind, name) in all {
            let everybody = name == "*" && kind == "AWS";
            trust.anyone |= everybody && !conditional;
            if kind == "AWS" && !everybody {
                trust.accounts.insert(account(&name));
            }
            trust.principals.insert(name);
        }
    }
    Ok(trust)
}

/// The account of an AWS principal: of an ARN, or the principal itself where it is no ARN.
pub(super) fn account(principal: &str) -> String {
    let mut parts = principal.split(':');
    match (parts.next(), parts.nth(3)) {
        (Some("arn"), Some(account)) if !account.is_empty() => account.to_owned(),
        _ => principal.to_owned(),
    }
}

fn statements(document: &Value) -> Result<Vec<Value>, String> {
    let decoded;
    let document = match document {
        Value::String(text) => {
            let text = percent_decoded(text);
            decoded = serde_json::from_str::<Value>(&text).map_err(|error| format!("a policy document: {error}"))?;
            &decoded
        }
        document => document,
    };
    match document.get("Statement") {
        Some(Value::Array(statements)) => Ok(statements.clone()),
        Some(statement @ Value::Object(_)) => Ok(vec![statement.clone()]),
        _ => Err("a policy document without `Statement`".to_owned()),
    }
}

fn allows(statement: &Value) -> Result<bool, String> {
    match statement.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Ok(true),
        Some("Deny") => Ok(false),
        _ => Err("a statement whose `Effect` is neither Allow nor Deny".to_owned()),
    }
}

/// The texts under `name`; nothing where `not` stands in its place: all but some.
fn either(statement: &Value, name: &str, not: &str) -> Result<Option<Vec<String>>, String> {
    match (statement.get(name), statement.get(not)) {
        (Some(value), None) => texts(value, name).map(Some),
        (None, Some(_)) => Ok(None),
        (None, None) => Err(format!("a statement without `{name}`")),
        (Some(_), Some(_)) => Err(format!("a statement with `{name}` and `{not}`")),
    }
}

fn texts(value: &Value, name: &str) -> Result<Vec<String>, String> {
    let text = |value: &Value| {
        value.as_str().map(str::to_owned).ok_or_else(|| format!("`{name}` is neither a text nor a list of texts"))
    };
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        value => Ok(vec![text(value)?]),
    }
}

/// Whether a pattern is nothing but stars.
fn stars(pattern: &str) -> bool {
    !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*')
}

fn is_every_action(action: &str) -> bool {
    match action.split_once(':') {
        None => stars(action),
        Some((service, action)) => (stars(service) || service.eq_ignore_ascii_case("iam")) && stars(action),
    }
}

fn is_every_resource(resource: &str) -> bool {
    let Some(rest) = resource.strip_prefix("arn:") else { return stars(resource) };
    let rest =
        ["aws-us-gov", "aws-cn", "aws"].iter().find_map(|partition| rest.strip_prefix(partition)).unwrap_or(rest);
    rest.contains('*') && rest.bytes().all(|byte| matches!(byte, b'*' | b':'))
}

/// The text with `%XX` decoded; what is no such escape, or no UTF-8 behind it, stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| behind.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = behind.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Allow` or `Deny`, then actions and resources with commas between; `!` before them stands for `Not`.
    #[track_caller]
    fn check(effect: &str, actions: &str, resources: &str, expected: bool) {
        let name = |what: &str, list: &str| if list.starts_with('!') { format!("Not{what}") } else { what.to_owned() };
        let list = |list: &str| list.trim_start_matches('!').split(',').map(str::to_owned).collect::<Vec<_>>();
        let statement = serde_json::json!({
            "Effect": effect,
            (name("Action", actions)): list(actions),
            (name("Resource", resources)): list(resources),
        });
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": statement});
        assert_eq!(gives_everything(&document), Ok(expected), "{document}");
        let encoded: String = document.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
        assert_eq!(gives_everything(&Value::String(encoded)), Ok(expected), "{document}");
    }

    #[test]
    fn everything_is_every_action_on_every_resource() {
        check("Allow", "*", "*", true);
        check("Allow", "s3:Get*,*:*", "arn:aws:s3:::a,*", true);
        check("Allow", "**", "arn:aws:*:*:*:*", true);
        check("Allow", "IAM:*", "*", true);
        check("Allow", "!iam:*", "*", true);
        check("Allow", "*", "!arn:aws:s3:::a", true);
        check("Allow", "*", "arn:aws:*", true);
        check("Deny", "*", "*", false);
        check("Allow", "s3:*", "*", false);
        check("Allow", "iam:Get*", "*", false);
        check("Allow", "*", "arn:aws:s3:::*", false);
        check("Allow", "*", "arn:aws:iam::123456789012:user/ada", false);
    }

    #[test]
    fn what_is_no_policy_is_not_guessed() {
        let check = |json: &str| gives_everything(&serde_json::from_str(json).unwrap()).unwrap_err();
        assert_eq!(check("{}"), "a policy document without `Statement`");
        assert_eq!(
            check(r#"{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}"#),
            "a statement whose `Effect` is neither Allow nor Deny"
        );
        assert_eq!(check(r#"{"Statement":[{"Effect":"Allow","Resource":"*"}]}"#), "a statement without `Action`");
        assert_eq!(
            check(r#"{"Statement":[{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}]}"#),
            "a statement with `Action` and `NotAction`"
        );
        assert_eq!(
            check(r#"{"Statement":[{"Effect":"Allow","Action":7,"Resource":"*"}]}"#),
            "`Action` is neither a text nor a list of texts"
        );
        assert_eq!(check(r#""%7B""#), "a policy document: EOF while parsing an object at line 1 column 1");
    }

    #[test]
    fn trust_policies_name_their_principals() {
        let check = |statement: &str| {
            let document: Value = serde_json::from_str(&format!(r#"{{"Statement":[{statement}]}}"#)).unwrap();
            let Trust { principals, anyone, accounts } = trusts(&document).unwrap();
            let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(",");
            format!("{} anyone={anyone} accounts={}", list(principals), list(accounts))
        };
        assert_eq!(
            check(r#"{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}"#),
            "ec2.amazonaws.com anyone=false accounts="
        );
        assert_eq!(
            check(
                r#"{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","444455556666"]},"Action":"sts:AssumeRole"}"#
            ),
            "444455556666,arn:aws:iam::111122223333:root anyone=false accounts=111122223333,444455556666"
        );
        assert_eq!(check(r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#), "* anyone=true accounts=");
        assert_eq!(
            check(
                r#"{"Effect":"Allow","Principal":{"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}"#
            ),
            "* anyone=false accounts="
        );
        assert_eq!(check(r#"{"Effect":"Deny","Principal":"*"}"#), " anyone=false accounts=");
    }
}
