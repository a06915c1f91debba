//! Areas of a beacon whose level can be set on its own.

use std::str::FromStr;
use tracing::level_filters::LevelFilter;

/// The areas: what each is called, the crate behind it, and what it tells about.
pub(crate) const AREAS: [(&str, &str); 5] = [
    ("beacon", "beacon"),
    ("server", "beacon_server"),
    ("operations", "beacon_operations"),
    ("driver", "beacon_driver"),
    ("delivery", "beacon_delivery"),
];

/// The level of one area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The crate behind it.
    pub(crate) target: &'static str,
    /// From which level on it is told.
    pub(crate) level: LevelFilter,
}

/// A text that sets no area's level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArea {
    /// There is no equals sign.
    #[error("{0:?} is not AREA=LEVEL, for example driver=debug")]
    NoPair(String),
    /// There is no such area.
    #[error("there is no area {0:?}; there are beacon, server, operations, driver, delivery")]
    Unknown(String),
    /// There is no such level.
    #[error("there is no level {0:?}; there are off, error, warn, info, debug, trace")]
    Level(String),
}

impl FromStr for Area {
    type Err = InvalidArea;

    fn from_str(text: &str) -> Result<Self, InvalidArea> {
        let (name, level) = text.split_once('=').ok_or_else(|| InvalidArea::NoPair(text.to_owned()))?;
        let (name, level) = (name.trim(), level.trim());
        let known = AREAS.iter().find(|(known, _)| *known == name);
        let (_, target) = known.ok_or_else(|| InvalidArea::Unknown(name.to_owned()))?;
        let level = level.parse().map_err(|_| InvalidArea::Level(level.to_owned()))?;
        Ok(Self { target, level })
    }
}

/// The area that a line comes from: its crate, without the common beginning.
pub(crate) fn area_of(target: &str) -> &str {
    let room = target.split("::").next().unwrap_or(target);
    AREAS.iter().find(|(_, known)| *known == room).map_or(room, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_and_its_level() {
        assert_eq!("driver=debug".parse(), Ok(Area { target: "beacon_driver", level: LevelFilter::DEBUG }));
        assert_eq!(" server = OFF ".parse(), Ok(Area { target: "beacon_server", level: LevelFilter::OFF }));
        assert_eq!("driver".parse::<Area>(), Err(InvalidArea::NoPair("driver".to_owned())));
        assert_eq!("engine=info".parse::<Area>(), Err(InvalidArea::Unknown("engine".to_owned())));
        assert_eq!("driver=loud".parse::<Area>(), Err(InvalidArea::Level("loud".to_owned())));
        for (name, _) in AREAS {
            let message = InvalidArea::Unknown(String::new()).to_string();
            assert!(message.contains(name), "{message} leaves out {name}");
        }
    }

    #[test]
    fn a_line_names_the_area_it_can_be_switched_by() {
        for (target, area) in [
            ("beacon_driver::http::client", "driver"),
            ("beacon_server", "server"),
            ("beacon::command::serve", "beacon"),
            ("hyper::client", "hyper"),
        ] {
            assert_eq!(area_of(target), area);
        }
    }
}
