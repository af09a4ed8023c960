"""Servers that stop, die and come back while people talk."""
