//! What is known of one policy besides what Cedar evaluates.

use cedar_policy::Effect;
use cedar_policy::pst::Template;
use tickmark_model::DecidingPolicy;

use crate::schema::Part;

/// One policy: its part, effect, annotations and syntax tree.
#[derive(Clone, Debug)]
pub(crate) struct Card {
    pub(crate) body: Template,
    pub(crate) deciding: DecidingPolicy,
    pub(crate) effect: Effect,
    pub(crate) part: Part,
    pub(crate) text: String,
}
