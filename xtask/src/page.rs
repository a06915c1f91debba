//! The setup page: the page and its worker built for wasm, their JavaScript made, and the files of `www` beside them.
//!
//! `trunk serve` does the same for people who work on the page; here the library behind `wasm-bindgen` is used directly,
//! at the version of `Cargo.lock`, so that neither tool has to be built first.

use crate::places;
use crate::process::{cargo, run};
use anyhow::{Context as _, anyhow, bail};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Packages of the page, the features they are built with, and the program of each.
const PROGRAMS: [(&str, &str); 2] = [("beacon-page", "page"), ("beacon-runner", "runner")];

/// Loads the parts of the page that are not needed at first.
const PARTS: &str = "parts.js";

/// What a browser loads before it shows the way in, or the overview. Screens that come later are not in it.
const FIRST: [&str; 7] = ["index.html", "beacon.css", "start.js", "page.js", PARTS, "page_bg.wasm", "favicon.svg"];

/// Bytes of [`FIRST`] on the wire, at most.
const FIRST_LOAD: usize = 300 * 1024;

/// What `trunk` reads, and a browser does not need.
const TRUNK: &str = "data-trunk";

/// What stands in the page instead: no inline script, and nothing waits for anything else.
const HEAD: &str = r#"    <link rel="stylesheet" href="/beacon.css">
    <link rel="modulepreload" href="/page.js">
    <link rel="modulepreload" href="/parts.js">
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
        .args(["--features", "beacon-page/parts"])
        .env("RUSTFLAGS", ERASED)
        .env("CARGO_TARGET_DIR", &target))?;
    let made = places::target().join("page-made");
    if made.exists() {
        fs::remove_dir_all(&made).context("cannot remove the last page")?;
    }
    fs::create_dir_all(&made).context("cannot make the folder of the page")?;
    for (_, program) in PROGRAMS {
        let built = target.join("wasm32-unknown-unknown/page").join(program).with_extension("wasm");
        make_program(program, &built, &made)?;
    }
    fs::write(made.join("start.js"), START).context("cannot write start.js")?;
    for entry in fs::read_dir(places::root().join("www")).context("cannot read www")? {
        let path = entry.context("cannot read www")?.path();
        let name = path.file_name().context("www has a file without a name")?;
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let bytes = if name == "index.html" { without_trunk(&String::from_utf8(bytes)?).into_bytes() } else { bytes };
        fs::write(made.join(name), bytes).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let changed = replace(&made, &places::page())?;
    pack(&places::page(), &changed)?;
    first_load(&places::page())
}

/// The program and its JavaScript; the page in parts.
fn make_program(program: &str, built: &Path, made: &Path) -> anyhow::Result<()> {
    let wasm = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    let mut bindgen = Bindgen::new();
    let main = made.join(program).with_extension("main.wasm");
    if program == "page" {
        let (link_name, main_module) = (format!("./{PARTS}"), format!("./{program}.js"));
        let mut options = wasm_split_cli_support::Options::new(&wasm);
        options.output_dir = made;
        options.main_out_path = &main;
        options.link_name = &link_name;
        options.main_module = &main_module;
        wasm_split_cli_support::transform(options).map_err(|error| anyhow!("cannot cut {program}: {error:#}"))?;
        bindgen.keep_lld_exports(true);
    } else {
        fs::write(&main, &wasm).with_context(|| format!("cannot write {}", main.display()))?;
    }
    bindgen
        .input_path(&main)
        .out_name(program)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(made)
        .with_context(|| format!("cannot make the JavaScript of {program}"))?;
    fs::remove_file(&main).with_context(|| format!("cannot remove {}", main.display()))
}

fn without_trunk(html: &str) -> String {
    let kept: Vec<&str> = html.lines().filter(|line| !line.contains(TRUNK)).collect();
    kept.join("\n").replacen("  </head>", &format!("{HEAD}  </head>"), 1) + "\n"
}

/// Brings `to` to what is in `from`, touching only what differs. The packed files beside them stay until theirs changes.
/// Returns the names of what was written.
fn replace(from: &Path, to: &Path) -> anyhow::Result<Vec<String>> {
    fs::create_dir_all(to).context("cannot make target/page")?;
    for entry in fs::read_dir(to).context("cannot read target/page")? {
        let path = entry.context("cannot read target/page")?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !from.join(name.strip_suffix(".br").unwrap_or(name)).exists() {
            fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    let mut written = Vec::new();
    for entry in fs::read_dir(from).context("cannot read the made page")? {
        let entry = entry.context("cannot read the made page")?;
        let name = entry.file_name().into_string().map_err(|name| anyhow!("{} is no name", name.display()))?;
        let (made, place) = (fs::read(entry.path())?, to.join(&name));
        if fs::read(&place).is_ok_and(|present| present == made) && packed(&place).exists() {
            continue;
        }
        fs::write(&place, made).with_context(|| format!("cannot write {}", place.display()))?;
        written.push(name);
    }
    Ok(written)
}

/// Where the packed form of a file lies.
fn packed(file: &Path) -> std::path::PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".br");
    name.into()
}

/// Packs files of the page as tightly as it goes: once here instead of in each browser's waiting.
fn pack(folder: &Path, names: &[String]) -> anyhow::Result<()> {
    for name in names {
        let file = folder.join(name);
        let mut writer = brotli::CompressorWriter::new(Vec::new(), 64 * 1024, 11, 24);
        writer.write_all(&fs::read(&file)?).with_context(|| format!("cannot pack {name}"))?;
        fs::write(packed(&file), writer.into_inner()).with_context(|| format!("cannot write {name} packed"))?;
    }
    Ok(())
}

/// Says what the first load costs; a page that costs more than it may is no page.
fn first_load(folder: &Path) -> anyhow::Result<()> {
    let mut sum = 0_usize;
    for name in FIRST {
        let file = packed(&folder.join(name));
        let size = fs::metadata(&file).with_context(|| format!("{} is missing", file.display()))?.len();
        sum = sum.saturating_add(usize::try_from(size)?);
    }
    eprintln!("The page's first load is {} KB on the wire.", sum.div_ceil(1024));
    if sum > FIRST_LOAD {
        bail!(
            "the page's first load is {sum} bytes, more than {FIRST_LOAD}: what has grown may belong in a later part"
        );
    }
    Ok(())
}
