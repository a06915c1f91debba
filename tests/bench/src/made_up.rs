//! Made-up people for measurements below the connector: always the same, in no order.

use anyhow::Result;
use beacon_contract::ModuleId;
use beacon_package::{BeaconBlock, ModuleIdentity, PackageStatus, RequestTotals};
use std::collections::BTreeMap;
use std::fs;

/// Spreads a number over 64 bits (SplitMix64), so that ids come in no order.
pub(crate) fn spread(number: u64) -> u64 {
    let mut value = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// An id.
pub(crate) fn guid(number: u64) -> String {
    let (high, low) = (spread(number), spread(number ^ 0xffff_0000_ffff));
    let groups = (high >> 32, high >> 16 & 0xffff, high & 0xffff, low >> 48, low & 0xffff_ffff_ffff);
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", groups.0, groups.1, groups.2, groups.3, groups.4)
}

/// The most memory that this process ever held, as Linux tells it.
pub(crate) fn peak_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

/// Microseconds per user.
pub(crate) fn per_user(time: std::time::Duration, users: u64) -> f64 {
    time.as_secs_f64() * 1e6 / users.max(1) as f64
}

/// What a package says of a run that there never was.
pub(crate) fn block() -> Result<BeaconBlock> {
    Ok(BeaconBlock {
        format_version: String::new(),
        dataset_version: String::new(),
        run_id: "measure".into(),
        connection: "measure".into(),
        task_name: "measure".into(),
        tenant_id: guid(1),
        tenant_name: None,
        cloud: None,
        module: ModuleIdentity {
            id: ModuleId::new("measure")?,
            version: "0.0.0".into(),
            sha256: String::new(),
            signing_key_id: None,
            trusted: false,
        },
        host_version: "0.0.0".into(),
        mode: "full".into(),
        based_on: None,
        started_at: "2026-01-01T00:00:00Z".into(),
        finished_at: "2026-01-01T00:00:00Z".into(),
        status: PackageStatus::Complete,
        tables: BTreeMap::new(),
        granted_scopes: Vec::new(),
        warnings: Vec::new(),
        names: None,
        address_check: None,
        usage_files: Vec::new(),
        changes: None,
        requests: RequestTotals::default(),
        package_id: String::new(),
    })
}
