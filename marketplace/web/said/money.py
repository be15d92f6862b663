"""What marketplace.billing refuses with, and what it tells on the wallet's page."""

from typing import Final

SENTENCES: Final = (
    # top-ups: "this" or the name of the field stands before each
    "must be from 1 to 100,000 USD",
    "must be a whole number of cents",
    "must be the id of a payment method, such as pm_...",
    "is not among your saved cards",
    "must be more than 0 and at most 100,000 USD",
    "must be at least the amount of one top-up",
    "must be at least the limit of a day, at most 1,000,000 USD",
    "must be saved first; automatic top-ups take the default card",
    # a saved card
    "%(brand)s ending in %(digits)s",
    # amounts
    "%(text)s is not an amount; write a number such as 12.50",
    "%(text)s is finer than one millionth; use at most 6 decimals",
    # notices of the wallet
    "Automatic top-ups were switched off: %(why)s. Choose a card and switch them on again.",
    "there is no saved card any more",
    "Your bank wants you to confirm a payment: open it in the list of top-ups and confirm it.",
    "A payment into your wallet is disputed at its bank. Until that is decided nothing new can be"
    " booked. Write to us if this is a mistake.",
    "The payment failed.",
    # an offered price
    "new terms begin in the future; what has passed is not priced anew",
    "the time lies outside the reservation",
    "the offer has lapsed; ask the provider for another one",
    # disputes
    "has a dispute that is still open",
    "can be disputed once it is settled",
    "could be disputed for %(days)s days after its end",
    "must be from 1 to %(cost)s, what the reservation cost",
    "must have 1 to %(most)s characters",
    "cannot be taken: the dispute is %(state)s",
    "comes too late: the deadline has passed",
    # acts, as the record of an organisation names them
    "allowed automatic top-ups",
    "ended automatic top-ups",
    "answered a dispute",
    "asked for a refund",
    "chose the default card",
    "removed a card",
    "gave credit",
    "issued a credit note",
    "issued an invoice",
    "raised a dispute",
    "refused a dispute",
    "upheld a dispute",
    "withdrew a dispute",
    "ruled a fault",
    "recorded billing details",
    "wrote a debt off",
)
