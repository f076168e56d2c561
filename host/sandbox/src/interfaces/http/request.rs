//! From what a collector asks to a request that stays within its grant.

use ureq::http::request::Parts;
use ureq::http::{self, HeaderName, HeaderValue};

use super::super::Refusal;
use super::Request;
use crate::grants::{HOST_HEADERS, HttpGrant, Method, Origin};
use crate::limits::Limits;
use crate::secrets::{Use, Vault};

/// Longest path with its query, in bytes.
const MAX_PATH_BYTES: usize = 8_192;
/// Headers that carry credentials: only a grant adds them.
const CREDENTIAL_HEADERS: [&str; 3] = ["authorization", "cookie", "cookie2"];

/// The request as it is sent, the grant's headers and credentials included; all but the body.
pub(super) fn build(
    grant: &HttpGrant,
    origin: &Origin,
    request: &Request,
    limits: &Limits,
    vault: &mut Vault,
) -> Result<Parts, Refusal> {
    let method = method(grant, &request.method)?;
    check_path(&request.path_and_query)?;
    if request.body.is_some() && method != Method::Post {
        return Err(Refusal::invalid(format_args!("a {} request has no body", method.as_str())));
    }
    let uri = format!("{origin}{}", request.path_and_query);
    let (mut sent, ()) = http::Request::builder()
        .method(method.as_str())
        .uri(uri)
        .body(())
        .map_err(|error| Refusal::invalid(format_args!("request cannot be made: {error}")))?
        .into_parts();
    for (name, value) in &request.headers {
        let shown = name.escape_debug();
        let name = HeaderName::try_from(name)
            .map_err(|_| Refusal::invalid(format_args!("`{shown}` is not a name of a header")))?;
        if is_host_header(name.as_str()) || CREDENTIAL_HEADERS.contains(&name.as_str()) {
            return Err(Refusal::denied(format_args!("header `{name}` may not be set by a collector")));
        }
        let value = HeaderValue::try_from(value)
            .map_err(|_| Refusal::invalid(format_args!("header `{name}` has a control character")))?;
        sent.headers.append(name, value);
    }
    for (name, secret) in &grant.headers {
        let name = HeaderName::try_from(name)
            .ok()
            .filter(|name| !is_host_header(name.as_str()))
            .ok_or_else(|| Refusal::invalid(format_args!("header `{name}` cannot be added by a grant")))?;
        let secret = vault.reveal(secret, Use::Header(name.as_str()), limits).map_err(Refusal::unavailable)?;
        let mut value = HeaderValue::try_from(secret.expose())
            .map_err(|_| Refusal::invalid(format_args!("granted value of header `{name}` has a control character")))?;
        value.set_sensitive(true);
        sent.headers.insert(name, value);
    }
    Ok(sent)
}

fn method(grant: &HttpGrant, asked: &str) -> Result<Method, Refusal> {
    for granted in &grant.methods {
        let granted = *granted.get().map_err(Refusal::invalid)?;
        if granted.as_str() == asked {
            return Ok(granted);
        }
    }
    Err(Refusal::denied(format_args!("method `{}` is not granted", asked.escape_debug())))
}

/// Headers that say where a request goes and where it ends.
fn is_host_header(lower: &str) -> bool {
    HOST_HEADERS.contains(&lower) || lower.starts_with("proxy-")
}

/// An absolute path with an optional query, of RFC 3986 characters only, that no server reads as another host or as a
/// way upwards.
pub(super) fn check_path(path_and_query: &str) -> Result<(), Refusal> {
    let bad = |why: &str| {
        let shown: String = path_and_query.chars().take(100).collect();
        Err(Refusal::invalid(format_args!("path `{}` {why}", shown.escape_debug())))
    };
    if path_and_query.len() > MAX_PATH_BYTES {
        return Err(Refusal::invalid(format_args!(
            "path is {} bytes, more than {MAX_PATH_BYTES}",
            path_and_query.len()
        )));
    }
    if !path_and_query.starts_with('/') {
        return bad("does not start with `/`");
    }
    if path_and_query.starts_with("//") {
        return bad("starts with `//`");
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&b);
    if !path_and_query.bytes().all(allowed) {
        return bad("has a character that must be percent-encoded");
    }
    let mut after_percent = path_and_query.split('%').skip(1);
    if after_percent.any(|rest| !rest.get(..2).is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))) {
        return bad("has a `%` without two hexadecimal digits");
    }
    let lower = path_and_query.to_ascii_lowercase();
    let (path, _) = lower.split_once('?').unwrap_or((&lower, ""));
    let plain = path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "/");
    if plain.split('/').any(|segment| matches!(segment, "." | "..")) {
        return bad("has a `.` or `..` segment");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(path: &str) -> Result<(), String> {
        check_path(path).map_err(|refusal| refusal.message)
    }

    #[test]
    fn paths_that_stay() {
        for good in [
            "/",
            "/health",
            "/a//b",
            "/@scope/pkg",
            "/q?match[]=up".replace(['[', ']'], "%5B").as_str(),
            "/...",
            "/a?x=../..",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn paths_that_could_lead_elsewhere() {
        let cases = [
            ("", "path `` does not start with `/`"),
            ("health", "path `health` does not start with `/`"),
            ("@evil.example/", "path `@evil.example/` does not start with `/`"),
            ("http://evil.example/", "path `http://evil.example/` does not start with `/`"),
            ("//evil.example/", "path `//evil.example/` starts with `//`"),
            ("/\\evil.example", "path `/\\\\evil.example` has a character that must be percent-encoded"),
            ("/a b", "path `/a b` has a character that must be percent-encoded"),
            ("/a\r\nHost: x", "path `/a\\r\\nHost: x` has a character that must be percent-encoded"),
            ("/a#b", "path `/a#b` has a character that must be percent-encoded"),
            ("/é", "path `/é` has a character that must be percent-encoded"),
            ("/%2", "path `/%2` has a `%` without two hexadecimal digits"),
            ("/%zz", "path `/%zz` has a `%` without two hexadecimal digits"),
            ("/a/../b", "path `/a/../b` has a `.` or `..` segment"),
            ("/%2E%2e/b", "path `/%2E%2e/b` has a `.` or `..` segment"),
            ("/a%2f..%5Cb", "path `/a%2f..%5Cb` has a `.` or `..` segment"),
        ];
        for (path, message) in cases {
            assert_eq!(check(path), Err(message.to_owned()));
        }
        assert_eq!(check(&format!("/{}", "a".repeat(8192))), Err("path is 8193 bytes, more than 8192".to_owned()));
    }

    proptest! {
        #[test]
        fn an_accepted_path_leaves_the_origin_as_it_is(path in "/?[/\\\\@:a-z.%0-9?#\\[\\] \r\n\t]{0,20}|\\PC{0,10}") {
            if check_path(&path).is_ok() {
                let uri: http::Uri = format!("http://granted.example:81{path}").parse().unwrap();
                prop_assert_eq!(uri.scheme_str(), Some("http"));
                prop_assert_eq!(uri.authority().map(|a| a.as_str()), Some("granted.example:81"));
                prop_assert_eq!(uri.path_and_query().map(|p| p.as_str()), Some(path.as_str()));
            }
        }
    }
}
