"""What the speed claims rest on: SeqFlip beside its peers, in one run. See README.md."""
