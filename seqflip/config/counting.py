"""How many sequences there are."""


def count_sequences(symbols: int, shortest: int, longest: int, enough: int) -> int:
    """Count the sequences of `shortest` to `longest` tokens out of `symbols`, up to `enough`."""
    if symbols == 1:
        return min(longest - shortest + 1, enough)
    total = 0
    for length in range(shortest, longest + 1):
        total += count_of_length(symbols, length, enough)
        if total >= enough:
            return enough
    return total


def count_of_length(symbols: int, length: int, enough: int) -> int:
    """Count the sequences of `length` tokens out of `symbols`, up to `enough`.

    The bound keeps 50 ** 1,000,000 from being calculated.
    """
    if symbols > 1 and length > enough.bit_length():
        return enough
    count: int = symbols**length
    return min(count, enough)
