"""Numbers and dates are written alike in every language: a page never shows another amount."""
