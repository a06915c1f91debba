//! Somebody in front of a page, who finds things by what they are called: with a mouse, or with a keyboard alone.

use super::chromium::Browser;
use super::served::eventually;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use serde_json::{Value, json};

/// More stops than any page has.
const STOPS: usize = 400;

/// What a control is called, as a screen reader says it, and whether it is one of a kind.
const NAMING: &str = r#"
    const named = (element) => {
        const labels = [...(element.labels ?? [])].map((label) => label.innerText).join(" ");
        const text = element.getAttribute("aria-label") ?? (labels || element.innerText || element.value || "");
        return text.replace(/\s+/g, " ").trim();
    };
    const kinds = {
        press: "button, a[href], summary",
        field: "input:not([type=radio]):not([type=checkbox]), textarea, select",
        choice: "input[type=radio], input[type=checkbox]",
    };
    const found = (kind, name) => {
        const all = [...document.querySelectorAll(kinds[kind])].filter((one) => one.checkVisibility() && !one.disabled);
        const fits = [(text) => text === name, (text) => text.startsWith(name), (text) => text.includes(name)];
        return fits.map((fit) => all.find((one) => fit(named(one)))).find((one) => one) ?? null;
    };
"#;

/// The element of this kind and name, or null.
const FIND: &str = "const [kind, name, done] = arguments; done(found(kind, name));";

/// Where the keyboard is: `there`, `group` (among the choices that the wanted one belongs to), `elsewhere`, or `gone`
/// when nothing is called so yet.
const FOCUS: &str = r#"
    const [kind, name, done] = arguments;
    const wanted = found(kind, name);
    const active = document.activeElement;
    if (!wanted) done("gone");
    else if (wanted === active) done("there");
    else if (wanted.type === "radio" && active?.type === "radio" && active.name === wanted.name) done("group");
    else done("elsewhere");
"#;

/// With what somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hands {
    Mouse,
    Keyboard,
}

/// Somebody in front of the window that the browser shows.
#[derive(Clone, Copy)]
pub(crate) struct Person<'b> {
    pub(crate) browser: &'b Browser,
    hands: Hands,
}

impl<'b> Person<'b> {
    pub(crate) fn new(browser: &'b Browser, hands: Hands) -> Self {
        Self { browser, hands }
    }

    /// Presses a button, follows a link, opens what is folded away.
    #[track_caller]
    pub(crate) fn press(self, name: &str) {
        match self.hands {
            Hands::Mouse => self.click("press", name),
            Hands::Keyboard => {
                self.tab_to("press", name);
                self.types(&String::from(char::from(Key::Enter)));
            }
        }
    }

    /// Replaces the content of a field.
    #[track_caller]
    pub(crate) fn fills(self, name: &str, text: &str) {
        match self.hands {
            Hands::Mouse => self.click("field", name),
            Hands::Keyboard => self.tab_to("field", name),
        }
        let (control, release) = (char::from(Key::Control), char::from(Key::Null));
        self.types(&format!("{control}a{release}{text}"));
    }

    /// Picks a choice.
    #[track_caller]
    pub(crate) fn picks(self, name: &str) {
        self.sets(name, true);
    }

    /// Takes the tick out of a box.
    #[track_caller]
    pub(crate) fn unpicks(self, name: &str) {
        self.sets(name, false);
    }

    #[track_caller]
    fn sets(self, name: &str, wanted: bool) {
        match self.hands {
            Hands::Mouse => self.click("choice", name),
            Hands::Keyboard => {
                self.tab_to("choice", name);
                let checked = "const [kind, name, done] = arguments; done(found(kind, name).checked);";
                if self.asks(checked, "choice", name) != wanted {
                    self.types(" ");
                }
            }
        }
    }

    /// Waits until something called so is there.
    #[track_caller]
    pub(crate) fn finds(self, name: &str) {
        eventually(name, || self.element("press", name));
    }

    fn asks(self, script: &str, kind: &str, name: &str) -> Value {
        let script = format!("{NAMING}{script}");
        // A page that is being replaced answers nothing; it is asked again.
        let arguments = vec![json!(kind), json!(name)];
        self.browser.wait(self.browser.session().execute_async(&script, arguments)).unwrap_or(Value::Null)
    }

    fn element(self, kind: &str, name: &str) -> Option<Element> {
        let found = self.asks(FIND, kind, name);
        let id = found.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element::from_element_id(self.browser.session().clone(), ElementRef::from(id)))
    }

    #[track_caller]
    fn click(self, kind: &str, name: &str) {
        eventually(name, || {
            let element = self.element(kind, name)?;
            // Still covered, or replaced between two looks.
            self.browser.wait(element.click()).ok()
        });
    }

    #[track_caller]
    fn types(self, text: &str) {
        self.browser.wait(async {
            let active = self.browser.session().active_element().await.expect("an element has the keyboard");
            active.send_keys(text).await.unwrap_or_else(|error| panic!("nobody can type here: {error}"));
        });
    }

    /// Walks with the tabulator key, and among choices with the arrows, as far as it takes.
    #[track_caller]
    fn tab_to(self, kind: &str, name: &str) {
        eventually(name, || (self.asks(FOCUS, kind, name) != "gone").then_some(()));
        let (tab, down) = (String::from(char::from(Key::Tab)), String::from(char::from(Key::Down)));
        for _ in 0..STOPS {
            match self.asks(FOCUS, kind, name).as_str() {
                Some("there") => return,
                Some("group") => self.types(&down),
                _ => self.types(&tab),
            }
        }
        panic!("no way with the keyboard leads to {name:?}");
    }
}
