"""What the bot notes as said, and whether anybody has it."""

from simulation.judging.judge import of_bot
from simulation.world import World

SENT = "SELECT id, kind FROM outbox WHERE outcome = 'sent' AND feed = 0 ORDER BY id"


def check(world: World) -> None:
    """Each message that counts as sent has been posted."""
    posted = {message.nonce for message in of_bot(world)}
    missing = [tuple(row) for row in world.rows(SENT) if f"notice-{row['id']}" not in posted]
    assert not missing, f"what nobody has counts as sent: {missing}"
