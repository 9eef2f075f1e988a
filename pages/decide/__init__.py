"""What the alignment meeting looks at: tune, evidence, agreement."""
