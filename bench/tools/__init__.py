"""What measurements stand on: invented databases, a server, visitors without a browser, other tools, a clock."""
