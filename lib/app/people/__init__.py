"""People behind leads: what the product does with what it knows of them."""
