//! Sending mail over SMTP.
//!
//! **Invariant:** where TLS is asked for, nothing is sent without it, and certificates are verified in full.

use std::time::Duration;

use anyhow::Context as _;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Message, SmtpTransport, Transport as _};

use super::letter::Letter;
use crate::site::{Mail, MailTls};

/// Longest wait for the server.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A way to send mail.
pub(super) struct Post<'a> {
    mail: &'a Mail,
    transport: SmtpTransport,
}

impl<'a> Post<'a> {
    /// Reads what it needs; nothing is connected to yet.
    pub(super) fn open(mail: &'a Mail) -> anyhow::Result<Self> {
        let tls = match mail.tls {
            MailTls::None => Tls::None,
            MailTls::Starttls => Tls::Required(parameters(mail)?),
            MailTls::Tls => Tls::Wrapper(parameters(mail)?),
        };
        let mut builder = SmtpTransport::builder_dangerous(&mail.host).port(mail.port).tls(tls).timeout(Some(TIMEOUT));
        if let Some((user, password)) = &mail.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.read()?));
        }
        Ok(Self { mail, transport: builder.build() })
    }

    pub(super) fn send(&self, letter: &Letter, company: &str) -> anyhow::Result<()> {
        let message = Message::builder()
            .from(self.mail.from.clone())
            .to(letter.to.clone())
            .subject(format!("[{company}] {}", letter.subject()))
            .header(ContentType::TEXT_PLAIN)
            .message_id(Some(self.id(letter)))
            .body(letter.body())
            .context("the notice is no mail")?;
        let cannot = || format!("cannot send mail to `{}` through `{}:{}`", letter.to, self.mail.host, self.mail.port);
        self.transport.send(&message).map(drop).with_context(cannot)
    }

    /// The same for the same notice, so that one that came twice is known as one.
    fn id(&self, letter: &Letter) -> String {
        let digest = tickmark_ledger::sha256(letter.key().as_bytes()).hex();
        format!("<{digest}@{}>", self.mail.from.email.domain())
    }
}

/// The system's roots and those of the site.
fn parameters(mail: &Mail) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(mail.host.clone());
    if let Some(path) = &mail.ca_file {
        let cannot = || format!("cannot read the certificates of `{}`", path.display());
        let pem = std::fs::read(path).with_context(cannot)?;
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).with_context(cannot)?);
    }
    builder.build_rustls().context("TLS cannot be set up")
}
