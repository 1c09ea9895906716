"""The commands, a module per noun. Each parses, calls the library, and hands the answer to output."""
