"""Periods, moments and waits."""
