//! One import through the driver, from responses to Parquet, with everything that a real run has: journal, ledger,
//! spill, merge, package.

use crate::secrets::OneSecret;
use anyhow::{Context as _, bail};
use beacon_contract::{Manifest, ModuleId, Settings, Task};
use beacon_driver::{
    AddressRule, Cancel, Guest, JournalHeader, JournalWriter, Nobody, NobodyThere, PublishOrder, Route, RunEnd,
    RunJournal, RunLimits, RunRequest, Surroundings, SystemClock, Transport, publish, run,
};
use beacon_package::{FileFormat, FinishedPackage, ModuleIdentity, NameTable, NamesUsed, PackageStatus, RequestTotals};
use beacon_sandbox::ModuleDigest;
use beacon_vault::{KeyFile, Vault};
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

/// What stays the same between imports.
pub(crate) struct Tenant {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) settings: Settings,
    pub(crate) secret: String,
    pub(crate) now: Timestamp,
}

/// Imports once into `folder`, which is empty before.
pub(crate) async fn import(
    tenant: &Tenant,
    guest: Box<dyn Guest>,
    transport: Arc<dyn Transport>,
    folder: &Path,
) -> anyhow::Result<FinishedPackage> {
    let vault = Vault::new(KeyFile::open_or_create(&folder.join("key"))?);
    let connection = Uuid::new_v4();
    let data_key = vault.create_data_key(connection.into())?;
    let run_id = Uuid::new_v4();
    let key = vault.unlock(connection.into(), &[data_key])?.derive_run_key(run_id.into())?;
    let header = JournalHeader::new(&run_id.to_string(), &ModuleDigest::of(b""), 1, &key);
    let request = RunRequest {
        manifest: Arc::clone(&tenant.manifest),
        task: Task::Import,
        settings: tenant.settings.clone(),
        now: tenant.now,
        seed: [7; 16],
        plan: None,
        pinned_tenant: None,
    };
    let surroundings = Surroundings {
        transport,
        addresses: AddressRule::new(vec!["127.0.0.0/8".parse()?, "::1/128".parse()?]),
        route: Route::Direct,
        secrets: Arc::new(OneSecret { slot: "client_secret".parse()?, value: tenant.secret.clone() }),
        interaction: Arc::new(NobodyThere),
        clock: Arc::new(SystemClock),
        observer: Arc::new(Nobody),
        cancel: Cancel::new(),
        folder: folder.to_owned(),
        journal: Some(RunJournal::New(JournalWriter::create(&folder.join("journal"), &header, &key)?)),
        limits: RunLimits::default(),
    };
    let outcome = run(guest, request, surroundings).await?;
    if let RunEnd::Failed(fail) = &outcome.end {
        bail!("the import failed: {fail:?}, {:?}", outcome.refused);
    }
    let names = NameTable::embedded();
    let package = folder.join("package");
    let manifest = Arc::clone(&tenant.manifest);
    let now = tenant.now;
    let order_names =
        NamesUsed { digest: names.digest().to_owned(), products: names.product_count(), source: "built in".to_owned() };
    let finished = tokio::task::spawn_blocking(move || {
        let order = PublishOrder {
            folder: &package,
            format: FileFormat::Parquet,
            run_id: run_id.to_string(),
            connection: "Bench".to_owned(),
            module: ModuleIdentity {
                id: ModuleId::new("microsoft-365")?,
                version: manifest.version.clone(),
                sha256: String::new(),
                signing_key_id: None,
                trusted: true,
            },
            manifest: &manifest,
            cloud: None,
            names: &names,
            names_used: order_names,
            tenant_id: None,
            tenant_name: None,
            started_at: now,
            finished_at: now,
            granted_scopes: Vec::new(),
            words: &|_| String::new(),
            warnings: Vec::new(),
            later_warnings: &|_| Vec::new(),
            consenter: None,
            address_check: "resolved",
            previous: None,
            usage_files: &[],
            requests: RequestTotals { total: outcome.exchanges, retries: outcome.retries },
        };
        publish(outcome.imported, order, &Nobody).context("the package was not written")
    });
    let finished = finished.await??;
    if finished.manifest.beacon.status != PackageStatus::Complete {
        bail!("the import is not complete: {:?}", finished.manifest.beacon.tables);
    }
    Ok(finished)
}
