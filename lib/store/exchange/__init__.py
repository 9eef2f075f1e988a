"""Files in and out: recognised, staged, merged, taken back; and whether what came is sound."""
