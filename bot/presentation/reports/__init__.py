"""Reports: in words, as a table, as a chart."""
