//! Whole-program tests: exit code, stdout and stderr in one literal.

mod acts;
mod bad_input;
mod commands;
mod components;
mod example;
mod faults;
mod forward;
mod large;
mod ledger;
mod machine_output;
mod own_controls;
mod people;
mod real_sources;
mod reports;
mod review;
mod samples;
mod schedule;
mod table;
mod third_party;
mod type2_page;
