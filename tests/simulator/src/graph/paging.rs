//! Pages of a list: size, position, continuation link.

use super::error::GraphError;
use super::page_token::PageToken;
use super::query::Options;
use crate::exchange::Exchange;
use crate::faults::PageFaults;
use crate::tenant::Stop;
use crate::world::World;

const DEFAULT_SIZE: u64 = 100;
const LARGEST_SIZE: u64 = 999;

/// A request for one page.
#[derive(Clone, Debug)]
pub(super) struct PageRequest {
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) number: u64,
}

/// The positions on a page and where the next one starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) positions: Vec<u64>,
    pub(super) next: Option<u64>,
}

impl PageRequest {
    /// Reads size and page token. A list with a largest page of its own gives smaller ones without a word.
    pub(super) fn read(
        world: &World,
        options: &Options,
        faults: &PageFaults,
        own_largest: Option<u64>,
    ) -> Result<Self, GraphError> {
        if faults.expired_token {
            return Err(GraphError::expired_page_token());
        }
        let size = match &options.top {
            None => DEFAULT_SIZE,
            Some(text) => {
                let asked: Option<u64> = text.parse().ok().filter(|size| *size > 0);
                let capped = asked.map(|size| own_largest.map_or(size, |largest| size.min(largest)));
                capped.filter(|size| *size <= LARGEST_SIZE).ok_or_else(|| {
                    GraphError::unsupported_query(format!(
                        "Invalid page size specified: '{text}'. Must be between 1 and {LARGEST_SIZE} inclusive."
                    ))
                })?
            }
        };
        let size = world.largest_page.map_or(size, |largest| size.min(largest.max(1)));
        let Some(token) = &options.skip_token else { return Ok(Self { start: 0, size, number: 1 }) };
        let now = world.clock.now().as_second();
        let token = PageToken::decode(token, world.page_seed, &options.remaining, now)?;
        Ok(Self { start: token.start, size, number: token.page })
    }

    /// Fills the page from a walk that begins where the page does, and lets faults at it.
    pub(super) fn fill(&self, mut walk: impl Iterator<Item = Stop>, faults: &PageFaults) -> Page {
        if faults.empty {
            return Page { positions: Vec::new(), next: Some(self.start) };
        }
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let stops: Vec<Stop> = walk.by_ref().take(size).collect();
        let next = walk.next();
        let again = stops.last().copied().filter(|_| faults.duplicate && next.is_some());
        Page {
            positions: stops.iter().map(|stop| stop.position).collect(),
            next: again.or(next).map(|stop| stop.place),
        }
    }

    /// The absolute address of the page that starts at a position, in the client's own words.
    pub(super) fn link(
        &self,
        world: &World,
        exchange: &Exchange,
        options: &Options,
        start: u64,
        faults: &PageFaults,
    ) -> String {
        if faults.stuck {
            return own_address(exchange);
        }
        let issued_at = world.clock.now().as_second();
        let token = PageToken { start, page: self.number + 1, issued_at }.encode(world.page_seed, &options.remaining);
        let origin = faults.foreign_origin.clone().unwrap_or_else(|| exchange.origin());
        let separator = if options.remaining.is_empty() { "" } else { "&" };
        format!("{origin}{}?{}{separator}$skiptoken={token}", exchange.path(), options.remaining)
    }
}

fn own_address(exchange: &Exchange) -> String {
    let target = exchange.uri.path_and_query().map_or("/", |target| target.as_str());
    format!("{}{target}", exchange.origin())
}

/// The continuation link of a list that has one page: only a fault makes one.
pub(super) fn stray_link(exchange: &Exchange, faults: &PageFaults) -> Option<String> {
    let foreign = || Some(format!("{}{}?$skiptoken=elsewhere", faults.foreign_origin.as_ref()?, exchange.path()));
    if faults.stuck { Some(own_address(exchange)) } else { foreign() }
}

/// Number of the page that a request for a list asks for; other requests and unreadable tokens have none.
pub(crate) fn page_number(world: &World, exchange: &Exchange) -> Option<u64> {
    let options = Options::read(exchange, super::query::Supported::Collection).ok()?;
    // A size that is too large for one list is right for another; only the page matters here.
    PageRequest::read(world, &options, &PageFaults::default(), Some(1)).ok().map(|request| request.number)
}
