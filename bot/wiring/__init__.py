"""Puts the parts together: the core without anything that people see, and what Discord shows."""
