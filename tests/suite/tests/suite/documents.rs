//! What the documentation says is true of the program.

mod commands;
mod hosts;
mod links;
mod names;
