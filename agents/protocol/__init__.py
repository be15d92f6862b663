"""What a node and the marketplace say to each other, and how a node proves who says it.

No Django, no server room: the node's program is built from this and `agents.node` alone.
"""
