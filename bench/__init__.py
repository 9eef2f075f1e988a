"""The measurements of section 8 of the design, side by side with their targets."""
