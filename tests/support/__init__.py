"""What the tests of the whole stack stand on: footage, servers, browsers."""
