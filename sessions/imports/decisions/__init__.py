"""Reads what minutes or a result field say about votes and decisions.

Conservative: a sentence counts where it says outright what was decided. Reported speech, plans, earlier
decisions and negations are none. What contradicts itself is "unclear", a number that is not stated is None,
and no number is ever computed. Values and meanings follow the decision cases of the house; counts of single
parliamentary groups are not read.

`units` cuts the text into sentences and tables, `counts` reads the numbers (`tokens`, `pairing`, `tables`),
`results` what was decided (`vocabulary`, `verbs`, `fields`) and whether it is this body that decides here
and now (`speakers`), `subjects` on what, and `reader` gathers it into votes.
"""

from sessions.imports.decisions.reader import read_decisions

__all__ = ["read_decisions"]
