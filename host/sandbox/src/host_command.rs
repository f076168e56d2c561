//! `command`: the operator's own command lines.

use serde::Serialize;
use tickmark_model::{NeedKind, Scalar};

use crate::bindings::tickmark::collector::{command as wc, types as wt};
use crate::convert::scalar_in;
use crate::interfaces::command::{self, Output};
use crate::principal::Told;
use crate::recorder::{Answer, Recorded, Summary};
use crate::replay::{Played, ReplayError};
use crate::resources::{Blob, hand_over};
use crate::run::Call;
use crate::secrets::Redaction;
use crate::state::HostState;

#[derive(Serialize)]
struct RunRequest<'a> {
    grant: &'a str,
    params: &'a [(String, Scalar)],
}

impl Answer for Output {
    fn record(&self) -> serde_json::Result<Recorded<'_>> {
        let summary = Summary::from([("exit_code".to_owned(), self.exit_code.into())]);
        let parts = vec![("stdout", self.stdout.as_slice().into()), ("stderr", self.stderr.as_slice().into())];
        Ok(Recorded { parts, summary })
    }

    fn play(played: &Played<'_>) -> Result<Self, ReplayError> {
        let exit_code = played.summary().get("exit_code").and_then(serde_json::Value::as_i64);
        let exit_code = exit_code.and_then(|code| i32::try_from(code).ok());
        let exit_code = exit_code.ok_or_else(|| played.wrong("its summary has no whole number `exit_code`"))?;
        Ok(Self { exit_code, stdout: played.part("stdout")?, stderr: played.part("stderr")? })
    }

    fn redact(&mut self, redaction: &mut Redaction<'_>) {
        redaction.bytes(&mut self.stdout);
        redaction.bytes(&mut self.stderr);
    }
}

impl wc::Host for HostState {
    fn run(
        &mut self,
        name: String,
        params: Vec<(String, wt::Scalar)>,
    ) -> wasmtime::Result<Result<wc::Output, wt::Failure>> {
        let (run, resources) = self.enter("command.run")?;
        let params: Vec<(String, Scalar)> = params.into_iter().map(|(name, value)| (name, scalar_in(value))).collect();
        let request = RunRequest { grant: &name, params: &params };
        let call = Call::new(NeedKind::Command, "command.run", &name, &request)?;
        let told = run.perform(call, |grants, limits, vault| {
            grants.command.get(&name).map(|granted| Told::to_host_user(command::run(granted, &params, limits, vault)))
        })?;
        match told {
            Ok((Output { exit_code, stdout, stderr }, receipt)) => {
                let stdout = hand_over(resources, Blob::held(stdout, receipt))?;
                let stderr = hand_over(resources, Blob::held(stderr, receipt))?;
                Ok(Ok(wc::Output { exit_code, stdout, stderr }))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }
}
