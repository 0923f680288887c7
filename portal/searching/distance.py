"""How many slips of the finger lie between two words. Pure."""


def distance(first: str, second: str, most: int) -> int:
    """The fewest letters to insert, leave out, replace or swap with their neighbour; `most` + 1 if more.

    The optimal string alignment distance: no place is changed twice.
    """
    if abs(len(first) - len(second)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(second) + 1))
    for row, letter in enumerate(first, start=1):
        here = [row] + [most + 1] * len(second)
        # Further from the diagonal than `most` nothing counts.
        for column in range(max(1, row - most), min(len(second), row + most) + 1):
            other = second[column - 1]
            here[column] = min(
                last[column] + 1, here[column - 1] + 1, last[column - 1] + (letter != other), most + 1
            )
            if row > 1 and column > 1 and letter == second[column - 2] and first[row - 2] == other:
                here[column] = min(here[column], before_last[column - 2] + 1)
        if min(here) > most and min(last) >= most:  # A swap reaches back over one row.
            return most + 1
        before_last, last = last, here
    return min(last[-1], most + 1)
