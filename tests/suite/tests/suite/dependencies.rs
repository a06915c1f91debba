//! Invariant 1: `core` is pure, and `web` and `host` never depend on each other. Read from cargo's own picture of the
//! workspace and from the sources, with a self-test that breaks each rule on purpose.

use crate::harness::places;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Foreign crates that `core` may be built from. Each was looked at: none opens a file or a socket, reads a clock, draws
/// a number or starts a thread.
const PURE: [&str; 14] = [
    "csv-core",
    "itoa",
    "memchr",
    "proc-macro2",
    "quote",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "syn",
    "thiserror",
    "thiserror-impl",
    // schemas of the HTTP API, and only where the host asks for them: the page and modules are built without
    "utoipa",
    "utoipa-gen",
];

/// Names of what a pure crate cannot need, as they stand in sources.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "Instant::now",
    "SystemTime",
    "Timestamp::now",
    "RandomState",
];

/// Also pure: formatting of numbers and the table of identifier characters, below the crates above.
const PURE_BELOW: [&str; 6] = ["equivalent", "foldhash", "hashbrown", "indexmap", "unicode-ident", "zmij"];

/// The workspace as cargo sees it.
struct Workspace {
    /// Name and, for our own crates, the room they lie in.
    packages: BTreeMap<String, (String, Option<String>)>,
    /// Ordinary dependencies; those of tests do not end up in a module.
    edges: BTreeMap<String, BTreeSet<String>>,
}

impl Workspace {
    fn read() -> Self {
        let cargo = std::env::var_os("CARGO").expect("cargo runs the tests");
        let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
        let metadata = Command::new(cargo)
            .current_dir(places::workspace())
            .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host])
            .output()
            .expect("cargo starts");
        assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
        Self::of(&serde_json::from_slice(&metadata.stdout).expect("JSON"))
    }

    fn of(metadata: &Value) -> Self {
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let root = places::workspace();
        let room = |package: &Value| {
            let manifest = PathBuf::from(text(&package["manifest_path"]));
            let inside = manifest.strip_prefix(&root).ok()?.components().next()?;
            Some(inside.as_os_str().to_string_lossy().into_owned())
        };
        let packages = metadata["packages"].as_array().expect("packages").iter();
        let packages =
            packages.map(|package| (text(&package["id"]), (text(&package["name"]), room(package)))).collect();
        let ordinary = |dependency: &&Value| {
            let kinds = dependency["dep_kinds"].as_array().expect("kinds");
            kinds.iter().any(|kind| kind["kind"].is_null())
        };
        let nodes = metadata["resolve"]["nodes"].as_array().expect("nodes").iter();
        let edges = nodes.map(|node| {
            let below = node["deps"].as_array().expect("dependencies").iter();
            (text(&node["id"]), below.filter(ordinary).map(|dependency| text(&dependency["pkg"])).collect())
        });
        Self { packages, edges: edges.collect() }
    }

    fn of_room<'w>(&'w self, wanted: &'w str) -> impl Iterator<Item = &'w String> {
        self.packages.iter().filter(move |(_, (_, room))| room.as_deref() == Some(wanted)).map(|(id, _)| id)
    }

    fn below(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            for dependency in self.edges.get(next).into_iter().flatten() {
                if found.insert(dependency.as_str()) {
                    open.push(dependency);
                }
            }
        }
        found
    }

    /// Everything that breaks the rule, a line each.
    fn breaches(&self) -> Vec<String> {
        let mut breaches = Vec::new();
        for (from, forbidden) in [("core", None), ("host", Some("web")), ("web", Some("host"))] {
            for id in self.of_room(from) {
                for dependency in self.below(id) {
                    let (name, room) = &self.packages[dependency];
                    let allowed = match (forbidden, room) {
                        (Some(forbidden), room) => room.as_deref() != Some(forbidden),
                        (None, Some(room)) => room == "core",
                        (None, None) => PURE.contains(&name.as_str()) || PURE_BELOW.contains(&name.as_str()),
                    };
                    if !allowed {
                        breaches.push(format!("{from}: {} depends on {name}", self.packages[id].0));
                    }
                }
            }
        }
        breaches
    }

    fn id(&self, name: &str) -> String {
        let found = self.packages.iter().find(|(_, (known, _))| known == name);
        found.map(|(id, _)| id.clone()).unwrap_or_else(|| panic!("{name} is not in the workspace"))
    }
}

#[test]
fn crates_depend_only_on_what_their_room_allows() {
    let workspace = Workspace::read();
    assert!(workspace.of_room("core").count() >= 5 && workspace.of_room("host").count() >= 6, "the rooms are found");
    assert_eq!(workspace.breaches(), Vec::<String>::new());
}

#[test]
fn a_forbidden_dependency_is_found() {
    for (below, through) in [("tokio", "beacon-kit"), ("beacon-vault", "beacon-graph")] {
        let mut workspace = Workspace::read();
        let (from, to) = (workspace.id(through), workspace.id(below));
        workspace.edges.entry(from).or_default().insert(to);
        let breach = format!("core: beacon-microsoft-365 depends on {below}");
        assert!(workspace.breaches().contains(&breach), "{breach}: {:?}", workspace.breaches());
    }
    let mut workspace = Workspace::read();
    let host = workspace.id("beacon-driver");
    let page = workspace.id("beacon-bench");
    workspace.packages.get_mut(&page).expect("known").1 = Some("web".to_owned());
    workspace.edges.entry(host).or_default().insert(page);
    let breaches = workspace.breaches();
    assert!(breaches.iter().any(|line| line == "host: beacon depends on beacon-bench"), "{breaches:?}");
    assert!(breaches.iter().any(|line| line == "web: beacon-bench depends on beacon-vault"), "{breaches:?}");
}

/// Lines of a source that name something impure, comments aside.
fn impure(source: &str) -> Vec<&str> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.filter(|line| IMPURE.iter().any(|name| line.contains(name))).collect()
}

fn sources(folder: &Path, take: &mut impl FnMut(&Path)) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        // Fuzz targets are programs of their own that read what they are given.
        if path.is_dir() && path.file_name().is_some_and(|name| name != "fuzz" && name != "target") {
            sources(&path, take);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            take(&path);
        }
    }
}

#[test]
fn sources_of_core_name_nothing_impure() {
    let mut read = 0;
    sources(&places::workspace().join("core"), &mut |path| {
        read += 1;
        let source = std::fs::read_to_string(path).expect("a source");
        assert_eq!(impure(&source), Vec::<&str>::new(), "{}", path.display());
    });
    assert!(read > 50, "only {read} sources were read");
}

#[test]
fn an_impure_source_is_found() {
    for line in ["use std::fs::File;", "    let now = std::time::Instant::now();", "std::net::TcpStream::connect(x)"] {
        assert_eq!(impure(line), [line]);
    }
    assert_eq!(impure("// std::fs is not for core\nlet filesystem = 1;"), Vec::<&str>::new());
}
