"""One rental for a person to watch, over the same doors that everyone uses."""
