//! Accessibility: the page as `axe-core` sees it.

use super::Browser;
use crate::harness::places;
use serde_json::Value;

/// The rules of WCAG 2.2 at levels A and AA, and what axe calls good practice.
const RUN: &str = r#"
    const done = arguments[0];
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then(
        ({ violations }) => done({ violations }),
        (error) => done({ error: String(error) }),
    );
"#;

/// One broken rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Stable name, for example `label`.
    pub(crate) rule: String,
    /// What the rule asks for.
    pub(crate) help: String,
    /// The elements that break it, as HTML.
    pub(crate) elements: Vec<String>,
}

impl Violation {
    fn of(violation: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let nodes = violation["nodes"].as_array().into_iter().flatten();
        Self {
            rule: text(&violation["id"]),
            help: text(&violation["help"]),
            elements: nodes.map(|node| text(&node["html"])).collect(),
        }
    }
}

impl Browser {
    /// What is not accessible on the page as it is now.
    #[track_caller]
    pub(crate) fn axe(&self) -> Vec<Violation> {
        let library = std::fs::read_to_string(places::axe()).expect("a script");
        // Not part of the page, so the page's policy has no say in it.
        self.wait(self.session().execute(&library, Vec::new())).expect("axe-core loads");
        let result = self.script(RUN, &[]);
        let violations = result["violations"].as_array().unwrap_or_else(|| panic!("axe-core failed: {result}"));
        violations.iter().map(Violation::of).collect()
    }
}
