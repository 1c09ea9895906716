"""virtrpcd: the daemon that serves virtual machines over ONC RPC."""
