//! Fills the placeholders of a granted argument list.
//!
//! **Invariant:** a parameter never changes how many arguments there are, and no argument starts with `-` unless the
//! operator wrote that `-`.

use std::collections::BTreeMap;

use tickmark_model::{CedarType, Scalar};

use super::super::{Refusal, has_type};
use crate::grants::{CommandGrant, Part, template};

/// Longest text parameter, in bytes.
const MAX_TEXT_BYTES: usize = 256;

/// The program and its arguments.
pub(super) fn fill(grant: &CommandGrant, params: &[(String, Scalar)]) -> Result<Vec<String>, Refusal> {
    let words = words(grant, params)?;
    let mut argv = Vec::with_capacity(grant.argv.len());
    for (at, written) in grant.argv.iter().enumerate() {
        if at == 0 {
            if !written.starts_with('/') {
                return Err(Refusal::invalid(format_args!("program `{written}` is not an absolute path")));
            }
            argv.push(written.clone());
            continue;
        }
        let parts = template(written, &words);
        let mut word = String::new();
        for part in &parts {
            match part {
                Part::Literal(text) => word.push_str(text),
                Part::Param(name) => word.push_str(words.get(*name).map(String::as_str).unwrap_or_default()),
            }
        }
        if word.starts_with('-') && !written.starts_with('-') {
            return Err(Refusal::denied(format_args!("argument `{written}` would become the option `{word}`")));
        }
        argv.push(word);
    }
    Ok(argv)
}

/// The parameters as text, after checking that they are exactly the declared ones.
fn words(grant: &CommandGrant, params: &[(String, Scalar)]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut words = BTreeMap::new();
    for (name, value) in params {
        let Some(declared) = grant.params.get(name) else {
            return Err(Refusal::denied(format_args!("parameter `{}` is not granted", name.escape_debug())));
        };
        let ty = *declared.get().map_err(Refusal::invalid)?;
        if words.insert(name.clone(), word(name, value, ty)?).is_some() {
            return Err(Refusal::invalid(format_args!("parameter `{name}` is given twice")));
        }
    }
    match grant.params.keys().find(|name| !words.contains_key(*name)) {
        Some(name) => Err(Refusal::invalid(format_args!("parameter `{name}` is not given"))),
        None => Ok(words),
    }
}

fn word(name: &str, value: &Scalar, ty: CedarType) -> Result<String, Refusal> {
    if !has_type(value, ty) {
        return Err(Refusal::invalid(format_args!("parameter `{name}` is not of its type {ty:?}")));
    }
    let value =
        value.clone().canonical().map_err(|error| Refusal::invalid(format_args!("parameter `{name}`: {error}")))?;
    let text = value.to_string();
    if let Scalar::Text(text) = &value {
        let deny = |why| Err(Refusal::denied(format_args!("parameter `{name}` {why}")));
        if text.is_empty() {
            return deny("is empty".to_owned());
        }
        if text.len() > MAX_TEXT_BYTES {
            return deny(format!("is {} bytes, more than {MAX_TEXT_BYTES}", text.len()));
        }
        if text.starts_with('-') {
            return deny("starts with `-`".to_owned());
        }
        if text.contains(char::is_control) {
            return deny("has a control character".to_owned());
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::grants::Written;

    fn grant(argv: &[&str], params: &[(&str, &str)]) -> CommandGrant {
        CommandGrant {
            argv: argv.iter().map(ToString::to_string).collect(),
            env: BTreeMap::new(),
            params: params.iter().map(|(name, ty)| (name.to_string(), Written::new(*ty))).collect(),
            timeout: None,
        }
    }

    fn check(grant: &CommandGrant, params: &[(&str, Scalar)]) -> Result<Vec<String>, String> {
        let params: Vec<_> = params.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        fill(grant, &params).map_err(|refusal| refusal.to_string())
    }

    fn text(text: &str) -> Scalar {
        Scalar::Text(text.into())
    }

    #[test]
    fn values_stand_where_their_names_stood() {
        let grant =
            grant(&["/bin/x", "--since={since}", "{unit}", "{other}"], &[("since", "datetime"), ("unit", "text")]);
        let since = Scalar::Datetime(1_795_000_000_000);
        assert_eq!(
            check(&grant, &[("unit", text("ssh; rm -rf {since}")), ("since", since)]),
            Ok(["/bin/x", "--since=2026-11-18T11:06:40Z", "ssh; rm -rf {since}", "{other}"].map(String::from).to_vec())
        );
    }

    #[test]
    fn what_is_not_declared_or_not_of_its_type_is_refused() {
        let grant = grant(&["/bin/x", "{unit}"], &[("unit", "text")]);
        let bad = |params: &[(&str, Scalar)]| check(&grant, params).unwrap_err();
        assert_eq!(bad(&[]), "invalid: parameter `unit` is not given");
        assert_eq!(bad(&[("unit", Scalar::Long(1))]), "invalid: parameter `unit` is not of its type Text");
        assert_eq!(bad(&[("unit", text("a")), ("b", text("a"))]), "denied: parameter `b` is not granted");
        assert_eq!(bad(&[("unit", text("a")), ("unit", text("b"))]), "invalid: parameter `unit` is given twice");
        assert_eq!(bad(&[("unit", text("--output=/x"))]), "denied: parameter `unit` starts with `-`");
        assert_eq!(bad(&[("unit", text("a\nb"))]), "denied: parameter `unit` has a control character");
        assert_eq!(bad(&[("unit", text("a\0b"))]), "denied: parameter `unit` has a control character");
        assert_eq!(bad(&[("unit", text(""))]), "denied: parameter `unit` is empty");
        assert_eq!(bad(&[("unit", text(&"a".repeat(257)))]), "denied: parameter `unit` is 257 bytes, more than 256");
    }

    #[test]
    fn a_negative_number_does_not_become_an_option() {
        let lines = [("n", Scalar::Long(-5))];
        let bare = grant(&["/bin/x", "{n}"], &[("n", "long")]);
        assert_eq!(check(&bare, &lines), Err("denied: argument `{n}` would become the option `-5`".to_owned()));
        let named = grant(&["/bin/x", "--lines={n}"], &[("n", "long")]);
        assert_eq!(check(&named, &lines), Ok(vec!["/bin/x".to_owned(), "--lines=-5".to_owned()]));
    }

    proptest! {
        #[test]
        fn no_text_adds_an_argument_or_an_option(value in "\\PC{0,12}|[-\n\0 a]{0,5}") {
            let grant = grant(&["/bin/x", "{a}", "-{a}", "{a}{a}"], &[("a", "text")]);
            if let Ok(argv) = fill(&grant, &[("a".into(), text(&value))]) {
                prop_assert_eq!(&argv, &["/bin/x".to_owned(), value.clone(), format!("-{value}"), format!("{value}{value}")]);
                prop_assert!(!argv[1].starts_with('-') && !argv[1].is_empty());
            }
        }
    }
}
