"""Run all benchmarks: ``make bench``, or ``python -m benchmarks`` in their environment."""

import argparse

from benchmarks.scaling import D_MODEL, growth, memory_over_steps
from benchmarks.speed import compare_speed


def main() -> None:
    """Print the comparison, and then how SeqFlip scales."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 128], metavar="D_MODEL")
    parser.add_argument("--rounds", type=int, default=15, help="blocks of each (default 15)")
    parser.add_argument("--seconds", type=float, default=0.5, help="of a block (default 0.5)")
    parser.add_argument("--only-speed", action="store_true", help="leave out how SeqFlip scales")
    options = parser.parse_args()
    rounds, seconds = options.rounds, options.seconds

    print("Training steps: GRU both ways, scaled dot attention, batch 64, length 12, 50 ids\n")
    print(compare_speed(options.sizes, rounds, seconds), flush=True)
    print("\nThe same of a Transformer: 2 + 2 layers, 4 heads, feed-forward 4 d_model\n")
    print(compare_speed(options.sizes, rounds, seconds, "transformer"), flush=True)
    if options.only_speed:
        return
    print(f"\nSeqFlip's cost of a step at d_model {D_MODEL}, over the length (batch 64)\n")
    print(growth("length", [6, 12, 24, 48, 96], rounds, seconds), flush=True)
    print("\nover the batch (length 12)\n")
    print(growth("batch_size", [16, 32, 64, 128, 256, 512], rounds, seconds), flush=True)
    print("\nand its memory over the steps (batch 64, length 12)\n")
    print(memory_over_steps([200, 1000, 2000]))


if __name__ == "__main__":
    main()
