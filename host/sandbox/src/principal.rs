//! As whom a source was asked: what the other side saw, for the record.
//!
//! - Files, commands and SQLite files: the user that this process acts as, `root` or `uid 1000`.
//! - PostgreSQL: its `current_user`; where no session came about, the user of the connection.
//! - HTTP: where the credential comes from, such as `env API_TOKEN` or `command /usr/bin/pass`; `none` where no credential
//!   is sent.
//! - `none` where nothing was asked at all, such as a need without a grant.
//!
//! **Invariant:** a secret is never in it, only the name of its place.
//! **Absent on purpose:** asking a directory service who a uid is; `/etc/passwd` knows or the number stands.

use std::sync::OnceLock;

use crate::grants::HttpGrant;
use crate::interfaces::Refusal;
use crate::recorder::Answer;
use crate::secrets::{Use, Vault};
use crate::text::plain;

/// Nobody was asked, or nobody in particular.
pub(crate) const NONE: &str = "none";

/// Longest name that is recorded, in bytes.
const MAX_BYTES: usize = 256;

/// What an interface said, and as whom it was asked.
pub(crate) struct Told<T> {
    pub(crate) answer: Result<T, Refusal>,
    pub(crate) principal: String,
    /// In how many places a secret was taken out of it.
    pub(crate) redacted: u64,
}

impl<T> Told<T> {
    pub(crate) fn new(principal: &str, answer: Result<T, Refusal>) -> Self {
        Self { answer, principal: plain(principal, MAX_BYTES), redacted: 0 }
    }

    /// Told to the user that this process acts as.
    pub(crate) fn to_host_user(answer: Result<T, Refusal>) -> Self {
        Self::new(host_user(), answer)
    }
}

impl<T: Answer> Told<T> {
    /// The same without the secrets of `vault`, wherever in it they are.
    pub(crate) fn without_secrets(mut self, vault: &Vault) -> Self {
        let mut redaction = vault.redaction();
        match &mut self.answer {
            Ok(answer) => answer.redact(&mut redaction),
            Err(refusal) => redaction.text(&mut refusal.message),
        }
        redaction.text(&mut self.principal);
        self.redacted = redaction.places();
        self
    }
}

/// The user that this process acts as: its name, otherwise `uid` and the number.
pub(crate) fn host_user() -> &'static str {
    static USER: OnceLock<String> = OnceLock::new();
    USER.get_or_init(|| {
        let uid = rustix::process::geteuid().as_raw();
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        name_in(&users, uid).map_or_else(|| format!("uid {uid}"), str::to_owned)
    })
}

/// The first name of `uid` in the text of a passwd(5) file.
fn name_in(users: &str, uid: u32) -> Option<&str> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, number) = (fields.next()?, fields.next()?, fields.next()?);
        (!name.is_empty() && number.parse() == Ok(uid)).then_some(name)
    })
}

/// Where the credentials of a web origin come from, in the order of the headers that they are sent in.
pub(crate) fn of_http(grant: &HttpGrant) -> String {
    let places: Vec<String> = grant
        .headers
        .iter()
        .filter_map(|(name, secret)| {
            let written = || format!("header {} of the configuration", name.to_ascii_lowercase());
            secret.name().or_else(|| Use::Header(name).is_credential().then(written))
        })
        .collect();
    if places.is_empty() { NONE.to_owned() } else { places.join(", ") }
}

#[cfg(test)]
mod tests {
    use tickmark_model::Scalar;

    use super::*;
    use crate::body::Body;
    use crate::grants::SecretRef;
    use crate::interfaces::command::Output;
    use crate::interfaces::files::Entry;
    use crate::interfaces::http::Response;
    use crate::interfaces::sql::Table;
    use crate::limits::Limits;

    #[test]
    fn a_uid_is_named_where_the_file_knows_it() {
        let users = "root:x:0:0:root:/root:/bin/bash\nbroken\n:x:7:7::/:\nada:x:1000:1000::/home/ada:/bin/sh\n";
        let check = |uid| name_in(users, uid);
        assert_eq!((check(0), check(1000), check(7), check(10)), (Some("root"), Some("ada"), None, None));
    }

    /// Knows `12345678` and `s3cret-token`.
    fn vault() -> Vault {
        let mut vault = Vault::default();
        assert!(vault.is_empty());
        for secret in ["12345678", "s3cret-token"] {
            let secret = SecretRef::Plain(secret.to_owned());
            vault.reveal(&secret, Use::Password, &Limits::default()).unwrap();
        }
        assert!(!vault.is_empty());
        vault
    }

    #[test]
    fn a_file_loses_its_secrets() {
        let file = Told::new("ada", Ok(Body::Held(b"a s3cret-token".to_vec()))).without_secrets(&vault());
        assert_eq!((file.answer.unwrap().read(0, 99).unwrap(), file.redacted), (b"a <redacted>".to_vec(), 1));
    }

    /// What is left of an answer, a refusal or a principal that repeat `12345678` and `s3cret-token`.
    #[track_caller]
    fn check<T: Answer + PartialEq + std::fmt::Debug>(
        answer: Result<T, Refusal>,
        left: Result<T, Refusal>,
        places: u64,
    ) {
        let told = Told::new("s3cret-token", answer).without_secrets(&vault());
        assert_eq!((told.answer, told.principal.as_str(), told.redacted), (left, "<redacted>", places + 1));
    }

    #[test]
    fn whatever_a_source_wrote_loses_its_secrets() {
        let at = tickmark_model::Instant::from_ms(0).unwrap();
        let bytes = |text: &str| text.as_bytes().to_vec();
        let entry = |path: &str| Entry { path: path.to_owned(), size: 1, is_dir: false, modified: at };
        check(Ok(vec![entry("a"), entry("s3cret-token.txt")]), Ok(vec![entry("a"), entry("<redacted>.txt")]), 1);
        let output = |text: &str| Output { exit_code: 0, stdout: bytes(text), stderr: bytes(text) };
        check(Ok(output("s3cret-token")), Ok(output("<redacted>")), 2);
        let response = |name: &str, value: &str| Response {
            status: 401,
            headers: vec![(name.to_owned(), value.to_owned())],
            body: bytes(value),
            elapsed_ms: 12_345_678,
            tls: None,
        };
        check(Ok(response("x-s3cret-token", "12345678")), Ok(response("x-<redacted>", "<redacted>")), 3);
        let text = |text: &str| Some(Scalar::Text(text.to_owned()));
        let table = |column: &str, cells: [Option<Scalar>; 4]| Table {
            columns: vec![column.to_owned()],
            rows: vec![cells.to_vec()],
        };
        check(
            Ok(table(
                "s3cret-token",
                [text("12345678"), Some(Scalar::Long(-123_456_789)), Some(Scalar::Long(1_234)), None],
            )),
            Ok(table("<redacted>", [text("<redacted>"), text("-<redacted>9"), Some(Scalar::Long(1_234)), None])),
            3,
        );
        let refusal = |text: &str| Err::<Vec<Entry>, _>(Refusal::unavailable(text));
        check(refusal("no s3cret-token here"), refusal("no <redacted> here"), 1);
    }

    #[test]
    fn a_credential_is_known_by_its_place() {
        let check = |headers: &str| {
            let grant = format!(r#"{{"origin": "https://app.example.com", "headers": {headers}}}"#);
            of_http(&serde_json::from_str(&grant).unwrap())
        };
        assert_eq!(check("{}"), "none");
        assert_eq!(check(r#"{"Accept": "text/plain"}"#), "none");
        assert_eq!(check(r#"{"X-Token": {"env": "API_TOKEN"}}"#), "env API_TOKEN");
        assert_eq!(check(r#"{"Authorization": "Bearer hunter2"}"#), "header authorization of the configuration");
        assert_eq!(
            check(r#"{"Cookie": {"file": "/run/cookie"}, "X-Token": {"env": "API_TOKEN"}}"#),
            "file /run/cookie, env API_TOKEN"
        );
        assert_eq!(check(r#"{"X-Token": {"command": ["/usr/bin/pass", "show", "audit"]}}"#), "command /usr/bin/pass");
    }
}
