"""Sums over the ledger, and whether they agree."""
