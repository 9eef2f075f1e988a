"""What is held of the worlds, and of the product in them."""
