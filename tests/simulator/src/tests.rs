//! Tests of the whole: the generator's promises, and real HTTP clients against a running simulation.

mod client;
mod faults;
mod generator;
mod graph;
mod reports;
mod sign_in;
mod table;
