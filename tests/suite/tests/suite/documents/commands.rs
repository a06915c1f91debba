//! Every command that the documentation shows is one that the program understands.

use crate::harness::document::{Document, without_sudo, words};
use crate::harness::places;
use std::collections::BTreeMap;
use std::process::{Command, Output};

/// Asks the program for help in the place of doing something. What stands before is read first, so that an unknown
/// command, option or value is refused.
fn help(arguments: &[String]) -> Output {
    Command::new(places::beacon()).env_clear().args(arguments).arg("--help").output().expect("the program starts")
}

/// The arguments of the program in a command, if it is one of the program's.
fn of_beacon(command: &[String]) -> Option<&[String]> {
    match without_sudo(command) {
        [program, arguments @ ..] if program == "beacon" => Some(arguments),
        [runner, rest @ ..] if runner == "systemd-run" => {
            let at = rest.iter().position(|word| word == "beacon")?;
            rest.get(at + 1..)
        }
        _ => None,
    }
}

#[test]
fn every_command_in_a_block_is_understood() {
    let mut shown: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for page in Document::all() {
        for command in page.commands() {
            if let Some(arguments) = of_beacon(&words(&command)) {
                shown.insert(arguments.to_vec(), page.name.clone());
            }
        }
    }
    assert!(shown.len() > 40, "the search finds {}", shown.len());
    for (arguments, page) in shown {
        let asked = help(&arguments);
        let said = String::from_utf8_lossy(&asked.stderr);
        assert!(asked.status.success(), "{page}: beacon {}\n{said}", arguments.join(" "));
    }
    for wrong in ["connection ad Contoso", "run Contoso --formt both", "run Contoso --format excel"] {
        assert_eq!(help(&words(wrong)).status.code(), Some(2), "{wrong} would not be noticed");
    }
}

#[test]
fn every_command_in_a_sentence_is_there_with_its_options() {
    let mut helps: BTreeMap<Vec<String>, Output> = BTreeMap::new();
    for page in Document::all() {
        for code in page.quoted() {
            let words = words(&code);
            let Some(said) = of_beacon(&words) else { continue };
            // Up to what stands for something else: an option, NAME, …
            let is_name = |word: &&String| {
                !word.starts_with('-') && word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-')
            };
            let path: Vec<String> = said.iter().take_while(is_name).cloned().collect();
            let asked = helps.entry(path.clone()).or_insert_with(|| help(&path));
            assert!(asked.status.success(), "{}: {code}", page.name);
            let text = String::from_utf8_lossy(&asked.stdout);
            for option in said.iter().filter(|word| word.starts_with("--")) {
                let known = text.split([' ', '\n', ',', '[']).any(|word| word == option);
                assert!(known, "{}: {code}: there is no {option}", page.name);
            }
        }
    }
    assert!(helps.len() > 20, "the search finds {}", helps.len());
}
