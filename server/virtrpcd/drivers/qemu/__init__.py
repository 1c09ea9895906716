"""The qemu driver: machines as QEMU processes, spoken to over QMP."""
