"""One module for each resource of Stripe's; each registers its endpoints with `endpoint`."""
