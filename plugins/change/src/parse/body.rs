//! The text of a pull request or an issue: its sections, its check boxes, and whether somebody filled them in.
//!
//! **Invariant:** what a template brings along counts for nothing: comments, headings without text, open check boxes, and
//! words such as `n/a` and `TBD`.

/// A text in Markdown, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// What stands before the first heading.
    opening: String,
    /// Headings in lower case with the text below each, in order.
    sections: Vec<(String, String)>,
    /// Check boxes with their text in lower case, wherever they stand.
    boxes: Vec<(bool, String)>,
}

impl Body {
    /// Takes `text` apart.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = without_comments(text);
        let mut body = Self::default();
        let mut fence: Option<char> = None;
        for line in text.lines() {
            let bare = line.trim();
            if let Some(mark) = ['`', '~'].into_iter().find(|mark| bare.starts_with(&String::from(*mark).repeat(3))) {
                match fence {
                    None => fence = Some(mark),
                    Some(open) if open == mark => fence = None,
                    Some(_) => {}
                }
            } else if fence.is_none() {
                if let Some(heading) = heading(bare) {
                    body.sections.push((heading, String::new()));
                    continue;
                }
                body.boxes.extend(check_box(bare).map(|(checked, text)| (checked, name(text))));
            }
            let below = body.sections.last_mut().map_or(&mut body.opening, |(_, text)| text);
            below.push_str(line);
            below.push('\n');
        }
        body
    }

    /// The text of the sections called one of `names`, where somebody filled it in.
    #[must_use]
    pub fn section(&self, names: &[String]) -> Option<&str> {
        self.sections
            .iter()
            .filter(|(heading, _)| names.iter().any(|name| name == heading))
            .map(|(_, text)| text.trim())
            .find(|text| is_filled(text))
    }

    /// Whether something is described: before the first heading, or below one of `names`.
    #[must_use]
    pub fn is_described(&self, names: &[String]) -> bool {
        is_filled(&self.opening) || self.section(names).is_some()
    }

    /// Whether a section called one of `names`, or check boxes that start with one, say that something is done. One that
    /// says that it is not outweighs all.
    #[must_use]
    pub fn is_confirmed(&self, names: &[String]) -> bool {
        let sections = self.sections.iter().filter(|(heading, _)| names.contains(heading));
        let said = sections.filter_map(|(_, text)| confirmed(text));
        let ticks = self.boxes.iter().filter(|(_, text)| names.iter().any(|name| text.starts_with(name.as_str())));
        let all: Vec<bool> = said.chain(ticks.map(|(checked, _)| *checked)).collect();
        !all.is_empty() && all.iter().all(|yes| *yes)
    }
}

/// A heading's or check box's text as it is compared: in lower case, without marks and blanks around it.
#[must_use]
pub fn name(text: &str) -> String {
    let marks = |c: char| c.is_whitespace() || matches!(c, '*' | '_' | '`' | ':' | '#' | '?');
    text.trim_matches(marks).to_lowercase()
}

/// Whether somebody wrote something that is more than a place holder.
#[must_use]
pub fn is_filled(text: &str) -> bool {
    let words = |line: &str| line.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    text.lines().filter(|line| check_box(line.trim()).is_none_or(|(checked, _)| checked)).any(|line| {
        let line = words(line);
        !matches!(line.as_str(), "" | "na" | "none" | "no" | "todo" | "tbd" | "tba" | "x" | "xxx" | "noresponse")
    })
}

/// Whether `text` says that something is done; nothing where it says nothing.
#[must_use]
pub fn confirmed(text: &str) -> Option<bool> {
    let boxes: Vec<bool> = text.lines().filter_map(|line| check_box(line.trim())).map(|(checked, _)| checked).collect();
    if !boxes.is_empty() {
        return Some(boxes.iter().all(|checked| *checked));
    }
    let first = text.split_whitespace().next().map(name).unwrap_or_default();
    let first = first.trim_end_matches([',', '.', ';', '!']);
    let no = ["no", "not", "false", "failed", "fail", "failing", "pending", "open", "partly", "partially", "skipped"];
    match is_filled(text) {
        _ if no.contains(&first) => Some(false),
        true => Some(true),
        false => None,
    }
}

/// The text of a check box, and whether it is checked.
fn check_box(line: &str) -> Option<(bool, &str)> {
    let item = ["- ", "* ", "+ "].iter().find_map(|bullet| line.strip_prefix(bullet))?.trim_start();
    let checked = |mark: &str| item.strip_prefix(mark).filter(|rest| rest.is_empty() || rest.starts_with(' '));
    checked("[ ]")
        .map(|text| (false, text))
        .or_else(|| checked("[x]").or_else(|| checked("[X]")).map(|text| (true, text)))
}

fn heading(line: &str) -> Option<String> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && (text.is_empty() || text.starts_with([' ', '\t']))).then(|| name(text))
}

/// `text` without `<!-- ... -->`; one that does not end hides the rest.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    const TEMPLATE: &str = "<!-- What does it do? -->\n\n## Risk assessment\n\nTBD\n\n## Rollback plan:\n<!-- how -->\n\n\
         ## Testing\n- [ ] unit tests\n- [ ] by hand\n\n### Smoke tests\nN/A\n";

    #[test]
    fn a_template_alone_says_nothing() {
        let body = Body::read(TEMPLATE);
        assert!(!body.is_described(&names(&["description"])));
        for name in ["risk assessment", "rollback plan", "testing", "smoke tests"] {
            assert_eq!(body.section(&names(&[name])), None, "{name}");
            assert!(!body.is_confirmed(&names(&[name])), "{name}");
        }
    }

    #[test]
    fn a_filled_in_text_is_found_by_its_headings() {
        let body = Body::read(
            "Adds a limit.\n## **Risk Assessment**\nLow: one flag.\n```\n## Rollback plan\nno heading\n```\n## Rollback plan\nTurn it off.\n\
             ## Testing\n- [x] unit tests\n- [X] by hand\n## Monitoring\nyes, for an hour\n",
        );
        assert!(body.is_described(&[]));
        assert!(body.section(&names(&["risk", "risk assessment"])).unwrap().starts_with("Low: one flag."));
        assert_eq!(body.section(&names(&["rollback plan"])), Some("Turn it off."));
        assert!(body.is_confirmed(&names(&["testing"])) && body.is_confirmed(&names(&["monitoring"])));
        assert!(!body.is_confirmed(&names(&["smoke tests"])));
    }

    #[test]
    fn what_says_no_anywhere_is_not_confirmed() {
        let check = |text: &str| Body::read(text).is_confirmed(&names(&["smoke tests"]));
        assert!(check("- [x] Smoke tests passed"));
        assert!(!check("- [x] Smoke tests passed\n## Smoke tests\nfailed at first"));
        assert!(!check("- [ ] smoke tests\n- [x] smoke tests again"));
        assert!(!check("## Smoke tests\nNot yet."));
        assert!(!check("```\n- [x] smoke tests\n```"));
        assert!(!check("smoke tests: yes"));
        assert!(!check("- [x]smoke tests"));
    }
}
