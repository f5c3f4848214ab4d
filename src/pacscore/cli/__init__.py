"""The pacscore command: one file a subcommand."""
