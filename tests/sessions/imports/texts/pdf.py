"""PDF files written by hand: as plain as they can be, and broken in one way each."""

import zlib
from collections.abc import Sequence


def a_pdf(*pages: str, kids: str = "", count: int | None = None, trailer: str = "") -> bytes:
    """One page for each text, a line of it below the other in Helvetica; an empty line leaves room.

    kids, count: what the tree of pages says instead. trailer: entries that are added to the trailer.
    """
    numbers = [4 + 2 * place for place in range(len(pages))]
    named = kids or " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{named}] /Count {len(pages) if count is None else count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in zip(numbers, pages, strict=True):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % (number + 1)
        )
        objects.append(a_stream(_content(text)))
    return with_table(objects, trailer=trailer)


def a_stream(data: bytes, *, filters: Sequence[str] = ()) -> bytes:
    names = f" /Filter [{' '.join(f'/{name}' for name in filters)}]" if filters else ""
    return f"<< /Length {len(data)}{names} >>\nstream\n".encode() + data + b"\nendstream"


def with_table(objects: Sequence[bytes], *, trailer: str = "") -> bytes:
    """The whole file; the first object is the catalog."""
    file = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{table}\n".encode()
    return bytes(file + b"%%EOF\n")


def an_encrypted_pdf() -> bytes:
    """With a password that nobody knows."""
    secret = "00" * 32
    encrypt = f"<< /Filter /Standard /V 1 /R 2 /O <{secret}> /U <{secret}> /P -4 >>"
    return a_pdf("Geheim", trailer=f"/Encrypt {encrypt} /ID [<{'00' * 16}> <{'00' * 16}>]")


def a_bomb(size: int) -> bytes:
    """A page whose content is packed twice and has `size` bytes of nothing when it is unpacked."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(bytes(2**20)) for _ in range(size // 2**20)) + packer.flush()
    content = a_stream(zlib.compress(once, 9), filters=["FlateDecode", "FlateDecode"])
    return with_table(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            content,
        ]
    )


def _content(text: str) -> bytes:
    lines = "".join(f"({_escaped(line)}) Tj T*\n" for line in text.split("\n"))
    return f"BT /F1 12 Tf 14 TL 72 770 Td\n{lines}ET".encode("cp1252")


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
