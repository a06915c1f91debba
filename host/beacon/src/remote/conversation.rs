//! A beacon that serves executes what a command line asks for.

use super::frame::Order;
use super::line::Line;
use crate::command;
use crate::configuration::{Configuration, Shown};
use crate::exit::Exit;
use crate::terminal::Terminal;
use crate::user;
use beacon_contract::FailKind;
use beacon_operations::{Trouble, acting_as};
use beacon_server::{CommandLine, Ended, Serving};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Exit code of a command line that is not understood, as clap has it.
const WRONG_USAGE: u8 = 2;

/// All commands of this program, as a beacon executes them.
pub(crate) struct Commands {
    configuration: Shown,
}

impl Commands {
    /// The commands of a beacon with this configuration.
    pub(crate) fn new(configuration: Shown) -> Self {
        Self { configuration }
    }
}

impl CommandLine for Commands {
    fn converse(&self, serving: &Serving, stream: TcpStream) {
        // Who does not even say what they want has no use for an answer.
        let Ok(Some((order, line))) = Line::open(stream) else { return };
        let terminal = Terminal::away(order.look.clone(), Arc::clone(&line));
        let code = match Configuration::of(&order.arguments) {
            Ok(mut configuration) => {
                configuration.of_beacon = Some(self.configuration.clone());
                executed(serving, order, configuration, &line, &terminal) as u8
            }
            Err(error) => {
                terminal.note(&error.to_string());
                WRONG_USAGE
            }
        };
        line.exit(code);
    }
}

fn executed(
    serving: &Serving,
    order: Order,
    mut configuration: Configuration,
    line: &Line,
    terminal: &Terminal,
) -> Exit {
    let arguments = &mut configuration.arguments;
    arguments.ca_file = order.ca_file;
    arguments.allow_address = order.allow_address.iter().filter_map(|range| range.parse().ok()).collect();
    arguments.defaults = order.defaults;
    // Whoever knows the secret of the control line may read the whole data folder: their word for their name is enough.
    let actor = Arc::new(user::named(&order.user));
    let command = acting_as(actor, command::in_process(&configuration, Some(serving), terminal));
    // A mistake in a command ends that command.
    let ended = catch_unwind(AssertUnwindSafe(|| serving.execute(line.abandoned(), command)));
    let result = match ended {
        Ok(Ended::Done(result)) => result,
        Ok(Ended::Abandoned) => Ok(Exit::Cancelled),
        Ok(Ended::Stopped) => Err(stopped()),
        Err(_) => Err(panicked()),
    };
    result.unwrap_or_else(|trouble| {
        terminal.trouble(&trouble);
        Exit::of(&trouble)
    })
}

fn stopped() -> Trouble {
    let title = "the beacon was ended before the command was done";
    let advice = "An import under way goes on with the next start of the beacon. Try anything else again then.";
    Trouble::new(FailKind::Retry, "control.stopped", title, advice)
}

fn panicked() -> Trouble {
    let title = "the beacon met a mistake of its own in this command";
    let advice = "It goes on serving. Report it with what it wrote to its log.";
    let mut trouble = Trouble::new(FailKind::Defect, "beacon.unexpected", title, advice);
    trouble.unexpected = true;
    trouble
}
