"""What the product does, each thing composed once: terminals print it, pages remember it, the server schedules it."""
