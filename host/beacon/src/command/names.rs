//! `names update` and `names show`.

use crate::arguments::NamesCommand;
use crate::exit::Exit;
use crate::terminal::Terminal;
use beacon_operations::{Installation, Trouble};
use beacon_package::update_names;
use beacon_store::InstalledNames;
use serde_json::json;

pub(crate) fn execute(
    installation: &Installation,
    command: &NamesCommand,
    terminal: &Terminal,
) -> Result<Exit, Trouble> {
    let (names, source) = match command {
        NamesCommand::Show => installation.names()?,
        NamesCommand::Update { file } => {
            let file = terminal.fetch(file, "update", &installation.folders.incoming())?;
            let names = update_names(file.path(), &installation.folders.names())?;
            let installed = InstalledNames { digest: names.digest().to_owned(), installed_at: Installation::now() };
            installation.store().set_installed_names(&installed)?;
            (names, "installed")
        }
    };
    let (products, plans) = (names.product_count(), names.plan_count());
    terminal.json(&json!({ "source": source, "products": products, "plans": plans, "sha256": names.digest() }));
    terminal.result(&format!("{products} products and {plans} service plans, {source}, sha256 {}", names.digest()));
    Ok(Exit::Success)
}
