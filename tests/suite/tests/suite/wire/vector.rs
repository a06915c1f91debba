//! Reading the vectors of `docs/wire/vectors`.

use crate::harness::places;
use beacon_contract::FrameReader;
use serde_json::Value;

/// What the bytes of a vector are read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Events,
    Wishes,
    Manifest,
}

impl Direction {
    fn of(name: &str) -> Self {
        match name {
            "events" => Self::Events,
            "wishes" => Self::Wishes,
            "manifest" => Self::Manifest,
            other => panic!("there is no direction {other}"),
        }
    }

    /// How the section of the document about it begins.
    pub(super) const fn section(self) -> &'static str {
        match self {
            Self::Events => "## 4.",
            Self::Wishes => "## 5.",
            Self::Manifest => "## 12.",
        }
    }
}

/// What reading must lead to.
#[derive(Debug)]
pub(crate) enum Expected {
    Meaning { entries: Vec<Value>, canonical: bool },
    Error(String),
}

/// One vector.
#[derive(Debug)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) direction: Direction,
    pub(crate) message: Vec<u8>,
    pub(crate) expected: Expected,
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(digits.len() % 2, 0, "{hex}: half a byte");
    let byte = |pair: &[char]| u8::from_str_radix(&pair.iter().collect::<String>(), 16);
    digits.chunks(2).map(|pair| byte(pair).unwrap_or_else(|_| panic!("{hex}: no hexadecimal digits"))).collect()
}

/// The pieces of a message, joined.
fn joined(pieces: &Value) -> Vec<u8> {
    let pieces = pieces.as_array().expect("a list of pieces");
    let piece = |piece: &Value| {
        assert!(piece[1].as_str().is_some_and(|explanation| !explanation.is_empty()), "{piece}: unexplained");
        let times = piece.get(2).map_or(1, |times| times.as_u64().expect("a number of times"));
        bytes(piece[0].as_str().expect("hexadecimal digits")).repeat(times.try_into().expect("not that often"))
    };
    pieces.iter().flat_map(piece).collect()
}

impl Vector {
    fn of(name: &str, vector: &Value) -> Self {
        let text = |member: &str| vector[member].as_str().unwrap_or_else(|| panic!("{name}: no {member}")).to_owned();
        assert_eq!(text("name"), name, "the file is named after its vector");
        assert!(text("tells").ends_with('.'), "{name}: a sentence");
        let direction = Direction::of(&text("direction"));
        let canonical = vector["canonical"] == true;
        let told = vector["meaning"].as_array().cloned();
        let (message, entries) = match direction {
            Direction::Manifest => {
                let manifest = &vector["manifest"];
                (manifest.to_string().into_bytes(), told.or_else(|| canonical.then(|| vec![manifest.clone()])))
            }
            Direction::Events | Direction::Wishes => (joined(&vector["message"]), told),
        };
        let expected = match (vector.get("error"), entries) {
            (Some(_), _) => Expected::Error(text("error")),
            (None, Some(entries)) => Expected::Meaning { entries, canonical },
            (None, None) => panic!("{name}: neither meaning nor error"),
        };
        Self { name: name.to_owned(), direction, message, expected }
    }

    /// Kind and flags of each frame.
    pub(super) fn frames(&self) -> Vec<(u8, u8)> {
        FrameReader::new(&self.message).map_while(Result::ok).map(|frame| (frame.kind, frame.flags)).collect()
    }
}

/// All vectors, in the order of their names.
pub(super) fn read_all() -> Vec<Vector> {
    let folder = places::workspace().join("docs/wire/vectors");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        let vector = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Vector::of(&path.file_stem().expect("a name").to_string_lossy(), &vector)
    };
    paths.iter().map(read).collect()
}

/// Those of one direction.
pub(crate) fn vectors(direction: Direction) -> Vec<Vector> {
    read_all().into_iter().filter(|vector| vector.direction == direction).collect()
}
