"""The catalogues of translations, and what the sources have to be translated.

`make strings` (python -m tests.catalogues) brings both catalogues up to the sources: what is new
stands there without a translation, what is gone is taken out, and the compiled files follow.
"""

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import polib

HOME = Path(__file__).resolve().parent.parent
TEMPLATES = HOME / "templates"
LOCALES = ("zh_Hans", "ms")
#: of neither language has a plural; Django wants the header to say so
PLURAL = "nplurals=1; plural=0;"
ROOMS = ("marketplace", "compliance", "agents/gateway")
#: of a call: at which arguments its context, its text and its plural stand
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}
#: looks up what the lists beside it say
LOOKS_UP = HOME / "marketplace" / "web" / "said" / "__init__.py"


class Message(NamedTuple):
    """What is looked up in a catalogue; None where there is no context or no plural."""

    context: str | None
    text: str
    plural: str | None = None


def pages() -> list[Path]:
    """The templates that are translated: all but the desk of the staff, which is English."""
    files = (path for end in ("html", "txt") for path in TEMPLATES.rglob(f"*.{end}"))
    return sorted(path for path in files if path.relative_to(TEMPLATES).parts[0] != "admin")


def wanted() -> dict[Message, str]:
    """Everything that the sources look up, each with the file that does so first."""
    found: dict[Message, str] = {}
    for path in pages():
        for message in of_template(path.read_text()):
            found.setdefault(message, str(path.relative_to(HOME)))
    for path in _modules():
        for message in of_module(path.read_text(), path):
            found.setdefault(message, str(path.relative_to(HOME)))
    from marketplace.web import said

    for text in said.sentences():
        found.setdefault(Message(None, text), "marketplace/web/said")
    return found


def of_template(source: str) -> Iterator[Message]:
    """By Django's own parser, so that it is what Django will look up."""
    from django.template import Template, base
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    marked: list[Message] = []
    plain = base.Variable.__init__

    def noting(self: Any, var: str) -> None:
        plain(self, var)
        if self.translate:
            marked.append(Message(None, str(self.literal).replace("%", "%%")))

    base.Variable.__init__ = noting  # type: ignore[method-assign]
    try:
        nodes = Template(source).nodelist
    finally:
        base.Variable.__init__ = plain  # type: ignore[method-assign]
    yield from marked
    for node in nodes.get_nodes_by_type(TranslateNode):
        assert isinstance(node, TranslateNode)
        text = str(node.filter_expression.var.literal).replace("%", "%%")
        yield Message(_context(node), text)
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        assert isinstance(node, BlockTranslateNode)
        one = node.render_token_list(node.singular)[0]
        many = node.render_token_list(node.plural)[0] if node.plural else None
        yield Message(_context(node), one, many)


def _context(node: Any) -> str | None:
    return str(node.message_context.resolve({})) if node.message_context else None


def _modules() -> list[Path]:
    files = (path for room in ROOMS for path in (HOME / room).rglob("*.py"))
    return sorted(path for path in files if "migrations" not in path.parts and path != LOOKS_UP)


def of_module(source: str, path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        name = (
            node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        )
        if name in CALLS:
            assert isinstance(node, ast.Call)
            yield Message(*(_argument(node, at, path) for at in CALLS[name]))  # type: ignore[arg-type]


def _argument(call: ast.Call, at: int | None, path: Path) -> str | None:
    if at is None:
        return None
    text = call.args[at]
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        raise TypeError(f"{path}:{call.lineno} translates what is no text as it stands there")
    return text.value


def place(locale: str, kind: str = "po") -> Path:
    return TEMPLATES / "locale" / locale / "LC_MESSAGES" / f"django.{kind}"


def read(locale: str) -> polib.POFile:
    return polib.pofile(str(place(locale)), wrapwidth=98, check_for_duplicates=True)


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgctxt, entry.msgid, entry.msgid_plural or None)


def texts(entry: polib.POEntry) -> list[str]:
    """All that the translation says."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def update(locale: str, messages: dict[Message, str]) -> polib.POFile:
    """What the sources say, with the translations that are known; written to both files."""
    known = {key(entry): entry for entry in read(locale)} if place(locale).exists() else {}
    made = polib.POFile(wrapwidth=98)
    made.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL,
    }
    made.extend(_entry(one, messages[one], known.get(one)) for one in _in_order(messages))
    place(locale).parent.mkdir(parents=True, exist_ok=True)
    made.save(str(place(locale)))
    place(locale, "mo").write_bytes(made.to_binary())
    return made


def _in_order(messages: Iterable[Message]) -> list[Message]:
    return sorted(messages, key=lambda one: (one.text, one.context or ""))


def _entry(message: Message, source: str, known: polib.POEntry | None) -> polib.POEntry:
    said = texts(known)[0] if known else ""
    entry = polib.POEntry(
        msgctxt=message.context, msgid=message.text, occurrences=[(source, "")], msgstr=said
    )
    if message.plural:
        entry.msgid_plural, entry.msgstr = message.plural, ""
        entry.msgstr_plural = {0: said}
    if "%(" in message.text:
        entry.flags.append("python-format")
    return entry


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    os.environ.setdefault("STRAITS_STATIC_ANALYSIS", "1")
    import django

    django.setup()
    messages = wanted()
    for locale in LOCALES:
        made = update(locale, messages)
        empty = [entry for entry in made if not all(texts(entry))]
        said = [f"{locale}: {len(made)} texts, {len(empty)} without a translation"]
        said += [f"  {entry.occurrences[0][0]}: {entry.msgid}" for entry in empty]
        sys.stdout.write("\n".join(said) + "\n")


if __name__ == "__main__":
    main()
