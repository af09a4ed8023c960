"""Rooms: who is there, what they say to each other, when a call runs and when it is recorded."""
