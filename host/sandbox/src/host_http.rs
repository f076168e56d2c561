//! `http`: one request to a granted origin.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tickmark_model::{Digest, Instant, NeedKind};

use crate::bindings::tickmark::collector::{http as wh, types as wt};
use crate::digest::{canonical_json, sha256};
use crate::interfaces::http::{self, Request, Response, Tls};
use crate::principal::{self, Told};
use crate::recorder::{Answer, Recorded, Summary};
use crate::replay::{Played, ReplayError};
use crate::resources::{Blob, hand_over};
use crate::run::Call;
use crate::secrets::Redaction;
use crate::state::HostState;

#[derive(Serialize)]
struct SendRequest<'a> {
    body: Option<Digest>,
    grant: &'a str,
    headers: &'a [(String, String)],
    method: &'a str,
    path_and_query: &'a str,
}

/// Everything of a response but its body, as it is recorded.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head<'a> {
    elapsed_ms: u64,
    headers: Cow<'a, [(String, String)]>,
    status: u16,
    tls: Option<RecordedTls<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedTls<'a> {
    issuer: Cow<'a, str>,
    not_after_ms: i64,
    subject: Cow<'a, str>,
    version: Cow<'a, str>,
}

impl Answer for Response {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let head = Head {
            elapsed_ms: self.elapsed_ms,
            headers: self.headers.as_slice().into(),
            status: self.status,
            tls: self.tls.as_ref().map(|tls| RecordedTls {
                issuer: tls.issuer.as_str().into(),
                not_after_ms: tls.not_after.ms(),
                subject: tls.subject.as_str().into(),
                version: tls.version.as_str().into(),
            }),
        };
        let summary = Summary::from([
            ("elapsed_ms".to_owned(), self.elapsed_ms.into()),
            ("status".to_owned(), self.status.into()),
        ]);
        let parts = vec![("head", canonical_json(&head)?.into()), ("body", self.body.as_slice().into())];
        Ok(Recorded { parts, summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        let Head { elapsed_ms, headers, status, tls: recorded_tls } = played.json("head")?;
        let tls = |tls: RecordedTls<'_>| {
            let not_after = Instant::from_ms(tls.not_after_ms);
            Ok(Tls {
                version: tls.version.into_owned(),
                not_after: not_after.ok_or_else(|| played.wrong("its certificate ends at no time"))?,
                issuer: tls.issuer.into_owned(),
                subject: tls.subject.into_owned(),
            })
        };
        let (headers, tls) = (headers.into_owned(), recorded_tls.map(tls).transpose()?);
        Ok(Self { status, headers, body: played.part("body")?, elapsed_ms, tls })
    }

    /// Headers and body; what the transport knew was said before the other side was asked.
    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        for (name, value) in &mut self.headers {
            redaction.text(name);
            redaction.text(value);
        }
        self.headers.sort();
        redaction.bytes(&mut self.body);
    }
}

impl wh::Host for HostState {
    fn send(&mut self, request: wh::Request) -> wasmtime::Result<Result<wh::Response, wt::Failure>> {
        let (run, resources) = self.enter("http.send")?;
        let wh::Request { origin, method, path_and_query, headers, body } = request;
        let asked = SendRequest {
            body: body.as_deref().map(sha256),
            grant: &origin,
            headers: &headers,
            method: &method,
            path_and_query: &path_and_query,
        };
        let call = Call::new(NeedKind::Http, "http.send", &origin, &asked)?;
        let request = Request { method, path_and_query, headers, body };
        let told = run.perform(call, |grants, limits, vault| {
            grants
                .http
                .get(&origin)
                .map(|granted| Told::new(&principal::of_http(granted), http::send(granted, &request, limits, vault)))
        })?;
        match told {
            Ok((Response { status, headers, body, elapsed_ms, tls }, receipt)) => {
                let body = hand_over(resources, Blob::held(body, receipt))?;
                let tls = tls.map(|tls| wh::Tls {
                    version: tls.version,
                    not_after: tls.not_after.ms(),
                    issuer: tls.issuer,
                    subject: tls.subject,
                });
                Ok(Ok(wh::Response { status, headers, body, elapsed_ms, tls }))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }
}
