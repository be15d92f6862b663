"""How an invoice or a credit note looks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reportlab.lib.units import mm

from marketplace.core.money import text_from_micro, text_of_minor

from .letters import BOLD, PLAIN, in_latin, wrap
from .sheet import LEFT, RIGHT, Cell, Column, Sheets

HALF = LEFT + 95 * mm
COLUMNS = (
    Column("Description", LEFT, LEFT + 74 * mm, figures=False),
    Column("GPU time, h:min:s", LEFT + 76 * mm, LEFT + 107 * mm),
    Column("Per GPU-hour", LEFT + 109 * mm, LEFT + 133 * mm),
    Column("Amount", LEFT + 135 * mm, RIGHT),
)
CREDIT_COLUMNS = (
    Column("Description", LEFT, LEFT + 130 * mm, figures=False),
    Column("Amount", LEFT + 132 * mm, RIGHT),
)
PAID = (
    "All of it was paid from the prepaid wallet as it was charged; nothing of it is due. Tax is "
    "taken from the wallet when the invoice is issued, or as soon as the wallet holds it."
)
CREDITED = "The amount was credited to the prepaid wallet."
SET_OFF = (
    "{amount} of it was set off against tax of {invoice} that was not paid yet; the rest was "
    "credited to the prepaid wallet."
)


def render(content: Mapping[str, Any]) -> bytes:
    """The PDF of a paper; `content` as services.paper_content gives it."""
    paper = Sheets(footer=_footer(content))
    credit = "invoice" in content
    _heads(paper, content, credit=credit)
    paper.gap(8 * mm)
    lines, digits = content["lines"], _digits(content)
    if credit:
        paper.text(f"Reason: {content['reason']}", size=9)
        paper.gap(4 * mm)
        paper.table(CREDIT_COLUMNS, [_credit_row(line, content, digits) for line in lines])
    else:
        of_price = _decimals(*(line.get("price_micro_per_gpu_hour", 0) for line in lines))
        paper.table(COLUMNS, [_row(line, of_price, digits) for line in lines])
    _sums(paper, content)
    _notes(paper, content, credit=credit)
    title = "Credit note" if credit else "Invoice"
    return paper.pdf(title=f"{title} {content['number']}", author=content["seller"]["name"])


def _heads(paper: Sheets, content: Mapping[str, Any], *, credit: bool) -> None:
    top = paper.y
    paper.text("Credit note" if credit else "Invoice", font=BOLD, size=20, most=HALF - LEFT)
    paper.gap(1 * mm)
    paper.text(content["number"], size=12, most=HALF - LEFT)
    left = paper.y
    paper.y = top - 4
    _seller(paper, content["seller"])
    paper.y = min(left, paper.y) - 7 * mm
    below = paper.y
    _buyer(paper, content["buyer"])
    left, paper.y = paper.y, below
    _facts(paper, content, credit=credit)
    paper.y = min(left, paper.y)


def _seller(paper: Sheets, seller: Mapping[str, str]) -> None:
    most = RIGHT - HALF
    paper.text(seller["name"], x=HALF, most=most, font=BOLD, size=10)
    paper.text(seller["address"], x=HALF, most=most)
    paper.text(seller["country"], x=HALF, most=most)
    if seller["tax_id"]:
        paper.text(f"Tax registration {seller['tax_id']}", x=HALF, most=most)
    if seller["email"]:
        paper.text(seller["email"], x=HALF, most=most)


def _buyer(paper: Sheets, buyer: Mapping[str, str]) -> None:
    most = HALF - LEFT - 8 * mm
    paper.text("Billed to", most=most, size=8, grey=True)
    paper.text(buyer["name"], most=most, font=BOLD, size=10)
    if buyer["native_name"] and buyer["native_name"] != buyer["name"]:
        paper.text(buyer["native_name"], most=most, size=10)
    if buyer["address"]:
        paper.text(buyer["address"], most=most)
    if buyer["country"]:
        paper.text(buyer["country"], most=most)
    if buyer["tax_id"]:
        paper.text(f"Tax registration {buyer['tax_id']}", most=most)
    if buyer["reference"]:
        paper.text(f"Your reference {buyer['reference']}", most=most)


def _facts(paper: Sheets, content: Mapping[str, Any], *, credit: bool) -> None:
    facts = [("Issued", _day(content["issued_at"])), ("Currency", content["currency"])]
    if credit:
        invoice = content["invoice"]
        facts += [("To invoice", invoice["number"]), ("of", _day(invoice["issued_at"]))]
    else:
        period = content["period"]
        facts += [("Period from", _moment(period["start"])), ("until", _moment(period["end"]))]
    for name, value in facts:
        paper.text(name, x=HALF, most=20 * mm, size=8, grey=True)
        for place, line in enumerate(wrap(value, PLAIN, 9, RIGHT - HALF - 21 * mm)):
            if place:
                paper.gap(9 * 1.35)
            paper.right(line, y=paper.y)
        paper.gap(2)


def _row(line: Mapping[str, Any], of_price: int, digits: int) -> list[Cell]:
    told = f"Reservation {line['reservation']}"
    if besides := _besides(line):
        return [
            _what(line, f"{told}\n{besides}"),
            Cell(""),
            Cell(""),
            Cell(_amount(line["amount_micro"], digits)),
        ]
    return [
        _what(line, f"{told}{_discount(line)}"),
        Cell(_clock(line["billed_ms"])),
        Cell(_amount(line["price_micro_per_gpu_hour"], of_price)),
        Cell(_amount(line["amount_micro"], digits)),
    ]


def _discount(line: Mapping[str, Any]) -> str:
    if not line.get("discount_bps"):
        return ""
    price = _amount(line["list_micro_per_gpu_hour"])
    return f"\nList price {price} per GPU-hour, less {line['discount_bps'] / 100:.2f} % discount"


def _besides(line: Mapping[str, Any]) -> str:
    """Of what is no time of GPUs how it comes about; empty: it is."""
    if "given_up" in line:
        return _given_up(line["given_up"])
    return _kept(line["kept"]) if "kept" in line else ""


def _kept(what: Mapping[str, Any]) -> str:
    """Its size stands in the description; time without an answer of its machine is not billed."""
    start, end = _moment(what["from"]), _moment(what["until"])
    price = _amount(what["price_micro_per_gib_hour"])
    time = _clock(what["answered_ms"])
    return f"From {start} until {end}: {time} (h:min:s) at {price} per GiB-hour"


def _given_up(what: Mapping[str, str]) -> str:
    """Such as: Cancelled: from 3 November 2026, 12:00 UTC until 4 November 2026, 12:00 UTC."""
    start, end = _moment(what["from"]), _moment(what["until"])
    return f"{what['how'].capitalize()}: from {start} until {end}, fee by the schedule booked"


def _what(line: Mapping[str, Any], told: str) -> Cell:
    latin = in_latin(line["description"])
    return Cell(line["description"], f"{latin}\n{told}" if latin else told)


def _credit_row(line: Mapping[str, Any], content: Mapping[str, Any], digits: int) -> list[Cell]:
    told = f"Line {line['invoice_line']} of {content['invoice']['number']}"
    return [
        _what(line, f"{told}, reservation {line['reservation']}"),
        Cell(_amount(line["amount_micro"], digits)),
    ]


def _sums(paper: Sheets, content: Mapping[str, Any]) -> None:
    currency = content["currency"]
    digits = _digits(content)
    sums = [("Sum of the lines", _amount(content["net_micro"], digits))]
    if content["rounding_micro"]:
        sums.append(("Rounding to whole units", _amount(content["rounding_micro"], digits)))
    net = content["net_micro"] + content["rounding_micro"]
    sums.append(("Net", text_of_minor(net, currency)))
    for tax in content["tax"]:
        if tax["treatment"] == "charged":
            told = f"{tax['note']} on {_amount(tax['base_micro'])}"
            sums.append((told, text_of_minor(tax["tax_micro"], currency)))
    if not any(tax["treatment"] == "charged" for tax in content["tax"]):
        sums.append(("Tax", text_of_minor(0, currency)))
    paper.room((len(sums) + 2) * 16)
    paper.gap(2 * mm)
    for name, value in sums:
        paper.text(name, x=HALF, most=RIGHT - HALF - 30 * mm)
        paper.figure(value, digits)
        paper.gap(2)
    paper.gap(4)
    paper.rule(begin=HALF, thick=0.8, grey=0.2)
    paper.text("Total", x=HALF, font=BOLD, size=11, most=40 * mm)
    total = f"{currency} {text_of_minor(content['total_micro'], currency)}"
    paper.figure(total, digits, font=BOLD, size=11)
    if promo := content.get("promo_micro"):
        paper.gap(4)
        paper.text("Paid with promotional credit", x=HALF, size=8, grey=True)
        paper.figure(_amount(promo), digits)


def _notes(paper: Sheets, content: Mapping[str, Any], *, credit: bool) -> None:
    notes = [
        f"{tax['note']}." for tax in content["tax"] if tax["treatment"] != "charged" and tax["note"]
    ]
    notes.append(_credited(content) if credit else PAID)
    paper.gap(8 * mm)
    for note in notes:
        paper.text(note, size=8, grey=True)
        paper.gap(2)


def _credited(content: Mapping[str, Any]) -> str:
    set_off = content.get("set_off_micro")
    if not set_off:
        return CREDITED
    amount = f"{content['currency']} {text_of_minor(set_off, content['currency'])}"
    return SET_OFF.format(amount=amount, invoice=content["invoice"]["number"])


def _footer(content: Mapping[str, Any]) -> str:
    seller = content["seller"]
    tax = f", tax registration {seller['tax_id']}" if seller["tax_id"] else ""
    return f"{content['number']} · {seller['name']}{tax}"


def _clock(ms: int) -> str:
    seconds, rest = divmod(ms, 1000)
    fraction = f".{rest:03d}" if rest else ""
    return f"{seconds // 3600:,}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _amount(micro: int, digits: int = 2) -> str:
    sign, text = ("\u2212" if micro < 0 else ""), text_from_micro(abs(micro))
    whole, fraction = text.split(".")
    return f"{sign}{int(whole):,}.{fraction:0<{digits}}"


def _digits(content: Mapping[str, Any]) -> int:
    """After the point, so many that every amount of the paper is exact and all stand in line."""
    promo = content.get("promo_micro", 0)
    lines = (line["amount_micro"] for line in content["lines"])
    return _decimals(content["net_micro"], promo, *lines)


def _decimals(*amounts: int) -> int:
    return max((len(text_from_micro(amount).split(".")[1]) for amount in amounts), default=0)


def _day(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return f"{moment.day} {moment:%B %Y}"


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    clock = "%H:%M:%S" if moment.second else "%H:%M"
    return f"{moment.day} {moment.strftime(f'%B %Y, {clock} UTC')}"
