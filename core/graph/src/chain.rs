//! Following a list from page to page.

use crate::{Trouble, Unreadable};
use beacon_contract::{PageOf, SlotName};
use beacon_kit::{Response, Run};
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

/// How often a list is started again after its page address became too old.
const RESTARTS: u32 = 2;

/// Pages that are remembered, in order to notice a circle. At the largest page this is a hundred million people; a
/// longer list is taken for a circle.
const REMEMBERED: usize = 100_000;

/// A list that is read page by page, each address used exactly as it came.
///
/// Most lists are read by [`Chain::read_to_end`]; [`Chain::next`] and [`Chain::follow`] are its two halves.
pub struct Chain<'r> {
    run: &'r Run,
    slot: &'r SlotName,
    page_of: &'r PageOf,
    root: String,
    next: Option<String>,
    /// Sorted hashes of the addresses that were followed.
    seen: Vec<u64>,
    restarts: u32,
    pages: u64,
}

/// A page that arrived.
pub struct Page {
    /// Its body.
    pub body: Vec<u8>,
    /// Whether it is the first one; true again after the list had to be started again, which makes everything that
    /// was collected from earlier pages void.
    pub first: bool,
}

impl<'r> Chain<'r> {
    /// A list that starts at `root`.
    #[must_use]
    pub fn new(run: &'r Run, slot: &'r SlotName, page_of: &'r PageOf, root: String) -> Self {
        let next = Some(root.clone());
        Self { run, slot, page_of, root, next, seen: Vec::new(), restarts: 0, pages: 0 }
    }

    /// Pages that were read since the last start.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.pages
    }

    /// Which list this is.
    #[must_use]
    pub fn page_of(&self) -> &PageOf {
        self.page_of
    }

    /// The next page, `None` after the last. An address that became too old starts the list again, twice at most.
    ///
    /// # Errors
    /// [`Trouble`] with the page; what came before stays valid.
    pub async fn next(&mut self) -> Result<Option<Page>, Trouble> {
        while let Some(url) = self.next.take() {
            let response = self.ask(url).await.map_err(Trouble::Failed)?;
            if response.is_success() {
                return Ok(Some(Page { body: response.body, first: self.pages == 0 }));
            }
            let trouble = Trouble::of(&response);
            if !trouble.is_expired_page() || self.restarts == RESTARTS {
                return Err(trouble);
            }
            self.restarts += 1;
            self.pages = 0;
            self.seen.clear();
            self.run.chain_reset(self.page_of);
            self.next = Some(self.root.clone());
        }
        Ok(None)
    }

    /// Reads the list to its end. `each` is given every page and says which one is next, see [`crate::read_page`].
    ///
    /// # Errors
    /// [`Trouble`]; what `each` was given before stays valid.
    pub async fn read_to_end(
        &mut self,
        mut each: impl FnMut(&Page) -> Result<Option<String>, Unreadable>,
    ) -> Result<(), Trouble> {
        while let Some(page) = self.next().await? {
            self.follow(each(&page))?;
        }
        Ok(())
    }

    async fn ask(&self, url: String) -> Result<Response, beacon_contract::Failed> {
        let request = self.run.get(url).header("accept", "application/json");
        request.slot(self.slot).page_of(self.page_of).send().await
    }

    /// Takes what a page said about the next one: the result of [`crate::read_page`].
    ///
    /// # Errors
    /// [`Trouble::Unreadable`] if the page was not one, [`Trouble::Stuck`] if its continuation was followed before.
    pub fn follow(&mut self, next: Result<Option<impl Into<String>>, Unreadable>) -> Result<(), Trouble> {
        let next: Option<String> = next.map_err(|Unreadable(detail)| Trouble::Unreadable { detail })?.map(Into::into);
        self.pages += 1;
        if let Some(url) = &next {
            // Fixed keys: the same pages make the same decisions everywhere.
            let mut hasher = DefaultHasher::new();
            hasher.write(url.as_bytes());
            match self.seen.binary_search(&hasher.finish()) {
                Err(at) if self.seen.len() < REMEMBERED && *url != self.root => self.seen.insert(at, hasher.finish()),
                _ => return Err(Trouble::Stuck),
            }
        }
        self.next = next;
        Ok(())
    }
}
