"""Stubs that pyrpcgen made from the specifications in xdr_spec; do not edit."""
