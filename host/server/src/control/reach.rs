use super::error::ControlError;
use super::greeting::{self, Greeted, PROGRAM};
use super::known::{self, Known};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// How long a beacon may take to greet.
const PATIENCE: Duration = Duration::from_secs(10);

/// A conversation with the beacon that serves a data folder. It has proven who it is.
///
/// # Errors
/// [`ControlError::NobodyServes`] if none does; [`ControlError::OtherVersion`] if it is not this version of the program.
pub fn reach(data: &Path) -> Result<TcpStream, ControlError> {
    let path = known::file(data);
    let failed = |source| ControlError::Storage { path: path.clone(), source };
    let known = Known::read(&path).map_err(failed)?.ok_or(ControlError::NobodyServes)?;
    let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, known.port));
    let mut stream = connected.map_err(|_| ControlError::NobodyServes)?;
    stream.set_nodelay(true).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    match greeting::introduce(&mut stream, &known).map_err(ControlError::Silent)? {
        Greeted::Welcome => {}
        Greeted::SomebodyElse => return Err(ControlError::SomebodyElse { path }),
        Greeted::OtherVersion(theirs) => return Err(ControlError::OtherVersion { theirs, ours: PROGRAM }),
    }
    stream.set_read_timeout(None).map_err(failed)?;
    Ok(stream)
}
