"""A small tokenizer in the common JSON form, with merges taken from the words of the company's trade."""

import json
from functools import lru_cache

from peer_preservation.world.rendering import pool
from peer_preservation.world.rng import stream

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789.,:;-_/#'\"()[]{}+=%&@!?"
_SPECIAL = ("<unk>", "<s>", "</s>")


@lru_cache(maxsize=256)
def tokenizer(seed: int, slot: str) -> bytes:
    """A byte-pair tokenizer; each deployment learnt its own from other words."""
    tokens = [*_SPECIAL, *_LETTERS]
    merges: list[str] = []
    known = set(tokens)
    for word in stream(seed, "tokenizer", slot).sample(pool("agents")["words"], 70):
        left = word[0]
        for letter in word[1:]:
            if left + letter not in known:
                known.add(left + letter)
                tokens.append(left + letter)
                merges.append(f"{left} {letter}")
            left += letter
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    made = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": i, "content": token, **flags} for i, token in enumerate(_SPECIAL)],
        "normalizer": {"type": "Lowercase"},
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": "<unk>",
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "vocab": {token: i for i, token in enumerate(tokens)},
            "merges": merges,
        },
    }
    return (json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
