"""The text of the council's PDF files. Its modules are imported by their own names: `child` and `limited` run
as processes of their own, without Django."""
