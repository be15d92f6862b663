"""PDF and JSON of papers: the same bytes each time, readable, whole."""

import hashlib
import io
import json
import re

import pytest
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from marketplace.billing import services
from marketplace.billing.models import PaperFile
from marketplace.billing.printing import paper, render
from marketplace.billing.printing.letters import BOLD, CHINESE, PLAIN, pieces, width, wrap
from tests.billing.papers import credit, invoice, record_seller, rented, tax_rule
from tests.billing.test_invoices import make_poor
from tests.make import HOUR, NOON

VIETNAMESE = "Công ty Điện toán Đám mây Nguyễn Thị Ngọc Ưởng ẵ ỷ ợ ữ"
CHINESE_NAME = "深圳市先进算力科技有限公司"


@pytest.fixture
def billed(market, harbour, alice, sally):
    record_seller(sally)
    tax_rule(sally, rate_bps=900)
    services.record_details(
        organisation=harbour,
        name=VIETNAMESE,
        address="27 Nguyễn Huệ\nQuận 1",
        tax_id="",
        reference="PO 7",
        by=alice,
        at=NOON,
    )
    rented(harbour)
    return invoice(harbour)


def text_of(content):
    return re.sub(r"\s+", " ", " ".join(p.extract_text() for p in PdfReader(content).pages))


@pytest.mark.django_db
def test_the_pdf_says_what_the_invoice_says(billed):
    text = text_of(io.BytesIO(bytes(services.paper_pdf(billed, at=NOON).content)))
    for said in (
        "INV-2026-000001",
        "Straits Test Ltd",
        "Period from 1 November 2026, 00:00 UTC",
        "0:20:00 2.40 0.80",
        "GST 9% on 0.80 0.07",
        "Total USD 0.87",
        "Page 1 of 1",
        "Your reference PO 7",
    ):
        assert said in text


@pytest.mark.django_db
def test_the_pdf_is_made_once_and_is_the_same_bytes_for_ever(billed):
    first = services.paper_pdf(billed, at=NOON)
    again = services.paper_pdf(billed, at=NOON + HOUR)
    assert first == again
    content = bytes(first.content)
    assert hashlib.sha256(content).digest() == bytes(first.sha256)
    assert render(services.paper_content(billed)) == content, "and could be made anew"
    with pytest.raises(DatabaseError, match="evidence"), transaction.atomic():
        PaperFile.objects.update(content=b"")


@pytest.mark.django_db
def test_a_credit_note_names_its_invoice_and_reason(billed):
    note = credit(billed, 400_000, kind="sla")
    text = text_of(io.BytesIO(bytes(services.paper_pdf(note, at=NOON).content)))
    for said in (
        "Credit note",
        "CN-2026-000001",
        "To invoice INV-2026-000001",
        "Reason: It was slow.",
        "Line 1 of INV-2026-000001",
        "GST 9% on 0.40 0.04",
        "Total USD 0.44",
    ):
        assert said in text


@pytest.mark.django_db
def test_a_credit_note_says_what_did_not_reach_the_wallet(market, harbour, sally):
    record_seller(sally)
    tax_rule(sally, rate_bps=900)
    rented(harbour)
    make_poor(harbour)
    note = credit(invoice(harbour), 400_000)
    text = text_of(io.BytesIO(bytes(services.paper_pdf(note, at=NOON).content)))
    assert "Total USD 0.44" in text
    assert (
        "USD 0.04 of it was set off against tax of INV-2026-000001 that was not paid yet; the rest "
        "was credited to the prepaid wallet."
    ) in text


@pytest.mark.django_db
def test_the_json_adds_up_and_is_the_same_bytes_each_time(billed):
    name, content = services.paper_json(billed)
    assert (name, services.paper_json(billed)[1]) == ("INV-2026-000001.json", content)
    told = json.loads(content)
    assert sum(line["amount_micro"] for line in told["lines"]) == told["net_micro"] == 800_000
    assert sum(tax["tax_micro"] for tax in told["tax"]) == told["tax_micro"] == 70_000
    assert told["buyer"]["name"] == VIETNAMESE
    assert told["period"] == {
        "start": "2026-11-01T00:00:00.000000Z",
        "end": "2026-11-24T14:00:00.000000Z",
    }


def long_invoice(lines):
    line = {
        "description": "8 × H100 80GB, " + CHINESE_NAME,  # noqa: RUF001
        "amount_micro": 1_000_000,
        "billed_ms": 1_500_000,
        "price_micro_per_gpu_hour": 2_400_000,
        "reservation": "5b0c1c0e-6f4e-4a35-8c5c-6a7b7f0f0000",
    }
    sides = {"address": "1 Quay", "country": "SG", "tax_id": "", "email": "", "reference": ""}
    return {
        "number": "INV-2026-000042",
        "issued_at": "2026-12-01T00:00:00Z",
        "currency": "USD",
        "seller": {"name": "Straits", **sides},
        "buyer": {"name": VIETNAMESE * 3, "native_name": CHINESE_NAME * 3, **sides},
        "period": {"start": "2026-11-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"},
        "lines": [line] * lines,
        "net_micro": lines * 1_000_000,
        "rounding_micro": 0,
        "tax_micro": 0,
        "total_micro": lines * 1_000_000,
        "tax": [],
    }


def test_forty_lines_fill_four_pages_each_with_its_head_and_number():
    reader = PdfReader(io.BytesIO(render(long_invoice(40))))
    pages = [page.extract_text() for page in reader.pages]
    assert [f"Page {n} of {len(pages)}" in page for n, page in enumerate(pages, 1)] == [True] * 4
    assert all("Per GPU-hour" in page for page in pages)
    assert sum(page.count("Reservation 5b0c1c0e") for page in pages) == 40
    assert "Total" in pages[-1]


@pytest.mark.parametrize("of", [{}, {"invoice": {"number": "INV-1"}}])
def test_the_work_grows_with_the_lines_and_not_with_their_square(monkeypatch, of):
    written, text = [], paper.text_from_micro
    monkeypatch.setattr(paper, "text_from_micro", lambda micro: written.append(1) or text(micro))
    counts = []
    for lines in (20, 40, 60):
        written.clear()
        content = long_invoice(lines)
        if of:
            of["invoice"]["issued_at"] = content["issued_at"]
            content.update(of, reason="Slow.")
            content["lines"] = [{**line, "invoice_line": 1} for line in content["lines"]]
        render(content)
        counts.append(len(written))
    assert counts[0] >= 20
    assert counts[2] - counts[1] == counts[1] - counts[0]


def test_latin_letters_come_from_the_embedded_font_and_chinese_ones_from_the_readers():
    assert {piece.font for piece in pieces(VIETNAMESE, PLAIN)} == {PLAIN}
    assert {piece.font for piece in pieces(CHINESE_NAME, BOLD)} == {CHINESE}
    assert "?" not in "".join(piece.text for piece in pieces(VIETNAMESE + CHINESE_NAME, PLAIN))


def test_chinese_text_stands_once_more_in_latin_letters():
    text = text_of(io.BytesIO(render(long_invoice(1))))
    assert "ShenZhenShiXianJinSuanLi" in text.replace(" ", "")


def test_amounts_of_a_paper_stand_in_line():
    content = long_invoice(2)
    content["lines"] = [{**content["lines"][0], "amount_micro": micro} for micro in (12_345_600, 5)]
    text = text_of(io.BytesIO(render(content)))
    assert "12.345600" in text
    assert "0.000005" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("กรุงเทพ 10110", "krungethph 10110"),
        ("Северный ветер", "Severnyy veter"),
        ("شارع 7", "shr` 7"),
        ("a\u200b\u202eb\tc", "ab c"),
        ("\ue000", "?"),
    ],
)
def test_what_no_font_has_is_told_in_latin_letters(text, told):
    assert "".join(piece.text for piece in pieces(text, PLAIN)) == told


@pytest.mark.parametrize("text", [VIETNAMESE * 4, CHINESE_NAME * 6, "x" * 300, "a b " * 90])
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(text):
    lines = wrap(text, PLAIN, 9, 200)
    assert max(width(line, PLAIN, 9) for line in lines) <= 200
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
