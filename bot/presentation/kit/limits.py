"""Discord's numbers, each once. Names and values that are ours stand beside what they are for."""

CONTENT_LIMIT = 2000
"""Characters of a message's content (resources/message.mdx)."""

TEXT_LIMIT = 3900
"""Characters of all texts of a message that is made of components. Discord takes 4,000 (components/reference.mdx); the
rest is a margin for ways of counting."""

ALT_TEXT_LIMIT = 1024
"""Characters of a picture's description (components/reference.mdx)."""

MOST_CHOICES = 25
"""Of a list that is offered while somebody types (interactions/application-commands.mdx)."""

CHOICE_LIMIT = 100
"""Characters of such a choice's name, and of its value."""

MOST_OPTIONS = 25
"""Of a select menu, and so of what is chosen in one (components/reference.mdx)."""

OPTION_LIMIT = 100
"""Characters of such an option's label."""

REQUEST_LIMIT_BYTES = 24 * 1024 * 1024
"""Of a request with its files. Discord takes 25 MiB (resources/message.mdx); the rest is for the components and the
form."""

SURE_LIMIT_BYTES = 8 * 1024 * 1024
"""Of one file, wherever it is posted: Discord's limit was never lower (10 MiB since 2024, resources/message.mdx)."""

ANSWER_WITHIN_S = 3.0
"""From an interaction to its first answer (interactions/receiving-and-responding.mdx)."""

TOKEN_LIVES_MS = (15 * 60 - 30) * 1000
"""From an interaction to the end of its token. Discord lets it live for 15 minutes; half of one is a margin for the way
and for whole seconds."""

LONGEST_FIELD = 4000
"""Characters that a field of a form takes at most (components/reference.mdx)."""
