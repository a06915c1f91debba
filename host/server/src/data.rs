//! The data behind the page's screens: one prepared file for each connection, made anew after each import.

use crate::app::App;
use crate::problem::{Refusal, problem};
use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use beacon_api::{
    Happened, Overview, PersonPane, Problem, ProblemKind, ProductDifference, ProductPane, RowQuery, Rows, View,
};
use beacon_operations::{Installation, Trouble, acting_here, actor, sentence};
use beacon_snapshot::{ExportFormat, Snapshot, SnapshotError, SnapshotSource, Snapshots};
use beacon_store::{Action, ActionOutcome, ConnectionId, Deed, Run};
use futures_util::stream;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Pieces of a download that wait for the browser: a slow one slows the reading down.
const PIECES: usize = 8;

/// Bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;

/// Answers questions about the newest packages.
pub(crate) struct Data {
    installation: Arc<Installation>,
}

impl Data {
    pub(crate) fn new(installation: Arc<Installation>) -> Self {
        Self { installation }
    }

    fn file(&self, connection: ConnectionId) -> PathBuf {
        let [file, ..] = self.installation.folders.snapshot_files(connection);
        file
    }

    fn newest(&self, connection: ConnectionId) -> Result<Option<Run>, Trouble> {
        Ok(self.installation.store().last_run_with_package(connection)?)
    }

    /// Prepares what is missing: imports of the command line, and files that somebody removed.
    pub(crate) fn prepare_all(&self, app: &Arc<App>) {
        let app = Arc::clone(app);
        tokio::spawn(async move {
            let connections = app.installation.store().connections().unwrap_or_default();
            for connection in connections {
                // Why one cannot be prepared is told when it is asked for.
                if app.data.prepare(connection.id).await.is_ok() {
                    app.tell(Happened::Data { connection: connection.id.to_string() });
                }
            }
        });
    }

    /// Prepares the newest package of a connection, unless it is prepared already.
    pub(crate) async fn prepare(&self, connection: ConnectionId) -> Result<(), Problem> {
        let run = self.newest(connection).map_err(problem)?;
        let Some((run, package)) = run.and_then(|run| Some((run.id, run.package_dir?))) else { return Ok(()) };
        let (target, mark) = (self.file(connection), self.file(connection).with_extension("run"));
        let building = tokio::task::spawn_blocking(move || {
            let is_prepared = std::fs::read_to_string(&mark).is_ok_and(|known| known == run.to_string());
            if is_prepared && Snapshot::is_current(&target) {
                return Ok(());
            }
            if let Some(folder) = target.parent() {
                std::fs::create_dir_all(folder).map_err(|error| unprepared(&error))?;
            }
            Snapshot::build(&package, &target).map_err(|error| refused(&error).problem)?;
            std::fs::write(&mark, run.to_string()).map_err(|error| unprepared(&error))
        });
        let built = building.await.map_err(|error| unprepared(&io::Error::other(error)))?;
        // It may have been removed meanwhile.
        if self.installation.store().connection(connection).is_err() {
            self.forget(connection);
        }
        built
    }

    /// Removes what was prepared of a connection.
    pub(crate) fn forget(&self, connection: ConnectionId) {
        for file in self.installation.folders.snapshot_files(connection) {
            // A file without its connection is never asked; what cannot be removed now goes with the data folder.
            let _ = std::fs::remove_file(file);
        }
    }

    /// What can be asked now, under the names of now.
    fn snapshots(&self) -> Result<Snapshots, Refusal> {
        let connections = self.installation.store().connections()?;
        let mut sources = Vec::new();
        for connection in connections {
            let file = self.file(connection.id);
            let Some(run) = self.newest(connection.id)?.filter(|_| file.is_file()) else { continue };
            sources.push(SnapshotSource {
                connection: connection.id.to_string(),
                connection_name: connection.name.to_string(),
                file,
                finished_at: run.finished_at.unwrap_or(run.started_at).to_string(),
            });
        }
        Ok(Snapshots::new(sources))
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Snapshots) -> Result<T, SnapshotError> + Send + 'static,
    ) -> Result<T, Refusal> {
        let snapshots = self.snapshots()?;
        let asked = tokio::task::spawn_blocking(move || question(&snapshots)).await;
        asked
            .map_err(|_| Refusal::defect("data.question", "The question was not answered."))?
            .map_err(|error| refused(&error))
    }

    pub(crate) async fn differences(&self, connection: ConnectionId) -> Result<Vec<ProductDifference>, Refusal> {
        self.ask(move |snapshots| snapshots.product_differences(&connection.to_string())).await
    }

    pub(crate) async fn overview(&self, connection: Option<String>) -> Result<Overview, Refusal> {
        self.ask(move |snapshots| snapshots.overview(connection.as_deref())).await
    }

    pub(crate) async fn rows(&self, view: View, query: RowQuery) -> Result<Rows, Refusal> {
        self.ask(move |snapshots| snapshots.rows(view, &query)).await
    }

    pub(crate) async fn person(
        &self,
        connection: String,
        user_id: String,
        days: Option<u16>,
    ) -> Result<PersonPane, Refusal> {
        self.ask(move |snapshots| snapshots.person(&connection, &user_id, days)).await
    }

    pub(crate) async fn product(
        &self,
        connection: String,
        sku_id: String,
        days: Option<u16>,
    ) -> Result<ProductPane, Refusal> {
        self.ask(move |snapshots| snapshots.product(&connection, &sku_id, days)).await
    }

    /// A file of all rows that a query finds, written while it is read.
    pub(crate) async fn export(&self, view: View, query: RowQuery, format: ExportFormat) -> Result<Body, Refusal> {
        let snapshots = self.snapshots()?;
        // What is wrong with the query is told before the download begins.
        let first = RowQuery { limit: Some(1), offset: 0, ..query.clone() };
        self.ask(move |snapshots| snapshots.rows(view, &first)).await?;
        let deed = exported(view, &query, format);
        let installation = Arc::clone(&self.installation);
        Ok(written(move |pieces| match snapshots.export(view, &query, format, pieces) {
            Ok(rows) => told(&installation, deed.with("rows", rows), Ok(())),
            Err(error) => told(&installation, deed, Err(io::Error::other(error))),
        }))
    }
}

/// What is told of an export. What was searched for may name people, so that only the fact is told.
fn exported(view: View, query: &RowQuery, format: ExportFormat) -> Deed {
    let format = match format {
        ExportFormat::Csv => "csv",
        ExportFormat::Parquet => "parquet",
    };
    let deed = Deed::new(Action::DataExported, "view", view.as_str(), view.as_str())
        .with("format", format)
        .with("searched", query.search.is_some())
        .with("filtered", query.filter.is_some());
    match query.connection.as_ref().and_then(|id| id.parse().ok()) {
        Some(connection) => deed.about(connection),
        None => deed.with("connections", "all"),
    }
}

/// Tells of an export as soon as its file is whole, or has failed. One that cannot be told of is not whole.
pub(crate) fn told(installation: &Installation, deed: Deed, attempt: io::Result<()>) -> io::Result<()> {
    let deed = if attempt.is_ok() { deed } else { deed.ended(ActionOutcome::Failed) };
    let told = installation.record(&deed).map_err(|trouble| io::Error::other(trouble.title));
    attempt.and(told)
}

/// A body that is written on a thread of its own while it is read, for whoever acts.
pub(crate) fn written(write: impl FnOnce(Pieces) -> io::Result<()> + Send + 'static) -> Body {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(PIECES);
    let actor = actor();
    tokio::task::spawn_blocking(move || {
        let pieces = Pieces { sender: sender.clone(), piece: Vec::new() };
        if let Err(error) = acting_here(actor, || write(pieces)) {
            // The browser then knows that the file is not whole.
            let _ = sender.blocking_send(Err(error));
        }
    });
    Body::from_stream(stream::unfold(receiver, |mut receiver| async move {
        receiver.recv().await.map(|piece| (piece, receiver))
    }))
}

/// Hands written bytes over in pieces.
pub(crate) struct Pieces {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    piece: Vec<u8>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        self.sender.blocking_send(Ok(piece)).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        // A browser that is gone needs no rest.
        let _ = self.send();
    }
}

fn unprepared(error: &io::Error) -> Problem {
    let title = "The data of the last import cannot be prepared for the page.";
    let advice = "The package is whole. Check free space and permissions of the data folder, then restart the beacon.";
    let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ProblemKind::Retry, "data.prepare", title, advice);
    let mut problem = refusal.problem;
    problem.detail.push(error.to_string());
    problem
}

fn refused(error: &SnapshotError) -> Refusal {
    let title = sentence(&error.to_string());
    let (status, kind) = match error {
        SnapshotError::UnknownConnection(_) | SnapshotError::UnknownPerson(_) | SnapshotError::UnknownProduct(_) => {
            (StatusCode::NOT_FOUND, ProblemKind::NotFound)
        }
        question if question.is_bad_question() => (StatusCode::BAD_REQUEST, ProblemKind::Settings),
        _ => (StatusCode::SERVICE_UNAVAILABLE, ProblemKind::Retry),
    };
    Refusal::new(status, kind, error.code(), &title, &error.advice())
}
