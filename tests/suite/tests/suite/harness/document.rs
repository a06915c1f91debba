//! A page of the documentation, as a test reads it: its sections, commands, tables and words in code.

use super::places;

/// Languages of blocks that hold commands; others are files and answers.
const COMMANDS: [&str; 2] = ["", "sh"];

/// A page.
pub(crate) struct Document {
    /// Its place in the workspace.
    pub(crate) name: String,
    text: String,
}

/// A block of code.
struct Block {
    language: String,
    lines: Vec<String>,
}

impl Document {
    /// The page at this place.
    pub(crate) fn read(name: &str) -> Self {
        let path = places::workspace().join(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name: name.to_owned(), text }
    }

    /// All pages for people who use the program.
    pub(crate) fn all() -> Vec<Self> {
        let folder = std::fs::read_dir(places::workspace().join("docs")).expect("the documentation");
        let names = folder.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
        let mut names: Vec<_> = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
        names.extend(["README.md", "SECURITY.md"].map(str::to_owned));
        names.sort();
        names.iter().map(|name| Self::read(name)).collect()
    }

    /// What stands below a heading, up to the next one.
    #[track_caller]
    pub(crate) fn section(&self, heading: &str) -> Self {
        let (_, below) = self.text.split_once(&format!("\n## {heading}\n")).expect(heading);
        let text = below.split("\n## ").next().unwrap_or_default().to_owned();
        Self { name: format!("{}, {heading}", self.name), text }
    }

    /// Commands of its code blocks, each on one line.
    pub(crate) fn commands(&self) -> Vec<String> {
        let blocks = self.blocks().into_iter().filter(|block| COMMANDS.contains(&block.language.as_str()));
        let mut commands = Vec::new();
        for block in blocks {
            let mut begun = String::new();
            for line in block.lines {
                match line.strip_suffix('\\') {
                    Some(part) => begun += part,
                    None => commands.push(std::mem::take(&mut begun) + &line),
                }
            }
        }
        commands.retain(|command| !command.trim().is_empty());
        commands
    }

    /// Lines of the first block of a language.
    #[track_caller]
    pub(crate) fn block(&self, language: &str) -> Vec<String> {
        let found = self.blocks().into_iter().find(|block| block.language == language);
        found.unwrap_or_else(|| panic!("{} has no block of {language}", self.name)).lines
    }

    /// Cells of all rows of its tables.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let rows = self.text.lines().filter_map(|line| line.strip_prefix('|')?.trim_end().strip_suffix('|'));
        rows.map(|row| row.split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
    }

    /// What stands in code within its sentences.
    pub(crate) fn quoted(&self) -> Vec<String> {
        let mut inside = false;
        let prose = self.text.lines().filter(|line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence && !line.starts_with("    ")
        });
        quoted(&prose.collect::<Vec<_>>().join("\n"))
    }

    /// Where its links lead.
    pub(crate) fn links(&self) -> Vec<String> {
        let targets = self.text.split("](").skip(1);
        targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())).collect()
    }

    /// Names of its headings, as links say them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let headings = self.text.lines().filter(|line| line.starts_with('#'));
        let titles = headings.map(|line| line.trim_start_matches('#').trim().to_lowercase());
        let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
        titles.map(|title| title.chars().filter(kept).collect::<String>().replace(' ', "-")).collect()
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let mut fenced = false;
        let mut indented = false;
        for line in self.text.lines() {
            if let Some(language) = line.trim_start().strip_prefix("```") {
                fenced = !fenced;
                indented = false;
                if fenced {
                    blocks.push(Block { language: language.to_owned(), lines: Vec::new() });
                }
                continue;
            }
            let begins = !fenced && !indented && line.starts_with("    ");
            if begins {
                blocks.push(Block { language: String::new(), lines: Vec::new() });
            }
            indented = !fenced && line.starts_with("    ");
            if let Some(block) = blocks.last_mut().filter(|_| fenced || indented) {
                block.lines.push(line.trim().to_owned());
            }
        }
        blocks
    }
}

/// What stands in code in a text.
pub(crate) fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(|code| code.replace('\n', " ")).collect()
}

/// Words of a command, as a shell sees them; nothing of a comment, of files beside it, or of what comes behind a pipe.
pub(crate) fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in command.chars() {
        match quote {
            Some(end) if letter == end => quote = None,
            None if letter == '"' || letter == '\'' => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            None if letter.is_whitespace() => words.extend(word.take()),
            None if matches!(letter, '#' | '<' | '>' | '|') && word.is_none() => break,
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// A command without whoever it is done as.
pub(crate) fn without_sudo(words: &[String]) -> &[String] {
    match words {
        [sudo, user, _, rest @ ..] if sudo == "sudo" && user == "-u" => rest,
        [sudo, rest @ ..] if sudo == "sudo" => rest,
        words => words,
    }
}
