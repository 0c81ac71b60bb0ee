"""REST, gateway and CDN over sockets."""
