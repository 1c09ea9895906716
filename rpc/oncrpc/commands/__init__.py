"""The oncrpc command's subcommands: one module each, with `add`, which puts it on the command line."""
