//! A summary as plain text for a terminal.

use crate::beacon_block::{Explained, PackageStatus, Proof};
use crate::changes::{ChangesBlock, Compared};
use crate::report_facts::RefreshDates;
use crate::summary::{ProductSummary, Summary, TableSummary};
use crate::user_join::PeopleFacts;
use beacon_contract::TableStatus;

/// Narrower than this, columns would be unreadable.
const NARROWEST: usize = 60;

#[derive(Clone, Copy)]
enum Style {
    Bold,
    Good,
    Attention,
    Faint,
}

struct Page {
    text: String,
    color: bool,
    width: usize,
}

/// The summary in lines of at most `width` characters. Colour (ANSI) never carries anything that the words do not.
#[must_use]
pub fn render_summary(summary: &Summary, width: usize, color: bool) -> String {
    let mut page = Page { text: String::new(), color, width: width.max(NARROWEST) };
    page.head(summary);
    page.tables(&summary.tables);
    page.products(&summary.products);
    page.changes(summary.changes.as_ref());
    if !summary.warnings.is_empty() {
        page.title("Warnings");
        for warning in &summary.warnings {
            page.wrapped("  ! ", &format!("{} [{}]", warning.text, warning.code));
        }
    }
    page.text
}

/// Text from outside must not steer the terminal.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{fffd}' } else { character }).collect()
}

fn shortened(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= width {
        return text;
    }
    text.chars().take(width.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn count(number: u64) -> String {
    grouped(i64::try_from(number).unwrap_or(i64::MAX))
}

fn seconds(milliseconds: u64) -> String {
    match milliseconds {
        0 => String::new(),
        1..60_000 => format!("{}.{} s", milliseconds / 1000, milliseconds % 1000 / 100),
        _ => format!("{} min {} s", milliseconds / 60_000, milliseconds % 60_000 / 1000),
    }
}

fn count_or_blank(number: u64) -> String {
    if number == 0 { String::new() } else { count(number) }
}

fn people_note(people: PeopleFacts) -> String {
    let mut note = format!("{} rows of known people", count(people.matched));
    for (number, what) in [
        (people.unmatched, "of nobody in users"),
        (people.ambiguous, "of an address that several people have"),
        (people.concealed, "with a concealed name"),
    ] {
        if number > 0 {
            note.push_str(&format!(", {} {what}", count(number)));
        }
    }
    note
}

fn dates_note(RefreshDates { oldest, newest }: RefreshDates) -> String {
    if oldest == newest { format!("as of {newest}") } else { format!("as of {oldest} to {newest}") }
}

/// The words that stand in the package: it may be read far away from the module that knows them.
fn in_words(Explained { reason, text }: &Explained) -> String {
    if !text.is_empty() {
        return format!("{text} [{}]", reason.code);
    }
    let arguments = reason.arguments.iter().map(|(name, value)| format!(", {name} {value}"));
    std::iter::once(reason.code.clone()).chain(arguments).collect()
}

impl Page {
    fn line(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match style {
            Style::Bold => 1,
            Style::Good => 32,
            Style::Attention => 33,
            Style::Faint => 2,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    fn title(&mut self, text: &str) {
        let text = self.styled(Style::Bold, text);
        self.line("");
        self.line(&text);
    }

    fn wrapped(&mut self, indent: &str, text: &str) {
        let mut line = indent.to_owned();
        let margin = " ".repeat(indent.chars().count());
        for word in plain(text).split(' ') {
            let fits = line.chars().count() + word.chars().count() <= self.width;
            if !fits && line.trim_start() != "" && line.len() > margin.len() {
                self.line(&line);
                line.clone_from(&margin);
            }
            line.push_str(word);
            line.push(' ');
        }
        self.line(&line);
    }

    fn fact(&mut self, name: &str, value: &str) {
        self.wrapped(&format!("  {name:<11} "), value);
    }

    fn head(&mut self, summary: &Summary) {
        let (word, style) = match summary.status {
            PackageStatus::Complete => ("complete", Style::Good),
            PackageStatus::Partial => ("PARTIAL", Style::Attention),
        };
        let name = summary.tenant_name.as_deref().unwrap_or(&summary.tenant_id);
        let name = shortened(name, self.width - word.len() - 2);
        let line = format!("{}  {}", self.styled(Style::Bold, &name), self.styled(style, word));
        self.line(&line);
        self.fact("tenant", &summary.tenant_id);
        self.fact("connection", &summary.connection);
        self.fact("run", &summary.run_id);
        self.fact("time", &format!("{} to {}", summary.started_at, summary.finished_at));
        let trust = if summary.module.trusted { "" } else { ", untrusted module" };
        let module = &summary.module;
        self.fact("module", &format!("{} {}{trust}, host {}", module.id, module.version, summary.host_version));
        let retries = match summary.retries {
            0 => String::new(),
            retries => format!(", {} of them repeated", count(retries)),
        };
        self.fact("requests", &format!("{}{retries}", count(summary.requests)));
        self.fact("package id", &summary.package_id);
    }

    fn tables(&mut self, tables: &[TableSummary]) {
        self.title("Tables");
        let head = format!(
            "  {:<15}{:<10}{:>12}  {:<11}{:>7}{:>9}{:>11}",
            "table", "status", "rows", "proof", "pages", "retries", "waited"
        );
        let head = self.styled(Style::Faint, &head);
        self.line(&head);
        for table in tables {
            let (word, style) = match table.status {
                TableStatus::Complete => ("complete", Style::Good),
                TableStatus::Partial => ("PARTIAL", Style::Attention),
                TableStatus::Skipped => ("skipped", Style::Faint),
            };
            let proof = match table.proof {
                Proof::Chain => "chain",
                Proof::Partitions => "partitions",
                Proof::Derived => "derived",
                Proof::Report => "reports",
                Proof::None => "",
            };
            let rows = if table.status == TableStatus::Skipped { "-".to_owned() } else { count(table.rows) };
            let line = format!(
                "  {:<15}{}{:>12}  {proof:<11}{:>7}{:>9}{:>11}",
                shortened(&table.name, 14),
                self.styled(style, &format!("{word:<10}")),
                rows,
                count_or_blank(table.pages),
                count_or_blank(table.retries),
                seconds(table.throttled_ms),
            );
            self.line(&line);
            let mut notes = Vec::new();
            notes.extend(table.reason.as_ref().map(in_words));
            if table.duplicates > 0 {
                notes.push(format!("{} came more than once", count(table.duplicates)));
            }
            if table.dropped > 0 {
                notes.push(format!("{} left out on purpose", count(table.dropped)));
            }
            notes.extend(table.people.map(people_note));
            notes.extend(table.refreshed_on.map(dates_note));
            notes.extend(table.concealed.as_ref().map(in_words));
            if !notes.is_empty() {
                self.wrapped("      ", &notes.join("; "));
            }
        }
    }

    fn products(&mut self, products: &[ProductSummary]) {
        if products.is_empty() {
            return;
        }
        self.title("Products");
        let name_width = self.width - 2 - 36;
        let head = format!("  {:<name_width$}{:>12}{:>12}{:>12}", "product", "seats", "assigned", "people");
        let head = self.styled(Style::Faint, &head);
        self.line(&head);
        for product in products {
            let name = product.product_name.as_ref().or(product.sku_part_number.as_ref()).unwrap_or(&product.sku_id);
            let number = |number: Option<i64>| number.map_or_else(|| "-".to_owned(), grouped);
            let people = match product.applies_to.as_deref() {
                Some("Company") => "-".to_owned(),
                _ => count(product.people),
            };
            let line = format!(
                "  {:<name_width$}{:>12}{:>12}{people:>12}",
                shortened(name, name_width - 1),
                number(product.enabled_units),
                number(product.consumed_units),
            );
            self.line(&line);
        }
    }

    fn changes(&mut self, changes: Option<&ChangesBlock>) {
        let Some(changes) = changes else { return };
        self.title("Changes");
        self.fact("since run", &changes.based_on_run);
        let numbers = [(changes.added, "added"), (changes.changed, "changed"), (changes.removed, "removed")];
        self.fact("rows", &numbers.map(|(number, what)| format!("{} {what}", count(number))).join(", "));
        for (table, compared) in changes.tables.iter().filter(|(_, compared)| **compared != Compared::Compared) {
            self.wrapped("      ", &format!("{table}: {}", compared.text()));
        }
    }
}
