//! The host's side of one run of `collect`: what the guest may ask, what it was told, what it emitted.
//!
//! **Invariant:** deny by default. A call reaches an interface only where the plugin declares the need and the operator
//! grants it; every call to an interface is recorded, refused ones too.
//! **Invariant:** what an interface says loses the run's secrets before it is recorded and before the guest sees it.
//! **Invariant:** the first fate holds. Once something has decided how the run ends, no later call changes it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant as Monotonic};

use serde::Serialize;
use tickmark_model::{Descriptor, Instant, NeedKind, Receipt, Value};

use crate::bindings::tickmark::collector::types as wt;
use crate::convert::failure_out;
use crate::digest::{canonical_json, sha256};
use crate::emit::Emitted;
use crate::grants::Grants;
use crate::interfaces::{Code, Refusal};
use crate::limits::Limits;
use crate::log::Log;
use crate::outcome::Stop;
use crate::part;
use crate::principal::{self, Told};
use crate::recorder::{Answer, Asked, Recorder};
use crate::replay::Recording;
use crate::secrets::Vault;

/// One run.
pub(crate) struct Run {
    pub(crate) descriptor: Arc<Descriptor>,
    pub(crate) source: Source,
    pub(crate) settings: BTreeMap<String, Value>,
    pub(crate) as_of: Instant,
    pub(crate) limits: Limits,
    pub(crate) recorder: Recorder,
    pub(crate) emitted: Emitted,
    pub(crate) log: Log,
    /// When the wall clock started to count.
    pub(crate) started: Monotonic,
    /// What decided the run before the guest returned.
    pub(crate) fate: Option<Stop>,
    /// Whether some call was answered with `denied`.
    pub(crate) refused: bool,
}

/// What answers the guest.
pub(crate) enum Source {
    /// The world, as far as the operator grants it, and the secrets that it is asked with.
    Live(Arc<Grants>, Vault),
    /// What was recorded of it. There are no grants then.
    Recorded(Box<Recording>),
}

/// One call to a host interface, before it is known to be allowed.
pub(crate) struct Call {
    pub(crate) kind: NeedKind,
    asked: Asked,
}

impl Call {
    /// A call of `function` (such as `files.open`) with `request`, whose fields are sorted by name.
    ///
    /// # Errors
    /// Where the request has no JSON form, which is a fault of the host.
    pub(crate) fn new(
        kind: NeedKind,
        function: &'static str,
        grant: &str,
        request: &impl Serialize,
    ) -> Result<Self, Stop> {
        let json = canonical_json(request)
            .map_err(|cause| Stop::host_error(format!("request to `{function}` cannot be recorded: {cause}")))?;
        Ok(Self { kind, asked: Asked { function, grant: grant.to_owned(), request: sha256(&json) } })
    }
}

impl Run {
    /// Asks an interface, or the recording of one, and records what it says. `access` gives nothing where there is no
    /// such grant; in a replay it is not called.
    ///
    /// # Errors
    /// A [`Stop`] where the run ends here: an undeclared need, a response that cannot be stored, the deadline, another
    /// question than was recorded. What the guest is told instead of an answer is the inner failure.
    pub(crate) fn perform<T: Answer>(
        &mut self,
        call: Call,
        access: impl FnOnce(&Grants, &Limits, &mut Vault) -> Option<Told<T>>,
    ) -> Result<Result<(T, Receipt), wt::Failure>, Stop> {
        let Call { kind, asked } = call;
        let grant = crate::text::plain(&asked.grant, 64);
        let declared = self.descriptor.needs.iter().find(|need| need.kind == kind && need.name == asked.grant);
        let Some(required) = declared.map(|need| need.required) else {
            let detail = format!("{kind} `{grant}` is asked for, but the plugin does not declare that need");
            // A name that nobody declared may be of any length and have anything in it.
            let asked = Asked { grant, ..asked };
            self.recorder.failed(asked, &Refusal::denied(&detail), principal::NONE, 0)?;
            return Err(Stop::denied(detail));
        };
        let limits = self.remaining();
        let Told { answer, principal, redacted } = match &mut self.source {
            Source::Live(grants, vault) => {
                let told = part::aside(|| access(grants, &limits, vault)).unwrap_or_else(|| {
                    let what = format_args!("{kind} `{grant}` is not granted, add `grants.{kind}.{grant}`");
                    Told::new(principal::NONE, Err(Refusal::denied(what)))
                });
                told.without_secrets(vault)
            }
            Source::Recorded(recording) => recording.answer(&asked)?,
        };
        let told = match answer {
            Ok(answer) => {
                let receipt = self.recorder.answered(asked, &answer, &principal, redacted)?;
                Ok((answer, receipt))
            }
            Err(refusal) => {
                let receipt = self.recorder.failed(asked, &refusal, &principal, redacted)?;
                if refusal.code == Code::Denied {
                    self.refused = true;
                    if required {
                        let detail = format!("required {kind} `{grant}`: {}", refusal.message);
                        self.fate.get_or_insert_with(|| Stop::denied(detail));
                    }
                }
                Err(failure_out(refusal, receipt))
            }
        };
        part::look();
        if let Source::Recorded(recording) = &mut self.source {
            recording.confirm(self.recorder.exchanges.last())?;
        }
        if self.started.elapsed() > self.wall_time() {
            return Err(Stop::deadline(self.limits.wall_time_ms));
        }
        Ok(told)
    }

    fn wall_time(&self) -> Duration {
        Duration::from_millis(self.limits.wall_time_ms)
    }

    /// The limits, with the time that is left and no timeout beyond it: no epoch interrupts a host call.
    fn remaining(&self) -> Limits {
        let left = self.wall_time().saturating_sub(self.started.elapsed()).as_millis();
        let left = u64::try_from(left).unwrap_or(u64::MAX).max(1);
        Limits {
            command_timeout_ms: self.limits.command_timeout_ms.min(left),
            http_timeout_ms: self.limits.http_timeout_ms.min(left),
            sql_timeout_ms: self.limits.sql_timeout_ms.min(left),
            wall_time_ms: left,
            ..self.limits.clone()
        }
    }
}
