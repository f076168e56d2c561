//! The header `link`: where the next page is.
//!
//! Form: RFC 8288, as GitHub ("Using pagination in the REST API") and Okta ("Link header") write it: URLs in angle brackets, each
//! with its relation, in one header or several.

/// Path and query of the next page, where the headers name one.
///
/// # Errors
/// A link that is there and cannot be followed.
pub fn next(headers: &[(String, String)]) -> Result<Option<String>, String> {
    let Some(url) = url(headers) else { return Ok(None) };
    match path(url) {
        Some(path) => Ok(Some(path.to_owned())),
        None => Err(format!("the link to the next page is `{}`", url.escape_debug().take(200).collect::<String>())),
    }
}

/// The URL of the next page as it is written, where the headers name one.
#[must_use]
pub fn url(headers: &[(String, String)]) -> Option<&str> {
    let links = headers.iter().filter(|(name, _)| name == "link").flat_map(|(_, value)| links(value));
    let mut next =
        links.filter(|(_, relations)| relations.iter().any(|relation| relation.eq_ignore_ascii_case("next")));
    next.next().map(|(url, _)| url)
}

/// The links of one header, each with its relations.
fn links(value: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    // The part before the first bracket is empty; each other one holds a URL and what follows it.
    value.split('<').skip(1).filter_map(|part| {
        let (url, rest) = part.split_once('>')?;
        let relations = rest.split(';').filter_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_end_matches(',').trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("rel").then(|| value.split_ascii_whitespace().collect::<Vec<_>>())
        });
        Some((url, relations.flatten().collect()))
    })
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
        assert_eq!(check("</x"), Ok(None));
        assert_eq!(check(""), Ok(None));
        assert_eq!(next(&[]), Ok(None));
        assert_eq!(check("<https://x>; rel=\"next\""), Err("the link to the next page is `https://x`".into()));
        assert_eq!(url(&[("link".into(), "<?page=2>; rel=next".into())]), Some("?page=2"));
        assert_eq!(check("<//x/a>; rel=\"next\""), Err("the link to the next page is `//x/a`".into()));
    }
}
