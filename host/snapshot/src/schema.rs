//! Tables of a snapshot.

use crate::user_columns::file_columns;
use rusqlite::Connection;

/// Marks the file as ours (`PRAGMA application_id`): `bcsn`.
pub(crate) const APPLICATION_ID: i32 = 0x6263_736e;

/// Version of what follows (`PRAGMA user_version`). A file of another version is built again from its package.
pub(crate) const VERSION: i32 = 1;

/// Large pages: blobs are read in one go.
const PAGE_SIZE: u32 = 16_384;

const TABLES: &str = "
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE arrays (
    kind TEXT NOT NULL, of TEXT NOT NULL, part INTEGER NOT NULL, length INTEGER NOT NULL, data BLOB NOT NULL,
    UNIQUE (kind, of, part));
CREATE TABLE dictionary (
    of TEXT NOT NULL, code INTEGER NOT NULL, value, people INTEGER NOT NULL, PRIMARY KEY (of, code)) WITHOUT ROWID;
CREATE TABLE details (block INTEGER PRIMARY KEY, length INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE search (block INTEGER PRIMARY KEY, ends BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE applications (
    number INTEGER PRIMARY KEY, application_id TEXT NOT NULL, name TEXT NOT NULL, unlisted INTEGER NOT NULL,
    oldest_on INTEGER, newest_on INTEGER, concealed INTEGER NOT NULL, unmatched INTEGER NOT NULL);
CREATE TABLE use_counts (
    application INTEGER NOT NULL, rule INTEGER NOT NULL, state INTEGER NOT NULL, people INTEGER NOT NULL,
    PRIMARY KEY (application, rule, state)) WITHOUT ROWID;
CREATE TABLE products (
    number INTEGER PRIMARY KEY, sku_id TEXT NOT NULL, part_number TEXT, name TEXT NOT NULL, applies_to TEXT,
    status TEXT, enabled INTEGER NOT NULL, warning INTEGER NOT NULL, suspended INTEGER NOT NULL,
    locked_out INTEGER NOT NULL, consumed INTEGER, people INTEGER NOT NULL, offer TEXT NOT NULL);
CREATE TABLE plans (product INTEGER NOT NULL, plan_id TEXT NOT NULL, name TEXT NOT NULL, status TEXT,
    applications TEXT NOT NULL);
CREATE TABLE subscriptions (
    sku_id TEXT, name TEXT, status TEXT, is_trial INTEGER, seats INTEGER, next_at INTEGER);
CREATE TABLE groups (group_id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID;
CREATE TABLE odd_holders (product INTEGER NOT NULL, who TEXT NOT NULL);
";

/// Makes the empty tables, and takes away what only files need that outlive a crash: this one is built again instead.
pub(crate) fn create(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_SIZE}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
         PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -16384;
         PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
    ))?;
    connection.execute_batch(TABLES)?;
    let columns: Vec<_> = file_columns().map(|column| column.id).collect();
    connection.execute_batch(&format!(
        "CREATE TABLE people (number INTEGER PRIMARY KEY, user_id TEXT NOT NULL, {});",
        columns.join(", ")
    ))
}
