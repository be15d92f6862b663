"""The lists as a service for staff and for other services, in the shape that yente answers in."""
