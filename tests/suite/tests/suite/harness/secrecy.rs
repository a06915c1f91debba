//! Whether a page holds what it must not: the places in which a page can keep something, searched for secrets.

use super::chromium::Browser;
use super::leak::Search;

/// Searches heap, memory, storage, the page itself and the record of the network for these secrets; a line for each
/// that was found. What was searched must be there: an empty place would hide everything.
#[track_caller]
pub(crate) fn found_in_page(browser: &Browser, secrets: &[String]) -> Vec<String> {
    let mut search = Search::new(secrets);
    // The heap first: the other looks leave their own results in it.
    let heap = browser.heap();
    assert!(heap.len() > 1 << 20, "a heap of {} bytes is none", heap.len());
    search.bytes("the heap", &heap);
    let memory = browser.memory();
    assert!(memory.len() > 1 << 20, "a memory of {} bytes is none", memory.len());
    search.bytes("the program's memory", &memory);
    search.bytes("what the page keeps or shows", &browser.kept());
    let network = browser.network();
    assert!(network.iter().any(|(_, bytes)| !bytes.is_empty()), "nothing went over the network");
    for (place, bytes) in network {
        search.bytes(&format!("the network, {place}"), &bytes);
    }
    search.found()
}
