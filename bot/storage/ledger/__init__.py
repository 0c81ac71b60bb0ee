"""Buckets, rows and holds: where money moves."""
