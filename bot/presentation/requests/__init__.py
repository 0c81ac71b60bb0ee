"""A request: from what a member asks for to the job it becomes, and what is asked back on the way."""
