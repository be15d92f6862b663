"""Fitness of GPUs: rules as data, verdicts by pure functions, verbs that write them."""
