//! What is wrong with a file, collected, so that it can be corrected at once.

use crate::trouble::Trouble;

/// Problems that are told; whoever has more has one of them in each row.
const MOST_TOLD: usize = 200;

/// What was found so far.
#[derive(Default)]
pub(super) struct Findings {
    problems: Vec<String>,
    clashes: Vec<String>,
}

impl Findings {
    /// Something that has to be corrected, and where.
    pub(super) fn problem(&mut self, at: impl ToString, trouble: &Trouble) {
        let at = at.to_string();
        if trouble.fields.is_empty() {
            self.problems.push(format!("{at}: {} {}", trouble.title, trouble.advice));
        }
        // Without the advice of a form: it speaks of what was typed in the form.
        let fields =
            trouble.fields.iter().map(|field| format!("{at}, {}: {} {}", field.field, field.title, field.advice));
        self.problems.extend(fields);
    }

    /// Keeps what is right, and what is wrong with the rest.
    pub(super) fn take<T>(&mut self, at: impl ToString, checked: Result<T, impl Into<Trouble>>) -> Option<T> {
        checked.map_err(|error| self.problem(at, &error.into())).ok()
    }

    /// Something that is there already under its name.
    pub(super) fn clash(&mut self, what: impl ToString) {
        self.clashes.push(what.to_string());
    }

    /// Nothing, if nothing was found.
    pub(super) fn settled(self) -> Result<(), Trouble> {
        let Self { problems, clashes } = self;
        if !problems.is_empty() {
            let title = match problems.len() {
                1 => "one thing in the file is not right".to_owned(),
                several => format!("{several} things in the file are not right"),
            };
            let trouble = Trouble::settings("config.invalid", title, "Correct the file. Nothing was changed.");
            let more = problems.len().saturating_sub(MOST_TOLD);
            let more = (more > 0).then(|| format!("And {more} more."));
            return Err(problems.into_iter().take(MOST_TOLD).chain(more).fold(trouble, Trouble::with));
        }
        if !clashes.is_empty() {
            let title = "some of what the file describes is there already";
            let advice = "Nothing was changed. Replace what is there with --replace, or leave it as it is with --skip.";
            let trouble = Trouble::settings("config.clash", title, advice);
            return Err(clashes.into_iter().fold(trouble, Trouble::with));
        }
        Ok(())
    }
}
