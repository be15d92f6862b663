"""Cases: opened by decisions, worked on by officers, decided by two of them."""
