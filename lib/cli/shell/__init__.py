"""What every command stands on: its options, its context, its output, and the app it may run inside of."""
