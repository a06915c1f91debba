//! Words of the runtime itself.

use beacon_contract::Text;

/// Texts of the codes that the runtime can end a run with. A connector adds them to its manifest.
#[must_use]
pub fn texts() -> Vec<(&'static str, Text)> {
    let text = |code, title, advice| (code, Text::new(title, advice));
    vec![
        text(
            "kit.unreadable_events",
            "The connector could not read what the host told it: {detail}",
            "Host and connector do not fit together. Update both to the same release; if it stays, report it.",
        ),
        text(
            "kit.contract",
            "The host speaks contract {host}, this connector speaks {module}.",
            "Update the older of the two.",
        ),
        text(
            "kit.unknown_task",
            "The connector does not know the task {task}.",
            "Update the connector, or use a host of its own release.",
        ),
        text(
            "kit.stalled",
            "The connector waits for something that it never asked for.",
            "This is a defect of the connector. Report it with the log of the run.",
        ),
        text("kit.cancelled", "The run was cancelled.", "Start it again when it suits you."),
    ]
}
