"""The two user manuals, line by line: one test each, a step for each number."""
