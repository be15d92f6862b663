"""Every kind of posting is a sale, or is not one: whoever adds a kind has to say which."""

import ast
from pathlib import Path

import marketplace
from marketplace.billing.models import CreditNote
from tests.billing import whole

HERE = Path(marketplace.__file__).parent
#: hand on what they were given: tests/billing/whole.py knows the kinds of whoever calls them
HAND_ON = {
    "billing/services/payouts/books.py",
    "brokerage/services/fees.py",
    "ledger/services/posting.py",
}
CALLS = {"post", "Posting", "book", "book_shared"}


def kinds_in_the_code():
    """Kind of posting by the file that books it."""
    found = {}
    for path in sorted(HERE.rglob("*.py")):
        name = str(path.relative_to(HERE))
        if {"migrations", "fake_stripe", "demo"} & set(path.parts):
            continue
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if "ledger" in text else ():
            if isinstance(node, ast.Call) and _called(node) in CALLS:
                for kind in _kinds(node):
                    if kind != "?" or name not in HAND_ON:
                        found.setdefault(kind, name)
    return found


def _called(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _kinds(node):
    given = [word.value for word in node.keywords if word.arg == "kind"] or node.args[1:2]
    return [kind for one in given for kind in _literal(one)]


def _literal(node):
    if isinstance(node, ast.Constant):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_literal(node.body), *_literal(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        return [node.values[0].value + "*"]
    return ["?"]


def test_every_kind_is_sorted():
    sorted_ = whole.SALES | whole.NO_SALES | whole.OTHERS
    found = kinds_in_the_code()
    by_kind_of_note = {f"credit_{kind}" for kind in CreditNote.Kind.values}
    assert found.pop("credit_*") == "billing/services/crediting.py"
    assert by_kind_of_note <= whole.NO_SALES
    assert {kind: name for kind, name in found.items() if kind not in sorted_} == {}
    assert len(sorted_) == sum(map(len, (whole.SALES, whole.NO_SALES, whole.OTHERS)))
    assert found.keys() >= whole.SALES, "the search finds what is there"
