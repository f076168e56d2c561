//! The header `link`: where the next page is.
//!
//! Form: RFC 8288, as GitHub ("Using pagination in the REST API") and Okta ("Link header") write it: URLs in angle brackets, each
//! with its relation, in one header or several.

/// Path and query of the next page, where the headers name one.
///
/// # Errors
/// A link that is there and cannot be followed, and as [`url`].
pub fn next(headers: &[(String, String)]) -> Result<Option<String>, String> {
    let Some(url) = url(headers)? else { return Ok(None) };
    match path(url) {
        Some(path) => Ok(Some(path.to_owned())),
        None => Err(format!("the link to the next page is `{}`", shown(url))),
    }
}

/// The URL of the next page as it is written, where the headers name one.
///
/// # Errors
/// A header that holds no links: what it was to say is not known, and that there is no next page would not follow.
pub fn url(headers: &[(String, String)]) -> Result<Option<&str>, String> {
    for (_, value) in headers.iter().filter(|(name, _)| name == "link") {
        for (url, relations) in links(value)? {
            if relations.iter().any(|relation| relation.eq_ignore_ascii_case("next")) {
                return Ok(Some(url));
            }
        }
    }
    Ok(None)
}

/// The links of one header, each with its relations.
fn links(value: &str) -> Result<Vec<(&str, Vec<&str>)>, String> {
    let no_link = || format!("the header `link` holds no links: `{}`", shown(value));
    let Some((before, parts)) = value.split_once('<') else {
        return if value.trim().is_empty() { Ok(Vec::new()) } else { Err(no_link()) };
    };
    if !before.trim().is_empty() {
        return Err(no_link());
    }
    // Each part holds a URL and what follows it.
    parts
        .split('<')
        .map(|part| {
            let (url, rest) = part.split_once('>').ok_or_else(no_link)?;
            let relations = rest.split(';').filter_map(|parameter| {
                let (name, value) = parameter.split_once('=')?;
                let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel").then(|| value.split_ascii_whitespace().collect::<Vec<_>>())
            });
            Ok((url, relations.flatten().collect()))
        })
        .collect()
}

/// The beginning of a text, for people.
fn shown(text: &str) -> String {
    text.escape_debug().take(200).collect()
}

/// What follows scheme and authority.
fn path(url: &str) -> Option<&str> {
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..))?,
        None => url,
    };
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str) -> Result<Option<String>, String> {
        next(&[("etag".into(), "<x>; rel=\"next\"".into()), ("link".into(), link.into())])
    }

    /// The first is the example of "Using pagination in the REST API":
    /// <https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api>.
    #[test]
    fn the_next_page_is_found_among_the_relations() {
        let example = "<https://api.github.com/repositories/1300192/issues?page=2>; rel=\"prev\", \
             <https://api.github.com/repositories/1300192/issues?page=4>; rel=\"next\", \
             <https://api.github.com/repositories/1300192/issues?page=515>; rel=\"last\", \
             <https://api.github.com/repositories/1300192/issues?page=1>; rel=\"first\"";
        assert_eq!(check(example), Ok(Some("/repositories/1300192/issues?page=4".into())));
        assert_eq!(check("</a?b=1,2>; rel=next"), Ok(Some("/a?b=1,2".into())));
        assert_eq!(check("<https://x/a>; title=\"t\"; rel=\"last next\""), Ok(Some("/a".into())));
        assert_eq!(check("</x>; title=\"a\"; REL=\"last Next\""), Ok(Some("/x".into())));
        assert_eq!(check("<https://x/a>; rel=\"prev\""), Ok(None));
        for bad in ["</x", "/x; rel=\"next\"", "</a>; rel=\"prev\", </x", "x </a>; rel=\"next\""] {
            let why = format!("the header `link` holds no links: `{}`", bad.escape_debug());
            assert_eq!(check(bad), Err(why), "{bad}");
        }
        assert_eq!(check(""), Ok(None));
        assert_eq!(next(&[]), Ok(None));
        assert_eq!(check("<https://x>; rel=\"next\""), Err("the link to the next page is `https://x`".into()));
        assert_eq!(url(&[("link".into(), "<?page=2>; rel=next".into())]), Ok(Some("?page=2")));
        assert_eq!(check("<//x/a>; rel=\"next\""), Err("the link to the next page is `//x/a`".into()));
    }
}
