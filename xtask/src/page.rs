//! The setup page: the page and its worker built for wasm, their JavaScript made, and the files of `www` beside them.
//!
//! `trunk serve` does the same for people who work on the page; here the library behind `wasm-bindgen` is used directly,
//! at the version of `Cargo.lock`, so that neither tool has to be built first.

use crate::places;
use crate::process::{cargo, run};
use anyhow::Context as _;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Programs of the page: name of the package, name of the program.
const PROGRAMS: [(&str, &str); 2] = [("beacon-page", "page"), ("beacon-runner", "runner")];

/// What `trunk` reads, and a browser does not need.
const TRUNK: &str = "data-trunk";

/// What stands in the page instead: no inline script, and nothing waits for anything else.
const HEAD: &str = r#"    <link rel="stylesheet" href="/beacon.css">
    <link rel="modulepreload" href="/page.js">
    <link rel="preload" href="/page_bg.wasm" as="fetch" type="application/wasm" crossorigin>
    <script type="module" src="/start.js"></script>
"#;

/// Starts the page; `trunk` would write it into the page itself, which its policy forbids.
const START: &str = "import init from \"/page.js\";\nawait init({ module_or_path: \"/page_bg.wasm\" });\n";

/// Views behind one type each instead of types that hold all they are made of: half the code.
const ERASED: &str = "--cfg erase_components";

/// Builds the page into `target/page`. Files that did not change keep their time, so that nothing that contains them is
/// built again.
pub(crate) fn all() -> anyhow::Result<()> {
    let target = places::target().join("wasm");
    let packages = PROGRAMS.iter().flat_map(|(package, _)| ["--package", package]);
    run(cargo()
        .args(["build", "--quiet", "--bins", "--profile", "page", "--target", "wasm32-unknown-unknown"])
        .args(packages)
        .env("RUSTFLAGS", ERASED)
        .env("CARGO_TARGET_DIR", &target))?;
    let made = places::target().join("page-made");
    if made.exists() {
        fs::remove_dir_all(&made).context("cannot remove the last page")?;
    }
    for (_, program) in PROGRAMS {
        let built = target.join("wasm32-unknown-unknown/page").join(program).with_extension("wasm");
        Bindgen::new()
            .input_path(&built)
            .out_name(program)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(&made)
            .with_context(|| format!("cannot make the JavaScript of {program}"))?;
    }
    fs::write(made.join("start.js"), START).context("cannot write start.js")?;
    for entry in fs::read_dir(places::root().join("www")).context("cannot read www")? {
        let path = entry.context("cannot read www")?.path();
        let name = path.file_name().context("www has a file without a name")?;
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let bytes = if name == "index.html" { without_trunk(&String::from_utf8(bytes)?).into_bytes() } else { bytes };
        fs::write(made.join(name), bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    replace(&made, &places::page())
}

fn without_trunk(html: &str) -> String {
    let kept: Vec<&str> = html.lines().filter(|line| !line.contains(TRUNK)).collect();
    kept.join("\n").replacen("  </head>", &format!("{HEAD}  </head>"), 1) + "\n"
}

/// Brings `to` to what is in `from`, touching only what differs.
fn replace(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to).context("cannot make target/page")?;
    for entry in fs::read_dir(to).context("cannot read target/page")? {
        let path = entry.context("cannot read target/page")?.path();
        if path.file_name().is_some_and(|name| !from.join(name).exists()) {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    for entry in fs::read_dir(from).context("cannot read the made page")? {
        let entry = entry.context("cannot read the made page")?;
        let (made, place) = (fs::read(entry.path())?, to.join(entry.file_name()));
        if fs::read(&place).is_ok_and(|present| present == made) {
            continue;
        }
        fs::write(&place, made).with_context(|| format!("cannot write {}", place.display()))?;
    }
    Ok(())
}
