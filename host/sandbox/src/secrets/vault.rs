//! The secrets of one run: read on first use and at most once, remembered, and taken out of all that comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::parts::{self, MIN_BYTES, Parts, Use};
use super::place::{Secret, SecretError, SecretRef};
use super::program;
use super::search::Search;
use crate::limits::Limits;

/// What one run knows of secrets.
#[derive(Default)]
pub(crate) struct Vault {
    read: BTreeMap<SecretRef, Result<Secret, SecretError>>,
    sought: BTreeSet<Vec<u8>>,
    search: Option<Box<Search>>,
}

impl Vault {
    /// The value of `secret`, to be used as `used`. From now on it is found again, unless it is written in the
    /// configuration and used as what no credential is.
    ///
    /// # Errors
    /// Where it is not there, or could not be found again: the call that needs it must not be made.
    pub(crate) fn reveal(&mut self, secret: &SecretRef, used: Use<'_>, limits: &Limits) -> Result<Secret, SecretError> {
        let max_ms = program::MAX_MS.min(limits.wall_time_ms);
        let value = self.read.entry(secret.clone()).or_insert_with(|| secret.read(max_ms)).clone()?;
        if matches!(secret, SecretRef::Plain(_)) && !used.is_credential() {
            return Ok(value);
        }
        let Parts { sought, credential } = parts::of(value.expose(), used);
        if credential < MIN_BYTES {
            let hint = match secret {
                SecretRef::Plain(_) => "",
                _ => "; write what is no secret as plain text",
            };
            return Err(secret.error(format_args!(
                "is {credential} bytes, at least {MIN_BYTES} are needed to find it again in an answer{hint}"
            )));
        }
        if !sought.is_subset(&self.sought) {
            let sought = &self.sought | &sought;
            let search = Search::new(&sought);
            let search = search.map_err(|why| secret.error(format_args!("cannot be looked for: {why}")))?;
            (self.sought, self.search) = (sought, Some(Box::new(search)));
        }
        Ok(value)
    }

    /// Whether nothing was revealed yet that would have to be found again.
    pub(crate) fn is_empty(&self) -> bool {
        self.search.is_none()
    }

    /// Starts to take what was revealed so far out of one answer.
    pub(crate) fn redaction(&self) -> Redaction<'_> {
        Redaction { search: self.search.as_deref(), places: 0 }
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<vault of {} secrets>", self.read.len())
    }
}

/// Takes secrets out of one answer.
pub(crate) struct Redaction<'a> {
    search: Option<&'a Search>,
    places: u64,
}

impl Redaction<'_> {
    /// Takes them out of `bytes`.
    pub(crate) fn bytes(&mut self, bytes: &mut Vec<u8>) {
        if let Some((redacted, places)) = self.search.and_then(|search| search.redact(bytes)) {
            *bytes = redacted;
            self.places = self.places.saturating_add(places);
        }
    }

    /// Takes them out of `text`. Where that cuts a character, its rest becomes U+FFFD.
    pub(crate) fn text(&mut self, text: &mut String) {
        if let Some((redacted, places)) = self.search.and_then(|search| search.redact(text.as_bytes())) {
            *text = String::from_utf8(redacted)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
            self.places = self.places.saturating_add(places);
        }
    }

    /// In how many places there was one.
    pub(crate) fn places(&self) -> u64 {
        self.places
    }
}

#[cfg(test)]
mod tests {
    use super::super::MARK;
    use super::*;

    fn reveal(vault: &mut Vault, secret: &SecretRef, used: Use<'_>) -> Result<String, String> {
        let revealed = vault.reveal(secret, used, &Limits::default());
        revealed.map(|secret| secret.expose().to_owned()).map_err(|error| error.to_string())
    }

    fn redacted(vault: &Vault, text: &str) -> (String, u64) {
        let mut text = text.to_owned();
        let mut redaction = vault.redaction();
        redaction.text(&mut text);
        (text, redaction.places())
    }

    fn file(content: &str) -> (tempfile::TempDir, SecretRef) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("secret");
        std::fs::write(&path, content).unwrap();
        (dir, SecretRef::File(path))
    }

    #[test]
    fn what_was_revealed_is_found_and_nothing_before() {
        let mut vault = Vault::default();
        let (_dir, secret) = file("s3cret-token\n");
        assert_eq!(redacted(&vault, "s3cret-token"), ("s3cret-token".to_owned(), 0));
        assert_eq!(reveal(&mut vault, &secret, Use::Password), Ok("s3cret-token".to_owned()));
        assert_eq!(redacted(&vault, "a s3cret-token"), ("a <redacted>".to_owned(), 1));
        let mut bytes = b"\xffs3cret-token\xff".to_vec();
        vault.redaction().bytes(&mut bytes);
        assert_eq!(bytes, b"\xff<redacted>\xff");
    }

    #[test]
    fn a_place_is_read_once_whether_it_succeeds_or_not() {
        let dir = tempfile::tempdir().unwrap();
        let script = format!("echo run >> {}/runs; echo s3cret-token", dir.path().display());
        let command = |script: &str| SecretRef::Command(["/bin/sh", "-c", script].map(str::to_owned).to_vec());
        let mut vault = Vault::default();
        let failing = format!("{script}; exit 1");
        for _ in 0..3 {
            assert_eq!(reveal(&mut vault, &command(&script), Use::Variable), Ok("s3cret-token".to_owned()));
            assert_eq!(
                reveal(&mut vault, &command(&failing), Use::Variable),
                Err("secret from command `/bin/sh` ended with exit code 1".to_owned())
            );
        }
        assert_eq!(std::fs::read_to_string(dir.path().join("runs")).unwrap(), "run\nrun\n");
    }

    #[test]
    fn what_is_too_short_to_be_found_is_not_used() {
        let mut vault = Vault::default();
        let (_dir, secret) = file("seven77");
        let path = format!("{secret:?}");
        let hint = "; write what is no secret as plain text";
        let short = |from: &str, bytes: usize, hint: &str| {
            Err(format!(
                "secret from {from} is {bytes} bytes, at least 8 are needed to find it again in an answer{hint}"
            ))
        };
        assert_eq!(reveal(&mut vault, &secret, Use::Variable), short(&path, 7, hint));
        let (_dir, secret) = file("Bearer seven77");
        let path = format!("{secret:?}");
        assert_eq!(reveal(&mut vault, &secret, Use::Variable), short(&path, 7, hint));
        let plain = SecretRef::Plain("Bearer seven77".to_owned());
        let from = "value written in the configuration";
        assert_eq!(reveal(&mut vault, &plain, Use::Header("AUTHORIZATION")), short(from, 7, ""));
        assert_eq!(redacted(&vault, "seven77 Bearer seven77"), ("seven77 Bearer seven77".to_owned(), 0));
    }

    #[test]
    fn plain_text_is_a_secret_only_where_a_credential_stands() {
        let plain = SecretRef::Plain("plain-text".to_owned());
        let check = |used| {
            let mut vault = Vault::default();
            assert_eq!(reveal(&mut vault, &plain, used), Ok("plain-text".to_owned()));
            redacted(&vault, "plain-text").0
        };
        assert_eq!(check(Use::Variable), "plain-text");
        assert_eq!(check(Use::Header("Accept")), "plain-text");
        for name in ["Authorization", "cookie", "Proxy-Authorization", "X-API-Key"] {
            assert_eq!(check(Use::Header(name)), MARK, "{name}");
        }
        assert_eq!(check(Use::Password), MARK);
    }

    #[test]
    fn a_program_has_no_more_time_than_the_run() {
        let sleeping = SecretRef::Command(["/bin/sleep", "1000"].map(str::to_owned).to_vec());
        let limits = Limits { wall_time_ms: 50, ..Limits::default() };
        let error = Vault::default().reveal(&sleeping, Use::Password, &limits).unwrap_err();
        assert_eq!(error.to_string(), "secret from command `/bin/sleep` took more than 50 ms");
    }

    #[test]
    fn nothing_of_a_vault_is_printed() {
        let mut vault = Vault::default();
        let (_dir, secret) = file("s3cret-token");
        reveal(&mut vault, &secret, Use::Password).unwrap();
        assert_eq!(format!("{vault:?}"), "<vault of 1 secrets>");
    }
}
