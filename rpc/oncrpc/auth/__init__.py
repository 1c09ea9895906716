"""Authentication flavors, one a file (RFC 5531 sections 8 to 10)."""
