//! `module inspect`: what a module is and all it may ever do.

use crate::exit::Exit;
use crate::terminal::{Style, Terminal, table};
use beacon_contract::{Manifest, OriginPattern, TableOrigin};
use beacon_operations::{Module, Trouble};
use beacon_sandbox::{SandboxLimits, inspect as inspect_bytes};
use serde_json::json;
use std::path::Path;

pub(crate) fn inspect(path: &Path, terminal: &Terminal) -> Result<Exit, Trouble> {
    let bytes = beacon_operations::read(path, "inspect")?;
    let facts = inspect_bytes(&bytes)?;
    let module = Module::read(bytes)?;
    let manifest = &module.manifest;
    let limits = SandboxLimits::default();
    terminal.json(&json!({
        "sha256": module.digest.to_string(),
        "trusted": module.trusted,
        "bytes": module.size(),
        "functions": facts.functions,
        "memory_maximum": facts.memory_maximum,
        "limits": {
            "fuel_per_poll": limits.fuel_per_poll,
            "wall_per_poll_seconds": limits.wall_per_poll.as_secs(),
            "memory_bytes": limits.memory_bytes,
            "output_bytes": limits.output_bytes,
        },
        "manifest": manifest.as_ref(),
    }));
    if terminal.is_json() {
        return Ok(Exit::Success);
    }
    let trust = if module.trusted { "built into this beacon" } else { "untrusted: not one that beacon brought along" };
    let rows = vec![
        row("Publisher", &manifest.publisher),
        row("Source type", &manifest.source_type),
        row("SHA-256", &module.digest.to_string()),
        row("Trust", trust),
        row("Contract", &format!("{} to {}", manifest.contract.minimum, manifest.contract.maximum)),
        row("Size", &format!("{} bytes, {} functions", module.size(), facts.functions)),
        row("Memory", &format!("at most {} MiB", facts.memory_maximum.min(limits.memory_bytes as u64) >> 20)),
        row(
            "Computing",
            &format!(
                "at most {} million instructions and {} s for one answer",
                limits.fuel_per_poll / 1_000_000,
                limits.wall_per_poll.as_secs()
            ),
        ),
    ];
    let title = format!("{} {}", manifest.id, manifest.version);
    let sections = [
        terminal.paint(Style::Bold, &title),
        table(&rows),
        format!("\n{}", terminal.paint(Style::Bold, "May request")),
        table(&requests(manifest)),
        format!("\n{}", terminal.paint(Style::Bold, "May send credentials to")),
        table(&credentials(manifest)),
        format!("\n{}", terminal.paint(Style::Bold, "Fills the tables")),
        table(&tables(manifest)),
    ];
    terminal.result(&sections.join("\n"));
    Ok(Exit::Success)
}

fn row(name: &str, value: &str) -> Vec<String> {
    vec![name.to_owned(), value.to_owned()]
}

fn origin(pattern: &OriginPattern) -> String {
    match pattern {
        OriginPattern::Exact(origin) => origin.clone(),
        OriginPattern::Setting(field) => format!("the host in {field}"),
        OriginPattern::Suffix(suffix) => format!("https://*{suffix}"),
    }
}

fn requests(manifest: &Manifest) -> Vec<Vec<String>> {
    let path = |rule: &beacon_contract::EgressRule| {
        serde_json::to_value(&rule.path).ok().and_then(|path| path.as_str().map(str::to_owned)).unwrap_or_default()
    };
    manifest.egress.iter().map(|rule| vec![rule.method.name().to_owned(), origin(&rule.origin), path(rule)]).collect()
}

fn credentials(manifest: &Manifest) -> Vec<Vec<String>> {
    let origins = |origins: &[OriginPattern]| origins.iter().map(origin).collect::<Vec<_>>().join(", ");
    manifest.slots.iter().map(|slot| vec![slot.label.clone(), origins(&slot.origins)]).collect()
}

fn tables(manifest: &Manifest) -> Vec<Vec<String>> {
    let proof = |origin: &TableOrigin| match origin {
        TableOrigin::Chain => "proven page by page".to_owned(),
        TableOrigin::Derived { from } => format!("taken from {from}"),
        TableOrigin::Report => "read from reports".to_owned(),
    };
    let need = |mandatory: bool| if mandatory { "mandatory" } else { "optional" };
    let used = manifest.tables.iter();
    used.map(|used| vec![used.table.to_string(), need(used.mandatory).to_owned(), proof(&used.origin)]).collect()
}
