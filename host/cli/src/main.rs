//! The program `tickmark`: the door. It parses flags, calls the engine and prints; it judges nothing.

mod args;
mod columns;
mod commands;
mod failure;
mod invoked_by;
mod output;
mod progress;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command, ControlCommand, KeyCommand, PluginCommand, PolicyCommand};

fn main() -> ExitCode {
    if let Some(code) = commands::compile::if_asked() {
        return code;
    }
    let cli = Cli::parse();
    output::choose_color(&cli.global);
    let global = &cli.global;
    let result = match cli.command {
        Command::Init(args) => commands::init::init(global, &args),
        Command::Demo(args) => commands::demo::demo(global, &args),
        Command::Run(args) => commands::run::run(global, &args),
        Command::Schedule(args) => commands::schedule::schedule(global, &args),
        Command::Forward(args) => commands::forward::forward(global, &args),
        Command::Verify(args) => commands::verify::verify(global, &args),
        Command::Replay(args) => commands::replay::replay(global, &args),
        Command::Export(args) => commands::export::export(global, &args),
        Command::Report(command) => commands::report::report(global, command),
        Command::Population(command) => commands::population::population(global, command),
        Command::Sample(args) => commands::sample::sample(global, args),
        Command::Key(KeyCommand::Generate) => commands::key::generate(global),
        Command::Key(KeyCommand::Show { package }) => commands::key::show(global, package),
        Command::Key(KeyCommand::Person { name, file }) => commands::key::person(global, &name, &file),
        Command::Key(KeyCommand::Rotate(args)) => commands::key::rotate(global, args),
        Command::Ledger(command) => commands::ledger::ledger(global, command),
        Command::Control(ControlCommand::List { output }) => commands::control::list(global, &output),
        Command::Control(ControlCommand::Coverage { gaps, output }) => {
            commands::coverage::coverage(global, gaps, &output)
        }
        Command::Control(ControlCommand::Show { control, output }) => {
            commands::control::show(global, &control, &output)
        }
        Command::Evidence(command) => commands::evidence::evidence(global, command),
        Command::Review(command) => commands::review::review(global, command),
        Command::Remediation(command) => commands::remediation::remediation(global, command),
        Command::Vendor(command) => commands::vendor::vendor(global, command),
        Command::Waiver(command) => commands::waiver::waiver(global, command),
        Command::Policy(PolicyCommand::Check) => commands::policy::check(global),
        Command::Policy(PolicyCommand::Explain { control, subject, system, as_of, output }) => {
            let wanted = commands::policy::Wanted { control, subject, system, as_of };
            commands::policy::explain(global, wanted, &output)
        }
        Command::Plugin(PluginCommand::List { output }) => commands::plugin::list(global, &output),
        Command::Plugin(PluginCommand::Inspect { plugin, output }) => {
            commands::plugin::inspect(global, &plugin, &output)
        }
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => ExitCode::from(failure::print(&error)),
    }
}
