//! What a matrix says otherwise than the one before, old beside new.

use serde::Serialize;
use serde_json::Value;
use tickmark_ledger::Kind;
use tickmark_model::Instant;

use super::given::{Design, InForceGiven};
use super::words::short;

/// A control that is another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// From when.
    pub at: Instant,
    /// The record of the new matrix.
    pub record: String,
    /// The control.
    pub control: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// What is otherwise, by name.
    pub fields: Vec<FieldChange>,
}

/// What became of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is there no more.
    Removed,
    /// Something of it asks for less.
    Loosened,
    /// It is otherwise, and the row alone does not tell whether it asks for less.
    Changed,
    /// All that is otherwise asks for more.
    Tightened,
    /// It is new.
    Added,
}

/// One member of a row that is otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// As it was; empty where there was none.
    pub old: String,
    /// As it is; empty where there is none.
    pub new: String,
    /// Whether it asks for less.
    pub direction: Direction,
}

/// Whether something asks for less than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// It asks for less.
    Looser,
    /// It asks for more.
    Tighter,
    /// The row alone does not tell.
    Unknown,
}

/// What the second matrix says otherwise, by control.
pub(super) fn changes(old: &InForceGiven, new: &InForceGiven) -> Vec<Change> {
    let mut ids: Vec<&String> = old.controls.keys().chain(new.controls.keys()).collect();
    ids.sort();
    ids.dedup();
    let change = |id: &String| {
        let (kind, fields) = compare(old.controls.get(id), new.controls.get(id))?;
        let record = Kind::Matrix.id(new.record);
        Some(Change { at: new.from, record, control: id.clone(), kind, fields })
    };
    ids.into_iter().filter_map(change).collect()
}

fn compare(old: Option<&Design>, new: Option<&Design>) -> Option<(ChangeKind, Vec<FieldChange>)> {
    match (old, new) {
        (Some(old), Some(new)) => {
            let mut fields = fields(&old.row, &new.row);
            if old.systems != new.systems {
                let gone = old.systems.iter().any(|it| !new.systems.contains(it));
                let direction = if gone { Direction::Looser } else { Direction::Tighter };
                let (old, new) = (old.systems.join(", "), new.systems.join(", "));
                fields.push(FieldChange { field: "on systems".to_owned(), old, new, direction });
            }
            if fields.is_empty() && old.version != new.version {
                let (old, new) = (short(&old.version), short(&new.version));
                fields.push(FieldChange { field: "policies".to_owned(), old, new, direction: Direction::Unknown });
            }
            let any = |direction| fields.iter().any(|it| it.direction == direction);
            let kind = match (any(Direction::Looser), any(Direction::Unknown)) {
                (true, _) => ChangeKind::Loosened,
                (false, true) => ChangeKind::Changed,
                (false, false) => ChangeKind::Tightened,
            };
            (!fields.is_empty()).then_some((kind, fields))
        }
        (Some(old), None) => Some((ChangeKind::Removed, fields(&old.row, &Value::Null))),
        (None, Some(new)) => Some((ChangeKind::Added, fields(&Value::Null, &new.row))),
        (None, None) => None,
    }
}

fn fields(old: &Value, new: &Value) -> Vec<FieldChange> {
    let names = |row: &Value| row.as_object().map(|row| row.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let mut all = [names(old), names(new)].concat();
    all.sort();
    all.dedup();
    let field = |name: String| {
        let (old, new) = (old.get(&name).unwrap_or(&Value::Null), new.get(&name).unwrap_or(&Value::Null));
        let direction = direction(&name, old, new);
        (old != new).then(|| FieldChange { field: name, old: text(old), new: text(new), direction })
    };
    all.into_iter().filter_map(field).collect()
}

/// Whether `new` asks for less than `old`, as far as the member alone tells.
fn direction(name: &str, old: &Value, new: &Value) -> Direction {
    let by = |loosens: Option<bool>| match loosens {
        Some(true) => Direction::Looser,
        Some(false) => Direction::Tighter,
        None => Direction::Unknown,
    };
    match name {
        "frequency" => by(rank(old, FREQUENCIES).zip(rank(new, FREQUENCIES)).map(|(old, new)| new > old)),
        "severity" => by(rank(old, SEVERITIES).zip(rank(new, SEVERITIES)).map(|(old, new)| new > old)),
        // Left out means `any`.
        "combine" => {
            let of = |value: &Value| if value.is_null() { Some(2) } else { rank(value, COMBINATIONS) };
            by(of(old).zip(of(new)).map(|(old, new)| new > old))
        }
        // Left out means no grace, and a day without being seen.
        "grace_ms" => by(Some(new.as_i64().unwrap_or(0) > old.as_i64().unwrap_or(0))),
        "max_gap_ms" => by(Some(new.as_i64().unwrap_or(86_400_000) > old.as_i64().unwrap_or(86_400_000))),
        // Left out means that any age will do, and any window.
        "max_age_ms" => by(Some(new.as_i64().unwrap_or(i64::MAX) > old.as_i64().unwrap_or(i64::MAX))),
        "window_ms" => by(Some(new.as_i64().unwrap_or(0) < old.as_i64().unwrap_or(0))),
        "remediation_days" => by(old.as_u64().zip(new.as_u64()).map(|(old, new)| new > old)),
        "criteria" => {
            let has = |row: &Value, it: &Value| row.as_array().is_some_and(|all| all.contains(it));
            let gone = old.as_array().map(|old| old.iter().any(|it| !has(new, it)));
            by(gone)
        }
        // Either of the two alone is less than both.
        "execution" => match (old.as_str(), new.as_str()) {
            (Some("both"), _) => Direction::Looser,
            (_, Some("both")) => Direction::Tighter,
            _ => Direction::Unknown,
        },
        _ => Direction::Unknown,
    }
}

/// From the most often to the least; those that follow events are not among them.
const FREQUENCIES: &[&str] = &["continuous", "daily", "business-daily", "weekly", "monthly", "quarterly", "annual"];
const SEVERITIES: &[&str] = &["critical", "high", "medium", "low"];
const COMBINATIONS: &[&str] = &["all", "each", "any"];

fn rank(value: &Value, words: &[&str]) -> Option<usize> {
    let word = value.as_str()?;
    words.iter().position(|it| *it == word)
}

/// A member of a row as people read it.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{design, matrix};
    use super::*;
    use serde_json::json;

    fn check(change: impl Fn(&mut Value), kind: ChangeKind, field: &str, old: &str, new: &str) {
        let before = design("CC6.1-a");
        let mut after = before.clone();
        change(&mut after.row);
        let (old_matrix, new_matrix) = (matrix(1, &[("a", before)]), matrix(9, &[("a", after)]));
        let changes = changes(&old_matrix, &new_matrix);
        let [found] = changes.as_slice() else { panic!("{changes:?}") };
        let [of] = found.fields.as_slice() else { panic!("{found:?}") };
        assert_eq!((found.kind, &*found.record), (kind, "matrix/9"));
        assert_eq!((&*of.field, &*of.old, &*of.new), (field, old, new));
    }

    #[test]
    fn asking_for_less_is_loosened() {
        use ChangeKind::{Changed, Loosened, Tightened};
        check(|row| row["frequency"] = "weekly".into(), Loosened, "frequency", "daily", "weekly");
        check(|row| row["frequency"] = "continuous".into(), Tightened, "frequency", "daily", "continuous");
        check(|row| row["frequency"] = "per-event".into(), Changed, "frequency", "daily", "per-event");
        check(|row| row["severity"] = "low".into(), Loosened, "severity", "high", "low");
        check(|row| row["grace_ms"] = 1.into(), Loosened, "grace_ms", "", "1");
        check(|row| row["max_gap_ms"] = 1.into(), Tightened, "max_gap_ms", "", "1");
        check(|row| row["max_age_ms"] = 1.into(), Tightened, "max_age_ms", "", "1");
        check(|row| row["remediation_days"] = 90.into(), Loosened, "remediation_days", "30", "90");
        check(|row| row["combine"] = "all".into(), Tightened, "combine", "", "all");
        check(|row| row["execution"] = "both".into(), Tightened, "execution", "", "both");
        check(|row| row["criteria"] = json!(["CC6.1"]), Loosened, "criteria", "CC6.1, CC6.6", "CC6.1");
        check(|row| row["owner"] = "Eve".into(), Changed, "owner", "Security", "Eve");
        check(|row| row["parameters"] = json!({"n": 9}), Changed, "parameters", "{}", r#"{"n":9}"#);
    }

    #[test]
    fn a_control_that_is_gone_has_its_whole_row_beside_nothing() {
        let (old, new) = (matrix(1, &[("a", design("CC6.1-a"))]), matrix(9, &[]));
        let gone = changes(&old, &new).pop().unwrap();
        assert_eq!(gone.kind, ChangeKind::Removed);
        let title = gone.fields.iter().find(|it| it.field == "title").unwrap();
        assert_eq!((&*title.old, &*title.new), ("MFA for admins", ""));
        assert_eq!(changes(&new, &old).pop().unwrap().kind, ChangeKind::Added);
    }

    #[test]
    fn other_policies_under_the_same_row_are_a_change() {
        let mut after = design("CC6.1-a");
        after.version = tickmark_model::Digest([0x99; 32]);
        let found = changes(&matrix(1, &[("a", design("CC6.1-a"))]), &matrix(9, &[("a", after)])).pop().unwrap();
        assert_eq!((found.kind, &*found.fields[0].field), (ChangeKind::Changed, "policies"));
    }

    #[test]
    fn a_system_that_is_left_out_loosens() {
        let (mut more, less) = (design("CC6.1-a"), design("CC6.1-a"));
        more.systems.push("db".to_owned());
        let (more, less) = (matrix(1, &[("a", more)]), matrix(9, &[("a", less)]));
        assert_eq!(changes(&more, &less).pop().unwrap().kind, ChangeKind::Loosened);
        assert_eq!(changes(&less, &more).pop().unwrap().kind, ChangeKind::Tightened);
    }
}
