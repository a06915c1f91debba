//! The linker keeps its notes where the page is cut into parts: without them nobody could tell what belongs together.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by environment")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_PARTS").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
