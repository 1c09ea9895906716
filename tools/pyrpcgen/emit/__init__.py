"""The output side: one file for names, docstrings, types, programs and the whole module."""
