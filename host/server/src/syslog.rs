//! The audit trail for a syslog server: messages of RFC 5424, by UDP (RFC 5426), by TCP with octet counting (RFC 6587), by
//! TLS (RFC 5425), or to the system's own socket.

mod address;
mod line;
mod message;

pub use address::{InvalidSyslogAddress, SyslogAddress};
pub(crate) use line::{SyslogError, send};
pub(crate) use message::Source;
