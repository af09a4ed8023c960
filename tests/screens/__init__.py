"""Every screen as a vet and an owner see it, on a desk and on a phone."""
