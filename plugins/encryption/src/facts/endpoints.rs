//! The fact `endpoint`: one row for each endpoint that must answer, whether or not it did.

use tickmark_collector::{Datetime, Decimal, Facts, Failure, Host, Population, Receipt, Summary};

use crate::parse::Unread;
use crate::parse::certificate::{self, Certificate};
use crate::parse::s_client::{self, Printed};
use crate::settings::{Channel, Endpoint, Tls};
use crate::source::{self, Handshake};
use crate::unread::Unreadable;

const COLUMNS: [&str; 23] = [
    "name",
    "port",
    "connect",
    "observed",
    "error",
    "observed_at",
    "protocol",
    "tls_version",
    "cipher",
    "legacy_accepted",
    "verified",
    "verify_code",
    "verify_error",
    "name_matches",
    "names",
    "subject",
    "issuer",
    "self_signed",
    "not_before",
    "not_after",
    "key_type",
    "key_bits",
    "certificates",
];
/// The last of them.
const CHAIN_NOT_AFTER: &str = "chain_not_after";

/// What is gathered while endpoints are asked.
struct Endpoints<'h> {
    facts: Facts<'h>,
    unread: Unreadable,
    notes: Vec<String>,
    /// The oldest of all times that the outputs have.
    observed: Option<Datetime>,
    /// A call that succeeded, and any call: a failed one shows nothing by itself.
    answered: Option<Receipt>,
    asked: Option<Receipt>,
}

/// Asks every endpoint.
///
/// # Errors
/// As the host's.
pub(crate) fn collect(host: &dyn Host, tls: &Tls, summary: Summary) -> Result<Summary, Failure> {
    let columns: Vec<&str> = COLUMNS.into_iter().chain([CHAIN_NOT_AFTER]).collect();
    let mut endpoints = Endpoints {
        facts: host.fact("endpoint", &columns),
        unread: Unreadable::new("endpoint"),
        notes: Vec::new(),
        observed: None,
        answered: None,
        asked: None,
    };
    for (id, endpoint) in &tls.endpoints {
        endpoints.take(host, tls, id, endpoint)?;
    }
    endpoints.finish(tls, summary)
}

impl Endpoints<'_> {
    fn take(&mut self, host: &dyn Host, tls: &Tls, id: &str, endpoint: &Endpoint) -> Result<(), Failure> {
        let (stdout, stderr, receipt) = match source::handshake(host, tls.channel, endpoint, false)? {
            Handshake::Printed { stdout, stderr, receipt } => (stdout, stderr, receipt),
            Handshake::Nothing { why, receipt } => {
                self.asked.get_or_insert(receipt);
                return self.silent(id, endpoint, &why, &Printed::default(), &[receipt]);
            }
        };
        self.answered.get_or_insert(receipt);
        let printed = s_client::parse(&stdout);
        if tls.channel == Channel::File {
            match printed.observed {
                Some(at) => self.observed = Some(self.observed.map_or(at, |earlier| earlier.min(at))),
                None => self.notes.push(format!("the output for `{id}` does not say when it was saved")),
            }
        }
        if !printed.is_complete() {
            let why = if printed.connected { "there was no handshake" } else { "there was no connection" };
            let why = source::first_line(&stderr).unwrap_or_else(|| why.to_owned());
            return self.silent(id, endpoint, &why, &printed, &[receipt]);
        }
        let read: Result<Vec<Certificate>, Unread> =
            printed.certificates.iter().map(|pem| certificate::read(pem)).collect();
        let chain = match read {
            Ok(chain) => chain,
            Err(Unread(why)) => {
                self.unread.add(format_args!("`{id}`"), &why);
                return Ok(());
            }
        };
        let (legacy, receipts) = self.legacy(host, tls, id, endpoint, receipt)?;
        self.emit(id, endpoint, &printed, &chain, legacy, &receipts)
    }

    /// Tries old versions, where that is asked for; whether they are accepted, and all receipts.
    fn legacy(
        &mut self,
        host: &dyn Host,
        tls: &Tls,
        id: &str,
        endpoint: &Endpoint,
        first: Receipt,
    ) -> Result<(Option<bool>, Vec<Receipt>), Failure> {
        if !tls.probe_legacy {
            return Ok((None, vec![first]));
        }
        let (accepted, receipt) = match source::handshake(host, tls.channel, endpoint, true)? {
            Handshake::Printed { stdout, receipt, .. } => (s_client::parse(&stdout).accepted_legacy(), receipt),
            Handshake::Nothing { receipt, .. } => (None, receipt),
        };
        if accepted.is_none() {
            self.notes.push(format!("whether `{id}` accepts old versions of TLS is not known: none was offered to it"));
        }
        Ok((accepted, vec![first, receipt]))
    }

    /// That an endpoint does not answer is evidence.
    fn silent(
        &mut self,
        id: &str,
        endpoint: &Endpoint,
        why: &str,
        printed: &Printed,
        receipts: &[Receipt],
    ) -> Result<(), Failure> {
        self.facts
            .row(id, receipts)
            .set("name", endpoint.name.as_str())
            .set("port", i64::from(endpoint.port))
            .set("connect", endpoint.connect.as_str())
            .set("observed", false)
            .set("error", why)
            .set("observed_at", printed.observed)
            .push()
    }

    fn emit(
        &mut self,
        id: &str,
        endpoint: &Endpoint,
        printed: &Printed,
        chain: &[Certificate],
        legacy: Option<bool>,
        receipts: &[Receipt],
    ) -> Result<(), Failure> {
        let Some(leaf) = chain.first() else { return Ok(()) };
        let code = printed.verify.as_ref().map(|(code, _)| *code);
        let error = printed.verify.as_ref().filter(|(code, _)| *code != 0).map(|(_, words)| words.clone());
        let protocol = printed.protocol.as_deref();
        self.facts
            .row(id, receipts)
            .set("name", endpoint.name.as_str())
            .set("port", i64::from(endpoint.port))
            .set("connect", endpoint.connect.as_str())
            .set("observed", true)
            .set("observed_at", printed.observed)
            .set("protocol", protocol.map(str::to_owned))
            .set("tls_version", protocol.and_then(s_client::version).map(Decimal))
            .set("cipher", printed.cipher.clone())
            .set("legacy_accepted", legacy)
            .set("verified", code.map(|code| code == 0))
            .set("verify_code", code)
            .set("verify_error", error)
            .set("name_matches", leaf.names.iter().any(|name| name.matches(&endpoint.name)))
            .set("names", leaf.names.iter().map(|name| name.text()).collect::<Vec<String>>())
            .set("subject", leaf.subject.as_str())
            .set("issuer", leaf.issuer.as_str())
            .set("self_signed", leaf.self_signed)
            .set("not_before", leaf.not_before)
            .set("not_after", leaf.not_after)
            .set("key_type", leaf.key_type.as_str())
            .set("key_bits", leaf.key_bits)
            .set("certificates", i64::try_from(chain.len()).unwrap_or(i64::MAX))
            .set(CHAIN_NOT_AFTER, chain.iter().map(|certificate| certificate.not_after).min())
            .push()
    }

    fn finish(self, tls: &Tls, mut summary: Summary) -> Result<Summary, Failure> {
        // The endpoints are the operator's, so any call shows them all.
        let claim = match self.answered.or(self.asked) {
            Some(receipt) => Population::of(tls.endpoints.len() as u64, receipt),
            None => Population::unknown(),
        };
        let claim = Population { observed_at: self.observed, ..claim };
        summary = summary.population(self.facts.finish(claim)?);
        for note in self.notes.into_iter().take(100) {
            summary = summary.note(note);
        }
        Ok(self.unread.note(summary))
    }
}
