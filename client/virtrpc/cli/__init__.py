"""The command line: virtrpc [-c URI] [--json] COMMAND."""
