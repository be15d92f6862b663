"""Reading publishers' XML without believing it.

No document type and so no entity of any kind is accepted, nothing is fetched, and a single entry,
the nesting and the file are limited. Namespaces are dropped: publishers change them without notice.
"""

from collections.abc import Container, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from .base import MalformedList
from .tables import AGAIN, opened

CHUNK = 1 << 20
#: bytes; the largest real entry has some 300 thousand
LARGEST_ENTRY = 8 << 20
DEEPEST = 40


def entries_of(
    path: Path, *, root: str, wanted: Container[str], biggest: int
) -> Iterator[tuple[int, Element]]:
    """(line, element) of each outermost element named in `wanted`, one at a time.

    Raises MalformedList: the file is missing, too big, not well-formed, cut off, of another root,
    or declares a document type.
    """
    reader = _Reader(path.name, root, wanted)
    with opened(path, biggest=biggest) as file:
        while chunk := file.read(CHUNK):
            yield from reader.feed(chunk)
    yield from reader.feed(b"", last=True)


def text(element: Element, path: str) -> str:
    """The text at a path with its white space made plain; empty where there is none."""
    return " ".join((element.findtext(path) or "").split())


def texts(element: Element, path: str) -> list[str]:
    """All that is not empty at a path."""
    found = (" ".join("".join(one.itertext()).split()) for one in element.iterfind(path))
    return [one for one in found if one]


class _Reader:
    def __init__(self, file: str, root: str, wanted: Container[str]) -> None:
        self.file, self.root, self.wanted = file, root, wanted
        self.done: list[tuple[int, Element]] = []
        self.depth = 0
        self.entry: _Entry | None = None
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[tuple[int, Element]]:
        try:
            self.parser.Parse(chunk, last)
        except (expat.ExpatError, LookupError) as error:
            raise self._fault(f"cannot be read as XML ({error})") from error
        done, self.done = self.done, []
        yield from done

    def _fault(self, fault: str) -> MalformedList:
        return MalformedList(self.file, self.parser.CurrentLineNumber, fault, AGAIN)

    def _doctype(self, *_: object) -> None:
        raise self._fault("declares a document type, which may hide an entity bomb")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        self.depth += 1
        if self.depth == 1 and name != self.root:
            raise self._fault(f"begins with <{name[:40]}> where <{self.root}> belongs")
        if self.depth > DEEPEST:
            raise self._fault(f"is nested more than {DEEPEST} deep")
        if self.entry is None and name in self.wanted:
            self.entry = _Entry(self.parser)
        if self.entry:
            self._limit(self.entry)
            plain = {_local(key): value for key, value in attributes.items()}
            self.entry.builder.start(name, plain)
            self.entry.depth += 1

    def _data(self, data: str) -> None:
        if self.entry:
            self._limit(self.entry)
            self.entry.builder.data(data)

    def _end(self, name: str) -> None:
        self.depth -= 1
        if self.entry:
            self.entry.builder.end(_local(name))
            self.entry.depth -= 1
            if self.entry.depth == 0:
                self.done.append((self.entry.line, self.entry.builder.close()))
                self.entry = None

    def _limit(self, entry: "_Entry") -> None:
        if self.parser.CurrentByteIndex - entry.began > LARGEST_ENTRY:
            raise self._fault(f"has an entry of more than {LARGEST_ENTRY} bytes")


class _Entry:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.line, self.began = parser.CurrentLineNumber, parser.CurrentByteIndex
        self.builder, self.depth = TreeBuilder(), 0


def _local(name: str) -> str:
    return name.rpartition("}")[2]
