"""The clip viewer alone, in a real browser, on real clips whose frames carry their number."""
