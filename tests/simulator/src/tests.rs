//! Tests of the whole: the generator's promises, and real HTTP clients against a running simulation.

mod changes;
mod client;
mod faults;
mod generator;
mod graph;
mod quotas;
mod random_changes;
mod report_files;
mod reports;
mod sign_in;
mod sign_ins;
mod table;
