//! What this program brings along: connector modules, and the files of the page.

use super::report::{Cause, Finding};
use crate::folders::Folders;
use crate::modules::Module;
use crate::trouble::Trouble;
use serde::Serialize;

/// The files of the page within this program.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PageFiles {
    /// How many.
    pub count: usize,
    /// SHA-256 over their names and contents, in the order of the names.
    pub sha256: String,
    /// Names of those that are not what was put in.
    pub broken: Vec<String>,
}

/// A built-in module, and what is installed of it.
#[derive(Clone, Debug, Serialize)]
pub struct ModuleState {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Whether the same bytes lie in the data folder; the first import brings them there.
    pub installed: bool,
    /// Why it cannot be used.
    pub trouble: Option<Trouble>,
}

/// The built-in modules. What cannot be read of this program itself is left out.
#[must_use]
pub fn modules(folders: &Folders) -> Vec<ModuleState> {
    let one = |module: Module| {
        let (installed, trouble) = match module.is_installed(folders) {
            Ok(installed) => (installed, None),
            Err(trouble) => (false, Some(trouble)),
        };
        ModuleState {
            id: module.manifest.id.to_string(),
            version: module.manifest.version.clone(),
            sha256: module.digest.to_string(),
            installed,
            trouble,
        }
    };
    Module::all_built_in().filter_map(Result::ok).map(one).collect()
}

pub(super) fn look(folders: &Folders, page: &PageFiles) -> Vec<Finding> {
    judge(&modules(folders), page)
}

fn judge(modules: &[ModuleState], page: &PageFiles) -> Vec<Finding> {
    let mut findings: Vec<Finding> = modules.iter().map(module).collect();
    if modules.is_empty() {
        let title = "This program was built without connector modules.";
        findings.push(
            Finding::ok(Cause::Module, "module.none", "this program", title)
                .fails("Install a release, or run `cargo xtask pack` and build it again."),
        );
    }
    let looked_at = format!("{} files of the page", page.count);
    findings.push(if !page.broken.is_empty() {
        let title = format!("Files of the page within this program are broken: {}.", page.broken.join(", "));
        Finding::ok(Cause::Module, "page.broken", looked_at, title).fails("Install this program again.")
    } else if page.count == 0 {
        let title = "This program was built without its page.";
        Finding::ok(Cause::Module, "page.none", looked_at, title)
            .warns("The command line does without. For the page run `cargo xtask page` and build it again.")
    } else {
        Finding::ok(Cause::Module, "page.whole", looked_at, format!("They are whole (sha256 {}).", page.sha256))
    });
    findings
}

fn module(module: &ModuleState) -> Finding {
    let looked_at = format!("module {} {}", module.id, module.version);
    match &module.trouble {
        Some(trouble) => {
            let title = std::iter::once(&trouble.title).chain(&trouble.detail).cloned().collect::<Vec<_>>().join(" ");
            Finding::ok(Cause::Module, &trouble.code, looked_at, title).fails(trouble.advice.clone())
        }
        None if module.installed => {
            let title = format!("What is installed is what is trusted (sha256 {}).", module.sha256);
            Finding::ok(Cause::Module, "module.trusted", looked_at, title)
        }
        None => {
            let title = format!("It is installed with the first import (sha256 {}).", module.sha256);
            Finding::ok(Cause::Module, "module.not_installed_yet", looked_at, title)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ModuleState, PageFiles, judge};
    use crate::doctor::Level;

    #[test]
    fn a_broken_page_and_a_program_without_modules_are_failures() {
        let module = |installed| ModuleState {
            id: "microsoft-365".to_owned(),
            version: "0.1.0".to_owned(),
            sha256: "ab".to_owned(),
            installed,
            trouble: None,
        };
        let page = |count, broken: &[&str]| PageFiles {
            count,
            sha256: "cd".to_owned(),
            broken: broken.iter().map(|name| (*name).to_owned()).collect(),
        };
        for (modules, page, expected) in [
            (vec![module(true)], page(9, &[]), [("module.trusted", Level::Ok), ("page.whole", Level::Ok)]),
            (
                vec![module(false)],
                page(0, &[]),
                [("module.not_installed_yet", Level::Ok), ("page.none", Level::Warning)],
            ),
            (vec![], page(9, &["a.js"]), [("module.none", Level::Failure), ("page.broken", Level::Failure)]),
        ] {
            let found = judge(&modules, &page);
            let found: Vec<_> = found.iter().map(|finding| (finding.code.as_str(), finding.level)).collect();
            assert_eq!(found, expected);
        }
    }
}
