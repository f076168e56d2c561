//! Arrays of events by POST.
//!
//! **Invariant:** no redirect is followed and no proxy is taken from the environment, so that events and credential go to
//! the target alone.
//! **Absent on purpose:** what the receiver answers beside its status. It is not read, and so never printed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::Uri;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::{Authorization, Receiver, SendError, Taken, TrustError, trust};
use crate::event::Event;

/// The array is too long for the receiver.
const TOO_LARGE: u16 = 413;

pub(super) struct Http {
    agent: Agent,
    authorization: Option<Authorization>,
    origin: String,
    uri: Uri,
}

impl Http {
    pub(super) fn new(
        uri: Uri,
        ca: Option<&Path>,
        authorization: Option<Authorization>,
        timeout: Duration,
    ) -> Result<Self, TrustError> {
        let mut config = Agent::config_builder()
            .timeout_global(Some(timeout))
            .max_redirects(0)
            .max_idle_connections(0)
            .proxy(None)
            .http_status_as_error(false)
            .user_agent(concat!("tickmark/", env!("CARGO_PKG_VERSION")));
        if uri.scheme_str() == Some("https") {
            let roots = trust::roots(ca)?;
            let roots = roots.iter().map(|it| Certificate::from_der(it.as_ref()).to_owned()).collect();
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let tls = TlsConfig::builder()
                .root_certs(RootCerts::Specific(Arc::new(roots)))
                .unversioned_rustls_crypto_provider(provider);
            config = config.tls_config(tls.build());
        }
        let origin = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map(ToString::to_string).unwrap_or_default()
        );
        Ok(Self { agent: config.build().into(), authorization, origin, uri })
    }

    fn post(&self, events: &[Event]) -> Result<(), SendError> {
        let events: Vec<&str> = events.iter().map(|event| event.json.as_str()).collect();
        let body = format!("[{}]", events.join(","));
        let mut request = self.agent.post(&self.uri).header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.header());
        }
        let answer = request.send(body.as_bytes());
        let answer =
            answer.map_err(|error| SendError::NoAnswer { origin: self.origin.clone(), source: Box::new(error) })?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(SendError::Status { origin: self.origin.clone(), status: status.as_u16() }),
        }
    }
}

impl Receiver for Http {
    /// In halves where the receiver says that the array is too long for it.
    fn take(&mut self, events: &[Event]) -> Taken {
        let error = match self.post(events) {
            Ok(()) => return Taken::whole(events, Ok(())),
            Err(error) => error,
        };
        if events.len() < 2 || !matches!(error, SendError::Status { status: TOO_LARGE, .. }) {
            return Taken::whole(events, Err(error));
        }
        let Some((first, second)) = events.split_at_checked(events.len() / 2) else {
            return Taken::whole(events, Err(error));
        };
        let before = self.take(first);
        if before.trouble.is_some() {
            return before;
        }
        let Taken { count, trouble } = self.take(second);
        Taken { count: before.count + count, trouble }
    }
}
