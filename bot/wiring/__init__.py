"""Puts the parts together: the image service, the core without anything that people see, and what Discord shows."""
