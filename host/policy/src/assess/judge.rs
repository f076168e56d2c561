//! One Cedar request, and what its answer means.

use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, Request, Response};
use tickmark_model::{DecidingPolicy, FactTable, Instant, System};

use crate::compile::Compiled;
use crate::entity::{self, Names, PopulationCounts};
use crate::schema::Part;

/// What became of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The scope policies do not allow it.
    Excluded,
    /// Cedar allows it.
    Conforming,
    /// At least one `forbid` decided against it; sorted.
    Exception(Vec<DecidingPolicy>),
    /// A policy raised an error, in the scope or after it; sorted.
    Undecided {
        /// What Cedar said.
        errors: Vec<String>,
        /// Whether the scope was decided.
        in_scope: bool,
    },
}

/// Everything that the requests of one control on one system share.
pub(crate) struct Judge<'a> {
    authorizer: Authorizer,
    compiled: &'a Compiled,
    context: Context,
    names: Names,
    principal: EntityUid,
    /// The scope's action, where there are scope policies.
    scope: Option<EntityUid>,
    subject: EntityUid,
    system: Entity,
    pub(super) as_of: Instant,
}

impl<'a> Judge<'a> {
    /// # Errors
    /// What Cedar says of a value that it does not take.
    pub(crate) fn new(compiled: &'a Compiled, system: &System, as_of: Instant) -> Result<Self, String> {
        let control = &compiled.control;
        let system = entity::system(system)?;
        let scoped = compiled.part(Part::Scope).next().is_some();
        Ok(Self {
            authorizer: Authorizer::new(),
            compiled,
            context: entity::context(control, as_of)?,
            names: Names::of(&compiled.fact)?,
            principal: system.uid(),
            scope: if scoped { Some(entity::action(&Part::Scope.action(&control.id))?) } else { None },
            subject: entity::action(&Part::Subject.action(&control.id))?,
            system,
            as_of,
        })
    }

    /// Judges row `row` of `table`.
    pub(crate) fn row(&self, table: &FactTable, row: usize) -> Verdict {
        let undecided = |in_scope| move |error| Verdict::Undecided { errors: vec![error], in_scope };
        let uid = self.names.subject(table.id(row).unwrap_or_default());
        let entities = match self.names.entity(table, row).and_then(|subject| self.entities(subject)) {
            Ok(entities) => entities,
            Err(error) => return undecided(false)(error),
        };
        if let Some(scope) = &self.scope {
            let response = match self.ask(scope, &uid, &entities) {
                Ok(response) => response,
                Err(error) => return undecided(false)(error),
            };
            let errors = errors(&response);
            if !errors.is_empty() {
                return Verdict::Undecided { errors, in_scope: false };
            }
            if response.decision() == Decision::Deny {
                return Verdict::Excluded;
            }
        }
        match self.ask(&self.subject, &uid, &entities) {
            Ok(response) => self.verdict(&response),
            Err(error) => undecided(true)(error),
        }
    }

    /// Judges the population as a whole.
    pub(crate) fn population(&self, counts: &PopulationCounts) -> Verdict {
        let id = &self.compiled.control.id;
        let answer = entity::population(id, counts).and_then(|population| {
            let uid = population.uid();
            let action = entity::action(&Part::Population.action(id))?;
            self.ask(&action, &uid, &self.entities(population)?)
        });
        match answer {
            Ok(response) => self.verdict(&response),
            Err(error) => Verdict::Undecided { errors: vec![error], in_scope: true },
        }
    }

    fn entities(&self, subject: Entity) -> Result<Entities, String> {
        Entities::from_entities([self.system.clone(), subject], None).map_err(|error| error.to_string())
    }

    fn ask(&self, action: &EntityUid, resource: &EntityUid, entities: &Entities) -> Result<Response, String> {
        let request =
            Request::new(self.principal.clone(), action.clone(), resource.clone(), self.context.clone(), None)
                .map_err(|error| error.to_string())?;
        Ok(self.authorizer.is_authorized(&request, &self.compiled.set, entities))
    }

    /// Cedar skips a policy that errors, which can hide a `forbid`; so any error leaves the subject undecided.
    fn verdict(&self, response: &Response) -> Verdict {
        let errors = errors(response);
        if !errors.is_empty() {
            return Verdict::Undecided { errors, in_scope: true };
        }
        if response.decision() == Decision::Allow {
            return Verdict::Conforming;
        }
        let card = |id: &cedar_policy::PolicyId| self.compiled.cards.get::<str>(id.as_ref());
        let mut policies: Vec<DecidingPolicy> =
            response.diagnostics().reason().filter_map(card).map(|card| card.deciding.clone()).collect();
        policies.sort();
        if policies.is_empty() {
            let errors = vec!["Cedar denies it and names no policy, which the control's shape rules out".to_owned()];
            return Verdict::Undecided { errors, in_scope: true };
        }
        Verdict::Exception(policies)
    }
}

fn errors(response: &Response) -> Vec<String> {
    let mut errors: Vec<String> = response.diagnostics().errors().map(ToString::to_string).collect();
    errors.sort();
    errors
}
