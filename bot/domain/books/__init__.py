"""Bills, reports, doubtful costs and figures."""
