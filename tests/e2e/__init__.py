"""The whole product in two browsers: what a vet and an owner see and hear."""
