"""Somebody at their client who has pictures deleted by the button of their message."""

from sandbox.discord import Actor, SeenMessage, Used


async def delete(who: Actor, message: SeenMessage, button: str = "Delete", *, force: bool = False) -> Used:
    """Press *Delete* and send the form that asks, and give the latter.

    Raises:
        ClientRefused: if no form came.
    """
    return await who.submit_modal(await who.press(message, button, force=force), {})


async def answer(used: Used) -> str | None:
    """Return what a press was answered with at once; None if that was no message."""
    first = await used.response()
    return first.text if isinstance(first, SeenMessage) else None
