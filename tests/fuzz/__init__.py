"""Anything may come in: files by their bytes, conditions, imports, buttons, updates.

`tests/test_fuzz.py` tries each a little; `make fuzz` as long as one likes. A seed names a try: the same
seed is the same input.
"""
