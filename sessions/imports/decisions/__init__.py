"""Reads what minutes or a result field say about votes and decisions.

Conservative: a sentence counts where it says outright what was decided. Reported speech, plans, earlier
decisions and negations are none. What contradicts itself is "unclear", a number that is not stated is None,
and no number is ever computed. Values and meanings follow the decision cases of the house; counts of single
parliamentary groups are not read.

The rule above all: a sentence counts only where this body speaks here and now (`speakers`). `units` cuts the
text into sentences and tables, `counts` reads the numbers (`tokens`, `pairing`, `tables`), `results` what was
decided (`vocabulary`, `verbs`, `fields`), `subjects` on what; `reader` gathers it into `ballots`, and
`verdicts` makes the records.
"""

from sessions.imports.decisions.reader import read_decisions

__all__ = ["read_decisions"]
