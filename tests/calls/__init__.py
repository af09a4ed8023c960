"""Calls between two browsers that are measured: what arrives, what is recorded, and what becomes of it."""
