"""The whole service in one thread, on virtual time, from one seed: the real bot between the two stand-ins.

``python -m simulation --help`` says how it is run; docs/adr/0014 why it is made like this. Whatever sleeps in here does
so by the loop's own time, which passes at once when nothing else can be done.
"""
