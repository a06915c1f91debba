//! Connector modules: built for wasm, then packed into what the sandbox accepts.

use crate::places;
use crate::process::{cargo, run};
use anyhow::Context as _;
use beacon_contract::Manifest;
use beacon_kit::Connector as _;
use beacon_sandbox::{PackLimits, pack};

/// A crate that is a module.
struct Module {
    package: &'static str,
    name: &'static str,
    manifest: fn() -> anyhow::Result<Manifest>,
}

const MODULES: [Module; 2] = [
    Module {
        package: "beacon-microsoft-365",
        name: "microsoft-365",
        manifest: || Ok(beacon_microsoft_365::Microsoft365::manifest()?),
    },
    Module { package: "beacon-hostile", name: "hostile", manifest: || Ok(beacon_hostile::manifest()) },
];

/// Builds and packs all modules into `target/modules`. A module that did not change keeps its file and its time, so
/// that nothing that contains it is built again.
pub(crate) fn all() -> anyhow::Result<()> {
    let packages = MODULES.iter().flat_map(|module| ["--package", module.package]);
    let target = places::target().join("wasm");
    run(cargo()
        .args(["build", "--quiet", "--lib", "--profile", "module", "--target", "wasm32-unknown-unknown"])
        .args(packages)
        .env("CARGO_TARGET_DIR", &target))?;
    std::fs::create_dir_all(places::modules()).context("cannot make target/modules")?;
    for module in &MODULES {
        let built = target.join("wasm32-unknown-unknown/module").join(module.package.replace('-', "_"));
        let built = built.with_extension("wasm");
        let bytes = std::fs::read(&built).with_context(|| format!("cannot read {}", built.display()))?;
        let packed = pack(&bytes, &(module.manifest)()?.to_json(), &PackLimits::default())
            .with_context(|| format!("cannot pack {}", module.name))?;
        let path = places::modules().join(module.name).with_extension("wasm");
        if std::fs::read(&path).is_ok_and(|present| present == packed) {
            continue;
        }
        eprintln!("Packed {} ({} KB)", module.name, packed.len().div_ceil(1_000));
        std::fs::write(&path, packed).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
