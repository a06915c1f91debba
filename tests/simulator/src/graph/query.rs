//! OData query options, with and without the dollar sign, encoded or not.

use super::error::GraphError;
use crate::exchange::Exchange;

/// The options of a request. Values are decoded; the raw query is kept for continuation links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) select: Option<Vec<String>>,
    pub(super) expand: Option<String>,
    pub(super) top: Option<String>,
    pub(super) filter: Option<String>,
    pub(super) skip_token: Option<String>,
    pub(super) count: bool,
    /// The raw query without the page token.
    pub(super) remaining: String,
}

/// Which options a collection understands besides `$select`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Supported {
    SelectOnly,
    Collection,
}

impl Options {
    pub(super) fn read(exchange: &Exchange, supported: Supported) -> Result<Self, GraphError> {
        let mut options = Self::default();
        let mut remaining = Vec::new();
        for pair in exchange.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let decoded = url::form_urlencoded::parse(pair.as_bytes()).next();
            let Some((name, value)) = decoded else { continue };
            let name = name.trim_start_matches('$').to_ascii_lowercase();
            if name != "skiptoken" {
                remaining.push(pair);
            }
            let value = value.into_owned();
            match (name.as_str(), supported) {
                ("select", _) => options.select = Some(value.split(',').map(|name| name.trim().to_owned()).collect()),
                ("format", _) => {}
                (option, Supported::SelectOnly) => {
                    return Err(GraphError::unsupported_query(format!(
                        "The query parameter '${option}' is not supported for this resource."
                    )));
                }
                ("expand", _) => options.expand = Some(value),
                ("top", _) => options.top = Some(value),
                ("filter", _) => options.filter = Some(value),
                ("skiptoken", _) => options.skip_token = Some(value),
                ("count", _) => options.count = value.eq_ignore_ascii_case("true"),
                ("skip", _) => return Err(GraphError::unsupported_query("'$skip' is not supported by the service.")),
                (option, _) => {
                    return Err(GraphError::unsupported_query(format!(
                        "The query parameter '${option}' is not supported."
                    )));
                }
            }
        }
        options.remaining = remaining.join("&");
        Ok(options)
    }
}

/// `ConsistencyLevel: eventual` was sent.
pub(super) fn is_eventual(exchange: &Exchange) -> bool {
    exchange.header("consistencylevel").is_some_and(|level| level.eq_ignore_ascii_case("eventual"))
}

/// A property name of `$select` that does not exist.
pub(super) fn unknown_property(name: &str, entity: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{entity}'."
    ))
}
