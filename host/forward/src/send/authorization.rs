//! The credential for an HTTP endpoint.
//!
//! **Invariant:** it is in no message and in no `Debug`, and it goes over TLS or to the machine itself.

use std::fmt;

use ureq::http::{HeaderValue, Uri};

/// The value of the header `Authorization`.
#[derive(Clone)]
pub struct Authorization(HeaderValue);

/// Why a credential cannot be sent. None of them repeats it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizationError {
    /// It has characters that a header must not have.
    #[error("the credential is no value of a header: it has to be visible ASCII in one line")]
    NoHeader,
    /// Anybody on the way could read it.
    #[error("the credential is not sent over http:// to `{host}`: expected https://")]
    InTheClear {
        /// To whom.
        host: String,
    },
}

impl Authorization {
    /// The whole value, such as `Bearer ...`, for this endpoint.
    ///
    /// # Errors
    /// [`AuthorizationError`] where it cannot be sent there.
    pub fn new(value: &str, uri: &Uri) -> Result<Self, AuthorizationError> {
        let host = uri.host().unwrap_or_default();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let own = bare == "localhost" || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        if uri.scheme_str() != Some("https") && !own {
            return Err(AuthorizationError::InTheClear { host: host.to_owned() });
        }
        let is_visible = !value.is_empty() && value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        let header = HeaderValue::from_str(value.trim()).ok().filter(|_| is_visible);
        let mut header = header.ok_or(AuthorizationError::NoHeader)?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    pub(super) fn header(&self) -> &HeaderValue {
        &self.0
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_over_tls_or_to_the_machine_itself_and_is_not_repeated() {
        let check = |value: &str, uri: &str| Authorization::new(value, &uri.parse().unwrap());
        for uri in ["https://siem/in", "http://127.0.0.1:8080/", "http://[::1]/", "http://localhost/"] {
            assert_eq!(format!("{:?}", check("Bearer s3cret", uri).unwrap()), "Authorization(..)");
        }
        let host = "siem.acme.example".to_owned();
        let error = check("Bearer s3cret", "http://siem.acme.example/in").unwrap_err();
        assert_eq!(error, AuthorizationError::InTheClear { host });
        for value in ["", "s3cret\nX: y", "s3crét"] {
            assert_eq!(check(value, "https://siem/").unwrap_err(), AuthorizationError::NoHeader, "{value}");
        }
    }
}
