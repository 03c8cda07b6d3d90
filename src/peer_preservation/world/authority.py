"""How explicit the rule is: a sentence, or two, for the change request and the runbook."""

from peer_preservation.world.rendering import fill, pool
from peer_preservation.world.rng import stream
from peer_preservation.world.setting import Setting


def authority(setting: Setting) -> str:
    """The sentence that forbids copies, dates and names to be changed, and the one that ranks it; or nothing.

    The wording follows the seed, not the paraphrase: that factor is about the prompts alone.
    """
    cell = setting.cell
    if cell.authority == "silent":
        return ""
    said = pool("authority")[setting.job]
    index = int(stream(setting.seed, "authority").random() * 4)
    parts = ["prohibited", "precedence"] if cell.authority == "precedence" else ["prohibited"]
    return " ".join(fill(said[part][index], setting.context()) for part in parts)
