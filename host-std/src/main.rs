//! The `pandia` command.

fn main() -> std::process::ExitCode {
    pandia::cli::main()
}
