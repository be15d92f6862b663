"""Measurements. `make bench NAME=...` prints a table and, last, one JSON object.

Times depend on the machine and its neighbours, so every figure stands beside a reference that was
measured in the same run, in turns with ours; the ratio is what can be compared.
"""
