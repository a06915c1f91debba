//! What a person does with a page, each waiting for the page as long as a person would.

use super::{Browser, PATIENCE};
use crate::harness::served::{eventually, eventually_or};
use fantoccini::Locator;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WindowHandle;
use serde_json::Value;
use std::cell::RefCell;
use std::time::{Duration, Instant};

/// Between two looks at the page.
const PAUSE: Duration = Duration::from_millis(20);

impl Browser {
    /// Opens an address and waits until the page is loaded.
    #[track_caller]
    pub(crate) fn open(&self, address: &str) {
        self.wait(self.session().goto(address)).unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// Tries until it works, as long as a person would.
    #[track_caller]
    fn patiently<T>(&self, what: &str, attempt: impl AsyncFn(Element) -> Result<Option<T>, CmdError>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let tried = self.wait(async {
                let element = self.session().find(Locator::Css(what)).await?;
                attempt(element).await
            });
            match tried {
                Ok(Some(found)) => return found,
                // Not there yet, still covered, or replaced between two looks.
                Ok(None) | Err(_) if Instant::now() < deadline => std::thread::sleep(PAUSE),
                Ok(None) => panic!("waited in vain: {what}"),
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }

    /// Clicks on the first element of a CSS selector.
    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        self.patiently(selector, async |element| element.click().await.map(Some));
    }

    /// Replaces the content of a field.
    #[track_caller]
    pub(crate) fn fill(&self, selector: &str, text: &str) {
        self.patiently(selector, async |element| {
            element.clear().await?;
            element.send_keys(text).await.map(Some)
        });
    }

    /// Waits until an element shows a text that contains this, however it is broken into lines, and returns all of it.
    #[track_caller]
    pub(crate) fn shows(&self, selector: &str, part: &str) -> String {
        let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let part = in_one_line(part);
        let is_there = |text: &String| in_one_line(text).contains(&part);
        self.patiently(selector, async |element| Ok(Some(element.text().await?).filter(is_there)))
    }

    /// Waits until an element is there and does not show a text any more.
    #[track_caller]
    pub(crate) fn lacks(&self, selector: &str, part: &str) {
        self.patiently(selector, async |element| Ok((!element.text().await?.contains(part)).then_some(())));
    }

    /// What a field holds.
    #[track_caller]
    pub(crate) fn value(&self, selector: &str) -> String {
        self.patiently(selector, async |element| element.prop("value").await)
    }

    /// Opens an address in a popup, as a page does, and acts there until the popup closes itself.
    #[track_caller]
    pub(crate) fn in_popup(&self, address: &str, act: impl FnOnce()) {
        let open = || {
            self.script("window.open(arguments[0], '', 'width=600,height=700'); arguments[1]();", &[address.into()]);
        };
        self.in_other_window(open, act);
    }

    /// Acts in the window that `open` opens until it is gone, whoever closes it, and comes back to the page.
    #[track_caller]
    pub(crate) fn in_other_window<T>(&self, open: impl FnOnce(), act: impl FnOnce() -> T) -> T {
        let before = self.windows();
        let [page] = before.as_slice() else { panic!("another window is open already: {before:?}") };
        open();
        let other = eventually("another window opens", || self.windows().into_iter().find(|window| window != page));
        self.wait(self.session().switch_to_window(other)).expect("a window");
        let result = act();
        eventually("the other window closes", || (self.windows().len() == 1).then_some(()));
        self.wait(self.session().switch_to_window(page.clone())).expect("a window");
        result
    }

    /// Opens another tab, and acts there from now on.
    #[track_caller]
    pub(crate) fn new_tab(&self) {
        let tab = self.wait(self.session().new_window(true)).expect("a tab");
        self.wait(self.session().switch_to_window(tab.handle)).expect("a window");
    }

    /// Closes the window that is acted in, as a person does.
    #[track_caller]
    pub(crate) fn close_window(&self) {
        self.wait(self.session().close_window()).expect("a window");
    }

    /// Where the window is.
    #[track_caller]
    pub(crate) fn address(&self) -> String {
        self.wait(self.session().current_url()).expect("an address").into()
    }

    /// Waits until the window is at an address that contains this, and returns all of it.
    #[track_caller]
    pub(crate) fn arrives(&self, part: &str) -> String {
        eventually(part, || Some(self.address()).filter(|address| address.contains(part)))
    }

    fn windows(&self) -> Vec<WindowHandle> {
        self.wait(self.session().windows()).expect("windows")
    }

    /// Runs a script in the page; its last argument is the function to call with the result.
    #[track_caller]
    pub(crate) fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.wait(self.session().execute_async(script, arguments.to_vec()));
        result.unwrap_or_else(|error| panic!("{error}\n{script}"))
    }

    /// Presses keys, wherever the focus is.
    #[track_caller]
    pub(crate) fn press(&self, keys: &str) {
        let pressed = self.wait(async { self.session().active_element().await?.send_keys(keys).await });
        pressed.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    /// The value of an expression in the page.
    #[track_caller]
    pub(crate) fn tells(&self, expression: &str) -> Value {
        self.script(&format!("arguments[arguments.length - 1]({expression});"), &[])
    }

    /// Waits until an expression in the page has this value. A part of the page that is not there yet is waited for too:
    /// after an address is opened the expression may run before the page has drawn anything.
    #[track_caller]
    pub(crate) fn tells_until(&self, expression: &str, wanted: &Value) {
        let guarded =
            format!("(() => {{ try {{ return [{expression}]; }} catch (error) {{ return String(error); }} }})()");
        let last = RefCell::new(Value::Null);
        eventually_or(
            || format!("{expression} is {wanted}; last it was {}", last.borrow()),
            || {
                let told = self.tells(&guarded);
                let met = told.get(0) == Some(wanted);
                last.replace(told);
                met.then_some(())
            },
        );
    }
}
