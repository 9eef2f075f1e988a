"""When: the reporting clock, the days looked at, the periods they fall into."""
