"""How far what a machine says of itself is to be believed, on what evidence, until when."""
