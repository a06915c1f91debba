//! Schedules: a simulated year with a clock that the test holds, the command line, and a beacon that serves.

mod command_line;
mod page;
mod serving;
mod year;
