"""A file -> a Document -> Passages.

``read`` turns one file of the knowledge folder into a :class:`Document`, or raises :class:`Unreadable` with a sentence
that tells staff what to do. ``split`` cuts the document into passages along its headings, each with its place, its date
and its sources.

What a reader of the file would not see is left out: scripts, hidden parts of web pages, hidden sheets, rows, columns
and slides, comments, speaker notes, tracked deletions, hidden and two-point text in ``.docx``, picture descriptions,
headers and footers, zero-width characters. What cannot be told cheaply from honest layout stays: white text (table
headers are often white on blue), text behind a picture or off the page, the invisible text layer of a scanned PDF,
hidden rows of ``.xls`` and hidden text of ``.doc``, ``.ppt``, ``.hwp`` and ``.hwpx``. So a file is as trustworthy as
whoever put it into the folder.
"""

from bot.documents.document import Document, Page, Unreadable
from bot.documents.reading import SUFFIXES, read
from bot.documents.splitting import PASSAGE_BYTES, split

__all__ = ["PASSAGE_BYTES", "SUFFIXES", "Document", "Page", "Unreadable", "read", "split"]
