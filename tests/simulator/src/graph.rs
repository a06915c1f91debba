//! The Graph site, version 1.0: what an import of licences and people asks for.

mod access;
mod error;
mod groups;
mod me;
mod name_filter;
mod page_token;
mod paging;
mod query;
mod quota;
mod reply;
mod reports;
mod route;
mod sign_ins;
mod skus;
mod user_fields;
mod users;

pub(crate) use error::GraphError;
pub(crate) use paging::page_number;
pub(crate) use route::answer;
