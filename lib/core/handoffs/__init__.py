"""What was handed over and what became of it: cycles, answers, owners, handing over itself."""
