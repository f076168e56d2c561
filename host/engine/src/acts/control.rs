//! Which controls people can act on: those of the matrix, looked at without any collector and any policy.

use tickmark_policy::matrix;

use crate::catalog::policy_files;
use crate::problem::{Problems, known_names};
use crate::site::Site;

/// A control of the matrix, as far as people's acts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KnownControl {
    /// Its id.
    pub(crate) id: String,
    /// Who answers for it.
    pub(crate) owner: String,
}

/// The control of this id; of another one, what is wrong with it.
///
/// # Errors
/// [`Problems`] where the matrix has some; otherwise where it cannot be read.
pub(crate) fn control(site: &Site, id: &str) -> anyhow::Result<Result<KnownControl, String>> {
    let known = known_controls(site)?;
    if let Some(found) = known.iter().find(|it| it.id == id) {
        return Ok(Ok(found.clone()));
    }
    let near = tickmark_policy::did_you_mean(id, known.iter().map(|it| it.id.as_str()));
    let help = near.unwrap_or_else(|| "`tickmark control list` shows them".to_owned());
    Ok(Err(format!("there is no control `{id}`; {help}")))
}

/// All controls of the matrix, by id: those that a collector observes and those that people operate.
fn known_controls(site: &Site) -> anyhow::Result<Vec<KnownControl>> {
    let (matrix, problems) = matrix::load_partly(&policy_files(&site.policies)?);
    if !problems.is_empty() {
        return Err(Problems::sorted(problems).into());
    }
    let automated = matrix.controls().map(|it| (&it.id, &it.owner));
    let manual = matrix.manual().map(|it| (&it.id, &it.owner));
    let known = automated.chain(manual).map(|(id, owner)| KnownControl { id: id.clone(), owner: owner.clone() });
    let mut known: Vec<KnownControl> = known.collect();
    known.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(known)
}

/// What is wrong with the name of a system, if anything is.
pub(crate) fn no_system(site: &Site, name: &str) -> Option<String> {
    let names: Vec<&str> = site.systems.iter().map(|it| it.system.name.as_str()).collect();
    let help = || known_names(name, names.iter().copied());
    (!names.contains(&name)).then(|| format!("there is no system `{name}`; {}", help()))
}
