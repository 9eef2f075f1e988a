"""What the server does besides showing pages: its own HTTP routes, and what it does by itself."""
