//! `http`: one request to a granted origin.

use serde::Serialize;
use tickmark_model::{Digest, NeedKind};

use crate::bindings::tickmark::collector::{http as wh, types as wt};
use crate::digest::{canonical_json, sha256};
use crate::interfaces::http::{self, Request, Response};
use crate::recorder::{Answer, Recorded, Summary};
use crate::resources::{Blob, hand_over};
use crate::run::Call;
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
#[derive(Serialize)]
struct Head<'a> {
    elapsed_ms: u64,
    headers: &'a [(String, String)],
    status: u16,
    tls: Option<RecordedTls<'a>>,
}

#[derive(Serialize)]
struct RecordedTls<'a> {
    issuer: &'a str,
    not_after_ms: i64,
    subject: &'a str,
    version: &'a str,
}

impl Answer for Response {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let head = Head {
            elapsed_ms: self.elapsed_ms,
            headers: &self.headers,
            status: self.status,
            tls: self.tls.as_ref().map(|tls| RecordedTls {
                issuer: &tls.issuer,
                not_after_ms: tls.not_after.ms(),
                subject: &tls.subject,
                version: &tls.version,
            }),
        };
        let summary = Summary::from([
            ("elapsed_ms".to_owned(), self.elapsed_ms.into()),
            ("status".to_owned(), self.status.into()),
        ]);
        let parts = vec![("head", canonical_json(&head)?.into()), ("body", self.body.as_slice().into())];
        Ok(Recorded { parts, summary })
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
        let told = run.perform(call, |grants, limits| {
            grants.http.get(&origin).map(|granted| http::send(granted, &request, limits))
        })?;
        match told {
            Ok((Response { status, headers, body, elapsed_ms, tls }, receipt)) => {
                let body = hand_over(resources, Blob { bytes: body, receipt })?;
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
