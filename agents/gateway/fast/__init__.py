"""The short way of a heartbeat that says nothing new, in front of Django.

It never refuses: whatever it does not know to be in order goes the full way, which does.
"""
