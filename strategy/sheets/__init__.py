"""All measures as a spreadsheet: out, edited elsewhere, compared cell by cell, and in again.

`columns` says what the table holds, `cells` what a cell means, `write` and `read` are the files, `stand` what
the database says, `compare` brings the two together. Nothing here writes to the database; that is
strategy.actions.take_sheet.
"""
