"""What the computer offers: whole files, plain arrays in files, memory, threads and pace.

No word of learning here.
"""

from seqflip.system.atomic import (
    atomic_file,
    flush_to_disk,
    remove_leftovers,
    sync_directory,
    write_json,
    write_text,
)
from seqflip.system.blas import keep_freed_memory, one_blas_thread
from seqflip.system.memory import memory_limit, readable_bytes
from seqflip.system.npz import MAX_BYTES, Arrays, NpzError, load_npz, save_npz
from seqflip.system.pace import Pace
from seqflip.system.spreadsheet import BYTE_ORDER_MARK, as_text

__all__ = [
    "BYTE_ORDER_MARK",
    "MAX_BYTES",
    "Arrays",
    "NpzError",
    "Pace",
    "as_text",
    "atomic_file",
    "flush_to_disk",
    "keep_freed_memory",
    "load_npz",
    "memory_limit",
    "one_blas_thread",
    "readable_bytes",
    "remove_leftovers",
    "save_npz",
    "sync_directory",
    "write_json",
    "write_text",
]
