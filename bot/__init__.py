"""Fil rouge: a conversation that builds a cooperation project, step by step."""

__version__ = "0.1.0"
